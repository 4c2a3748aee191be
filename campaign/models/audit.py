"""The record. The database refuses to update, delete or truncate these three tables."""

from django.db import models
from django.db.models.functions import Now


class AuditRow(models.Model):
    """Who did what, on what, when, from where. Ids and field names, never a voter's or donor's words.

    No foreign keys: the record outlives what it speaks of, and inserting it locks nothing.
    """

    at = models.DateTimeField(db_default=Now())
    campaign_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120, help_text="The person's name at the time, or the part of Posko.")
    verb = models.CharField(max_length=60)
    about = models.CharField(max_length=120, help_text="Model and id, such as post:41.")
    details = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    xid = models.BigIntegerField(
        db_default=models.Func(
            function="pg_current_xact_id",
            template="(%(function)s()::text::bigint)",
            output_field=models.BigIntegerField(),
        ),
        help_text="The transaction that wrote it; the sealer waits until no older one runs.",
    )

    class Meta:
        indexes = [
            models.Index(fields=["campaign_id", "-id"], name="audit_of_campaign"),
            models.Index(fields=["campaign_id", "about", "-id"], name="audit_about"),
            models.Index(fields=["campaign_id", "verb", "-id"], name="audit_verb"),
            models.Index(fields=["campaign_id", "at"], name="audit_at"),
            # The engine's own rows, by far the most, are in no person's index.
            models.Index(
                fields=["campaign_id", "member_id", "-id"],
                condition=models.Q(member_id__isnull=False),
                name="audit_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.about} by {self.actor}"


class Seal(models.Model):
    """One link of the chain: `hash` covers the row's content and the hash before it."""

    position = models.BigIntegerField(primary_key=True)
    row = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position}: {self.hash[:12]}"


class DaySeal(models.Model):
    """The chain's end when a day was over; sent out in the digest, so that a cut tail shows."""

    day = models.DateField(primary_key=True)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day}: {self.position}"
