"""The same words again, and two posts at once. Both ask the database; nothing else here does."""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaign import registry
from campaign.checking.reading import plain
from campaign.checks import Finding, Subject, Weight
from campaign.models import Action, Delivery, Post, PostState, State

LATELY = timedelta(days=14)
AT_ONCE = timedelta(minutes=15)
MOST = 300  # envelopes that are compared, the newest first
LONGEST = 3_000  # characters that are compared
ALIKE = 0.8
SHORT = 25  # characters: shorter texts must be equal, for one word more makes them something else
BEYOND = (State.CANCELLED, State.FAILED)
PLANNED = (
    PostState.DRAFT, PostState.IN_REVIEW, PostState.CHANGES_ASKED, PostState.SCHEDULED, PostState.PARTLY,
    PostState.PUBLISHED,
)  # fmt: skip


def normal(text: str) -> str:
    """A text's words alone: no links, capitals, marks, emoji or disguises."""
    return " ".join(re.findall(r"\w+", plain(re.sub(r"https?://\S+", "", text[: 2 * LONGEST]))[0]))[:LONGEST]


def likeness(one: str, other: str, *, of_one: frozenset[str] | None = None) -> float:
    """From 0 to 1, how many groups of three letters two normal texts share (Dice's coefficient).

    Letters rather than words, so that a typo or another ending changes little; sets rather than `difflib`, which
    takes seconds for what this does in 0.2 milliseconds. The database's pg_trgm would do the same, but reads
    the texts out of JSON for it, and is an extension that every installation would have to allow.
    """
    if one == other:
        return 1.0
    shorter, longer = sorted((len(one), len(other)))
    # Lengths alone bound what they can share.
    if shorter < SHORT or 2 * shorter < ALIKE * (shorter + longer) * 0.9:
        return 0.0
    first, second = of_one or threes(one), threes(other)
    return 2 * len(first & second) / (len(first) + len(second))


def threes(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 3] for place in range(max(1, len(text) - 2)))


@registry.checks.add
def same_text_lately(subject: Subject) -> Iterable[Finding]:
    """Equal or nearly equal words on a shared account, within fourteen days of this one."""
    post = subject.post
    # As they would leave: what is compared has its link and its line of AI in it already.
    wanted = {channel.pk: normal(subject.flows[channel.pk][0][1]["text"]) for channel in subject.channels}
    if not any(wanted.values()):
        return
    near = (subject.leaves_at - LATELY, subject.leaves_at + LATELY)
    rows = (
        Delivery.objects.firsts()
        .filter(campaign_id=post.campaign_id, channel__in=subject.channels, action=Action.PUBLISH, send_at__range=near)
        .exclude(state__in=BEYOND)
    )
    if post.pk:
        rows = rows.exclude(slot__startswith=f"post:{post.pk}/")
    groups = {text: threes(text) for text in wanted.values()}
    seen: dict[str, float] = {}
    for row in rows.order_by("-send_at").values("channel_id", "slot", "send_at", "draft__text")[:MOST]:
        mine = wanted[row["channel_id"]]
        theirs = normal(row["draft__text"] or "")
        key = f"{row['channel_id']} {theirs}"
        if key not in seen:
            seen[key] = likeness(mine, theirs, of_one=groups[mine]) if mine else 0.0
        if seen[key] < ALIKE:
            continue
        day = date_format(localtime(row["send_at"], post.campaign.tz), "l, j F Y")
        words = {"day": day}
        if seen[key] == 1.0:
            sentence = (
                _("The same text stands on one of these accounts for %(day)s. Say it anew, or leave it out.") % words
            )
        else:
            sentence = _("Nearly the same text stands on one of these accounts for %(day)s. Say it anew.") % words
        yield Finding(Weight.WARN, sentence, code="same_text_lately", url=_url(post, row["slot"]))
        return


@registry.checks.add
def same_minute(subject: Subject) -> Iterable[Finding]:
    """Another post on a shared account within a quarter of an hour: the two take each other's readers."""
    post, planned = subject.post, subject.post.planned_at
    if planned is None or not subject.channels:
        return
    others = Post.objects.filter(
        Q(planned_at__gt=planned - AT_ONCE, planned_at__lt=planned + AT_ONCE),
        campaign_id=post.campaign_id,
        channels__in=subject.channels,
        state__in=PLANNED,
    )
    other = others.exclude(pk=post.pk).order_by("planned_at", "pk").first()
    if other and other.planned_at:
        time = date_format(localtime(other.planned_at, post.campaign.tz), "H.i")
        sentence = _("Another post is planned for %(time)s on the same account. Leave a quarter of an hour between.")
        other.campaign = post.campaign
        yield Finding(Weight.NOTE, sentence % {"time": time}, code="same_minute", url=other.get_absolute_url())


def _url(post: Post, slot: str) -> str:
    """The other post's page."""
    pk = Delivery(slot=slot).post_pk
    return Post(pk=pk, campaign=post.campaign).get_absolute_url() if pk else ""
