"""How people come into a campaign: invitations by link, and who guesses at PINs."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.clock import Moment
from campaign.models.campaign import Campaign, Member, Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def pending(self) -> Self:
        """Neither used nor taken back; some of these links may have run out."""
        return self.filter(used_at=None, revoked_at=None)

    def open(self) -> Self:
        """Those whose link still works."""
        return self.pending().filter(expires_at__gt=Moment())


class Invitation(models.Model):
    """A link that lets one person in, once: into the team with a role, or back in with a new PIN.

    Only the SHA-256 of the link's secret is kept: whoever reads this table cannot use it. `for_whom` is a name for
    the manager's list and binds nobody.
    """

    class Kind(models.TextChoices):
        JOIN = "join", _("invitation")
        PIN = "pin", _("new PIN")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.JOIN)
    role = models.CharField(max_length=10, choices=Role)
    for_whom = models.CharField(max_length=120)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+", help_text="Of a new PIN.")
    access_ends_at = models.DateTimeField(null=True, help_text="When the membership will end.")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="When the link stops working.")
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(kind="join", member=None) | Q(kind="pin", member__isnull=False),
                name="invitation_pin_of_whom",
            ),
            models.CheckConstraint(condition=Q(used_at=None) | Q(revoked_at=None), name="invitation_used_or_revoked"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_lasts"),
            models.CheckConstraint(condition=Q(("token_hash__regex", r"^[0-9a-f]{64}$")), name="invitation_hash_only"),
            models.UniqueConstraint(
                fields=["member"], condition=Q(used_at=None, revoked_at=None), name="invitation_one_new_pin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.role} {self.pk}"

    @property
    def is_new_pin(self) -> bool:
        return self.kind == self.Kind.PIN

    @property
    def is_pending(self) -> bool:
        return self.used_at is None and self.revoked_at is None


class PinGuess(models.Model):
    """Wrong PINs for one name in one campaign, whether or not anybody has that name: the answers then tell nothing."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    name_hash = models.CharField(max_length=64)
    wrong = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "name_hash"], name="pin_guess_once_per_name")]

    def __str__(self) -> str:
        return f"{self.wrong} wrong since {self.since}"
