"""Reminders of duties: who hears of what and when, once; and closed by the deed or when the day has moved away."""

from datetime import UTC, datetime, timedelta

import pytest

from campaign import clock, notices, tasks, wording
from campaign.duties import deeds, kinds, reminding
from campaign.errors import Refused
from campaign.models import Campaign, Duty, Member, Mode, Notice, Role, User
from tests import make

pytestmark = pytest.mark.django_db

LADK = datetime(2024, 1, 7, 3, tzinfo=UTC)  # ten o'clock in Jakarta on the last day


@pytest.fixture
def team() -> dict[str, Member]:
    return make.team(make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2024"))


@pytest.fixture
def law(team) -> Campaign:
    """The campaign in which only the LADK and what follows are still to be done."""
    row: Campaign = team["manager"].campaign
    for key in ("accounts-register", "rkdk", "ladk-fix", "lpsdk", "accounts-close", "treasury", "lppdk"):
        make.duty_done(of=row, key=key)
    return row


def told(campaign: Campaign) -> list[tuple[str, int, bool]]:
    rows = Notice.objects.filter(campaign=campaign).order_by("pk")
    return [(row.kind, row.params["step"], row.done_at is None) for row in rows]


def ladk(campaign: Campaign):
    found = kinds.find(campaign, "ladk")
    assert found
    return found


@pytest.mark.parametrize(
    ("days", "step"),
    [(None, None), (15, None), (14, 14), (8, 14), (7, 7), (4, 7), (3, 3), (2, 3), (1, 1), (0, 0), (-1, -1), (-30, -30)],
)
def test_the_step_is_the_nearest_that_has_come_so_that_a_missed_one_is_made_good(days, step):
    assert reminding.step_of(days) == step


def test_the_owner_is_told_at_each_step_and_each_day_that_it_is_late(law, team):
    for before in range(20, -4, -1):
        for _run in range(2):
            reminding.remind(law, LADK - timedelta(days=before))
    assert told(law) == [
        ("duty_due", 14, False),
        ("duty_due", 7, False),
        ("duty_due", 3, False),
        ("duty_due", 1, False),
        ("duty_due", 0, False),
        ("duty_late", -1, False),
        ("duty_late", -2, False),
        ("duty_late", -3, True),
    ]
    assert {row.member for row in Notice.objects.all()} == {team["treasurer"]}
    row = Notice.objects.open().get()
    assert wording.notice(row.kind, row.params).startswith(
        "Terlambat, seharusnya selesai Minggu, 7 Januari 2024: Serahkan"
    )
    assert row.url == f"/c/{law.slug}/tenggat/ladk/"


def test_it_stays_until_the_deed_closes_it_and_begins_anew_when_that_is_taken_back(law, team):
    reminding.remind(law, LADK)
    row = Notice.objects.open().get()
    with pytest.raises(Refused):
        notices.dismiss(row, by=team["treasurer"])
    make.duty_done(of=law, key="ladk")
    assert not Notice.objects.open().exists()
    assert reminding.remind(law, LADK) == 0
    deeds.undo(ladk(law), by=team["treasurer"])
    # What counts is what was told since: the machine's clock of this test stands later than the moment it asks for.
    assert reminding.remind(law, LADK) == 1


def test_another_owner_is_told_instead(law, team):
    reminding.remind(law, LADK)
    deeds.assign(ladk(law), by=team["manager"], to=team["staff"])
    assert not Notice.objects.open().exists()
    reminding.remind(law, LADK)
    assert Notice.objects.open().get().member == team["staff"]


def test_a_day_that_moves_away_closes_the_notice_and_a_nearer_one_tells_anew(law):
    reminding.remind(law, LADK - timedelta(days=14))
    make.tightening(of=law, key="report.ladk_before_voting_days", value=40)
    law.refresh_from_db()
    assert reminding.remind(law, LADK - timedelta(days=14)) == 1
    assert Notice.objects.open().get().params["due"] == "2024-01-05"
    law.own_rules["report.ladk_before_voting_days"] = 1
    reminding.remind(law, LADK - timedelta(days=14))
    assert not Notice.objects.open().exists()


def test_without_a_date_or_anybody_to_tell_nobody_is(law, team):
    Member.objects.filter(campaign=law).exclude(role=Role.MANAGER).update(suspended_at=clock.now())
    User.objects.filter(memberships__campaign=law).update(is_active=False)
    assert reminding.remind(law, LADK) == 0
    draft = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029")
    make.team(draft)
    assert reminding.remind(draft, LADK) == 0
    assert not Duty.objects.filter(campaign=draft).exists()


def test_the_task_reminds_every_campaign_and_one_that_fails_keeps_no_other_from_it(campaign, monkeypatch):
    other = make.campaign()
    for row in (campaign, other):
        make.someone(row, Role.MANAGER)
    real = reminding.remind

    def failing(row: Campaign, now: datetime) -> int:
        if row.pk == campaign.pk:
            raise ValueError("no")
        return real(row, now)

    monkeypatch.setattr(reminding, "remind", failing)
    tasks.remind_duties()
    assert set(Notice.objects.values_list("campaign", flat=True)) == {other.pk}
