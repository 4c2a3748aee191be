"""What a campaign has changed of the rules as shipped, and who asked, agreed and when."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaign.models.campaign import Campaign, Member, Role

DELAY = timedelta(hours=24)
"""Between the second person's yes and the moment a loosening takes effect."""


class RuleOverrideQuerySet(models.QuerySet["RuleOverride"]):
    def of(self, campaign: Campaign) -> Self:
        return self.filter(campaign=campaign)

    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def waiting(self) -> Self:
        """Asked for, and neither in effect nor refused."""
        return self.filter(began_at=None, ended_at=None)

    def in_force(self) -> Self:
        return self.filter(began_at__isnull=False, ended_at=None)

    def with_people(self) -> Self:
        return self.select_related("asked_by__user", "agreed_by__user", "ended_by__user")


class RuleOverride(models.Model):
    """One change of one rule in one campaign, from the question to its end; what was asked never changes.

    `loosens` says that it opens a moment or a number that was closed. The database then lets it begin only when
    somebody of the other role has agreed and a day has passed.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="overrides")
    key = models.CharField(max_length=80)
    value = models.JSONField(null=True, help_text="NULL goes back to the rule as shipped.")
    reason = models.CharField(max_length=300)
    loosens = models.BooleanField()
    asked_by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    asked_as = models.CharField(max_length=10, choices=Role)
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Member, on_delete=models.RESTRICT, null=True, related_name="+")
    agreed_as = models.CharField(max_length=10, choices=Role, null=True)
    agreed_at = models.DateTimeField(null=True)
    takes_effect_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, on_delete=models.RESTRICT, null=True, related_name="+")

    objects: ClassVar[RuleOverrideQuerySet] = RuleOverrideQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "key"], condition=Q(began_at=None, ended_at=None), name="override_one_waiting"
            ),
            models.UniqueConstraint(
                fields=["campaign", "key"],
                condition=Q(began_at__isnull=False, ended_at=None),
                name="override_one_in_force",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_as=None, agreed_at=None, takes_effect_at=None)
                | Q(agreed_by__isnull=False, agreed_as__isnull=False, agreed_at__isnull=False)
                & Q(takes_effect_at__isnull=False),
                name="override_agreed_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None)
                | ~Q(agreed_by=F("asked_by"))
                & ~Q(agreed_as=F("asked_as"))
                & Q(agreed_as__in=[Role.MANAGER, Role.CANDIDATE], asked_as__in=[Role.MANAGER, Role.CANDIDATE]),
                name="override_agreed_by_the_other",
            ),
            models.CheckConstraint(
                condition=Q(loosens=False)
                | Q(began_at=None)
                | Q(agreed_at__isnull=False, takes_effect_at__gte=F("agreed_at") + DELAY)
                & Q(began_at__gte=F("takes_effect_at")),
                name="override_loosens_by_two_and_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["takes_effect_at"],
                condition=Q(began_at=None, ended_at=None),
                name="override_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"

    def get_absolute_url(self) -> str:
        return reverse("campaign:rules", args=[self.campaign.slug])

    @property
    def is_agreed(self) -> bool:
        return self.agreed_at is not None
