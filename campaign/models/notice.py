"""What a named person has to know, and the signs of life of our own processes."""

from typing import ClassVar, Self

from django.db import models

from campaign.models.campaign import Campaign, Member


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(member=member)

    def open(self) -> Self:
        return self.filter(done_at__isnull=True)


class Notice(models.Model):
    """One thing one member must know or decide. `kind` and `params` become a sentence in `wording`."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="notices")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    about = models.CharField(max_length=120, help_text="What it is about, such as delivery:7; one open notice each.")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "about"], condition=models.Q(done_at__isnull=True), name="notice_open_once"
            ),
        ]
        indexes = [models.Index(fields=["member", "-made_at"], condition=models.Q(done_at=None), name="notice_open")]

    def __str__(self) -> str:
        return f"{self.kind} about {self.about}"


class Pulse(models.Model):
    """When a part of Posko was last seen at work: `tick`, `deliver`; and `clock`, how far networks' clocks differ."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    value = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
