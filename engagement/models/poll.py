"""What is read on a clock: one place of one account."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from campaign.models import Channel, Health
from platforms.contents import Place

TIMELINE = "timeline"
PLACES = (TIMELINE, *(place.value for place in Place))


class PollQuerySet(models.QuerySet["Poll"]):
    def due(self, now: datetime) -> Self:
        """Those to read now, on accounts that can be used."""
        return self.filter(next_at__lte=now, channel__health=Health.OK)


class Poll(models.Model):
    """One account's timeline, comments, mentions or messages. The row holds the time, the lock and the cursor."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False, related_name="polls")
    place = models.CharField(max_length=10, help_text="A place where people write to us, or our own timeline.")
    cursor = models.TextField(blank=True, help_text="The connector's own word.")
    from_start = models.BooleanField(default=False, help_text="Read once more from the beginning: something changed.")
    since = models.DateTimeField(help_text="Posts of our own from before this are not looked at.")
    next_at = models.DateTimeField(null=True, help_text="When to read next; empty where nothing can be read.")
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="When reading last failed; empty since the next success.")
    fails = models.PositiveIntegerField(default=0, help_text="How often in a row.")
    problem = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict)

    objects: ClassVar[PollQuerySet] = PollQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "place"], name="poll_once"),
            models.CheckConstraint(condition=Q(place__in=PLACES), name="poll_place_known"),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, problem="") | (Q(failed_at__isnull=False) & ~Q(problem="")),
                name="poll_failure_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="poll_due")]

    def __str__(self) -> str:
        return f"{self.place} of channel {self.channel_id}"
