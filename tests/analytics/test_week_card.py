"""How the last seven days went, on *Hari ini*."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import home
from analytics.home import Week
from campaign import clock
from campaign.models import Delivery, Member, Role
from tests import make
from tests.analytics.conftest import Crowd, age, publish, published, read_due


@pytest.fixture
def staff(campaign) -> Member:
    return make.someone(campaign, Role.STAFF)


def week(member: Member) -> Week:
    context = home.context(member, clock.now())
    assert context and isinstance(context["week"], Week)
    return context["week"]


def test_nothing_is_said_before_anything_is_out_nor_to_those_who_see_no_numbers(campaign, staff, crowd: Crowd):
    make.post_scheduled(of=campaign)
    assert home.context(staff, clock.now()) is None
    published(make.channel(of=campaign))
    assert home.context(make.someone(campaign, Role.VOLUNTEER), clock.now()) is None


def test_the_newest_numbers_are_summed_and_compared_with_the_week_before(campaign, staff, crowd: Crowd):
    channel = make.channel(of=campaign)
    crowd.likes = 10
    published(channel)
    read_due()
    age(timedelta(days=8))
    Delivery.objects.update(sent_at=clock.now() - timedelta(days=8))
    published(channel)
    published(channel)
    crowd.likes = 4  # of each, the older one too, which is read again
    read_due()
    found = week(staff)
    assert found.posts == 2
    assert {line.label: (line.shown, line.change) for line in found.sums}["suka"] == ("8", "+4")
    assert found.unread == 0
    assert found.read


def test_a_post_without_numbers_is_told_and_is_no_zero(campaign, staff, crowd: Crowd, client, sign_in):
    publish(make.post_scheduled(on=[make.channel(of=campaign)]))
    found = week(staff)
    assert (found.posts, found.sums, found.unread, found.read) == (1, [], 1, None)
    sign_in(Role.STAFF)
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Tujuh hari terakhir" in page and "belum ada angkanya" in page


def test_it_asks_three_times_however_many_posts(campaign, staff, crowd: Crowd):
    channel = make.channel(of=campaign)
    for _ in range(4):
        published(channel)
    read_due()
    now = clock.now()
    with CaptureQueriesContext(connection) as asked:
        home.context(staff, now)
    assert len(asked) == 3


def test_another_campaigns_numbers_are_not_ours(campaign, staff, crowd: Crowd):
    published(make.channel(of=make.campaign(slug="lain")))
    assert home.context(staff, clock.now()) is None


def test_more_than_can_be_added_up_is_no_smaller_sum(campaign, staff, crowd: Crowd, client, sign_in, monkeypatch):
    channel = make.channel(of=campaign)
    for _ in range(2):
        published(channel)
    read_due()
    monkeypatch.setattr(home, "MOST", 1)
    found = week(staff)
    assert (found.posts, found.sums, found.read) == (2, [], None)
    sign_in(Role.STAFF)
    assert "terlalu banyak untuk dijumlahkan" in client.get(campaign.get_absolute_url()).content.decode()
