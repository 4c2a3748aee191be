"""Following a short link: one statement finds it and counts. Who followed it is not kept, not for a moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, Min, Sum

from campaign import audit, clock
from campaign.access import require
from campaign.linking import making
from campaign.models import Member, Post, ShortLink

# Those who fetch a page to show what it is about, and machines: by what they say of themselves. "CUBOT" is a phone.
_MACHINE = re.compile(
    r"^whatsapp/|facebookexternalhit|facebot|meta-external|(?<!cu)bot\b|bot/|crawl|spider|slurp|preview|skypeuri|"
    r"embedly|pinterest/|vkshare|snapchat|headless|lighthouse|^curl/|^wget/|python-|^okhttp|^go-http|^java/|"
    r"google-read-aloud|mediapartners|feedfetcher|^ruby|^axios|^node|cardyb|mastodon/|http\.rb|pleroma|akkoma|misskey|"
    r"friendica|iframely|kakaotalk-scrap|^\S+ cfnetwork/|^apache-httpclient|^libwww|^guzzle|^php/|scrapy|^dalvik/",
    re.I,
)
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Headers by which browsers say that nobody has asked for the page yet."""


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether somebody is following the link now: no preview, no machine, no browser that looks ahead."""
    agent = headers.get("User-Agent", "").strip()
    if method != "GET" or not agent or _MACHINE.search(agent):
        return False
    return not any(re.search("prefetch|preview|prerender", headers.get(name, ""), re.I) for name in _AHEAD)


_CODE = re.compile("[A-Za-z0-9]{8,16}")
_FIND = """SELECT id, target, utm_source, utm_medium, utm_campaign, utm_content FROM campaign_shortlink
WHERE code = %s AND closed_at IS NULL"""
_FIND_AND_COUNT = """WITH found AS (
    SELECT id, target, utm_source, utm_medium, utm_campaign, utm_content FROM campaign_shortlink
    WHERE code = %s AND closed_at IS NULL
), counted AS (
    INSERT INTO campaign_linkcount AS c (link_id, hour, count)
    SELECT id, date_trunc('hour', campaign_now(), 'UTC'), 1 FROM found
    ON CONFLICT (link_id, hour) DO UPDATE SET count = c.count + 1)
SELECT * FROM found"""


def follow(code: str, *, counts: bool) -> str:
    """Where it leads, "" where nowhere (any more); counted where it `counts`."""
    if not _CODE.fullmatch(code):
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_FIND_AND_COUNT if counts else _FIND, [code])
        row = cursor.fetchone()
    if row is None:
        return ""
    names = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
    return making.tagged(row[1], dict(zip(names, row[2:], strict=True)))


# Reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clicks:
    """How often the link of one post was followed from one account, until `read_at`."""

    channel_id: int
    address: str
    count: int
    read_at: datetime
    is_closed: bool


def of_post(post: Post) -> dict[int, Clicks]:
    """By the account's id; those without a short link are left out. We count ourselves, so a zero is a zero."""
    now = clock.now()
    rows = ShortLink.objects.filter(post=post, target=post.link, channel__isnull=False)
    told = rows.values("channel_id").annotate(code=Min("code"), clicks=Sum("counts__count"), closed=Max("closed_at"))
    return {
        row["channel_id"]: Clicks(
            row["channel_id"], making.address(row["code"]), row["clicks"] or 0, now, row["closed"] is not None
        )
        for row in told
    }


@transaction.atomic
def close(post: Post, *, by: Member, opens: bool = False) -> None:
    """Let the links of `post` lead nowhere any more; or open them again. Twice is once."""
    require(by, "link.close")
    rows = ShortLink.objects.filter(post=post, closed_at__isnull=not opens)
    if rows.update(closed_at=None if opens else clock.now()):
        audit.record("link.open" if opens else "link.close", post, by=by)
