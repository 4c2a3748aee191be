"""What might not leave within the hour: told once, to whoever is responsible, until it is over."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaign import checks, clock, notices, registry, stopping, wording
from campaign.models import Attempt, Campaign, Channel, Delivery, Health, Notice, Pace, Role, State
from campaign.operations import at_risk
from platforms.registry import KINDS
from tests import make
from tests.network import FakeConnector

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=30)


@pytest.fixture
def channel(campaign, team):
    return make.channel(of=campaign)


def planned(channel, **fields):
    return make.post_scheduled(on=[channel], planned_at=clock.now() + SOON, **fields)


def codes():
    return [risk.code for risk in at_risk.examine(at_risk.planned(clock.now(), at_risk.AHEAD), clock.now())]


def told():
    return list(Notice.objects.open().filter(kind="at_risk"))


def test_what_is_in_order_is_no_risk(channel):
    planned(channel)
    assert codes() == []
    at_risk.tell_owners()
    assert told() == []


def sign_out(channel):
    Channel.objects.filter(pk=channel.pk).update(health=Health.RECONNECT)


def close_the_calendar(channel):
    Campaign.objects.filter(pk=channel.campaign_id).update(
        own_rules={"calendar.voting_day": f"{clock.now() + timedelta(days=1):%Y-%m-%d}"}
    )


def stop(channel):
    stopping.stop(channel.campaign, by=make.someone(channel.campaign, Role.MANAGER), reason="Rapat")


def restore(channel):
    Delivery.objects.update(doubtful=True, repeat_until=clock.now())


def fail_twice(channel):
    for row in Delivery.objects.all():
        for _ in range(2):
            Attempt.objects.create(
                delivery=row, token=uuid4(), begun_at=clock.now(), ended_at=clock.now(), outcome=State.WAITING
            )


def ask_to_wait(channel):
    Pace.objects.update_or_create(channel=channel, defaults={"rest_until": clock.now() + timedelta(hours=2)})


def end_the_sign_in(channel):
    until = clock.now() + timedelta(minutes=10)
    channel.connector_class.signed_in_until = classmethod(lambda _cls, _secrets: until)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (sign_out, "account"),
        (close_the_calendar, "calendar"),
        (stop, "stopped"),
        (restore, "doubt"),
        (fail_twice, "network"),
        (ask_to_wait, "network"),
        (end_the_sign_in, "expires"),
    ],
)
def test_each_risk_is_found(channel, monkeypatch, happens, code):
    monkeypatch.setitem(KINDS, "mastodon", type("Mine", (FakeConnector,), {}))
    planned(channel)
    happens(channel)
    assert codes() == [code]
    assert code in wording.RISKS


def test_a_check_that_blocks_by_now_is_a_risk(channel, monkeypatch):
    post = planned(channel)
    block = lambda subject: [checks.Finding(checks.Weight.BLOCK, "Tidak.", channel)]  # noqa: E731
    monkeypatch.setattr(registry.checks, "_entries", [*registry.checks, block])
    assert codes() == ["blocked"]
    assert post.channels.get() == channel


def test_what_nobody_has_approved_is_a_risk_only_within_the_hour(channel):
    make.post_in_review(on=[channel], planned_at=clock.now() + SOON)
    make.post_in_review(on=[channel], planned_at=clock.now() + timedelta(hours=3))
    rows = at_risk.planned(clock.now(), timedelta(hours=24))
    assert len(rows) == 2
    assert [risk.code for risk in at_risk.examine(rows, clock.now())] == ["unapproved"]


def test_its_owner_is_told_once_in_words(channel, campaign):
    post = planned(channel, text="Air bersih.")
    sign_out(channel)
    for _ in range(3):
        at_risk.tell_owners()
    (notice,) = told()
    assert notice.member == post.author
    assert notice.url == Delivery.objects.get().get_absolute_url()
    said = wording.notice(notice.kind, notice.params)
    assert "Air bersih." in said and str(wording.RISKS["account"]) in said


def test_who_puts_it_away_is_not_told_again(channel):
    planned(channel)
    sign_out(channel)
    at_risk.tell_owners()
    notices.dismiss(told()[0], by=told()[0].member)
    at_risk.tell_owners()
    assert told() == []


def test_it_is_closed_when_it_is_over_and_told_anew_when_it_comes_back(channel):
    planned(channel)
    sign_out(channel)
    at_risk.tell_owners()
    Channel.objects.update(health=Health.OK)
    at_risk.tell_owners()
    assert told() == []
    sign_out(channel)
    at_risk.tell_owners()
    assert len(told()) == 1


def test_another_risk_of_the_same_delivery_takes_its_place(channel):
    planned(channel)
    ask_to_wait(channel)
    at_risk.tell_owners()
    sign_out(channel)
    at_risk.tell_owners()
    assert [notice.params["risk"] for notice in told()] == ["account"]


def test_the_managers_are_told_where_the_owner_has_left(channel, team):
    planned(channel)
    sign_out(channel)
    Delivery.objects.update(owner=None)
    at_risk.tell_owners()
    assert [notice.member for notice in told()] == [team["manager"]]


def test_what_leaves_later_than_in_an_hour_is_not_told_yet(channel):
    make.post_scheduled(on=[channel], planned_at=clock.now() + timedelta(minutes=70))
    sign_out(channel)
    assert at_risk.tell_owners() == 0
