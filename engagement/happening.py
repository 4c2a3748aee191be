"""What an event means for us: each is taken in once, and applied to the accounts that it speaks of.

An event names a network and our account there. It reaches that account in every campaign that has it connected and for
which its proof speaks. Two campaigns have the same account only by mistake, and each with a sign-in of its own: both
then see what is written there, as each would by reading, and each is told of the other's posts as foreign ones.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q

from campaign import channels, clock
from campaign.models import Channel
from engagement import foreign, incoming
from engagement.incoming import Said, Undone
from engagement.models import TIMELINE, Poll, Push, Told
from platforms.base import Ability, Reconnect
from platforms.contents import Event, Happened
from platforms.counting import storable
from platforms.registry import HOOKS

log = logging.getLogger("posko.hooks")

LOOK_AGAIN = timedelta(seconds=30)
AHEAD = timedelta(minutes=5)  # so far a network's clock may go before ours; what claims more is taken for now
LATER = timedelta(microseconds=1)
"""Networks tell seconds: of a thing written and changed within one, the change comes after."""

INSERT = """
    INSERT INTO engagement_told (push_id, platform, campaign_id, is_practice, event_id, happened, account, about, at,
                                 has_words)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::boolean[], %s::text[], %s::text[], %s::text[],
                         %s::text[], %s::timestamptz[], %s::boolean[])
    ON CONFLICT DO NOTHING RETURNING platform, campaign_id, is_practice, event_id, id
"""

LOCK = """
    SELECT pg_advisory_xact_lock(hashtext('engagement.happening'), name)
    FROM (SELECT DISTINCT hashtext(given) AS name FROM unnest(%s::text[]) AS given ORDER BY 1) AS names
"""

type Key = tuple[str, int | None, bool, str]
type Written = tuple[str, int | None, bool, str, str]


@dataclass(frozen=True)
class New:
    """One event that was not known before."""

    push: Push
    event: Event
    pk: int
    at: datetime


def take(read: Iterable[tuple[Push, Sequence[Event]]]) -> None:
    """Keep the events that are new, and do what they say. In the caller's transaction."""
    read = list(read)
    alone((push.platform, event.account) for push, events in read for event in events)
    new = _insert(read, clock.now())
    _apply(sorted(new, key=lambda one: one.at))


def alone(accounts: Iterable[tuple[str, str]]) -> None:
    """For the rest of this transaction, nobody else takes over what is told of these accounts, by network and name.

    What somebody wrote and that it was removed may come to two workers at once: neither would see the other's row yet,
    and the words would stay.
    """
    names = {f"{platform}/{storable(account)}" for platform, account in accounts}
    if names:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [sorted(names)])


def told_before(channel: Channel, names: Iterable[str]) -> None:
    """Do what was told of things while a reading that shows them was on its way. What is older changes nothing."""
    if channel.platform not in HOOKS or not (wanted := {storable(name) for name in names}):
        return
    told = Told.objects.filter(
        Q(campaign=None) | Q(campaign=channel.campaign_id),
        Q(happened=Happened.REMOVED.value) | Q(happened=Happened.CHANGED.value, at__lte=clock.now()),
        platform=channel.platform, is_practice=channel.campaign.is_practice, account=channel.remote_id,
        about__in=wanted, has_words=False,
    )  # fmt: skip
    gone = [row for row in told if row.happened == Happened.REMOVED.value]
    incoming.doubt([Undone(channel, row.about, row.at + LATER) for row in told if row not in gone])
    incoming.remove([Undone(channel, row.about, row.at + 2 * LATER) for row in gone])


def _insert(read: Iterable[tuple[Push, Sequence[Event]]], now: datetime) -> list[New]:
    found: dict[Key, tuple[Push, Event]] = {}
    for push, events in read:
        for event in map(_plain, events):
            found.setdefault((push.platform, push.campaign_id, push.is_practice, _id(event)), (push, event))
    if not found:
        return []
    # In one order: two workers that insert the same events then wait for each other instead of failing.
    keys = sorted(found, key=lambda key: (key[0], key[1] or 0, key[2], key[3]))
    times = {key: min(found[key][1].at, now + AHEAD) for key in keys}
    rows = [
        (push.pk, key[0], key[1], key[2], key[3], event.happened.value, event.account[:200],
         event.about[:300], times[key], event.incoming is not None)
        for key in keys
        for push, event in [found[key]]
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        inserted: dict[Key, int] = {(row[0], row[1], row[2], row[3]): row[4] for row in cursor.fetchall()}
    return [New(*found[key], pk, times[key]) for key, pk in inserted.items()]


def _plain(event: Event) -> Event:
    """With names as Postgres keeps them."""
    said = event.incoming
    if said is not None:
        event = replace(event, incoming=replace(said, remote_id=storable(said.remote_id)))
    return replace(event, id=storable(event.id), account=storable(event.account), about=storable(event.about))


def _id(event: Event) -> str:
    """With our account in it: one post may name two of them, and is told of each under the same id."""
    name = f"{event.account}/{event.id}"
    return name if len(name) <= 200 else hashlib.sha256(name.encode()).hexdigest()


# Whose accounts ----------------------------------------------------------------------------------


class Accounts:
    """Our accounts by network and remote id, read once for many events."""

    def __init__(self, platforms: Iterable[str], remote_ids: Iterable[str]) -> None:
        self._found: dict[tuple[str, str], list[Channel]] = defaultdict(list)
        rows = Channel.objects.kept().filter(platform__in=set(platforms), remote_id__in=set(remote_ids))
        for channel in rows.select_related("campaign").order_by("pk"):
            self._found[channel.platform, channel.remote_id].append(channel)

    def of(self, told: Push | Told, account: str) -> list[Channel]:
        """Those that the proof of `told` speaks for."""
        return [
            channel
            for channel in self._found[told.platform, account]
            if channel.campaign.is_practice == told.is_practice and told.campaign_id in (None, channel.campaign_id)
        ]


# What follows ------------------------------------------------------------------------------------


def _apply(new: Sequence[New]) -> None:
    accounts = Accounts((one.push.platform for one in new), (one.event.account for one in new))
    undone, said = _undone(new), []
    after: list[tuple[New, list[Channel]]] = []
    for one in new:
        ours = accounts.of(one.push, one.event.account)
        wrote = one.event.incoming
        if ours and wrote is not None and one.event.happened in (Happened.INCOMING, Happened.CHANGED):
            as_of = one.at + LATER if one.event.happened is Happened.CHANGED else one.at
            said += [Said(channel, wrote, as_of) for channel in ours]
            after += [(undo, ours) for undo in undone[_written(one)] if undo.at >= one.at]
        elif ours:
            after.append((one, ours))
    incoming.take(said)
    _undo(after)
    for one, ours in after:
        _follow(one, ours)


def _undo(after: Sequence[tuple[New, list[Channel]]]) -> None:
    """What was changed without saying how is read again; what was removed is emptied, or was a post of ours."""
    doubted = [
        Undone(channel, one.event.about, one.at + LATER)
        for one, ours in after
        if one.event.happened is Happened.CHANGED
        for channel in ours
    ]
    removed = [
        Undone(channel, one.event.about, one.at + 2 * LATER)
        for one, ours in after
        if one.event.happened is Happened.REMOVED and one.event.about
        for channel in ours
    ]
    incoming.doubt(doubted)
    known = incoming.remove(removed)
    posts: dict[Channel, set[str]] = defaultdict(set)
    for each in removed:
        if each.key not in known:
            posts[each.channel].add(each.remote_id)
    for channel, remote_ids in posts.items():
        foreign.removed(channel, remote_ids)
    read_soon(posts, place=TIMELINE)


def _written(one: New) -> Written:
    """What somebody wrote, by whose word, where and under which name: names are a network's own."""
    name = one.event.incoming.remote_id if one.event.incoming else ""
    return one.push.platform, one.push.campaign_id, one.push.is_practice, one.event.account, name


def _undone(new: Sequence[New]) -> dict[Written, list[New]]:
    """What was changed or removed, as told before it was told that somebody wrote it."""
    wrote = {_written(one): one for one in new if one.event.incoming is not None}
    found: dict[Written, list[New]] = defaultdict(list)
    if wrote:
        rows = Told.objects.filter(
            Q(happened=Happened.CHANGED.value) | Q(happened=Happened.REMOVED.value),
            about__in={name for *_whose, name in wrote},
            has_words=False,
        )
        for row in rows.exclude(pk__in=[one.pk for one in new]).order_by("at"):
            key = row.platform, row.campaign_id, row.is_practice, row.account, row.about
            if one := wrote.get(key):
                event = Event(row.event_id, Happened(row.happened), row.account, row.at, row.about)
                found[key].append(New(one.push, event, row.pk, row.at))
    return found


def _follow(one: New, ours: list[Channel]) -> None:
    match one.event.happened:
        case Happened.INCOMING:  # told without its words
            read_soon(ours)
        case Happened.PUBLISHED:
            if not published(ours, one.event.about, one.at):
                Told.objects.filter(pk=one.pk).update(again_at=clock.now() + LOOK_AGAIN)
        case Happened.REVOKED:
            _revoked(ours, one.at)
        case _:
            pass  # kept; nobody here needs it


def read_soon(ours: Iterable[Channel], *, place: str = "") -> None:
    """Read what people write to these accounts at the next beat, or another place of them."""
    rows = list(ours)
    if not rows:
        return
    polls = Poll.objects.filter(channel__in=rows, next_at__gt=clock.now())
    polls = polls.filter(place=place) if place else polls.exclude(place=TIMELINE)
    polls.filter(read_at__isnull=False, fails=0).update(next_at=clock.now())  # not where the network wants a rest


def published(ours: Iterable[Channel], remote_id: str, at: datetime) -> bool:
    """A post went out there; whether it is clear by now whose it is. Where the timeline can be read, that tells."""
    clear = True
    for channel in ours:
        if Ability.TIMELINE in channel.connector_class.can:
            read_soon([channel], place=TIMELINE)
        elif remote_id:
            clear &= foreign.published(channel, remote_id, at)
    return clear


def _revoked(ours: Iterable[Channel], at: datetime) -> None:
    """Our permission was taken back; told late, it may be about a sign-in that has been renewed since."""
    for channel in ours:
        if at > channel.connected_at:
            channels.ask_to_reconnect(channel, Reconnect("signed_out"))


def look_again() -> None:
    """Ask once more whose those posts are that went out while one of ours was on its way."""
    now = clock.now()
    rows = list(Told.objects.waiting().filter(again_at__lte=now).order_by("again_at")[:200])
    accounts = Accounts((row.platform for row in rows), (row.account for row in rows))
    for row in rows:
        clear = published(accounts.of(row, row.account), row.about, row.at)
        is_old = now - row.at > settings.PUSHES_KEPT
        Told.objects.filter(pk=row.pk).update(again_at=None if clear or is_old else now + LOOK_AGAIN)
