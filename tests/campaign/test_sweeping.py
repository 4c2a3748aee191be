"""Pictures that were taken in and never used go after a week; whatever shows or has shown one keeps it."""

from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from campaign import clock, drafting, envelopes, pictures, sweeping
from campaign.models import Autosave, Media, PictureVariant, PostMedia, Role
from campaign.tasks import sweep_pictures
from campaign.writing import autosave, variants
from platforms.contents import Shape
from platforms.mastodon import Mastodon
from platforms.registry import KINDS
from tests import make

pytestmark = pytest.mark.django_db


def aged(*, days=8):
    """All pictures so far were taken in so long ago."""
    Media.objects.update(added_at=clock.now() - timedelta(days=days))


@pytest.fixture
def sweep(django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True):
            sweep_pictures()

    return run


def test_one_that_nothing_shows_goes_with_its_file(campaign, sweep):
    name = str(make.media(of=campaign).file.name)
    aged()
    sweep()
    assert not Media.objects.exists()
    assert not default_storage.exists(name)


def test_within_the_week_it_stays(campaign, sweep):
    make.media(of=campaign)
    aged(days=6)
    sweep()
    assert Media.objects.exists()


def test_one_that_was_chosen_again_counts_from_then(campaign, sweep):
    file = make.picture_file()
    staff = make.someone(campaign, Role.STAFF)
    pictures.take_in(file, campaign, by=staff)
    aged()
    pictures.take_in(file, campaign, by=staff)
    sweep()
    assert Media.objects.count() == 1


def test_a_post_an_old_version_an_idea_and_what_is_being_typed_keep_theirs(campaign, sweep):
    channel, staff = make.channel(of=campaign), make.someone(campaign, Role.STAFF)
    shown, once, told, typed = (make.media(of=campaign) for _ in range(4))
    make.post(on=[channel], pictures=[(shown, "")])
    make.edit(make.post(on=[channel], pictures=[(once, "")]))
    make.idea(by=staff, pictures=[told])
    autosave.keep({"kept": [typed.sha256]}, by=staff, form_id=uuid4(), based_on=0)
    aged()
    sweep()
    assert Media.objects.count() == 4


def test_what_an_envelope_holds_stays_whatever_became_of_its_post(campaign, sweep):
    media = make.media(of=campaign)
    draft, now = drafting.draft_json("Halo", [PostMedia(media=media, alt="")]), clock.now()
    envelopes.seal(channel=make.channel(of=campaign), slot="post:7/channel:7", kind="campaign", draft=draft,
                   send_at=now, not_after=now, owner=None)  # fmt: skip
    aged()
    sweep()
    assert Media.objects.exists()


def test_what_was_typed_a_month_ago_is_over_and_keeps_no_picture(campaign, sweep):
    staff, media = make.someone(campaign, Role.STAFF), make.media(of=campaign)
    autosave.keep({"kept": [media.sha256]}, by=staff, form_id=uuid4(), based_on=0)
    Autosave.objects.update(saved_at=clock.now() - autosave.LASTS - timedelta(minutes=1))
    aged()
    sweep()
    assert not Autosave.objects.exists()
    assert not Media.objects.exists()


class Square(Mastodon):
    """A network that takes square pictures only."""

    @classmethod
    def shape(cls, limits):
        return Shape(widest=1, tallest=1)

    kind: ClassVar[str] = "mastodon"


def test_what_was_made_for_a_network_goes_with_its_picture_and_not_before(campaign, sweep, monkeypatch):
    monkeypatch.setitem(KINDS, "mastodon", Square)
    channel = make.channel(of=campaign)
    used, unused = (make.media(of=campaign, size=(320, 160)) for _ in range(2))
    make.post(on=[channel], pictures=[(used, "")])
    for media in (used, unused):
        variants.fitting(media, channel)
    aged()
    sweep()
    aged()
    sweep()
    assert set(Media.objects.all()) == {used, PictureVariant.objects.get().made}


def test_other_campaigns_do_not_keep_it_and_do_not_lose_theirs(campaign, sweep):
    other, file = make.campaign(), make.picture_file()
    mine = pictures.take_in(file, campaign, by=make.someone(campaign, Role.STAFF))
    theirs = pictures.take_in(file, other, by=make.someone(other, Role.STAFF))
    make.post(of=other, pictures=[(theirs, "")])
    aged()
    sweep()
    assert list(Media.objects.all()) == [theirs]
    assert default_storage.exists(str(theirs.file.name))
    assert not sweeping.forget(theirs)
    assert mine.sha256 == theirs.sha256
