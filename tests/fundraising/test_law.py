"""When which medium may run how many ads is data: a change of the rules changes what Posko says."""

from datetime import timedelta

import pytest

from campaign import election, overriding, rules
from campaign.errors import Refused
from campaign.models import Campaign, Mode
from fundraising import recording
from fundraising.law import Law
from fundraising.models import Ad, Medium
from tests import make

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


def flaws(of, ad, today, others=()):
    return {flaw.code: flaw for flaw in Law(of).flaws(ad, list(others), today)}


def ad_of(of, **fields):
    """A row that is nowhere."""
    facts = make.ad_facts(of=of, **fields)
    return Ad(campaign=of, **{name: getattr(facts, name) for name in recording.NAMES})


def change(of, key, value, by="manager"):
    of.own_rules = of.own_rules | {key: value}
    of.save()


def test_the_window_is_the_21_days_before_the_quiet_period(campaign, today):
    # Practice: voting in 40 days, three quiet days before it.
    assert make.window(campaign) == (today + timedelta(days=16), today + timedelta(days=36))


def test_each_day_of_the_window_is_allowed_and_the_days_around_it_are_not(campaign, today):
    first, last = make.window(campaign)
    assert not flaws(campaign, ad_of(campaign, state="planned", first_day=first, last_day=last), today)
    for day in (first - ONE, last + ONE):
        found = flaws(campaign, ad_of(campaign, state="planned", first_day=day), today)
        assert found["outside"].is_against


def test_only_the_days_outside_are_named(campaign, today):
    first, last = make.window(campaign)
    law = Law(campaign)
    assert law.outside(ad_of(campaign, first_day=first - 2 * ONE, last_day=last + ONE)) == [
        (first - 2 * ONE, first - ONE),
        (last + ONE, last + ONE),
    ]


@pytest.mark.parametrize("medium", [each for each in Medium if each not in (Medium.TIKTOK, Medium.OUTDOOR)])
def test_the_window_binds_networks_websites_print_and_broadcast(campaign, today, medium):
    row = ad_of(campaign, medium=medium, outlet="Contoh", first_day=make.window(campaign)[0] - ONE)
    assert "outside" in flaws(campaign, row, today)


def test_a_billboard_may_stand_during_the_whole_campaign(campaign, today):
    row = ad_of(campaign, medium="outdoor", outlet="Simpang", first_day=today, last_day=make.window(campaign)[1])
    assert not flaws(campaign, row, today)
    row.last_day += ONE
    assert "outside" in flaws(campaign, row, today)


def test_tiktok_takes_none_until_the_rule_says_otherwise(campaign, today):
    row = ad_of(campaign, medium="tiktok", state="planned")
    assert set(flaws(campaign, row, today)) == {"never"}
    change(campaign, "ads.when.tiktok", rules.WINDOW)
    assert not flaws(campaign, row, today)


def test_while_the_voting_day_is_unknown_there_is_no_window(db):
    of = make.campaign(ruleset="PEMILU_2029", mode=Mode.LIVE)
    law = Law(of)
    assert law.window is None
    assert "not known" in law.lawful_words("facebook")
    assert "not known" not in law.lawful_words("tiktok")


def test_a_changed_rule_moves_the_window(campaign, today):
    day = make.window(campaign)[0]
    row = ad_of(campaign, state="planned", first_day=day)
    change(campaign, "ads.window_days", 20)
    assert make.window(campaign)[0] == day + ONE
    assert "outside" in flaws(campaign, row, today)


def test_the_second_of_a_day_on_one_network_is_too_many_and_on_another_it_is_not(campaign, today):
    row, other = ad_of(campaign, state="planned"), ad_of(campaign, state="planned")
    other.pk = 7
    found = flaws(campaign, row, today, [other])["too_many"]
    assert "2 advertisements" in found.words and "1 is allowed" in found.words
    change(campaign, "ads.per_day.social", 2)
    assert not flaws(campaign, row, today, [other])


def test_the_fullest_day_is_found_wherever_the_others_begin(campaign, today):
    first = make.window(campaign)[0]
    long = ad_of(campaign, medium="radio", outlet="R", per_day=4, first_day=first, last_day=first + 9 * ONE)
    others = [
        ad_of(campaign, medium="radio", outlet="R", per_day=3, first_day=first + 2 * ONE, last_day=first + 4 * ONE),
        ad_of(campaign, medium="radio", outlet="R", per_day=4, first_day=first + 4 * ONE, last_day=first + 4 * ONE),
    ]
    assert "11 advertisements" in flaws(campaign, long, today, others)["too_many"].words
    assert not flaws(campaign, long, today, others[:1])


@pytest.mark.parametrize(("seconds", "wrong"), [(30, False), (31, True), (None, False)])
def test_a_film_on_a_network_lasts_30_seconds_at_most(campaign, today, seconds, wrong):
    assert ("too_long" in flaws(campaign, ad_of(campaign, state="planned", seconds=seconds), today)) == wrong


def test_length_is_free_on_the_radio(campaign, today):
    assert not flaws(campaign, ad_of(campaign, state="planned", medium="radio", outlet="R", seconds=60), today)


def test_without_the_line_of_who_paid_there_is_a_warning_until_the_rule_lets_it_be(campaign, today):
    row = ad_of(campaign, first_day=make.window(campaign)[0], is_disclaimer_shown=False)
    (found,) = flaws(campaign, row, today).values()
    assert (found.code, found.is_against) == ("no_disclaimer", False)
    change(campaign, "ads.disclaimer", rules.FREE)
    assert not flaws(campaign, row, today)


@pytest.mark.parametrize(("words", "wrong"), [("Iklan kampanye.", False), ("", True)])
def test_of_a_plan_the_words_are_wanted_and_nobody_must_have_seen_them_there(campaign, today, words, wrong):
    row = ad_of(campaign, state="planned", disclaimer=words, is_disclaimer_shown=False)
    assert ("no_disclaimer" in flaws(campaign, row, today)) == wrong


@pytest.mark.parametrize(("ago", "late"), [(3, False), (4, True)])
def test_the_receipt_is_late_from_the_fourth_day_on(campaign, today, ago, late):
    row = ad_of(campaign, first_day=today - ago * ONE)
    assert ("no_receipt" in flaws(campaign, row, today)) == late


def test_what_cost_nothing_needs_no_receipt(campaign, today):
    assert "no_receipt" not in flaws(campaign, ad_of(campaign, spend=0, first_day=today - 9 * ONE), today)


def test_a_plan_whose_day_has_come_asks_whether_it_runs(campaign):
    day = make.window(campaign)[0]
    row = ad_of(campaign, state="planned", first_day=day)
    assert not flaws(campaign, row, day - ONE)
    assert "whether it does" in flaws(campaign, row, day)["unsaid"].words
    assert "whether it ran" in flaws(campaign, row, day + ONE)["unsaid"].words


def test_a_cancelled_one_has_no_flaw(campaign, today):
    row = ad_of(campaign, medium="tiktok")
    row.state = "cancelled"
    assert not flaws(campaign, row, today)


def test_each_flaw_names_rules_with_their_sources(campaign, today):
    row = ad_of(campaign, seconds=90, is_disclaimer_shown=False, first_day=today - 9 * ONE)
    law = Law(campaign)
    found = law.flaws(row, [row], today)
    grounds = {ground.key: ground for ground in law.grounds(found)}
    assert {"ads.window_days", "ads.when.social", "ads.seconds.social", "ads.disclaimer", "ads.receipt_days"} <= set(
        grounds
    )
    assert "276(2)" in grounds["ads.window_days"].source
    assert grounds["ads.disclaimer"].is_unconfirmed


def test_what_no_source_confirms_is_marked_so():
    from campaign import rulesets

    marks = {key: mark for key, _value, _source, mark in rulesets.LAW}
    assert {key for key, mark in marks.items() if key.startswith("ads.") and mark == "U"} == {
        "ads.when.outdoor", "ads.per_day.radio", "ads.per_day.television", "ads.disclaimer",
    }  # fmt: skip


# The rules are changed as all others -------------------------------------------------------------


def test_a_choice_is_loosened_by_two_people_and_tightened_by_one(campaign, team):
    loosened = overriding.ask(campaign, "ads.when.tiktok", "window", by=team["manager"], reason="Aturan baru")
    assert loosened.loosens and not loosened.began_at
    tightened = overriding.ask(campaign, "ads.when.social", "never", by=team["manager"], reason="Kesepakatan tim")
    assert not tightened.loosens and tightened.began_at
    assert election.rules_of(Campaign.objects.get(pk=campaign.pk))["ads.when.social"] == "never"


@pytest.mark.parametrize("value", ["besok", 1, None, True])
def test_a_choice_takes_nothing_but_its_options(value):
    with pytest.raises(Refused, match="Choose one"):
        rules.KEYS["ads.when.social"].check(value)


def test_a_choice_is_changed_on_its_page(client, campaign, sign_in):
    sign_in("manager")
    address = f"/c/{campaign.slug}/aturan/ads.when.print/"
    assert '<option value="window" selected>' in client.get(address).content.decode()
    typed = {"value": "never", "reason": "Kesepakatan tim"}
    shown = client.post(address, typed)
    assert shown.status_code == 200 and "What follows from “never”" in shown.content.decode()
    assert client.post(address, typed | {"seen": "never/closes"}).status_code == 303
    assert "ads.when.print" in Campaign.objects.get(pk=campaign.pk).own_rules
    page = client.get(f"/c/{campaign.slug}/aturan/").content.decode()
    assert "during the whole campaign" in page and "never" in page
