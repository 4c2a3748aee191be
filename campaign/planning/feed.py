"""The calendar for a member's own calendar programme (RFC 5545), read with a secret key.

The key stands in an address that programmes keep and repeat, so it can be taken back at any time, opens nothing but
this, and only its hash is stored. Texts of posts are not in it: a title, or the first words, for those who see them.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, election
from campaign.access import require
from campaign.models import Campaign, Member, Post, PostState
from campaign.models.feed import FeedKey
from campaign.planning.calendar import planned

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
MOST = 1000  # events; what lies farthest ahead is left out first
WORDS = 60  # characters of a text without a title
LENGTH = timedelta(minutes=15)  # a moment has no length, but calendar programmes draw none of those
OCTETS = 75  # of a line, RFC 5545 section 3.1


# The key -----------------------------------------------------------------------------------------


@transaction.atomic
def make_key(member: Member) -> str:
    """A new key, told this once; the one before ends."""
    require(member, "post.see")
    key = secrets.token_urlsafe(32)
    FeedKey.objects.update_or_create(member=member, defaults={"digest": _digest(key), "made_at": clock.now()})
    audit.record("feed.make_key", member, by=member)
    return key


@transaction.atomic
def end_key(member: Member) -> None:
    """Whoever has the key reads nothing any more. Ending it twice changes nothing."""
    require(member, "post.see")
    ended, _rows = FeedKey.objects.filter(member=member).delete()
    if ended:
        audit.record("feed.end_key", member, by=member)


def member_of(slug: str, key: str) -> Member | None:
    """Whose key it is, while they are on the team of that campaign."""
    people = Member.objects.active().select_related("campaign", "user")
    return people.filter(campaign__slug=slug, feed_key__digest=_digest(key)).first()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


# What is in it -----------------------------------------------------------------------------------


def write(member: Member, *, root: str, now: datetime) -> str:
    """The whole feed; `root` is our own address, such as https://posko.example."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Posko//Posko//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(member.campaign.name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for event in (*_posts(member, root, now), *_phases(member.campaign, root, now)):
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def _posts(member: Member, root: str, now: datetime) -> Iterator[list[str]]:
    rows = planned(member, Post.objects.visible_to(member), now - BACK, now + AHEAD).exclude(state=PostState.REFUSED)
    for post in rows.order_by("at", "pk")[:MOST]:
        post.campaign, at = member.campaign, post.at
        words = post.title or " ".join(post.text.split())[:WORDS] or _("A picture without words")
        is_sure = post.state not in (PostState.DRAFT, PostState.IN_REVIEW, PostState.CHANGES_ASKED)
        yield [
            f"UID:post-{post.pk}@{member.campaign.slug}.posko",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(at)}",
            f"DTEND:{_utc(at + LENGTH)}",
            f"SUMMARY:{escaped(f'{words} ({post.get_state_display()})')}",
            f"STATUS:{'CONFIRMED' if is_sure else 'TENTATIVE'}",
            "TRANSP:TRANSPARENT",
            f"URL:{root}{post.get_absolute_url()}",
        ]


def _phases(campaign: Campaign, root: str, now: datetime) -> Iterator[list[str]]:
    """The days on which nothing may leave, as whole days."""
    for span in election.spans(campaign):
        if span.phase not in (election.Phase.QUIET, election.Phase.VOTING) or span.begin is None or span.end is None:
            continue
        # It begins some minutes before its first day; a whole day begins with that day.
        first = (span.begin + timedelta(hours=1)).astimezone(campaign.tz).date()
        after = (span.end + timedelta(hours=1)).astimezone(campaign.tz).date()
        yield [
            f"UID:{span.phase}-{first:%Y%m%d}@{campaign.slug}.posko",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART;VALUE=DATE:{_day(first)}",
            f"DTEND;VALUE=DATE:{_day(after)}",
            f"SUMMARY:{escaped(str(span.phase.label).capitalize())}",
            "TRANSP:TRANSPARENT",
            f"URL:{root}{campaign.get_absolute_url()}",
        ]


# How it is written -------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """A text as RFC 5545 section 3.3.11 writes it, without what no line may hold."""
    plain = "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """One line in pieces of at most 75 octets, never within a sign; each further piece begins with a space."""
    return "\r\n ".join(_pieces(line)) + "\r\n"


def _pieces(line: str) -> Iterable[str]:
    piece, size = "", 0
    for sign in line:
        weight = len(sign.encode())
        if size + weight > OCTETS:
            yield piece
            piece, size = "", 1  # the space that begins it
        piece, size = piece + sign, size + weight
    yield piece


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
