"""Our official accounts on the networks."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.fields import EncryptedJSONField
from campaign.models.campaign import Campaign, Member
from platforms.base import Ability, Connector
from platforms.contents import Account
from platforms.registry import BY_HAND, KINDS, SIGN_INS


class Health(models.TextChoices):
    """Whether Posko can act for the account."""

    OK = "ok", _("connected")
    RECONNECT = "reconnect", _("sign in again")
    REMOVED = "removed", _("removed")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def usable(self) -> Self:
        return self.filter(health=Health.OK)

    def with_network(self) -> Self:
        """Those whose network can be asked something; not where only people go."""
        return self.exclude(platform__in=BY_HAND)

    def kept(self) -> Self:
        return self.exclude(health=Health.REMOVED)


class Channel(models.Model):
    """One official account of ours on one network. History stays when it is connected again."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="channels")
    platform = models.CharField(max_length=20)
    server = models.URLField(max_length=200)
    remote_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    handle = models.CharField(max_length=200)
    url = models.URLField(max_length=300, blank=True)
    limits = models.JSONField(default=dict, help_text="What the server told of its own limits.")
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    health = models.CharField(max_length=10, choices=Health, default=Health.OK)
    health_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict)
    granted = models.JSONField(null=True, help_text="The permissions that a person gave; null where none are named.")
    refused = models.JSONField(default=list, help_text="The permissions that were asked for and not given.")
    pace_burst = models.PositiveSmallIntegerField(default=10, help_text="Posts that may leave at once.")
    pace_every = models.DurationField(default=timedelta(seconds=6), help_text="Time after which one more may leave.")
    connected_at = models.DateTimeField()

    objects: ClassVar[ChannelQuerySet] = ChannelQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "platform", "server", "remote_id"], name="channel_once_per_campaign"
            ),
            models.UniqueConstraint(
                "campaign",
                "platform",
                Lower("name"),
                condition=Q(platform="whatsapp") & ~Q(health="removed"),
                name="channel_by_hand_once_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("campaign:channels", args=[self.campaign.slug])

    @property
    def connector_class(self) -> type[Connector]:
        return KINDS[self.platform]

    @property
    def label(self) -> str:
        return self.connector_class.label

    @property
    def is_by_hand(self) -> bool:
        """Only people publish here: there is no sign-in, nothing to test and nobody to ask."""
        return Ability.PUBLISH not in self.connector_class.can

    @property
    def sort(self) -> str:
        """Of one by hand: status, group or channel."""
        return self.remote_id.partition(":")[0] if self.is_by_hand else ""

    @property
    def called(self) -> str:
        """The network, and where there are usually several, which of them."""
        return str(self) if self.is_by_hand else self.label

    @property
    def is_ok(self) -> bool:
        return self.health == Health.OK

    @property
    def missing(self) -> frozenset[str]:
        """The permissions that Posko was not given here, or asks for only since then."""
        if self.granted is None or self.platform not in SIGN_INS:
            return frozenset()
        return frozenset(SIGN_INS[self.platform].scopes).union(self.refused) - frozenset(self.granted)

    def account(self, secrets: dict[str, Any]) -> Account:
        """The plain account that a connector takes."""
        kept = getattr(self, "secret", None)
        return Account(
            platform=self.platform,
            server=self.server,
            remote_id=self.remote_id,
            name=self.name,
            handle=self.handle,
            secrets=secrets,
            limits=self.limits,
            url=self.url,
            app=kept.app_now if kept else {},
        )


class ChannelSecret(models.Model):
    """An account's tokens, in a row of their own: a refresh locks this row, and the gate never waits for it."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="secret")
    secrets = EncryptedJSONField()
    app = EncryptedJSONField(null=True, help_text="Posko as the network knew it when this sign-in was made.")
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"secrets of channel {self.channel_id}"

    @property
    def app_now(self) -> dict[str, str]:
        """What `Account.app` holds. A sign-in lives by the app it was made with; only its newer secret takes over."""
        kept: dict[str, str] = self.app or {}
        ours = settings.NETWORK_APPS.get(self.channel.platform, {})
        return {**kept, **ours} if ours and ours["client_id"] == kept.get("client_id") else kept


class NetworkApp(models.Model):
    """Posko as one network knows it: registered there by hand for one campaign, used for all its accounts there."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="network_apps")
    platform = models.CharField(max_length=20)
    client_id = models.CharField(max_length=200)
    secrets = EncryptedJSONField(help_text="The client secret.")
    allowed = models.JSONField(default=dict, help_text="What the network has granted this app, such as audited.")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "platform"], name="network_app_once"),
            models.CheckConstraint(condition=~models.Q(client_id=""), name="network_app_has_id"),
        ]

    def __str__(self) -> str:
        return f"app on {self.platform}"


class WaitingConsent(models.Model):
    """Accounts that a person may let us into, while they choose. Nobody else sees it, and its secrets go in minutes."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=50, unique=True)
    platform = models.CharField(max_length=20)
    accounts = EncryptedJSONField(null=True, help_text="Null once they have chosen, or waited too long.")
    granted = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    again = models.PositiveBigIntegerField(default=0, help_text="The channel they set out to connect again.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"accounts on {self.platform} to choose from"


class ServerApp(models.Model):
    """Posko as one server knows it: registered there once, used for every account on it."""

    server = models.URLField(max_length=200)
    redirect_uri = models.CharField(max_length=300)
    secrets = EncryptedJSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "redirect_uri"], name="server_app_once")]

    def __str__(self) -> str:
        return f"app on {self.server}"


LONG_AGO = Value(datetime(1970, 1, 1, tzinfo=UTC))


class Pace(models.Model):
    """A channel's token bucket, kept as one time: the bucket is full again at `full_at`. Written by the claim.

    A table of its own, so that a claim does not wait for those who hold the channel's row.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="pace")
    full_at = models.DateTimeField(db_default=LONG_AGO)
    rest_until = models.DateTimeField(db_default=LONG_AGO, help_text="The network asked us to wait till then.")

    def __str__(self) -> str:
        return f"pace of channel {self.channel_id}"
