"""A picture, for its campaign's members only."""

from pathlib import Path

import pytest

from campaign.models import PictureVariant, Post, Role
from tests import make
from tests.campaign.doors import only, url

pytestmark = pytest.mark.django_db


def test_it_is_served_as_what_it_is_and_kept_privately(client, campaign, sign_in):
    sign_in(Role.STAFF)
    media = make.media(of=campaign)
    answer = client.get(media.get_absolute_url())
    assert answer.getvalue() == media.file.read()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = client.get(media.get_absolute_url(), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_those_who_only_see_what_is_public_see_no_draft(client, campaign, sign_in):
    media = make.media(of=campaign)
    post = make.post(of=campaign, pictures=[(media, "")])
    sign_in(Role.VOLUNTEER)
    assert client.get(media.get_absolute_url()).status_code == 404
    Post.objects.filter(pk=post.pk).update(state="published")
    assert client.get(media.get_absolute_url()).status_code == 200


def test_who_sees_a_public_post_sees_what_was_made_of_its_picture_for_a_network(client, campaign, sign_in):
    """The page of the post shows that one, not the picture it was made of."""
    media, made, other = (make.media(of=campaign) for _ in range(3))
    PictureVariant.objects.create(media=media, fits="1:1:0:0", made=made)
    post = make.post(of=campaign, pictures=[(media, "")])
    sign_in(Role.TREASURER)
    assert client.get(made.get_absolute_url()).status_code == 404
    Post.objects.filter(pk=post.pk).update(state="published")
    assert client.get(made.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_file_that_is_gone_is_not_found(client, campaign, sign_in):
    sign_in(Role.STAFF)
    media = make.media(of=campaign)
    Path(media.file.path).unlink()
    assert client.get(media.get_absolute_url()).status_code == 404


def test_another_campaigns_is_not_found(client, campaign, sign_in):
    sign_in(Role.STAFF)
    foreign = make.media(of=make.campaign())
    assert client.get(url("picture", campaign, foreign.sha256)).status_code == 404
    mine = make.media(of=campaign)
    stranger = make.member(role=Role.MANAGER)
    client.force_login(stranger.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(mine.get_absolute_url()).status_code == 404


def test_who_may(client, campaign, sign_in):
    media = make.media(of=campaign)
    make.post(of=campaign, pictures=[(media, "")])
    Post.objects.update(state="published")
    only(client, sign_in, media.get_absolute_url(), set(Role))
    sign_in(Role.STAFF)
    assert client.post(media.get_absolute_url()).status_code == 405
