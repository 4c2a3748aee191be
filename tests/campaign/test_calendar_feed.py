"""The feed for calendar programmes."""

from datetime import timedelta

import pytest

from campaign import clock
from campaign.models import FeedKey, Post, PostState, Role
from campaign.planning import feed
from campaign.team import membership
from tests import make
from tests.campaign.doors import url, words

pytestmark = pytest.mark.django_db


def read(client, campaign, key):
    return client.get(url("calendar_feed", campaign), {"kunci": key})


def events(text):
    """Every event as a dict, read as RFC 5545 says: lines end in CRLF, and what begins with a space goes on."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    found: list[dict[str, str]] = []
    now: dict[str, str] | None = None
    for line in lines:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            now = {}
        elif line == "END:VEVENT":
            found.append(now or {})
            now = None
        elif now is not None:
            assert name not in now
            now[name] = value
    return found


def posts(text):
    return [event for event in events(text) if event["UID"].startswith("post-")]


@pytest.fixture
def key(campaign):
    return feed.make_key(make.someone(campaign, Role.STAFF))


def test_it_tells_what_is_planned_without_whole_texts(client, campaign, key):
    at = clock.now().replace(microsecond=0) + timedelta(days=2)
    row = make.post(of=campaign, text="Air bersih, untuk; semua\ndesa. " + "Rahasia " * 20, planned_at=at)
    answer = read(client, campaign, key)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    (event,) = posts(answer.content.decode())
    assert event["DTSTART"] == f"{at:%Y%m%dT%H%M%SZ}"
    assert event["SUMMARY"].startswith("Air bersih\\, untuk\\; semua desa.")
    assert event["SUMMARY"].count("Rahasia") < 5
    assert event["STATUS"] == "TENTATIVE"
    assert event["URL"].endswith(row.get_absolute_url())


def test_a_title_stands_for_the_words_and_an_approved_one_is_certain(client, campaign, key):
    make.post_scheduled(of=campaign, title="Sumur", text="Isi lengkap", planned_at=make.in_an_hour())
    text = read(client, campaign, key).content.decode()
    (event,) = posts(text)
    assert event["SUMMARY"].startswith("Sumur (")
    assert event["STATUS"] == "CONFIRMED"
    assert "Isi lengkap" not in text


def test_the_quiet_period_and_voting_day_are_whole_days(client, campaign, key):
    whole = [event for event in events(read(client, campaign, key).content.decode()) if "DTSTART;VALUE=DATE" in event]
    voting = campaign.made_at.astimezone(campaign.tz).date() + timedelta(days=40)
    assert [(event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) for event in whole] == [
        (f"{voting - timedelta(days=3):%Y%m%d}", f"{voting:%Y%m%d}"),
        (f"{voting:%Y%m%d}", f"{voting + timedelta(days=1):%Y%m%d}"),
    ]


def test_a_volunteers_key_shows_only_what_is_public(client, campaign):
    key = feed.make_key(make.someone(campaign, Role.VOLUNTEER))
    make.post(of=campaign, text="Rahasia dulu", planned_at=make.in_an_hour())
    out = make.post(of=campaign, text="Sudah terbit", planned_at=make.in_an_hour())
    Post.objects.filter(pk=out.pk).update(state=PostState.PUBLISHED)
    text = read(client, campaign, key).content.decode()
    assert "Rahasia" not in text
    assert "Sudah terbit" in text


def test_only_a_living_key_of_this_campaign_opens_it(client, campaign, key):
    member = FeedKey.objects.get().member
    assert read(client, campaign, key).status_code == 200
    for wrong in ("", "x", key[:-1], FeedKey.objects.get().digest, "\0", "\ud800".encode("utf-8", "surrogatepass")):
        assert read(client, campaign, wrong).status_code == 404, wrong
    assert read(client, make.campaign(), key).status_code == 404
    newer = feed.make_key(member)
    assert read(client, campaign, key).status_code == 404
    type(member).objects.filter(pk=member.pk).update(suspended_at=clock.now())
    assert read(client, campaign, newer).status_code == 404
    type(member).objects.filter(pk=member.pk).update(suspended_at=None)
    feed.end_key(member)
    assert read(client, campaign, newer).status_code == 404


def test_the_key_itself_is_nowhere_in_the_database(campaign, key):
    row = FeedKey.objects.get()
    assert key not in (row.digest, str(row))
    assert len(key) >= 40


def test_signing_in_opens_nothing_without_a_key(client, campaign, sign_in, key):
    sign_in(Role.MANAGER)
    assert read(client, campaign, "").status_code == 404
    assert client.post(url("calendar_feed", campaign)).status_code == 405


@pytest.mark.parametrize(
    "text",
    ["x" * 75, "x" * 76, "x" * 300, "é" * 100, "👨‍👩‍👧‍👦" * 40, "a" + "界" * 60, ""],
    ids=["75", "76", "300", "two octets", "families", "three octets", "nothing"],
)
def test_a_line_is_folded_at_75_octets_and_never_within_a_sign(text):
    line = feed.folded(text)
    pieces = line.removesuffix("\r\n").split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert line.removesuffix("\r\n").replace("\r\n ", "") == text
    assert len(pieces) <= 1 + len(text.encode()) // 70


def test_what_would_break_a_line_is_escaped():
    assert feed.escaped("a\\b;c,d\ne\rf\x00g\x7f") == "a\\\\b\\;c\\,d\\nefg"


def test_the_page_of_the_calendar_leads_to_it(client, campaign, sign_in):
    sign_in(Role.STAFF)
    assert url("feed_key", campaign) in words(client.get(url("calendar", campaign)))


def test_who_was_suspended_has_no_key_any_more_even_once_they_are_back(client, campaign, team, key):
    membership.suspend(team["staff"], by=team["manager"], reason="Uji")
    membership.resume(team["staff"], by=team["manager"])
    assert read(client, campaign, key).status_code == 404
