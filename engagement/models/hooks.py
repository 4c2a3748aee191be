"""What networks push to us: kept as it came, before anything is made of it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Campaign, Channel
from platforms.contents import Happened


class PushState(models.TextChoices):
    """What has been made of a push."""

    NEW = "new", lazy("not read yet")
    READ = "read", lazy("read")
    ODD = "odd", lazy("of a shape that Posko does not know")


class Push(models.Model):
    """One body that a network sent and proved. The same bytes again are the same row: a flood of repeats adds nothing.

    `campaign` is whose app proved it, null for Posko's own; it tells only of that campaign's accounts. Who knows one
    campaign's app secret can so say nothing about another's, and the practice networks nothing about a real one.
    """

    platform = models.CharField(max_length=20)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, related_name="+",
        help_text="Whose word proved it, where the network does not name our account.",
    )  # fmt: skip
    is_practice = models.BooleanField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body.")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=4, choices=PushState, default=PushState.NEW)
    problem = models.CharField(max_length=200, blank=True, help_text="Why it could not be read; for the log only.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "platform", "campaign", "is_practice"], nulls_distinct=False, name="push_once"
            ),
            models.CheckConstraint(condition=Q(state__in=PushState.values), name="push_state_known"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=PushState.NEW), name="push_unread"),
            models.Index(fields=["received_at"], name="push_received"),
        ]

    def __str__(self) -> str:
        return f"push {self.pk} of {self.platform}"


class ToldQuerySet(models.QuerySet["Told"]):
    def waiting(self) -> Self:
        """Those whose meaning depends on a post that is on its way just now."""
        return self.filter(again_at__isnull=False)


class Told(models.Model):
    """One event that a network told, once: a repeat finds its row here and changes nothing."""

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="told")
    platform = models.CharField(max_length=20)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    is_practice = models.BooleanField()
    event_id = models.CharField(max_length=200, help_text="The network's, or its SHA-256 where that is longer.")
    happened = models.CharField(max_length=10)
    account = models.CharField(max_length=200, help_text="Our account there.")
    about = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(help_text="By the network's clock.")
    has_words = models.BooleanField(help_text="Whether it brought what somebody wrote along.")
    again_at = models.DateTimeField(null=True, help_text="When to look once more what it means.")

    objects: ClassVar[ToldQuerySet] = ToldQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "platform", "campaign", "is_practice"], nulls_distinct=False, name="told_once"
            ),
            models.CheckConstraint(condition=Q(happened__in=[each.value for each in Happened]), name="told_known"),
        ]
        indexes = [
            models.Index(
                fields=["about"],
                condition=Q(happened__in=[Happened.CHANGED.value, Happened.REMOVED.value], has_words=False),
                name="told_undone",
            ),
            models.Index(fields=["again_at"], condition=Q(again_at__isnull=False), name="told_again"),
        ]

    def __str__(self) -> str:
        return f"{self.happened} on {self.platform}: {self.event_id}"


class Refusal(models.Model):
    """How many requests claimed, in one hour, to be a network's and did not prove it."""

    platform = models.CharField(max_length=20)
    hour = models.DateTimeField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "hour"], name="refusal_once_an_hour")]

    def __str__(self) -> str:
        return f"{self.number} refused of {self.platform}"
