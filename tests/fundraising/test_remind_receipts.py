"""A receipt that is missing is told to the treasurer from the fourth day on, until it is there."""

import pytest

from campaign.models import Member, Notice, Role
from fundraising import recording, reminding, tasks
from tests import make

pytestmark = pytest.mark.django_db


def told():
    return list(Notice.objects.open().filter(kind="ad_receipt").values_list("member__role", flat=True))


def test_it_is_told_on_the_fourth_day_after_the_last_and_once(campaign, team, set_clock):
    make.ad(of=campaign)  # it ran yesterday
    set_clock("interval '2 days'")
    tasks.remind_receipts()
    assert told() == []
    set_clock("interval '3 days'")
    tasks.remind_receipts()
    tasks.remind_receipts()
    assert told() == [Role.TREASURER]


def test_it_is_a_line_on_the_treasurers_today_that_cannot_be_put_away(client, campaign, sign_in, set_clock):
    row = make.ad(of=campaign)
    set_clock("interval '5 days'")
    tasks.remind_receipts()
    sign_in("treasurer")
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Add the receipt of the advertisement on Facebook" in page and row.get_absolute_url() in page
    notice = Notice.objects.get(kind="ad_receipt")
    assert client.post(f"{campaign.get_absolute_url()}kabar/{notice.pk}/selesai/").status_code in (404, 422)
    assert told()


def test_without_a_treasurer_a_manager_hears_of_it(campaign, team, set_clock):
    make.ad(of=campaign, by="manager")
    Member.objects.filter(role=Role.TREASURER).update(suspended_at="2020-01-01T00:00Z")
    set_clock("interval '5 days'")
    tasks.remind_receipts()
    assert told() == [Role.MANAGER]


def test_what_is_cancelled_is_told_no_more(campaign, team, set_clock):
    row = make.ad(of=campaign)
    set_clock("interval '5 days'")
    tasks.remind_receipts()
    recording.cancel(row, "Salah", by=team["treasurer"], version=1)
    assert told() == []


def test_a_rule_that_gives_more_time_takes_the_reminder_back(campaign, team, set_clock):
    make.ad(of=campaign)
    set_clock("interval '5 days'")
    tasks.remind_receipts()
    campaign.refresh_from_db()
    campaign.own_rules = {"ads.receipt_days": 30}
    campaign.save()
    tasks.remind_receipts()
    assert told() == []


def test_one_campaign_that_cannot_be_read_keeps_no_other_from_being_reminded(campaign, team, set_clock, monkeypatch):
    make.ad(of=make.campaign())
    make.ad(of=campaign)
    set_clock("interval '5 days'")
    right = reminding.remind

    def remind(of, now):
        if of == campaign:
            raise ValueError("broken")
        return right(of, now)

    monkeypatch.setattr(reminding, "remind", remind)
    assert reminding.remind_all() == 1
