"""The calendar's page: month, week, list and day."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import clock, publishing
from campaign.models import Delivery, Label, Post, PostState, PostText, Role, State, Theme
from campaign.planning import calendar as plan
from campaign.planning.calendar import View
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


def at(campaign, day, hour=19):
    return datetime.combine(day, time(hour), tzinfo=campaign.tz)


def placed(campaign, day, **options):
    """A draft that is planned on `day`, past or not."""
    post = make.post(of=campaign, **options)
    Post.objects.filter(pk=post.pk).update(planned_at=at(campaign, day))
    return post


def look(client, campaign, **asked):
    return client.get(url("calendar", campaign), asked)


def day_of(answer, day):
    return next(each for each in answer.context["days"] if each.date == day)


# What stands where -------------------------------------------------------------------------------


def test_a_post_stands_on_its_day_with_its_time_network_and_state(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    placed(campaign, date(2027, 3, 3), on=[channel], text="Air bersih untuk desa")
    answer = look(client, campaign, tanggal="2027-03-15")
    (entry,) = day_of(answer, date(2027, 3, 3)).entries
    page = words(answer)
    assert entry.words == "Air bersih untuk desa"
    assert '<span class="at">19:00</span>' in page
    assert f'title="{channel}"' in page
    assert 'data-state="draft"' in page
    assert "March 2027" in page


def test_the_zone_is_named_once_and_the_clock_is_the_campaigns(client, sign_in):
    eastern = make.campaign(zone="Asia/Jayapura")
    sign_in(Role.STAFF, of=eastern)
    post = make.post(of=eastern)
    Post.objects.filter(pk=post.pk).update(planned_at="2027-03-03T16:30:00Z")  # already the fourth there
    answer = look(client, eastern, tanggal="2027-03-01")
    assert len(day_of(answer, date(2027, 3, 4)).entries) == 1
    page = words(answer)
    assert ">01:30</span>" in page
    assert page.count("WIT") == 1


@pytest.mark.parametrize(("zone", "day"), [("Asia/Jakarta", 31), ("Asia/Makassar", 31), ("Asia/Jayapura", 1)])
def test_the_border_of_a_month_is_midnight_in_the_campaigns_zone(client, sign_in, zone, day):
    place = make.campaign(zone=zone)
    sign_in(Role.STAFF, of=place)
    post = make.post(of=place)
    Post.objects.filter(pk=post.pk).update(planned_at="2027-03-31T15:30:00Z")  # 22.30 WIB, 23.30 WITA, 0.30 WIT
    march = look(client, place, tanggal="2027-03-01", lihat="daftar")
    shown = [each.date for each in march.context["days"] if each.entries]
    assert shown == ([date(2027, 3, 31)] if day == 31 else [])


def test_what_has_no_planned_time_stands_where_it_was_released(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    make.post(on=[channel], text="Belum disetujui")
    make.post_scheduled(on=[channel], text="Begitu disetujui")
    today = clock.now().astimezone(campaign.tz).date()
    assert [entry.words for entry in day_of(look(client, campaign), today).entries] == ["Begitu disetujui"]


def test_a_day_is_in_order_of_the_clock(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    for hour in (20, 8, 12):
        post = make.post(on=[channel], text=f"Pukul {hour}")
        Post.objects.filter(pk=post.pk).update(planned_at=at(campaign, date(2027, 3, 3), hour))
    found = day_of(look(client, campaign, tanggal="2027-03-01"), date(2027, 3, 3)).entries
    assert [entry.words for entry in found] == ["Pukul 8", "Pukul 12", "Pukul 20"]


def test_many_posts_of_a_day_are_counted_and_its_day_shows_them_all(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    for number in range(6):
        placed(campaign, date(2027, 3, 3), on=[channel], text=f"Konten {number}")
    month = look(client, campaign, tanggal="2027-03-01")
    assert len(day_of(month, date(2027, 3, 3)).entries) == 4
    assert "+ 2 others" in words(month)
    day = look(client, campaign, tanggal="2027-03-03", lihat="hari")
    assert len(day_of(day, date(2027, 3, 3)).entries) == 6


def test_a_day_of_more_than_a_page_goes_on_by_key(client, campaign, sign_in, channel, monkeypatch):
    monkeypatch.setitem(plan.MOST, View.DAY, 2)
    sign_in(Role.STAFF)
    for number in range(3):
        placed(campaign, date(2027, 3, 3), on=[channel], text=f"Konten {number}")
    first = look(client, campaign, tanggal="2027-03-03", lihat="hari")
    assert "Konten 2" not in words(first)
    second = client.get(f"{url('calendar', campaign)}?{first.context['further']}")
    assert [entry.words for entry in second.context["days"][0].entries] == ["Konten 2"]
    assert second.context["further"] == ""


def test_another_campaigns_posts_are_not_there(client, campaign, sign_in):
    sign_in(Role.STAFF)
    other = make.campaign()
    placed(other, date(2027, 3, 3), text="Milik orang lain")
    assert "Milik orang lain" not in words(look(client, campaign, tanggal="2027-03-01"))


def test_a_volunteer_sees_only_what_is_public(client, campaign, sign_in, channel):
    sign_in(Role.VOLUNTEER)
    placed(campaign, date(2027, 3, 3), on=[channel], text="Rahasia dulu")
    out = placed(campaign, date(2027, 3, 4), on=[channel], text="Sudah terbit")
    Post.objects.filter(pk=out.pk).update(state=PostState.PUBLISHED)
    page = words(look(client, campaign, tanggal="2027-03-01"))
    assert "Rahasia dulu" not in page
    assert "Sudah terbit" in page
    assert "Write for this day" not in page


# Days --------------------------------------------------------------------------------------------


def test_the_quiet_period_and_voting_day_are_drawn_and_offer_no_writing(client, campaign, sign_in):
    sign_in(Role.STAFF)
    made = campaign.made_at.astimezone(campaign.tz).date()
    voting = made + timedelta(days=40)
    answer = look(client, campaign, tanggal=(voting - timedelta(days=4)).isoformat(), lihat="daftar")
    phases = [str(day.phase) for day in answer.context["days"][:6]]
    assert phases == ["ads", "quiet", "quiet", "quiet", "voting", "after"]
    page = words(answer)
    assert f"?date={voting - timedelta(days=4)}" in page
    assert f"?date={voting - timedelta(days=1)}" not in page
    assert f"?date={voting}" not in page


def test_holidays_stand_on_their_days(client, campaign, sign_in):
    sign_in(Role.STAFF)
    page = words(look(client, campaign, tanggal="2029-02-01"))
    assert "Eid al-Fitr" in page
    assert "(estimate)" in page
    client.cookies.clear()
    sign_in(Role.STAFF)
    page = words(look(client, campaign, tanggal="2029-02-01"))
    assert "Hari Raya Idul Fitri" in page
    assert "(perkiraan)" in page


def test_a_day_to_come_offers_to_write_for_it_and_a_past_one_does_not(client, campaign, sign_in):
    sign_in(Role.STAFF)
    today = clock.now().astimezone(campaign.tz).date()
    page = words(look(client, campaign, tanggal=str(today - timedelta(days=1)), lihat="daftar"))
    assert f"?date={today + timedelta(days=1)}" in page
    assert f"?date={today - timedelta(days=1)}" not in page


def test_that_link_opens_the_form_with_the_day(client, campaign, sign_in):
    sign_in(Role.STAFF)
    page = words(client.get(url("write_post", campaign), {"date": "2027-03-03"}))
    assert 'value="2027-03-03"' in page
    for wrong in ("x", "", "2027-02-30", "\0", "9" * 5000):
        assert client.get(url("write_post", campaign), {"date": wrong}).status_code == 200


def test_a_month_is_whole_weeks_from_monday(client, campaign, sign_in):
    sign_in(Role.STAFF)
    days = look(client, campaign, tanggal="2027-03-15").context["days"]
    assert (days[0].date, days[-1].date) == (date(2027, 3, 1), date(2027, 4, 4))
    assert [day.is_outside for day in days] == [False] * 31 + [True] * 4


@pytest.mark.parametrize(
    ("view", "before", "after"),
    [
        ("bulan", "2026-12-01", "2027-02-01"),
        ("minggu", "2027-01-18", "2027-02-01"),
        ("daftar", "2026-12-31", "2027-03-03"),
        ("hari", "2027-01-30", "2027-02-01"),
    ],
)
def test_one_can_go_on_and_back(client, campaign, sign_in, view, before, after):
    sign_in(Role.STAFF)
    links = look(client, campaign, tanggal="2027-01-31", lihat=view).context["links"]
    assert f"tanggal={before}" in links["before"]
    assert f"tanggal={after}" in links["after"]
    assert f"lihat={view}" in links["after"]


def test_no_day_no_view_and_no_key_breaks_it(client, campaign, sign_in):
    sign_in(Role.STAFF)
    for day in ("x", "2027-02-30", "0001-01-01", "9999-12-31", "\0", "2000-01-01", "2099-12-31", "１"):
        assert look(client, campaign, tanggal=day, lihat="minggu").status_code == 200, day
    for view in ("bulan", "daftar", "hari", "'", "\0"):
        assert look(client, campaign, tanggal="2000-01-01", lihat=view).status_code == 200, view
    for after in ("x", "9999-01-01T00:00:00+00:00_1", "2027-01-01_1", "2027-01-01T00:00:00+07:00_" + "9" * 40):
        assert look(client, campaign, lihat="hari", after=after).status_code == 200, after


# Filters -----------------------------------------------------------------------------------------


@pytest.fixture
def two(campaign, channel):
    """Two posts of the same day that differ in everything."""
    telegram = make.channel(of=campaign, platform="telegram")
    manager = make.someone(campaign, Role.MANAGER)
    one = placed(campaign, date(2027, 3, 3), on=[channel], text="Jalan desa", theme=Theme.VISION)
    other = placed(campaign, date(2027, 3, 3), on=[telegram], text="Air", title="Sumur", by=manager, kind="other")
    Post.objects.filter(pk=other.pk).update(state=PostState.IN_REVIEW)
    return one, other


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("channel", lambda one, _: one.channels.get().pk, "Jalan desa"),
        ("state", lambda *_: "in_review", "Sumur"),
        ("author", lambda _, other: other.author_id, "Sumur"),
        ("theme", lambda *_: "vision", "Jalan desa"),
        ("kind", lambda *_: "other", "Sumur"),
        ("find", lambda *_: "  SUMUR ", "Sumur"),
        ("find", lambda *_: "jalan\0", "Jalan desa"),
    ],
)
def test_each_filter_narrows_it_and_can_be_removed(client, campaign, sign_in, two, name, value, wanted):
    sign_in(Role.STAFF)
    answer = look(client, campaign, tanggal="2027-03-01", **{name: value(*two)})
    assert [entry.words for entry in day_of(answer, date(2027, 3, 3)).entries] == [wanted]
    assert "Remove the filter" in words(answer)
    assert f"{name}=" in answer.context["links"]["after"]
    assert answer.context["links"]["all"] == "tanggal=2027-03-01"


def test_labels_and_an_accounts_own_words_narrow_it_too(client, campaign, sign_in, two):
    sign_in(Role.STAFF)
    one, other = two
    label = Label.objects.create(campaign=campaign, name="Pesisir")
    one.labels.add(label)
    PostText.objects.create(post=other, channel=other.channels.get(), text="Khusus Telegram")
    for asked, wanted in (({"label": label.pk}, "Jalan desa"), ({"find": "khusus"}, "Sumur")):
        answer = look(client, campaign, tanggal="2027-03-01", **asked)
        assert [entry.words for entry in day_of(answer, date(2027, 3, 3)).entries] == [wanted]
    sign_in(Role.VOLUNTEER)
    assert "Pesisir" not in words(look(client, campaign))


def test_what_nobody_offers_narrows_nothing(client, campaign, sign_in, two):
    sign_in(Role.STAFF)
    for value in ("x", "\0", "9" * 5000, "-1", "'; drop"):
        asked = dict.fromkeys(("channel", "state", "author", "theme", "kind"), value)
        answer = look(client, campaign, tanggal="2027-03-01", lihat="minggu", **asked)
        assert len(day_of(answer, date(2027, 3, 3)).entries) == 2, value


def test_an_account_of_another_campaign_narrows_nothing_and_is_not_named(client, campaign, sign_in, two):
    sign_in(Role.STAFF)
    foreign = make.channel(handle="rahasia_mereka")
    answer = look(client, campaign, tanggal="2027-03-01", channel=foreign.pk)
    assert len(day_of(answer, date(2027, 3, 3)).entries) == 2
    assert "rahasia_mereka" not in words(answer)


def test_empty_it_says_what_to_do(client, campaign, sign_in):
    sign_in(Role.STAFF)
    assert "No post is planned here yet" in words(look(client, campaign))
    assert "No post here with this filter" in words(look(client, campaign, find="tidak ada"))
    sign_in(Role.VOLUNTEER)
    assert "Nothing has gone out here yet" in words(look(client, campaign))


# Cost and doors ----------------------------------------------------------------------------------


def test_however_many_posts_it_asks_ten_things_of_the_database(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    on, asked, sizes = [channel, make.channel(of=campaign, platform="bluesky")], [], []
    for _ in range(2):
        for day in range(1, 7):
            placed(campaign, date(2027, 3, day), on=on, text="Panjang sekali. " * 500)
        with CaptureQueriesContext(connection) as queries:
            answer = look(client, campaign, tanggal="2027-03-01")
        asked.append(len(queries))
        sizes.append(len(answer.content))
    assert asked[0] == asked[1] <= 10
    assert (sizes[1] - sizes[0]) / 6 < 2_000, "an entry carries more than a calendar shows"


def test_an_envelope_of_another_slot_disturbs_nothing(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    make.delivery(on=channel, slot="lain:abc/7")
    post = make.post_scheduled(on=[channel])
    publishing.reschedule(post, by=make.someone(campaign, Role.STAFF), version=1, to=None)
    Delivery.objects.filter(slot__startswith="post").update(state=State.HELD)
    assert look(client, campaign).status_code == 200


def test_htmx_gets_the_part(client, campaign, sign_in):
    sign_in(Role.STAFF)
    answer = client.get(url("calendar", campaign), headers=HTMX)
    assert "<html" not in words(answer)


def test_every_member_may_and_nobody_else(client, campaign, sign_in):
    only(client, sign_in, url("calendar", campaign), set(Role))
    sign_in(Role.STAFF)
    assert client.post(url("calendar", campaign)).status_code == 405
