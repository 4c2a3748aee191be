"""Our accounts on the networks: how they are, what else can be connected, and letting them go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from campaign import channels as accounts
from campaign import clock, costs, expiring, networks, permissions, practice, registry, wording
from campaign.access import allow, may
from campaign.forms_channels import form_for
from campaign.http import Request, answer
from campaign.models import Channel, Delivery, State
from campaign.operations.accounts import ends
from platforms.registry import BY_HAND
from platforms.whatsapp import Sort

LIST = "campaign/channels.html"
REMOVE = "campaign/channel_remove.html"


@dataclass(frozen=True)
class Row:
    """One account as the page shows it."""

    channel: Channel
    words: str
    until: str = ""
    is_ending: bool = False
    spent: costs.Spent | None = None
    lost: list[Promise] = field(default_factory=list)
    """What does not work for want of a permission."""
    told: list[str] = field(default_factory=list)
    """What other parts have to say of it."""
    sort: str = ""
    """What it is, where only people publish."""
    by_hand: str = ""
    needs_sender: bool = False
    """Whether whoever sent there is not on the team any more."""


@dataclass(frozen=True)
class Offer:
    """One network: whether an account there can be connected now, and if not, why."""

    kind: str
    label: str
    about: Promise | str
    why_not: str = ""
    set_up: str = ""
    """Where the manager clears what stands in the way."""
    by_hand: bool = False
    """Whether only people publish there, so that nothing is signed in to."""


@allow("channel.see")
@require_GET
def channels(request: Request) -> HttpResponse:
    """Every account in use, and what can be connected."""
    member, now = request.member, clock.now()
    rows = Channel.objects.visible_to(member).kept().select_related("owner__user")
    found = sorted(rows, key=lambda row: (networks.ORDER.get(row.platform, len(networks.ORDER)), row.handle, row.pk))
    until = ends(found)
    for row in found:
        row.campaign = member.campaign
    spent = costs.of_month(member.campaign, found, now)
    told = [tell(member.campaign, found) for tell in registry.account_words]
    listed = [
        replace(_shown(channel, until.get(channel.pk), now, spent.get(channel.pk)), told=_sentences(channel, told))
        for channel in found
    ]
    offers = _offers(request) if may(member, "channel.connect") else []
    have = {row.platform for row in found}
    new = [kind for kind in practice.platforms() if kind not in have] if practises(request) else []
    return answer(
        request,
        LIST,
        "channels",
        {
            "rows": listed,
            "ready": [each for each in offers if not each.why_not and not each.by_hand],
            "by_hand": [each for each in offers if each.by_hand],
            "closed": [each for each in offers if each.why_not],
            "practises": [(kind, networks.label(kind)) for kind in new],
        },
    )


def practises(request: Request) -> bool:
    """Whether one press opens a practice account for whoever asks."""
    return may(request.member, "channel.connect") and practice.is_offered(request.member.campaign)


def _sentences(channel: Channel, told: Sequence[Mapping[int, str]]) -> list[str]:
    return [words for each in told if (words := each.get(channel.pk, ""))]


SORTS = {Sort.STATUS: lazy("status"), Sort.GROUP: lazy("group"), Sort.CHANNEL: lazy("channel")}


def _shown(channel: Channel, until: datetime | None, now: datetime, spent: costs.Spent | None) -> Row:
    if channel.is_by_hand:
        is_there = channel.owner is not None and channel.owner.suspended_at is None
        sort = str(SORTS[Sort(channel.sort)])
        return Row(channel, "", sort=sort, by_hand=_("by hand"), needs_sender=not is_there)
    return Row(
        channel,
        wording.problem(channel.problem, channel.problem_params) if channel.problem else "",
        expiring.in_words(until, now) if until and channel.is_ok else "",
        bool(until and channel.is_ok and expiring.is_soon(until, now)),
        spent,
        permissions.lost(channel.platform, channel.missing),
    )


def _offers(request: Request) -> list[Offer]:
    campaign = request.member.campaign
    known = networks.ready(campaign)
    return [_offer(request, each, known) for each in networks.NETWORKS]


def _offer(request: Request, network: networks.Network, known: set[str]) -> Offer:
    campaign, kind = request.member.campaign, network.kind
    label = networks.label(kind)
    if form_for(kind) is None:
        return Offer(kind, label, network.about, _("Posko cannot speak to this network yet."))
    if kind in BY_HAND:
        return Offer(kind, label, network.about, by_hand=True)
    if campaign.is_practice and not settings.SANDBOX_URL:
        return Offer(kind, label, network.about, _("This Posko has no practice networks."))
    if campaign.is_practice or not networks.needs_app(kind) or kind in known:
        return Offer(kind, label, network.about)
    why = _("Posko has to be registered there first, once. The steps are told one by one.")
    set_up = (
        reverse("campaign:network_app", args=[campaign.slug, kind]) if may(request.member, "network.set_up") else ""
    )
    return Offer(kind, label, network.about, why, set_up)


# Letting go --------------------------------------------------------------------------------------


@allow("channel.connect")
@require_http_methods(["GET", "POST"])
def remove_channel(request: Request, pk: int) -> HttpResponse:
    """Ask, then forget the tokens."""
    channel = get_object_or_404(Channel.objects.visible_to(request.member).kept(), pk=pk)
    if request.method == "POST":
        accounts.remove(channel, by=request.member)
        messages.success(request, _("%(channel)s is no longer connected.") % {"channel": channel})
        return answer(
            request, LIST, "channels", {}, to=reverse("campaign:channels", args=[request.member.campaign.slug])
        )
    still = Delivery.objects.filter(channel=channel, state__in=(State.WAITING, State.HELD, State.SENDING, State.UNSURE))
    return answer(request, REMOVE, "remove", {"channel": channel, "still": still.count()})
