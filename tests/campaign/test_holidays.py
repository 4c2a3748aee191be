"""National holidays and joint leave days."""

from datetime import date, timedelta

from campaign.planning import holidays


def names(day, language="id"):
    return [(each.name, each.is_joint_leave, each.is_estimate) for each in holidays.of_day(day, language)]


def test_fixed_days_are_sure_and_have_their_indonesian_names():
    assert names(date(2029, 8, 17)) == [("Hari Kemerdekaan Republik Indonesia", False, False)]
    assert names(date(2029, 12, 25), "en") == [("Christmas Day", False, False)]


def test_days_by_the_moon_are_estimates_where_no_decree_is_known():
    assert names(date(2029, 2, 15)) == [("Hari Raya Idul Fitri", False, True)]
    assert names(date(2029, 3, 15)) == [("Hari Suci Nyepi", False, True)]
    assert names(date(2029, 2, 15), "en") == [("Eid al-Fitr", False, True)]


def test_decreed_days_and_joint_leave_are_sure():
    assert names(date(2026, 3, 21)) == [("Hari Raya Idul Fitri", False, False)]
    assert names(date(2026, 3, 20)) == [("Cuti Bersama Hari Raya Idul Fitri", True, False)]


def test_every_year_around_the_next_elections_is_known():
    for year in range(2024, 2036):
        found = [holidays.of_day(date(year, 1, 1) + timedelta(days=number), "id") for number in range(365)]
        told = [each for day in found for each in day]
        assert sum(not each.is_joint_leave for each in told) >= 15, year
        assert sum("Idul Fitri" in each.name and not each.is_joint_leave for each in told) >= 2, year


def test_no_name_carries_the_librarys_own_mark():
    for number in range(366 * 4):
        for each in holidays.of_day(date(2027, 1, 1) + timedelta(days=number), "id"):
            assert "perkiraan" not in each.name


def test_years_nobody_asks_about_have_none():
    assert names(date(1950, 8, 17)) == names(date(9999, 12, 25)) == []
