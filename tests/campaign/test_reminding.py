"""Who is told of what waits, and when; and that a mail is never sent twice."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from campaign import clock, publishing
from campaign.approving import deadlines, reminding
from campaign.approving.needs import Terms
from campaign.models import Notice, PostState, Reminder, Role, Step, Submission
from tests import make

pytestmark = pytest.mark.django_db
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def noon(set_clock):
    """Noon in Jakarta, `later` so much after it."""
    real = datetime.now(UTC)
    start = (real + timedelta(days=1)).astimezone(WIB).replace(hour=12, minute=0, second=0, microsecond=0)

    def later(**time: float) -> datetime:
        moment = start + timedelta(**time)
        set_clock(f"interval '{(moment - datetime.now(UTC)).total_seconds()} seconds'")
        return moment

    later()
    return later


def steps() -> list[tuple[str, str]]:
    """Who has been written to, in order."""
    rows = Reminder.objects.order_by("pk").select_related("member")
    return [(row.step, row.member.role) for row in rows]


def in_review(campaign, noon, hours: float | None = 8, **options: Any):
    planned = clock.now() + timedelta(hours=hours) if hours else None
    return make.post_in_review(of=campaign, planned_at=planned, **options)


# When ----------------------------------------------------------------------------------------------

NOON = datetime(2028, 11, 20, 12, tzinfo=WIB)
AT = {hours: NOON + timedelta(hours=hours) for hours in range(-6, 40)}


@pytest.mark.parametrize(
    ("submitted", "planned", "until"),
    [
        (AT[0], AT[8], AT[6]),
        (AT[0], None, AT[12]),
        (AT[0], AT[1], AT[0] + timedelta(minutes=30)),  # submitted late: the candidate still has half an hour
        (AT[0], AT[0], AT[0] + timedelta(minutes=30)),
    ],
)
def test_by_when_an_answer_is_wanted(submitted, planned, until):
    assert deadlines.deadline(Terms(), submitted, planned) == until


@pytest.mark.parametrize(
    ("until", "plan"),
    [
        (AT[6], [(Step.ASKED, AT[0]), (Step.REMINDED, AT[2]), (Step.HALFWAY, AT[4])]),
        (AT[2], [(Step.ASKED, AT[0]), (Step.HALFWAY, AT[1])]),
        (AT[0] + timedelta(minutes=5), [(Step.ASKED, AT[0])]),
    ],
)
def test_when_people_are_reminded(until, plan):
    assert deadlines.reminders(Terms(), AT[0], until) == plan


@pytest.mark.parametrize(
    ("moment", "until", "wakes"),
    [
        (AT[0], AT[30], AT[0]),
        (AT[10], AT[30], AT[18]),  # 22.00: in the morning
        (AT[15], AT[30], AT[18]),  # 03.00
        (AT[18], AT[30], AT[18]),  # 06.00 is morning
        (AT[10], AT[17], AT[10]),  # the deadline falls into this night
        (AT[10], AT[18], AT[18]),
        (AT[10], AT[9], AT[18]),  # it was before: nothing is won by waking anybody
    ],
)
def test_at_night_nobody_is_disturbed_unless_it_must_be(moment, until, wakes):
    assert deadlines.waking(moment, WIB, until) == wakes


# Who -----------------------------------------------------------------------------------------------


def test_from_the_question_to_the_deadline(campaign, team, noon):
    in_review(campaign, noon)
    for hours, count in ((0, 1), (0.5, 1), (2, 2), (3.9, 2), (4, 3), (5.9, 3)):
        noon(hours=hours, minutes=1)
        reminding.run()
        assert len(mail.outbox) == count, hours
    assert steps() == [(step, "candidate") for step in (Step.ASKED, Step.REMINDED, Step.HALFWAY)]
    noon(hours=6, minutes=1)
    reminding.run()
    reminding.run()
    assert steps()[3:] == [(Step.UNAPPROVED, "staff"), (Step.UNAPPROVED, "manager")]
    told = Notice.objects.open().filter(kind="unapproved").values_list("member__role", flat=True)
    assert sorted(told) == ["manager", "staff"]
    assert Submission.objects.get().next_at is None


def test_a_mail_says_what_to_do_and_nothing_of_the_post(campaign, team, noon):
    in_review(campaign, noon, text="Rahasia negara")
    reminding.run()
    (sent,) = mail.outbox
    assert sent.to == [team["candidate"].user.email]
    assert sent.subject == "Ada konten yang menunggu persetujuan Anda"
    assert "/tinjau/" in sent.body
    assert "Rahasia" not in sent.subject + sent.body
    assert len(sent.body) < 400


def test_after_hours_of_silence_one_mail_comes_and_not_three(campaign, team, noon):
    in_review(campaign, noon)
    noon(hours=5)
    reminding.run()
    assert steps() == [(Step.HALFWAY, "candidate")]


def test_what_is_submitted_at_night_is_mailed_in_the_morning(campaign, team, noon):
    noon(hours=11)
    in_review(campaign, noon, hours=20)
    reminding.run()
    noon(hours=17, minutes=59)
    reminding.run()
    assert not mail.outbox
    noon(hours=18, minutes=1)
    reminding.run()
    assert len(mail.outbox) == 1


def test_the_deputy_is_told_at_the_deadline_and_who_wrote_it_when_it_is_late(campaign, team, noon):
    make.policy(of=campaign, deputy=team["manager"].pk)
    in_review(campaign, noon)
    noon(hours=6, minutes=1)
    reminding.run()
    assert (Step.DEPUTY, "manager") in steps()
    assert not Notice.objects.filter(kind="unapproved").exists()
    assert Notice.objects.filter(kind="deputy", member=team["manager"]).exists()
    noon(hours=8, minutes=1)
    reminding.run()
    assert steps()[-2:] == [(Step.LATE, "staff"), (Step.LATE, "manager")]


def test_the_second_reader_is_told_first_and_the_candidate_when_their_turn_comes(campaign, team, noon):
    make.policy(of=campaign, four_eyes=True)
    post = in_review(campaign, noon)
    reminding.run()
    assert steps() == [(Step.ASKED, "manager")]
    publishing.approve(post, by=team["manager"], version=1)
    noon(minutes=2)
    reminding.run()
    assert steps() == [(Step.ASKED, "manager"), (Step.ASKED, "candidate")]
    assert Notice.objects.open().filter(kind="approve", member=team["candidate"]).exists()


def test_what_is_answered_is_not_asked_for_again(campaign, team, noon):
    post = in_review(campaign, noon)
    make.approve(post)
    noon(hours=3)
    reminding.run()
    assert (steps(), mail.outbox) == ([], [])
    assert Submission.objects.get().closed_at


def test_a_new_version_is_asked_for_anew(campaign, team, noon):
    post = in_review(campaign, noon)
    reminding.run()
    make.edit(post)
    reminding.run()
    publishing.submit(post, by=team["staff"], version=2)
    reminding.run()
    assert [step for step, _ in steps()] == [Step.ASKED, Step.ASKED]


def test_posts_from_before_are_counted_from_now(campaign, team, noon):
    in_review(campaign, noon)
    Submission.objects.all().delete()
    reminding.run()
    noon(minutes=1)
    reminding.run()
    assert steps() == [(Step.ASKED, "candidate")]


# Sending -------------------------------------------------------------------------------------------


def test_a_worker_that_dies_after_the_claim_sends_nothing_twice(campaign, team, noon, monkeypatch):
    in_review(campaign, noon)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(EmailMessage, "send", dies)
        with pytest.raises(KeyboardInterrupt):
            reminding.run()
    reminding.run()
    assert mail.outbox == []
    assert Reminder.objects.get().claimed_at


def test_a_worker_that_dies_before_the_claim_loses_nothing(campaign, team, noon, monkeypatch):
    in_review(campaign, noon)
    with monkeypatch.context() as dying:
        dying.setattr(reminding, "send", lambda now: 0)
        reminding.run()
    assert mail.outbox == []
    reminding.run()
    assert len(mail.outbox) == 1


def test_a_mail_that_fails_breaks_nothing(campaign, team, noon, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", fails)
    post = in_review(campaign, noon)
    assert reminding.run() == 0
    assert Reminder.objects.get().failed
    assert post.state == PostState.IN_REVIEW


def test_who_has_no_address_or_is_gone_gets_none(campaign, team, noon):
    in_review(campaign, noon)
    type(team["candidate"].user).objects.filter(pk=team["candidate"].user_id).update(email=None)
    assert reminding.run() == 0


def test_one_that_was_answered_between_writing_and_sending_is_not_mailed(campaign, team, noon, monkeypatch):
    post = in_review(campaign, noon)
    with monkeypatch.context() as before:
        before.setattr(reminding, "send", lambda now: 0)
        reminding.run()
    make.approve(post)
    assert reminding.run() == 0


def test_an_author_may_be_gone(campaign, team, noon):
    post = in_review(campaign, noon)
    type(post).objects.filter(pk=post.pk).update(author=None)
    noon(hours=7)
    reminding.run()
    assert (Step.UNAPPROVED, Role.MANAGER) in steps()
