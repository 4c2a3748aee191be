"""One post, as its approver reads it."""

from datetime import timedelta

import pytest

from campaign.models import Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_shows_all_that_counts(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    on = [make.channel(of=campaign), make.channel(of=campaign, platform="telegram")]
    media = make.media(of=campaign)
    post = make.post_in_review(on=on, text="Isi", planned_at=make.in_an_hour(), pictures=[(media, "")])
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert "Written by Staff" in page
    assert "WIB" in page
    assert "Describe the picture" in page
    assert page.count(f'src="{media.get_absolute_url()}kecil/"') == 1, "once for the accounts that show the same"
    for label in ("Approve", "Ask for changes", "Refuse"):
        assert label in page
    assert page.count('name="version" value="1"') == 4  # three answers, and ignoring the note


def test_one_that_does_not_wait_has_no_buttons(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    post = make.post(of=campaign)
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert "does not wait for approval now" in page
    assert url("approve_post", campaign, post.pk) not in page


def test_one_whose_time_has_passed_says_what_follows(client, campaign, sign_in, set_clock):
    sign_in(Role.CANDIDATE)
    post = make.post_in_review(of=campaign, planned_at=make.in_an_hour())
    set_clock("interval '5 hours'")
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert "Was planned for" in page
    assert "it is held until" in page


def test_a_manager_reads_that_the_candidate_decides(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    post = make.post_in_review(of=campaign, planned_at=make.in_an_hour() + timedelta(days=1))
    assert "The candidate has the last word" in words(client.get(url("review_post", campaign, post.pk)))


def test_only_those_who_decide_may(client, campaign, sign_in):
    post = make.post_in_review(of=campaign)
    only(client, sign_in, url("review_post", campaign, post.pk), WRITERS)
    sign_in(Role.CANDIDATE)
    assert client.get(url("review_post", campaign, make.post().pk)).status_code == 404
    assert client.post(url("review_post", campaign, post.pk)).status_code == 405
