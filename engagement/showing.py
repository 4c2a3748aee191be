"""What this app adds to others' pages: what burns, lines of the operations page, the record's sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Max, Min, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from campaign import audit, registry, wording
from campaign.access import may
from campaign.models import Campaign, Channel, Member
from campaign.operations.lines import DAY, NOTE, OK, WARN, Line, ago
from campaign.registry import Acts, Burning, Page, Thing, acts, navigation
from engagement.incoming import PART
from engagement.models import ForeignPost, ForeignState, Poll, Push, PushState, Refusal
from platforms.registry import HOOKS, KINDS

MOST = 20
UNREAD_LATE = 60  # seconds after which a push that nobody has read is told
FAILS_TOLD = 3  # readings in a row


@registry.burning.add
def burning(member: Member, _now: datetime) -> Sequence[Burning]:
    """Foreign and vanished posts that wait for an answer, or for an end."""
    if not may(member, "foreign.see"):
        return []
    rows = ForeignPost.objects.visible_to(member).burning().select_related("channel").order_by("-found_at")[:MOST]
    return [_burning(row, member.campaign) for row in rows]


def _burning(row: ForeignPost, campaign: Campaign) -> Burning:
    row.campaign = row.channel.campaign = campaign
    if row.state == ForeignState.NOT_OURS:
        told = _("Somebody else has this account. Open it to see what to do there.")
    elif row.is_foreign:
        told = _("Posko did not send this. Say whether it is from you.")
    else:
        told = _("Posko sent this, and it has gone from the network. Say whether you removed it.")
    word = row.get_state_display() if row.state == ForeignState.NOT_OURS else row.get_strange_display()
    state = row.state if row.state == ForeignState.NOT_OURS else row.strange
    title, text = str(row.channel), row.text or _("Without words")
    return Burning(state, word, title, text, told, row.get_absolute_url(), audit.about(row))


# The operations page -----------------------------------------------------------------------------


@registry.network_lines.add
def lines(campaign: Campaign, channels: Sequence[Channel], now: datetime) -> Iterator[Line]:
    """Per network that pushes: what came and what was refused; per account: whether it can be read."""
    platforms = sorted({channel.platform for channel in channels} & HOOKS.keys())
    if platforms:
        yield from _pushes(campaign, platforms, now)
    yield from _polls(channels, now)


def _pushes(campaign: Campaign, platforms: Sequence[str], now: datetime) -> Iterator[Line]:
    is_ours = Q(campaign=campaign) | Q(campaign=None, is_practice=campaign.is_practice)
    came = {
        row["platform"]: row
        for row in Push.objects.filter(is_ours, platform__in=platforms, received_at__gte=now - DAY)
        .values("platform")
        .annotate(
            number=Count("pk"),
            last=Max("received_at"),
            odd=Count("pk", filter=Q(state=PushState.ODD)),
            unread=Min("received_at", filter=Q(state=PushState.NEW)),
        )
    }
    forged = Refusal.objects.filter(platform__in=platforms, hour__gte=now - DAY)
    refused = dict(forged.values_list("platform").annotate(Sum("number")))
    for platform in platforms:
        yield _pushed(KINDS[platform].label, came.get(platform), refused.get(platform, 0), now)


def _pushed(label: str, row: Mapping[str, object] | None, refused: int, now: datetime) -> Line:
    title = _("%(network)s: notices") % {"network": label}
    told, state, do = [_("The network has told nothing in the last 24 hours.")], OK, ""
    if row is not None:
        number, odd, last, unread = row["number"], row["odd"], row["last"], row["unread"]
        assert isinstance(number, int) and isinstance(odd, int) and isinstance(last, datetime)
        told = [
            ngettext(
                "%(number)d notice in the last 24 hours, the last %(time)s ago.",
                "%(number)d notices in the last 24 hours, the last %(time)s ago.",
                number,
            )
            % {"number": number, "time": ago(now - last)}
        ]
        if odd:
            state = NOTE
            told.append(
                ngettext("%(odd)d is of a kind that Posko does not know; it is kept.",
                         "%(odd)d are of a kind that Posko does not know; they are kept.", odd) % {"odd": odd}
            )  # fmt: skip
        if isinstance(unread, datetime) and (now - unread).total_seconds() > UNREAD_LATE:
            state, do = WARN, _("Nobody reads them just now; none is lost. Look at “Other work”.")
    if refused:
        told.append(
            ngettext("%(refused)d request without proof was refused.",
                     "%(refused)d requests without proof were refused.", refused) % {"refused": refused}
        )  # fmt: skip
        if row is None:
            state = WARN
            do = _("If that goes on, the secret that Posko knows is not the network's: enter it anew.")
    return Line(state, title, " ".join(told), do)


def _polls(channels: Sequence[Channel], now: datetime) -> Iterator[Line]:
    failing = {
        row["channel"]: row
        for row in Poll.objects.filter(channel__in=channels, fails__gte=FAILS_TOLD, next_at__isnull=False)
        .values("channel")
        .annotate(last=Max("read_at"), problem=Max("problem"))
    }
    for channel in channels:
        if channel.is_ok and (row := failing.get(channel.pk)):
            told = wording.problem(row["problem"], {})
            last = row["last"]
            told += " " + (_("Last read %(time)s ago.") % {"time": ago(now - last)} if last else _("Never read yet."))
            do = _("Posko goes on trying. Meanwhile look there yourself for what people write, and for foreign posts.")
            yield Line(WARN, _("%(account)s: reading") % {"account": channel}, told, do)


# The record and the navigation -------------------------------------------------------------------


def _foreign(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    if not may(member, "foreign.see"):
        return {}
    rows = ForeignPost.objects.visible_to(member).filter(pk__in=numbers).values_list("pk", flat=True)
    return {pk: reverse("engagement:foreign_post", args=[member.campaign.slug, pk]) for pk in rows}


acts.add(
    Acts(
        "foreign",
        lazy("Foreign posts"),
        {
            "foreign.found": lazy("%(who)s found a post on an account that Posko did not send"),
            "foreign.vanished": lazy("%(who)s found that a post of Posko has gone from a network"),
            "foreign.ours": lazy("%(who)s said that it was done by the team without Posko"),
            "foreign.not_ours": lazy("%(who)s said that it is not from the team"),
            "foreign.settle": lazy("The matter of a foreign or vanished post is settled, by %(who)s"),
        },
        {"foreignpost": Thing(lazy("Foreign post %(number)s"), _foreign)},
    )
)
navigation.add(
    Page(
        lazy("Inbox"),
        "mail",
        "engagement:inbox",
        "inbox.see",
        order=35,
        hint=lazy("What people write to the campaign on the networks: comments, mentions and direct messages."),
        part=PART,
    )
)
