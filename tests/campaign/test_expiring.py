"""Sign-ins that end by themselves: days left on the page, the owner reminded seven days and one day ahead."""

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from campaign import channels, clock, expiring, notices, tasks, wording
from campaign.models import Channel, Notice, Role
from tests import make
from tests.campaign.doors import url, words
from tests.network import FakeConnector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "network")]


@pytest.fixture
def ends(monkeypatch):
    """`ends["at"]` is when the sign-in of every account is over."""
    told: dict[str, datetime | None] = {"at": None}
    monkeypatch.setattr(FakeConnector, "signed_in_until", classmethod(lambda _cls, _secrets: told["at"]))
    return told


def told():
    return [(row.kind, row.done_at is None) for row in Notice.objects.order_by("pk")]


def test_the_page_tells_the_days_in_both_languages(client, campaign, sign_in, ends):
    sign_in(Role.MANAGER)
    make.channel(of=campaign)
    ends["at"] = clock.now() + timedelta(days=12, hours=1)
    assert "ends in 12 days" in words(client.get(url("channels", campaign)))
    with override("id"):
        assert expiring.in_words(ends["at"], clock.now()) == "berakhir dalam 12 hari"


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (timedelta(days=1, hours=1), "ends in 1 day"),
        (timedelta(hours=5), "ends today"),
        (timedelta(0), "has ended"),
    ],
)
def test_what_is_near_is_told_in_words(left, sentence):
    now = clock.now()
    with override("en"):
        assert expiring.in_words(now + left, now) == sentence


def test_each_owner_is_told_once_a_week_ahead_and_once_a_day_ahead(campaign, ends):
    channel = make.channel(of=campaign)
    for days, kinds in [(9, []), (7, ["signin_week"]), (3, ["signin_week"]), (1, ["signin_week", "signin_day"])]:
        ends["at"] = end = datetime(2029, 1, 20, 5, tzinfo=clock.now().tzinfo)
        now = end - timedelta(days=days)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda now=now: now)
            for _run in range(2):
                tasks.remind_sign_ins()
        assert [kind for kind, _open in told()] == kinds
    assert told() == [("signin_week", False), ("signin_day", True)]
    row = Notice.objects.get(kind="signin_day")
    assert row.member == channel.owner
    with override("en"):
        assert "Connect it again now" in wording.notice(row.kind, row.params)
        assert "20 January 2029" in wording.notice(row.kind, row.params)


def test_one_that_was_put_away_is_not_told_again(campaign, ends, team):
    make.channel(of=campaign)
    ends["at"] = clock.now() + timedelta(days=5)
    expiring.remind_all()
    for row in Notice.objects.all():
        notices.dismiss(row, by=row.member)
    assert expiring.remind_all() == 0
    assert not Notice.objects.open().exists()


def test_signing_in_again_closes_it(campaign, ends, team):
    channel = make.channel(of=campaign)
    ends["at"] = clock.now() + timedelta(hours=5)
    assert expiring.remind_all() == 1
    channels.save(campaign, channel.account({"token": "baru"}), by=team["manager"])
    assert not Notice.objects.open().exists()


def test_a_renewal_by_posko_itself_closes_it(campaign, ends):
    make.channel(of=campaign)
    ends["at"] = clock.now() + timedelta(days=2)
    expiring.remind_all()
    ends["at"] = clock.now() + timedelta(days=60)
    assert expiring.remind_all() == 0
    assert not Notice.objects.open().exists()


def test_an_account_without_an_end_or_out_of_use_is_left_alone(campaign, ends):
    make.channel(of=campaign)
    assert expiring.remind_all() == 0
    ends["at"] = clock.now() + timedelta(days=2)
    Channel.objects.update(health="reconnect")
    assert expiring.remind_all() == 0
