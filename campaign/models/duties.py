"""What people decide about the duties of the election: who looks after each, and with which proof it was done.

When a duty is due is computed from the rules at each reading, so that a change of the calendar moves it.
"""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Campaign, Member
from campaign.models.channel import Channel


class ProofQuerySet(models.QuerySet["Proof"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)


class Proof(models.Model):
    """One file that proves something: a PDF as it came, or a picture drawn anew. Its name says nothing of it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="proofs")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to="proofs")
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="Bytes.")
    added_by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    added_at = models.DateTimeField()

    objects: ClassVar[ProofQuerySet] = ProofQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    def __str__(self) -> str:
        return f"proof {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("campaign:proof", args=[self.campaign.slug, self.token])

    @property
    def ending(self) -> str:
        """What its name ends with when it is saved."""
        return self.mime.partition("/")[2].replace("jpeg", "jpg")


class DutyQuerySet(models.QuerySet["Duty"]):
    def of(self, campaign: Campaign) -> Self:
        return self.filter(campaign=campaign)

    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)


class Duty(models.Model):
    """What the team has decided about one duty. Without a row, or without an owner in it, the default holds."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="duties")
    key = models.CharField(max_length=60)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    proof = models.ForeignKey(Proof, on_delete=models.RESTRICT, null=True, related_name="+")
    link = models.URLField(max_length=500, blank=True)
    number = models.CharField(max_length=120, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Member, on_delete=models.RESTRICT, null=True, related_name="+")
    changed_at = models.DateTimeField(help_text="The last decision; reminders made before it count no more.")

    objects: ClassVar[DutyQuerySet] = DutyQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="duty_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="duty_done_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(proof__isnull=False) | ~Q(link="") | ~Q(number=""),
                name="duty_done_with_proof",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("campaign:duty", args=[self.campaign.slug, self.key])


class FilingStep(models.TextChoices):
    """What the law asks of each official account."""

    REGISTERED = "registered", _("registered with KPU")
    CLOSED = "closed", _("closed")


class ChannelFilingQuerySet(models.QuerySet["ChannelFiling"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(channel__campaign_id=member.campaign_id)


class ChannelFiling(models.Model):
    """One account has been registered with KPU, or closed: on which day, with which proof."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="filings")
    step = models.CharField(max_length=10, choices=FilingStep)
    day = models.DateField()
    number = models.CharField(max_length=120, blank=True)
    proof = models.ForeignKey(Proof, on_delete=models.RESTRICT, null=True, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[ChannelFilingQuerySet] = ChannelFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "step"], name="filing_once"),
            models.CheckConstraint(condition=Q(step__in=FilingStep.values), name="filing_step_known"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.step}"
