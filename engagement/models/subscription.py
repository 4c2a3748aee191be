"""That a network tells us by itself what happens on an account."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from campaign.fields import EncryptedJSONField
from campaign.models import Channel, Health
from platforms.registry import HOOKS

ONLY_WAY = [kind for kind, hook in HOOKS.items() if hook.is_only_way]


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def due(self, now: datetime) -> Self:
        """Those to ask for now, on accounts that can be used, and those to end."""
        is_wanted = Q(channel__health=Health.OK) | Q(parting__isnull=False)
        return self.filter(is_wanted, next_at__lte=now)

    def only_way(self) -> Self:
        """Those whose accounts cannot be read as long as they are told of."""
        return self.filter(channel__platform__in=ONLY_WAY).exclude(url="")


class Subscription(models.Model):
    """One account's subscription. The row holds the time, the lock and what the network was told."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="subscription")
    url = models.CharField(max_length=300, blank=True, help_text="Where the network tells of it; empty for nowhere.")
    next_at = models.DateTimeField(help_text="When to ask next.")
    asked_at = models.DateTimeField(null=True, help_text="When it was last asked for with success.")
    failed_at = models.DateTimeField(null=True, help_text="When that last failed; empty since the next success.")
    fails = models.PositiveIntegerField(default=0, help_text="How often in a row.")
    problem = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict)
    parting = EncryptedJSONField(null=True, help_text="Tokens of a removed account, until the network was told.")
    parted_at = models.DateTimeField(null=True)

    objects: ClassVar[SubscriptionQuerySet] = SubscriptionQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, problem="") | (Q(failed_at__isnull=False) & ~Q(problem="")),
                name="subscription_failure_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(parting__isnull=True, parted_at__isnull=True)
                | Q(parting__isnull=False, parted_at__isnull=False),
                name="subscription_parts_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="subscription_due")]

    def __str__(self) -> str:
        return f"subscription of channel {self.channel_id}"
