"""`/s/<code>` leads on and counts people, one statement each; nothing of them is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from campaign import checks, clock
from campaign.linking import counting
from campaign.models import AuditRow, LinkCount, Role, ShortLink
from tests import make
from tests.campaign.doors import only, url, words

PERSON = "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
pytestmark = pytest.mark.django_db


@pytest.fixture
def link(campaign):
    post = make.post_scheduled(of=campaign, link="https://ratna.example/jalan?a=1#peta")
    return ShortLink.objects.get(post=post)


def count(link):
    return LinkCount.objects.filter(link=link).aggregate(models.Sum("count"))["count__sum"] or 0


def follow(client, link, agent=PERSON, **headers):
    return client.get(f"/s/{link.code}", headers={"User-Agent": agent, **headers})


def test_it_leads_on_with_tags_and_is_counted(client, campaign, link):
    answer = follow(client, link)
    assert answer.status_code == 302
    assert answer["Location"] == (
        "https://ratna.example/jalan?a=1&utm_source=mastodon&utm_medium=social&utm_campaign=ratna"
        f"&utm_content=post-{link.post_id}#peta"
    )
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not answer.cookies
    assert count(link) == 1
    follow(client, link)
    assert LinkCount.objects.get().count == 2, "one row an hour"


def test_it_costs_one_statement_found_or_not(client, link, django_assert_num_queries):
    with django_assert_num_queries(1):
        follow(client, link)
    with django_assert_num_queries(1):
        client.get("/s/tidakAda1", headers={"User-Agent": PERSON})


@pytest.mark.parametrize(
    "agent",
    [
        "WhatsApp/2.24.20.89 A",
        "TelegramBot (like TwitterBot)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
        "http.rb/5.1.1 (Mastodon/4.2.10; +https://mastodon.example/)",
        "Misskey/2024.5.0 (https://misskey.example)",
        "Iframely/1.3.1 (+https://iframely.com/docs/about)",
        "Posko/1 CFNetwork/1490.0.4 Darwin/23.2.0",
        "Dalvik/2.1.0 (Linux; U; Android 13; SM-A045F)",
        "",
    ],
)
def test_previews_and_machines_are_led_on_and_not_counted(client, link, agent):
    assert follow(client, link, agent).status_code == 302
    assert count(link) == 0


@pytest.mark.parametrize(
    "agent",
    [
        PERSON,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile [FBAN/FBIOS;FBAV/480]",
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36 Telegram-Android/11.2",
        "Mozilla/5.0 (Linux; U; Android 9; id-id) Dalvik/2.1.0 UCBrowser/13.4 Mobile",
        "Opera/9.80 (Android; Opera Mini/36.2/191.256; U; id) Presto/2.12.423 Version/12.16",
    ],
)
def test_people_in_all_kinds_of_browsers_are_counted(client, link, agent):
    follow(client, link, agent)
    assert count(link) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"X-Purpose": "preview"},
    ],
)
def test_a_browser_that_only_looks_ahead_is_not_counted(client, link, header):
    assert follow(client, link, **header).status_code == 302
    assert count(link) == 0


def test_asking_for_the_head_alone_is_not_counted(client, link):
    assert client.head(f"/s/{link.code}", headers={"User-Agent": PERSON}).status_code == 302
    assert count(link) == 0
    assert client.post(f"/s/{link.code}").status_code == 405


@pytest.mark.parametrize("code", ["tidakAda1", "x", "a" * 300, "%00", "é"])
def test_what_leads_nowhere_says_so_calmly_in_indonesian(client, db, code):
    answer = client.get(f"/s/{code}", headers={"User-Agent": PERSON})
    assert answer.status_code == 404
    assert "Tautan ini" in words(answer)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert not LinkCount.objects.exists()


def test_nothing_of_the_visitor_is_kept():
    assert {field.name for field in LinkCount._meta.fields} == {"id", "link", "hour", "count"}


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_are_a_hundred(link):
    def once(_number):
        try:
            return follow(Client(), link).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(once, range(100))) == {302}
    assert count(link) == 100


def test_each_hour_is_counted_by_itself(client, link, set_clock):
    follow(client, link)
    set_clock("interval '61 minutes'")
    follow(client, link)
    by_hour = list(LinkCount.objects.filter(link=link).order_by("hour").values_list("hour", "count"))
    assert [number for _hour, number in by_hour] == [1, 1]
    assert all(hour <= clock.now() and hour.minute == 0 for hour, _number in by_hour)


# Closing -----------------------------------------------------------------------------------------


def test_a_closed_one_leads_nowhere_until_it_is_opened_again(client, campaign, sign_in, link):
    sign_in(Role.STAFF)
    address = url("close_link", campaign, link.post_id)
    assert client.post(address, {"do": "close"}).status_code == 303
    assert client.post(address, {"do": "close"}).status_code == 303, "twice is once"
    assert follow(Client(), link).status_code == 404
    assert count(link) == 0
    assert AuditRow.objects.filter(verb="link.close").count() == 1
    client.post(address, {"do": "open"})
    assert follow(Client(), link).status_code == 302


def test_a_post_that_would_leave_with_a_closed_one_says_so(campaign, link):
    def told():
        return [each.code for each in checks.findings(checks.subject_of(link.post)) if each.code == "link_closed"]

    staff = make.someone(campaign, Role.STAFF)
    assert told() == []
    counting.close(link.post, by=staff)
    assert told() == ["link_closed"]
    counting.close(link.post, by=staff, opens=True)
    assert told() == []


def test_only_those_who_write_may_close_it(client, campaign, sign_in, link):
    only(
        client,
        sign_in,
        url("close_link", campaign, link.post_id),
        {Role.MANAGER, Role.STAFF, Role.CANDIDATE},
        method="post",
    )


# What the database refuses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"target": "https://lain.example/"},
        {"code": "abcdefgh"},
        {"utm_source": "x"},
        {"channel": None},
        {"post": None},
    ],
)
def test_where_it_leads_is_never_changed(link, change):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ShortLink.objects.filter(pk=link.pk).update(**change)


@pytest.mark.parametrize(
    "fields",
    [
        {"target": "http://ratna.example/"},
        {"target": "javascript:alert(1)"},
        {"target": "https://"},
        {"target": "https://a b"},
        {"code": "ab-cdefg"},
        {"code": "kurang"},
    ],
)
def test_the_database_takes_no_other_targets_and_codes(campaign, fields):
    usual = {"code": "abcdefgh", "target": "https://ratna.example/", "made_at": clock.now()}
    with pytest.raises(DatabaseError, match="short_link"), transaction.atomic():
        ShortLink.objects.create(campaign=campaign, **(usual | fields))


def test_no_code_stands_for_two_links_and_no_count_is_negative(campaign, link):
    with pytest.raises(DatabaseError), transaction.atomic():
        ShortLink.objects.create(
            campaign=campaign, code=link.code, target="https://ratna.example/", made_at=clock.now()
        )
    with pytest.raises(DatabaseError, match="link_count_not_negative"), transaction.atomic():
        LinkCount.objects.create(link=link, hour=clock.now(), count=-1)
