"""Whether a network tells us by itself, in words: at each account and on the operations page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import registry, wording
from campaign.models import Campaign, Channel
from campaign.operations.lines import NOTE, Line
from engagement.models import Subscription
from platforms.registry import HOOKS

FAILS_TOLD = 2  # in a row: once may be chance
SILENT = frozenset(
    {
        "timed_out",
        "cut_off",
        "broken_answer",
        "not_json",
        "odd_answer",
        "connect_timeout",
        "connect_failed",
        "slow_start",
    }
)


@registry.account_words.add
def words(campaign: Campaign, channels: Sequence[Channel]) -> Mapping[int, str]:
    """How Posko hears of each account. One query."""
    rows = Subscription.objects.in_bulk([channel.pk for channel in channels if channel.platform in HOOKS])
    return {
        channel.pk: _words(channel, rows.get(channel.pk))
        for channel in channels
        if channel.is_ok and not channel.is_by_hand
    }


def _words(channel: Channel, row: Subscription | None) -> str:
    if row is not None and row.fails >= FAILS_TOLD:
        return _("%(network)s does not tell Posko by itself yet: %(problem)s") % {
            "network": channel.label, "problem": _problem(row),
        }  # fmt: skip
    if row is None or not row.url:
        if row is None and channel.platform in HOOKS:
            return ""  # within seconds
        return _("Posko asks there by itself every few minutes what has happened.")
    if HOOKS[channel.platform].by_hand and not channel.campaign.is_practice:
        return _(
            "%(network)s tells Posko at once, once Posko's address is entered there; Posko asks by itself too."
        ) % {"network": channel.label}
    return _("%(network)s tells Posko at once what happens here.") % {"network": channel.label}


@registry.network_lines.add
def lines(campaign: Campaign, channels: Sequence[Channel], _now: datetime) -> Iterator[Line]:
    """Each account whose network does not tell us although we ask it. Nothing is lost by that, only later."""
    of_hooks = [channel for channel in channels if channel.is_ok and channel.platform in HOOKS]
    rows = Subscription.objects.filter(channel__in=of_hooks, fails__gte=FAILS_TOLD).in_bulk() if of_hooks else {}
    for channel in of_hooks:
        if row := rows.get(channel.pk):
            yield Line(
                NOTE,
                _("%(account)s: being told") % {"account": channel},
                _problem(row),
                _meanwhile(row),
                reverse("campaign:channels", args=[campaign.slug]),
            )


def _meanwhile(row: Subscription) -> str:
    if row.problem == "hook_failing":
        return _("It keeps what it could not bring for a day. Publishing is not touched by it.")
    return _("Posko goes on trying and asks there by itself meanwhile. Publishing is not touched by it.")


def _problem(row: Subscription) -> str:
    if row.problem in SILENT:
        return _("The network gave no usable answer.")
    return wording.connecting(row.problem, row.problem_params)
