"""What a change of a rule opens and closes is what looking at every moment finds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import consequences, election, rulesets
from campaign.models import Campaign, Kind, Ruleset, Zone
from tests.campaign.test_election import closed_in_row

pytestmark = pytest.mark.django_db

numbers = {
    "campaign.quiet_days": st.integers(1, 12),
    "campaign.quiet_early_minutes": st.integers(0, 90),
    "ads.window_days": st.integers(0, 40),
    "campaign.start_after_dct_days": st.integers(0, 60),
}
days = st.dates(date(2029, 1, 1), date(2029, 4, 1)).map(date.isoformat)
changed = st.fixed_dictionaries({}, optional={**numbers, "calendar.voting_day": days, "calendar.dct": days})
moments = st.datetimes(datetime(2028, 12, 1), datetime(2029, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
MOMENT = timedelta(microseconds=1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=changed,
    change=st.one_of(
        *(st.tuples(st.just(key), values) for key, values in numbers.items()),
        st.tuples(st.sampled_from(["calendar.voting_day", "calendar.dct"]), st.none() | days),
    ),
    zone=st.sampled_from(list(Zone)),
    since=moments,
    picked=st.lists(moments, max_size=12),
)
def test_the_computed_loosening_is_what_looking_at_every_moment_finds(own, change, zone, since, picked):
    if not Ruleset.objects.exists():
        rulesets.ship()
    key, value = change
    campaign = Campaign(ruleset=Ruleset.objects.get(code="PEMILU_2029"), zone=zone, own_rules=own)
    told = consequences.of_change(campaign, key, value, since)
    before = election.closed(campaign)
    campaign.own_rules = {name: kept for name, kept in own.items() if name != key}
    campaign.own_rules |= {} if value is None else {key: value}
    after = election.closed(campaign)
    edges = {
        datetime.fromisoformat(edge) + nudge
        for closed in (before, after)
        for spans in closed.values()
        for span in spans
        for edge in span
        if "infinity" not in edge
        for nudge in (-MOMENT, timedelta(0), MOMENT)
    }
    looser = False
    for moment in sorted({since, datetime(2031, 1, 1, tzinfo=UTC), *picked, *edges}):
        if moment < since:
            continue
        for kind in Kind:
            was, is_now = closed_in_row(before, kind, moment), closed_in_row(after, kind, moment)
            looser |= was and not is_now
            for stretches, expected in ((told.opens, was and not is_now), (told.closes, is_now and not was)):
                found = any(
                    s.begin <= moment and (s.end is None or moment < s.end) and kind in s.kinds for s in stretches
                )
                assert found == expected
    assert told.loosens == looser
