"""What is read, and every number that was read.

A reading is never changed or deleted: triggers in `migrations/sql/reading.sql` refuse it. It goes only with what it
was read of, when a campaign is deleted, by the database's own cascade; so for Django deleting does nothing here.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, NamedTuple, Self

from django.db import connection, models
from django.db.models import Q

from campaign.models import Campaign, Channel, Delivery, Health

LATEST = """
    SELECT reading.* FROM unnest(%s::bigint[], %s::text[]) AS wanted (pull_id, metric)
    CROSS JOIN LATERAL (
        SELECT * FROM analytics_reading r WHERE r.pull_id = wanted.pull_id AND r.metric = wanted.metric
        ORDER BY r.read_at DESC LIMIT %s
    ) reading
"""

# One statement with six arrays: many times as fast as a row of values for each.
WRITE = """
    INSERT INTO analytics_reading (pull_id, metric, read_at, value, remote_name, complete)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[], %s::text[], %s::boolean[])
"""


class PullQuerySet(models.QuerySet["Pull"]):
    def due(self, now: datetime) -> Self:
        """Those to read now, on accounts that can be used."""
        return self.filter(next_at__lte=now, channel__health=Health.OK)

    def of_posts(self) -> Self:
        return self.filter(delivery__isnull=False)

    def of_channels(self) -> Self:
        return self.filter(delivery__isnull=True)

    def live(self) -> Self:
        """Without those whose post was taken down."""
        return self.filter(ended_at__isnull=True)


class Pull(models.Model):
    """What is read again and again: one published post on one channel, or, without `delivery`, the channel itself.

    The row holds the time and the lock; it stays when its last time has come, because its readings hang on it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.DO_NOTHING, db_constraint=False, related_name="pulls")
    channel = models.ForeignKey(Channel, on_delete=models.DO_NOTHING, db_constraint=False, related_name="pulls")
    delivery = models.OneToOneField(
        Delivery, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="pull"
    )
    since = models.DateTimeField(help_text="From here the times of its schedule are counted.")
    next_at = models.DateTimeField(null=True, help_text="When to read next; empty when its last time has come.")
    metrics = models.JSONField(default=list, help_text="Every metric the network has told of it so far.")
    # Of the last attempts
    asked_at = models.DateTimeField(null=True, help_text="When a member last asked to read it at once.")
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="When reading last failed; empty since the next success.")
    fails = models.PositiveIntegerField(default=0, help_text="How often in a row.")
    problem = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict)
    # Of its fate
    gone_at = models.DateTimeField(null=True, help_text="Since when the network no longer shows it.")
    ended_at = models.DateTimeField(null=True, help_text="When we took it down; read no more.")

    objects: ClassVar[PullQuerySet] = PullQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(delivery__isnull=True), name="pull_one_per_channel"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(next_at__isnull=True), name="pull_ended_is_not_due"
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, problem="") | (Q(failed_at__isnull=False) & ~Q(problem="")),
                name="pull_failure_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="pull_due"),
        ]

    def __str__(self) -> str:
        return f"pull of delivery {self.delivery_id}" if self.delivery_id else f"pull of channel {self.channel_id}"

    @property
    def is_of_post(self) -> bool:
        return self.delivery_id is not None


class Row(NamedTuple):
    """A reading on its way to the database; a model's instance costs as much as writing it."""

    pull_id: int
    metric: str
    read_at: datetime
    value: int
    remote_name: str
    complete: bool


class ReadingQuerySet(models.QuerySet["Reading"]):
    def series(self, pull: Pull, metric: str) -> Self:
        """One metric over time, oldest first."""
        return self.filter(pull=pull, metric=metric).order_by("read_at")

    def write(self, rows: "Iterable[Row]") -> None:
        """Add readings, all or none."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(WRITE, columns)

    def latest(self, pulls: Iterable[Pull], each: int = 2) -> "list[Reading]":  # type: ignore[override]  # ours says how many
        """The newest `each` readings per metric of `pulls`, newest first; one query, however long the series are."""
        wanted = [(pull.pk, metric) for pull in pulls for metric in pull.metrics]
        if not wanted:
            return []
        keys, metrics = zip(*wanted, strict=True)
        return list(self.model.objects.raw(LATEST, [list(keys), list(metrics), each]))


class Reading(models.Model):
    """One number measured at one moment. Partitioned by month of `read_at`; see `partitions`."""

    pk = models.CompositePrimaryKey("pull_id", "metric", "read_at")
    pull = models.ForeignKey(Pull, on_delete=models.DO_NOTHING, related_name="readings")
    metric = models.CharField(max_length=20, help_text="Posko's word for it; see `metrics`.")
    read_at = models.DateTimeField()
    value = models.BigIntegerField()
    remote_name = models.CharField(max_length=60, help_text="The network's own word for it.")
    complete = models.BooleanField(help_text="False when the network left out a number it had told before.")

    objects: ClassVar[ReadingQuerySet] = ReadingQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    def __str__(self) -> str:
        return f"{self.metric} {self.value} at {self.read_at}"
