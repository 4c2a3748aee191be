"""Posts on our accounts that Posko did not send, and posts of Posko that have gone: found, told, answered by people.

A post is ours when its remote id stands on a delivery. One that is on its way, unsure or confirmed by a person has no
remote id yet: it then explains a post with the same words, and each explains one.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from campaign import audit, clock, notices
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Action, Channel, Delivery, Member, Role, State
from engagement.matching import Candidate, explain
from engagement.models import ForeignPost, ForeignState, Poll, Strange
from platforms.contents import Seen
from platforms.counting import storable

WINDOW = timedelta(days=1)  # so far back each reading looks
SENT_WITHIN = timedelta(days=8)  # an envelope's time may lie so long before it really left
SETTLES = timedelta(minutes=5)  # networks show a new post late; a receipt this young proves nothing by its absence
LOOK_TWICE = timedelta(minutes=1)  # between the two readings that must both miss a post
MANY = 100  # posts on one timeline: it may have been cut there
NOTICES = {Strange.FOREIGN: "foreign_post", Strange.VANISHED: "vanished_post"}
BY = "listening"


# What a reading shows ----------------------------------------------------------------------------


@transaction.atomic
def judge(channel: Channel, seen: Sequence[Seen], *, since: datetime, baseline: datetime, asked_at: datetime) -> None:
    """Compare what the timeline showed since then with what Posko sent; raise what neither explains.

    `asked_at` is when the network was asked: what settled after that it may not have shown yet.
    """
    sent = _sent(channel, since)
    _is_ours_after_all(channel)
    for post in _unexplained(channel, seen, sent, baseline):
        _raise(channel, Strange.FOREIGN, post.remote_id, text=post.text, url=post.url, at=post.at)
    _missing(channel, seen, sent, since=max(since, asked_at - WINDOW), asked_at=asked_at)


def published(channel: Channel, remote_id: str, at: datetime) -> bool:
    """A network without a timeline told of one post; False while one on its way may turn out to be it.

    What is from before Posko began to look there is not looked at: a network may tell of its last day at once.
    """
    began = Poll.objects.filter(channel=channel).aggregate(since=Min("since"))["since"]
    if at < (began or channel.connected_at):
        return True
    sent = _sent(channel, at - WINDOW)
    if any(remote_id in _names(row.remote_id) for row in sent):
        return True
    if any(row.is_on_its_way for row in sent):
        return False
    if not any(row.may_explain and row.is_near(at) for row in sent):  # a person has told that theirs is out
        _raise(channel, Strange.FOREIGN, remote_id, text="", url=channel.url, at=at)
    return True


def _names(remote_id: str) -> tuple[str, ...]:
    """What a network may call a receipt's post: each picture of an album, "chat:7,8", is told by its own number."""
    chat, _colon, messages = remote_id.rpartition(":")
    return (remote_id, *(f"{chat}:{each}" for each in messages.split(","))) if chat else (remote_id,)


def removed(channel: Channel, remote_ids: Collection[str]) -> None:
    """The network told that these are gone; what is a post of ours is told on."""
    mine = Delivery.objects.filter(campaign_id=channel.campaign_id, channel=channel)
    rows = list(mine.filter(remote_id__in=remote_ids, action=Action.PUBLISH, state=State.SENT).order_by("pk"))
    gone = _taken_down(mine) if rows else set()
    for row in rows:
        if row.remote_id not in gone:
            _vanished(channel, row)


def _sent(channel: Channel, since: datetime) -> list[Candidate]:
    """What may have gone out on `channel` since then."""
    rows = Delivery.objects.filter(
        campaign_id=channel.campaign_id, channel=channel, action=Action.PUBLISH, send_at__gte=since - SENT_WITHIN
    ).exclude(state=State.CANCELLED)
    told = rows.annotate(words=KT("draft__text"), title=KT("draft__title"))
    return [
        Candidate(pk, state, remote_id, url, words or "", title or "", bool(handle), doubtful, sent_at)
        for pk, state, remote_id, url, words, title, handle, doubtful, sent_at in told.values_list(
            "pk", "state", "remote_id", "remote_url", "words", "title", "handle", "doubtful", "sent_at"
        )
    ]


def _unexplained(channel: Channel, seen: Sequence[Seen], sent: Sequence[Candidate], baseline: datetime) -> list[Seen]:
    known = {row.remote_id for row in sent if row.remote_id} | {row.url for row in sent if row.url}
    unknown = [post for post in seen if post.at >= baseline and not {post.remote_id, post.url} & known]
    if not unknown:
        return []
    # Finished long ago, or its delivery's time lies further back than we looked.
    mine = Delivery.objects.filter(campaign_id=channel.campaign_id, channel=channel)
    old = set(mine.filter(remote_id__in=[post.remote_id for post in unknown]).values_list("remote_id", flat=True))
    unknown = [post for post in unknown if post.remote_id not in old]
    explained = explain(unknown, sent)
    return [post for post in unknown if post.remote_id not in explained]


def _missing(
    channel: Channel, seen: Sequence[Seen], sent: Sequence[Candidate], *, since: datetime, asked_at: datetime
) -> None:
    """What Posko sent within a day and is not shown: doubted once, told when the next reading misses it too."""
    shown = {post.remote_id for post in seen} | {post.url for post in seen if post.url}
    _is_back(channel, shown)
    if len(seen) >= MANY:
        since = max(since, min(post.at for post in seen))  # networks do not list without end
    absent = [
        row.pk
        for row in sent
        if row.state == State.SENT and row.remote_id and not {row.remote_id, row.url} & shown
        and row.sent_at and since <= row.sent_at <= asked_at - SETTLES
    ]  # fmt: skip
    if not absent:
        return
    gone = _taken_down(Delivery.objects.filter(campaign_id=channel.campaign_id, channel=channel))
    # Comments and parts of threads stand in no timeline of their own.
    for delivery in Delivery.objects.firsts().filter(pk__in=absent).exclude(remote_id__in=gone).order_by("pk"):
        _doubt_or_tell(channel, delivery, asked_at)


def _taken_down(mine: QuerySet[Delivery]) -> set[str]:
    """Remote ids that we have taken down, or are taking down."""
    rows = mine.filter(action=Action.TAKE_DOWN).exclude(state=State.CANCELLED)
    return set(rows.values_list(KT("draft__remote_id"), flat=True))


def _is_ours_after_all(channel: Channel) -> None:
    """A receipt that came after its post was seen ends the alarm."""
    rows = ForeignPost.objects.filter(channel=channel, strange=Strange.FOREIGN, state=ForeignState.OPEN)
    names = [row.remote_id for row in rows]
    if not names:
        return
    mine = Delivery.objects.filter(campaign_id=channel.campaign_id, channel=channel, state=State.SENT)
    found = set(mine.filter(remote_id__in=names).values_list("remote_id", flat=True))
    for row in rows:
        if row.remote_id in found:
            _settle(row, by=BY)


def _is_back(channel: Channel, shown: Iterable[str]) -> None:
    """What had gone and is shown again needs nobody any more."""
    rows = ForeignPost.objects.filter(channel=channel, strange=Strange.VANISHED, remote_id__in=list(shown))
    rows.filter(state=ForeignState.DOUBTED).delete()
    for row in rows.filter(state=ForeignState.OPEN):
        _settle(row, by=BY)


def _doubt_or_tell(channel: Channel, delivery: Delivery, asked_at: datetime) -> None:
    known = ForeignPost.objects.filter(channel=channel, strange=Strange.VANISHED, remote_id=delivery.remote_id).first()
    if known is not None and known.is_back:  # and gone once more
        _doubted(known)
    elif known is None:
        _make(channel, Strange.VANISHED, delivery.remote_id, state=ForeignState.DOUBTED, **_of(delivery))
    elif known.state == ForeignState.DOUBTED and asked_at - known.found_at >= LOOK_TWICE:
        _vanished(channel, delivery)


# Raising it --------------------------------------------------------------------------------------


def _of(delivery: Delivery) -> dict[str, object]:
    return {
        "text": delivery.text,
        "url": delivery.remote_url,
        "at": delivery.sent_at or delivery.send_at,
        "delivery": delivery,
    }


def _doubted(row: ForeignPost) -> None:
    """Begin anew with a post that was back for a while."""
    told = {"state": ForeignState.DOUBTED, "found_at": clock.now(), "decided_at": None}
    ForeignPost.objects.filter(pk=row.pk, state=ForeignState.SETTLED).update(**told)


def _vanished(channel: Channel, delivery: Delivery) -> None:
    known = ForeignPost.objects.filter(channel=channel, strange=Strange.VANISHED, remote_id=delivery.remote_id)
    if (row := known.first()) is not None and row.is_back:
        _doubted(row)
    if known.filter(state=ForeignState.DOUBTED).update(state=ForeignState.OPEN, found_at=clock.now()):
        _tell(channel, known.get())
    else:
        _raise(channel, Strange.VANISHED, delivery.remote_id, **_of(delivery))


def _raise(channel: Channel, strange: Strange, remote_id: str, **told: object) -> None:
    """Raise the alarm, once for each post."""
    row = _make(channel, strange, remote_id, state=ForeignState.OPEN, **told)
    if row is not None:
        _tell(channel, row)


def _make(channel: Channel, strange: Strange, remote_id: str, **told: object) -> ForeignPost | None:
    row, is_new = ForeignPost.objects.get_or_create(
        channel=channel,
        strange=strange,
        remote_id=remote_id[:300],
        defaults={"campaign_id": channel.campaign_id, "found_at": clock.now(), **_clean(told)},
    )
    return row if is_new else None


def _clean(told: dict[str, object]) -> dict[str, object]:
    text, url = str(told.get("text", "")), str(told.get("url", ""))
    return {**told, "text": storable(text)[:5_000], "url": url if len(url) <= 500 else ""}


def _tell(channel: Channel, row: ForeignPost) -> None:
    row.channel, row.campaign = channel, channel.campaign
    audit.record("foreign.found" if row.is_foreign else "foreign.vanished", row, by=BY)
    people = Member.objects.active().filter(campaign_id=channel.campaign_id, role__in=(Role.MANAGER, Role.CANDIDATE))
    notices.tell(
        NOTICES[Strange(row.strange)], row, to=list(people), url=row.get_absolute_url(),
        channel=str(channel), text=row.text[:80] or "…",
    )  # fmt: skip


# What people say ---------------------------------------------------------------------------------


@transaction.atomic
def ours(row: ForeignPost, *, by: Member, who: Member | None, reason: str) -> None:
    """It is from us, or we removed it: `who` did it, and why. Raises Refused when it was answered meanwhile."""
    require(by, "foreign.decide")
    if not reason.strip():
        raise Refused(_("Say in a few words why it was done without Posko."))
    open_ones = (ForeignState.OPEN, ForeignState.NOT_OURS)
    _decide(row, ForeignState.OURS, open_ones, by=by, who=who, reason=reason.strip()[:300])
    audit.record("foreign.ours", row, by=by, who=who.pk if who else None)


@transaction.atomic
def not_ours(row: ForeignPost, *, by: Member) -> None:
    """It is not from us: somebody else has the account. Pressed twice is once."""
    require(by, "foreign.decide")
    if ForeignPost.objects.filter(pk=row.pk, state=ForeignState.NOT_OURS).exists():
        return
    _decide(row, ForeignState.NOT_OURS, (ForeignState.OPEN,), by=by)
    audit.record("foreign.not_ours", row, by=by)


@transaction.atomic
def finish(row: ForeignPost, *, by: Member) -> None:
    """The account is in our hands again, and the post dealt with."""
    require(by, "foreign.decide")
    _decide(row, ForeignState.SETTLED, (ForeignState.NOT_OURS,), by=by)
    audit.record("foreign.settle", row, by=by)


def _decide(
    row: ForeignPost, state: ForeignState, sources: tuple[ForeignState, ...], *, by: Member | None, **told: object
) -> None:
    changed = ForeignPost.objects.filter(pk=row.pk, state__in=sources).update(
        state=state, decided_by=by, decided_at=clock.now(), **told
    )
    if not changed:
        raise Refused(_("Someone has answered this meanwhile. Look again."))
    notices.done(NOTICES[Strange(row.strange)], row)
    row.refresh_from_db()


def _settle(row: ForeignPost, *, by: str) -> None:
    """End it by itself, unless somebody answers it at this very moment: their word stays."""
    try:
        _decide(row, ForeignState.SETTLED, (ForeignState.OPEN,), by=None)
    except Refused:
        return
    audit.record("foreign.settle", row, by=by)
