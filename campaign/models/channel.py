"""Our official accounts on the networks."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.fields import EncryptedJSONField
from campaign.models.campaign import Campaign, Member
from platforms.base import Connector
from platforms.contents import Account
from platforms.registry import KINDS


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
    pace_burst = models.PositiveSmallIntegerField(default=10, help_text="Posts that may leave at once.")
    pace_every = models.DurationField(default=timedelta(seconds=6), help_text="Time after which one more may leave.")
    connected_at = models.DateTimeField()

    objects: ClassVar[ChannelQuerySet] = ChannelQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "platform", "server", "remote_id"], name="channel_once_per_campaign"
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
    def is_ok(self) -> bool:
        return self.health == Health.OK

    def account(self, secrets: dict[str, Any]) -> Account:
        """The plain account that a connector takes."""
        return Account(
            platform=self.platform,
            server=self.server,
            remote_id=self.remote_id,
            name=self.name,
            handle=self.handle,
            secrets=secrets,
            limits=self.limits,
            url=self.url,
        )


class ChannelSecret(models.Model):
    """An account's tokens, in a row of their own: a refresh locks this row, and the gate never waits for it."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="secret")
    secrets = EncryptedJSONField()
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"secrets of channel {self.channel_id}"


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
