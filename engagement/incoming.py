"""What people wrote to us, taken over as the network shows it: new, edited, hidden, removed.

Webhooks and readings tell of the same things, late, twice and in any order. Each brings the time it speaks of, by the
network's own clock; whatever is older than what is known changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F

from campaign import clock, election, parts
from campaign.models import Campaign, Channel
from engagement.models import Incoming as Row
from engagement.models import Poll
from engagement.models.incoming import Where
from platforms.contents import Incoming, Place
from platforms.counting import storable

PART = "inbox"
ROWS = (
    "channel_id", "place", "remote_id", "text", "at", "author_id", "author_name", "author_handle", "about", "parent",
    "thread", "url", "is_hidden", "may_answer", "as_of", "edited_at",
)  # fmt: skip
TYPES = (
    "bigint", "text", "text", "text", "timestamptz", "text", "text", "text", "text", "text", "text", "text", "boolean",
    "boolean", "timestamptz", "timestamptz",
)  # fmt: skip
WRITE = f"""
    INSERT INTO engagement_incoming AS old ({", ".join(ROWS)}, campaign_id, received_at)
    SELECT new.*, channel.campaign_id, campaign_now()
    FROM unnest({", ".join(f"%s::{each}[]" for each in TYPES)}) AS new ({", ".join(ROWS)})
    JOIN campaign_channel channel ON channel.id = new.channel_id
    ON CONFLICT (channel_id, place, remote_id) DO UPDATE SET
        text = excluded.text, author_id = excluded.author_id, author_name = excluded.author_name,
        author_handle = excluded.author_handle, about = excluded.about, parent = excluded.parent,
        thread = excluded.thread, url = excluded.url, is_hidden = excluded.is_hidden,
        may_answer = excluded.may_answer, as_of = excluded.as_of, removed_at = NULL,
        edited_at = CASE WHEN old.removed_at IS NULL AND old.text <> excluded.text THEN excluded.as_of
                    ELSE coalesce(excluded.edited_at, old.edited_at) END,
        doubted_at = CASE WHEN old.doubted_at > excluded.as_of THEN old.doubted_at END
    WHERE old.as_of < excluded.as_of
    RETURNING old.campaign_id
"""  # noqa: S608  # made of our own names

KNOWN = """
    SELECT old.id, old.channel_id, old.place, old.remote_id, old.as_of
    FROM (SELECT DISTINCT * FROM unnest(%s::bigint[], %s::text[]) AS given (channel_id, remote_id)) AS given
    JOIN engagement_incoming old
        ON old.channel_id = given.channel_id AND old.place = ANY(%s) AND old.remote_id = given.remote_id
    ORDER BY old.id FOR UPDATE OF old
"""
EMPTY = """
    UPDATE engagement_incoming SET text = '', author_id = '', author_name = '', author_handle = '',
        removed_at = gone.at, as_of = gone.at, doubted_at = NULL
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS gone (id, at) WHERE engagement_incoming.id = gone.id
"""
DOUBT = """
    UPDATE engagement_incoming SET doubted_at = greatest(doubted_at, changed.at)
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS changed (id, at) WHERE engagement_incoming.id = changed.id
"""


@dataclass(frozen=True)
class Said:
    """One thing somebody wrote on one account, as it stood at `as_of`."""

    channel: Channel
    incoming: Incoming
    as_of: datetime
    edited_at: datetime | None = None

    @property
    def key(self) -> tuple[int, str, str]:
        return self.channel.pk, self.incoming.place.value, self.incoming.remote_id

    @property
    def is_ours(self) -> bool:
        """Whether we wrote it. Threads names people by their handle alone."""
        who = self.incoming.author_id  # empty where the network does not tell
        return bool(who) and who in (self.channel.remote_id, self.channel.handle.removeprefix("@"))


def take(said: Iterable[Said]) -> None:
    """Take over what people wrote; what we wrote ourselves is none of it. In the caller's transaction."""
    newest: dict[tuple[int, str, str], Said] = {}
    for one in sorted(said, key=lambda one: one.as_of):
        if one.incoming.remote_id and not one.is_ours:
            newest[one.key] = _after(newest.get(one.key), one)
    if not newest:
        return
    rows = [_values(newest[key]) for key in sorted(newest)]  # one order for all who write the same rows
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
    for campaign in {one.channel.campaign_id: one.channel.campaign for one in newest.values()}.values():
        parts.use(campaign, PART)


def _after(before: Said | None, one: Said) -> Said:
    """`one`, knowing whether what came before it read otherwise."""
    if before is None:
        return one
    is_edited = before.incoming.text != one.incoming.text
    return replace(one, edited_at=one.as_of if is_edited else before.edited_at)


def _values(one: Said) -> tuple[object, ...]:
    said = one.incoming
    text = storable(said.text)[: settings.INCOMING_CHARACTERS]
    others = (_cut(getattr(said, name), name) for name in ROWS[5:12])
    return (
        one.channel.pk, said.place.value, storable(said.remote_id)[:300], text, said.at, *others, said.is_hidden,
        said.may_answer, one.as_of, one.edited_at,
    )  # fmt: skip


def _cut(text: str, name: str) -> str:
    field = Row._meta.get_field(name)
    most = int(getattr(field, "max_length", 0) or 0)
    plain = storable(text)
    return "" if name == "url" and len(plain) > most else plain[:most]  # cut off, it would lead nowhere


# What is no longer there -------------------------------------------------------------------------


@dataclass(frozen=True)
class Undone:
    """Something on an account, somebody's words or a post of ours, that was changed or removed at that time."""

    channel: Channel
    remote_id: str
    at: datetime

    @property
    def key(self) -> tuple[int, str]:
        return self.channel.pk, self.remote_id


class Known(NamedTuple):
    """A row that something undone speaks of."""

    pk: int
    channel: int
    place: str
    remote_id: str
    as_of: datetime


def remove(undone: Sequence[Undone]) -> set[tuple[int, str]]:
    """Empty what was removed there; the keys of those that were known as somebody's words."""
    known, latest = _known(undone), _latest(undone)
    _write(EMPTY, [(row.pk, at) for row in known if row.as_of < (at := latest[row.channel, row.remote_id])])
    return {(row.channel, row.remote_id) for row in known}


def doubt(undone: Sequence[Undone]) -> None:
    """Something there was changed, and the network does not say how: read it again from the beginning."""
    known, latest = _known(undone), _latest(undone)
    older = [row for row in known if row.as_of < latest[row.channel, row.remote_id]]
    _write(DOUBT, [(row.pk, latest[row.channel, row.remote_id]) for row in older])
    for channel, place in {(row.channel, row.place) for row in older}:
        polls = Poll.objects.filter(channel=channel, place=place, next_at__isnull=False)
        polls.update(from_start=True, next_at=clock.now())


def _known(undone: Sequence[Undone]) -> list[Known]:
    """The rows that they speak of; locked, in one order."""
    if not undone:
        return []
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [[one.channel.pk for one in undone], [one.remote_id for one in undone], Where.values])
        return [Known(*row) for row in cursor.fetchall()]


def _latest(undone: Sequence[Undone]) -> dict[tuple[int, str], datetime]:
    return {one.key: one.at for one in sorted(undone, key=lambda one: one.at)}


def _write(sql: str, rows: Sequence[tuple[int, datetime]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def settle_doubts(channel: Channel, place: Place, *, shown_since: datetime | None, as_of: datetime) -> None:
    """A reading from the beginning has ended: what was doubted and is not shown any more has been removed.

    `shown_since` is the time of the oldest thing that the network showed; what is older it may only not have shown.
    """
    if shown_since is None:
        return
    rows = Row.objects.filter(channel=channel, place=place.value, doubted_at__lte=as_of, at__gte=shown_since)
    rows.filter(as_of__lt=F("doubted_at")).update(
        text="", author_id="", author_name="", author_handle="", removed_at=as_of, as_of=as_of, doubted_at=None
    )


# Keeping -----------------------------------------------------------------------------------------


def sweep(now: datetime) -> int:
    """Delete what people wrote where the campaign is long over; how many rows."""
    number = 0
    for campaign in Campaign.objects.filter(parts__contains=[PART]).select_related("ruleset"):
        day = election.voting_day(campaign, election.rules_of(campaign))
        if day is not None and day + settings.INCOMING_KEPT < now.date():
            number += Row.objects.filter(campaign=campaign).delete()[0]
    return number
