"""The official accounts in one step that the law asks of each: which have taken it, and how many there may be."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from campaign import election
from campaign.forms_duties import FileChannelForm
from campaign.models import Channel, ChannelFiling, Health, Member


@dataclass(frozen=True)
class Account:
    """One account, with what was noted of it or the form to note it."""

    channel: Channel
    filing: ChannelFiling | None
    form: FileChannelForm
    is_open: bool


@dataclass(frozen=True)
class Network:
    """All our accounts on one network, and the law's limit."""

    label: str
    accounts: list[Account]
    most: int

    @property
    def filed(self) -> int:
        return sum(account.filing is not None for account in self.accounts)

    @property
    def is_over(self) -> bool:
        return len(self.accounts) > self.most


@dataclass(frozen=True)
class Accounts:
    """What a duty's page shows of the accounts."""

    step: str
    networks: list[Network]

    @property
    def left(self) -> int:
        """How many have not taken the step."""
        return sum(len(network.accounts) - network.filed for network in self.networks)


def read(member: Member, step: str, now: datetime, refused: tuple[int, FileChannelForm] | None = None) -> Accounts:
    """The accounts in use, and those once noted; `refused` is the form of one that was sent back, by its number."""
    noted = ChannelFiling.objects.filter(channel=OuterRef("pk"))
    rows = list(
        Channel.objects.visible_to(member)
        .filter(~Q(health=Health.REMOVED) | Exists(noted))
        .order_by("platform", "name", "pk")
    )
    of_step = ChannelFiling.objects.visible_to(member).filter(step=step).select_related("by__user", "proof")
    filings = {row.channel_id: row for row in of_step}
    for filing in filings.values():
        if filing.proof:
            filing.proof.campaign = member.campaign
    most = int(election.rules_of(member.campaign)["social.max_accounts_per_app"])
    today = now.astimezone(member.campaign.tz).date()
    networks = []
    for _platform, group in groupby(rows, key=lambda row: row.platform):
        accounts = [_account(row, filings.get(row.pk), {"step": step, "day": today}, refused) for row in group]
        networks.append(Network(accounts[0].channel.label, accounts, most))
    return Accounts(step, networks)


def _account(
    row: Channel,
    filing: ChannelFiling | None,
    initial: dict[str, object],
    refused: tuple[int, FileChannelForm] | None,
) -> Account:
    if refused and refused[0] == row.pk:
        return Account(row, filing, refused[1], is_open=True)
    form = FileChannelForm(auto_id=f"id_{row.pk}_%s", initial=initial)
    return Account(row, filing, form, is_open=False)
