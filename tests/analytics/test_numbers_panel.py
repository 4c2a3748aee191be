"""What a post's page tells of its numbers: when they were read, what failed, what is missing; in few queries."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from analytics import panel
from analytics.models import Pull, Reading
from campaign import clock
from campaign.access import May
from campaign.models import Campaign, Channel, Health, Member, Post
from campaign.registry import post_panels
from platforms.base import Temporary
from tests import make
from tests.analytics.conftest import Crowd, age, publish, published, read_due


@pytest.fixture
def staff(campaign: Campaign) -> Member:
    return make.someone(campaign, "staff")


def shown(post: Post, member: Member, *, trouble: str = "") -> str:
    """The panel as `member` sees it, in English, white space evened out."""
    with translation.override("en"):
        context = {"panel": panel.context(post, member), "may": May(member), "trouble": trouble}
        return " ".join(render_to_string("analytics/_numbers_panel.html", context).split())


def numbers(post: Post, member: Member) -> panel.Numbers:
    """What the panel shows, in English."""
    with translation.override("en"):
        found = panel.context(post, member)["numbers"]
    assert isinstance(found, panel.Numbers)
    return found


def test_it_is_registered_for_the_page_of_a_post():
    assert "analytics/_numbers_panel.html" in {each.template for each in post_panels}


def test_before_anything_is_out_it_says_when_numbers_come(campaign, staff, crowd: Crowd):
    page = shown(make.post(of=campaign), staff)
    assert "Numbers come a minute after publishing." in page
    assert "<form" not in page


def test_just_published_it_says_when_the_first_are_expected(campaign, staff, crowd: Crowd):
    post = make.post_scheduled(on=[make.channel(of=campaign)])
    publish(post)
    page = shown(post, staff)
    assert "The first numbers are expected at" in page
    assert "WIB" in page
    assert "<table" not in page


def test_numbers_are_shown_with_the_time_in_the_campaigns_zone(staff, campaign, crowd: Crowd):
    Campaign.objects.filter(pk=campaign.pk).update(zone="Asia/Jayapura")
    staff.refresh_from_db()
    crowd.likes = 12345
    post = published(make.channel(of=campaign))
    read_due()
    page = shown(post, staff)
    read_at = Pull.objects.of_posts().get().read_at
    assert read_at
    local = read_at.astimezone(staff.campaign.tz)
    assert f"{local:%H:%M} WIT" in page
    assert "12,345" in page
    assert "Change" not in page  # nothing to compare with yet


def test_the_change_since_the_reading_before_is_shown(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    read_due()
    age(timedelta(minutes=5))
    crowd.likes = 1
    read_due()
    [account] = numbers(post, staff).accounts
    assert {line.metric: line.shown_change for line in account.lines} == {"likes": "−2", "reposts": "0", "replies": "0"}
    assert "change since" in shown(post, staff)


def test_metrics_stand_in_one_order_and_go_by_our_words(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    read_due()
    [account] = numbers(post, staff).accounts
    assert [line.label for line in account.lines] == ["likes", "shares", "replies"]


def test_a_failed_first_reading_is_told_and_shows_no_number(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    crowd.trouble = Temporary("timed_out", host="jejaring.example")
    read_due()
    page = shown(post, staff)
    assert "failed: the network did not answer in time." in page
    assert "Next reading" in page
    assert "<table" not in page
    assert "published or not" not in page


def test_after_a_newer_failure_the_old_numbers_stay_and_say_so(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    read_due()
    age(timedelta(minutes=5))
    crowd.trouble = Temporary("server_error", status=503)
    read_due()
    page = shown(post, staff)
    assert "<table" in page
    assert "A newer reading failed at" in page
    assert "the network's server failed" in page.replace("&#x27;", "'")


def test_a_number_left_out_of_the_newest_reading_keeps_its_own_time(staff, campaign, crowd: Crowd, set_clock):
    post = published(make.channel(of=campaign))
    read_due()
    set_clock("interval '2 days'")
    crowd.silent_of = {"reposts"}
    read_due()
    [account] = numbers(post, staff).accounts
    times = {line.metric: line.read.at for line in account.lines}
    assert account.is_overtaken
    assert times["reposts"] < times["likes"]
    assert {line.metric: line.read.form for line in account.lines} == {
        "likes": "clock",
        "replies": "clock",
        "reposts": "day",
    }


def test_a_post_that_is_gone_is_told_with_its_last_numbers(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    read_due()
    age(timedelta(minutes=5))
    crowd.gone = {f"r-{Pull.objects.of_posts().get().delivery_id}"}
    read_due()
    page = shown(post, staff)
    assert "no longer shows this post" in page
    assert "<table" in page


def test_networks_without_numbers_of_posts_say_so(staff, campaign, crowd: Crowd):
    post = make.post_scheduled(on=[make.channel(of=campaign, platform="telegram")])
    publish(post)
    page = shown(post, staff)
    assert "This network tells no numbers of posts." in page
    assert "<form" not in page


def test_a_post_whose_name_we_do_not_know_says_so(staff, campaign, crowd: Crowd):
    post = make.post_scheduled(on=[make.channel(of=campaign)])
    publish(post, remote_id="")
    assert "does not know its number" in shown(post, staff)


def test_an_account_that_must_be_connected_again_says_so(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    Channel.objects.update(health=Health.RECONNECT)
    assert "Connect this account again" in shown(post, staff)


def test_the_total_sums_only_what_every_account_tells(staff, campaign, crowd: Crowd):
    one, two = make.channel(of=campaign), make.channel(of=campaign)
    post = published(one, two, make.channel(of=campaign, platform="telegram"))
    read_due()
    pull = Pull.objects.of_posts().get(channel=one)
    Reading.objects.create(pull=pull, metric="quotes", read_at=clock.now(), value=5, remote_name="q", complete=True)
    pull.metrics = [*pull.metrics, "quotes"]
    pull.save()
    found = numbers(post, staff)
    assert [(total.label, total.shown) for total in found.totals] == [("likes", "6"), ("shares", "2"), ("replies", "0")]
    assert found.counted == 2


def test_there_is_no_total_while_one_account_has_not_been_read(staff, campaign, crowd: Crowd):
    one, two = make.channel(of=campaign), make.channel(of=campaign)
    post = published(one, two)
    Pull.objects.filter(channel=two).update(next_at=clock.now() + timedelta(hours=1))
    read_due()
    assert numbers(post, staff).totals == []


def test_of_one_account_there_is_no_total(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    read_due()
    assert numbers(post, staff).totals == []


@pytest.mark.parametrize(("role", "offered"), [("staff", True), ("manager", True), ("volunteer", False)])
def test_only_those_who_may_are_offered_to_read_now(campaign, crowd: Crowd, role: str, offered: bool):
    post = published(make.channel(of=campaign))
    assert ("<form" in shown(post, make.someone(campaign, role))) is offered


def test_a_link_that_is_none_is_not_linked(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    connection.cursor().execute("UPDATE campaign_delivery SET remote_url = 'javascript:alert(1)'")
    assert "javascript" not in shown(post, staff)


def test_queries_do_not_grow_with_accounts_and_readings(staff, campaign, crowd: Crowd):
    few = published(make.channel(of=campaign))
    many = published(*(make.channel(of=campaign) for _ in range(6)))
    for _ in range(3):
        Pull.objects.update(next_at=clock.now())
        read_due()

    def count(post: Post) -> int:
        post = Post.objects.get(pk=post.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            shown(post, staff)
        return len(queries)

    assert count(few) == count(many) == 3


def test_the_trouble_of_a_refused_reading_stands_on_top(staff, campaign, crowd: Crowd):
    post = published(make.channel(of=campaign))
    assert 'role="alert"' in shown(post, staff, trouble="Wait ten seconds.")


def test_the_template_leans_on_nothing_but_what_it_names(campaign, crowd: Crowd):
    page = render_to_string("analytics/_numbers_panel.html", {"panel": SimpleNamespace(numbers=None)})
    assert "<form" not in page
