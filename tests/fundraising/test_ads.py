"""`/iklan/`: the list with its sums and filters."""

from datetime import date, timedelta

import pytest

from campaign import clock
from fundraising import register
from fundraising.register import Asked, Register
from tests import make

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/iklan/"


def shown(client, address, query=""):
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_while_nothing_is_there_it_says_that_posko_buys_nothing_and_why_it_is_written_down(client, sign_in, address):
    sign_in("treasurer")
    page = shown(client, address)
    assert "Posko never buys an advertisement or boosts a post." in page and "LPPDK" in page
    assert f'href="{address}baru/"' in page and "<table" not in page


@pytest.mark.parametrize("role", ["candidate", "staff"])
def test_who_only_reads_is_offered_nothing_to_write(client, campaign, sign_in, address, role):
    sign_in(role)
    assert "The treasurer and the campaign manager" in shown(client, address)
    row = make.ad(of=campaign)
    for page in (shown(client, address), shown(client, row.get_absolute_url())):
        assert "Facebook" in page
        assert not any(each in page for each in ("/iklan/baru/", "/ubah/", "/bukti/", "/batal/"))


def test_a_volunteer_and_a_stranger_see_nothing(client, campaign, sign_in, address):
    row = make.ad(of=campaign)
    sign_in("volunteer")
    assert client.get(address).status_code == client.get(row.get_absolute_url()).status_code == 403
    sign_in("treasurer", make.campaign())
    assert client.get(address).status_code == client.get(row.get_absolute_url()).status_code == 404


def test_one_of_another_campaign_is_not_found(client, campaign, sign_in, address):
    other = make.ad(of=make.campaign())
    sign_in("treasurer")
    assert client.get(f"{address}{other.pk}/").status_code == 404
    assert client.get(f"{address}{10**30}/").status_code == 404


def test_it_lists_the_newest_first_with_state_money_and_what_is_wrong(client, campaign, sign_in, address, today):
    make.ad(of=campaign, first_day=today - 9 * ONE, medium="print", outlet="Harian Nusa")
    make.ad(of=campaign, state="planned", medium="instagram")
    sign_in("treasurer")
    page = shown(client, address)
    assert page.index("<strong>Instagram") < page.index("<strong>Harian Nusa")
    assert "Receipt is missing" in page and "Against the rules" in page
    assert "1 is against the rules" in page and "1 lacks its receipt" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("media=print", {"Harian"}),
        ("status=planned", {"Instagram"}),
        ("perlu=receipt", {"Harian"}),
        ("perlu=against", {"Harian", "Radio"}),
        ("perlu=something", {"Harian", "Radio"}),
        ("media=print&status=planned", set()),
        ("media=xyz&status=x&perlu=__class__&hal=-1", {"Harian", "Radio", "Instagram"}),
        ("hal=99", {"Harian", "Radio", "Instagram"}),
    ],
)
def test_it_is_narrowed_by_what_is_asked(client, campaign, sign_in, address, today, query, found):
    make.ad(of=campaign, first_day=today - 9 * ONE, medium="print", outlet="Harian")
    make.ad(of=campaign, medium="radio", outlet="Radio", spend=0)
    make.ad(of=campaign, state="planned", medium="instagram")
    sign_in("candidate")
    page = shown(client, address, query)
    assert {name for name in ("Harian", "Radio", "Instagram") if f"<strong>{name}</strong>" in page} == found
    if not found:
        assert "No advertisement is like that." in page


def test_the_sums_are_by_month_and_medium_of_what_ran(campaign, treasurer):
    make.ad(of=campaign, first_day=date(2026, 1, 5), spend=100)
    make.ad(of=campaign, first_day=date(2026, 1, 6), spend=50)
    make.ad(of=campaign, first_day=date(2026, 1, 31), paid_on=date(2026, 2, 2), spend=7)
    make.ad(of=campaign, first_day=date(2026, 1, 7), medium="radio", outlet="R", spend=30)
    make.ad(of=campaign, state="planned", spend=1000)
    entries = Register(campaign, clock.now()).entries
    told = [
        (month.total.name, month.total.spend, [(line.name, line.count, line.spend) for line in month.lines])
        for month in register.months(entries)
    ]
    assert told == [
        ("February 2026", 7, [("Facebook", 1, 7)]),
        ("January 2026", 180, [("Facebook", 2, 150), ("Radio", 1, 30)]),
    ]
    assert register.sum_of("", entries).spend == 187
    assert register.planned_sum(entries).spend == 1000


def test_a_month_is_chosen_by_the_day_on_which_the_money_counts(campaign, treasurer):
    make.ad(of=campaign, first_day=date(2026, 1, 31), paid_on=date(2026, 2, 2))
    found = Register(campaign, clock.now())
    assert found.months_known() == [("2026-02", "February 2026")]
    assert len(found.of(Asked(month="2026-02"))) == 1 and not found.of(Asked(month="2026-01"))


def test_each_report_holds_all_up_to_its_last_day(campaign, today):
    # LADK falls 38 days before voting day, which is in 40; LPPDK 15 days after it.
    make.ad(of=campaign, spend=5)
    make.ad(of=campaign, medium="x", first_day=today, paid_on=today + 3 * ONE, spend=8)
    told = [(line.name.split(",")[0].split()[0], line.spend) for line in Register(campaign, clock.now()).reports()]
    assert told == [("LADK", 5), ("LPPDK", 13), ("Everything", 13)]


def test_without_a_calendar_there_is_one_sum_and_the_page_says_why(client, sign_in, address, campaign):
    of = make.campaign(ruleset="PEMILU_2029")
    make.ad(of=of, spend=5)
    assert [line.spend for line in Register(of, clock.now()).reports()] == [5]
    sign_in("treasurer", of)
    assert "is not known until KPU" in shown(client, f"/c/{of.slug}/iklan/")


def test_more_than_a_page_is_reached_by_links_that_keep_the_filter(client, campaign, sign_in, address, today):
    for number in range(31):
        make.ad(of=campaign, first_day=today - (number + 1) * ONE, note=str(number))
    sign_in("treasurer")
    page = shown(client, address, "media=facebook")
    assert page.count('class="tap"') == 30 and "?media=facebook&amp;hal=2" in page
    assert shown(client, address, "media=facebook&hal=2").count('class="tap"') == 1


def test_it_asks_the_same_however_many_there_are(
    client, campaign, sign_in, address, today, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in("treasurer")
    make.ad(of=campaign, channel=make.channel(of=campaign, platform="x", server="https://x.example"), medium="x")
    client.get(address)
    with django_assert_max_num_queries(11) as few:
        client.get(address)
    for number in range(12):
        make.ad(of=campaign, first_day=today - number * ONE)
    with django_assert_num_queries(len(few)):
        client.get(address)


def test_the_page_of_one_asks_the_same_however_often_it_was_corrected(
    client, campaign, sign_in, treasurer, django_assert_num_queries, django_assert_max_num_queries
):
    from fundraising import recording

    sign_in("treasurer")
    row = make.ad(of=campaign, post=make.post_scheduled(of=campaign))
    row = recording.correct(row, make.ad_facts(of=campaign, spend=1), by=treasurer, version=1)
    client.get(row.get_absolute_url())
    with django_assert_max_num_queries(18) as few:
        client.get(row.get_absolute_url())
    for number in range(2, 8):
        row = recording.correct(row, make.ad_facts(of=campaign, spend=number), by=treasurer, version=row.version)
    with django_assert_num_queries(len(few)):
        client.get(row.get_absolute_url())


def test_what_people_typed_is_drawn_as_text(client, campaign, sign_in, address):
    row = make.ad(of=campaign, payer="<b>x</b>", medium="radio", outlet="<i>R</i>", note="<u>n</u>")
    sign_in("manager")
    for page in (shown(client, address), shown(client, row.get_absolute_url())):
        assert not any(tag in page for tag in ("<b>x", "<i>R", "<u>n"))
