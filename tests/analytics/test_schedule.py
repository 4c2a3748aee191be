"""When numbers are read."""

from datetime import UTC, datetime, timedelta

from analytics import schedule

T0 = datetime(2029, 1, 10, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def of_post(after: timedelta) -> timedelta | None:
    found = schedule.next_of_post(T0, T0 + after)
    return found - T0 if found else None


def test_a_young_post_is_read_after_1_5_15_and_60_minutes():
    assert [of_post(m * MINUTE) for m in (0, 1, 5, 15)] == [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE]


def test_then_every_six_hours_for_three_days():
    assert of_post(HOUR) == 6 * HOUR
    assert of_post(6 * HOUR) == 12 * HOUR
    assert of_post(71 * HOUR) == 3 * DAY


def test_then_daily_to_the_ninetieth_day_and_never_after():
    assert of_post(3 * DAY) == 4 * DAY
    assert of_post(89 * DAY + HOUR) == 90 * DAY
    assert of_post(90 * DAY) is None


def test_times_rise_strictly():
    assert list(schedule.OF_POST) == sorted(set(schedule.OF_POST))


def test_missed_times_are_not_made_up_for():
    assert of_post(50 * MINUTE) == 60 * MINUTE


def test_a_channel_is_read_after_a_minute_and_then_daily_at_that_time_of_day():
    assert schedule.next_of_channel(T0, T0) == T0 + MINUTE
    assert schedule.next_of_channel(T0, T0 + MINUTE) == T0 + MINUTE + DAY
    assert schedule.next_of_channel(T0, T0 + 400 * DAY) == T0 + MINUTE + 400 * DAY


def test_a_network_in_trouble_is_left_alone_longer_and_longer_an_hour_at_most():
    waits = [schedule.wait_time(fails, None) / MINUTE for fails in (0, 1, 2, 3, 9, 10_000)]
    assert waits == [1, 2, 4, 8, 60, 60]


def test_what_the_network_asks_is_kept_and_never_under_15_seconds():
    assert schedule.wait_time(0, 3 * HOUR) == 3 * HOUR
    assert schedule.wait_time(5, timedelta(0)) == timedelta(seconds=15)
