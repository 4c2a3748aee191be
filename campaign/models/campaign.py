"""One candidate in one election, and the people of the team."""

from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.clock import Moment
from campaign.models.people import User
from campaign.models.rules import Ruleset

# First parts of our own addresses; no campaign may be called so. A test compares this list with the resolver.
RESERVED = (
    "accounts",
    "admin",
    "akun",
    "api",
    "bahasa",
    "berkas",
    "c",
    "demo",
    "hooks",
    "keamanan",
    "keluar",
    "masuk",
    "media",
    "mulai",
    "oauth",
    "posko",
    "s",
    "sehat",
    "static",
    "tinjau",
)


class Role(models.TextChoices):
    """What a member is on the team."""

    MANAGER = "manager", _("manager")
    STAFF = "staff", _("staff")
    CANDIDATE = "candidate", _("candidate")
    TREASURER = "treasurer", _("treasurer")
    VOLUNTEER = "volunteer", _("volunteer")


class Level(models.TextChoices):
    """Which seat the candidate runs for."""

    DPR = "dpr", "DPR RI"
    DPRD_PROVINCE = "dprd_prov", _("DPRD of a province")
    DPRD_REGENCY = "dprd_kab", _("DPRD of a regency or city")
    DPD = "dpd", "DPD RI"


class Mode(models.TextChoices):
    """Live or practice, for life: practice reaches only the sandbox, live never does."""

    LIVE = "live", _("live")
    PRACTICE = "latihan", _("practice")


class Zone(models.TextChoices):
    """Indonesia's three time zones."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class Campaign(models.Model):
    """One candidate in one election: what everything else belongs to.

    `closed` is derived from the ruleset by `election.seal_calendar`: for each kind of message the times in which
    it may not leave, as [["2029-02-11T16:55:00+00:00" or "-infinity", … or "infinity"], …]. It stands in this row
    so that the gate reads it under the same lock as the stop switch. A kind without an entry is closed.
    `own_rules` is derived beside it: the values of the overrides in force, by key. `voting_day` is what was told when
    the campaign began; from then on an override changes it, as it changes every rule.
    """

    name = models.CharField(_("name of the campaign"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    candidate_name = models.CharField(_("name of the candidate"), max_length=120)
    level = models.CharField(_("seat"), max_length=12, choices=Level)
    dapil = models.CharField(_("electoral district"), max_length=80)
    party = models.CharField(_("party"), max_length=80, blank=True)
    list_number = models.PositiveSmallIntegerField(_("list number"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, choices=Zone, default=Zone.WIB)
    mode = models.CharField(max_length=10, choices=Mode)
    ruleset = models.ForeignKey(Ruleset, on_delete=models.PROTECT)
    voting_day = models.DateField(_("voting day"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    closed = models.JSONField(default=dict)
    own_rules = models.JSONField(default=dict)
    parts = models.JSONField(default=list, help_text="What it has begun to use; see `parts`.")
    greeted_at = models.DateTimeField(null=True, help_text="When the congratulation on its first post was put away.")
    talk_number = models.CharField(max_length=15, blank=True, help_text="For talks on WhatsApp, the country's first.")
    talk_words = models.CharField(max_length=200, blank=True, help_text="What a voter's message begins with.")
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey("Member", on_delete=models.SET_NULL, null=True, related_name="+")
    stop_reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=RESERVED), name="campaign_slug_not_reserved"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="campaign_mode_known"),
            models.CheckConstraint(
                condition=Q(talk_number__regex="^([1-9][0-9]{8,14})?$"), name="campaign_talk_number_dialled"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaign:today", args=[self.slug])

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def is_practice(self) -> bool:
        return self.mode == Mode.PRACTICE

    @property
    def is_stopped(self) -> bool:
        return self.stopped_at is not None


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        """Those who may act: not suspended, and their access has not ended by the database's clock."""
        lasts = Q(access_ends_at=None) | Q(access_ends_at__gt=Moment())
        return self.filter(lasts, suspended_at__isnull=True, user__is_active=True)

    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk)

    def visible_to(self, member: "Member") -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def lasting_managers(self) -> Self:
        """Managers whose access nothing will end by itself: a campaign always has one."""
        return self.filter(role=Role.MANAGER, suspended_at=None, access_ends_at=None)


class Member(models.Model):
    """A person on a campaign's team, with one role.

    A volunteer without e-mail signs in with `pin_name` (the name in small letters, once per campaign) and a PIN, of
    which only Django's password hash is kept. Who came by invitation has declared that the law lets them take part.
    The database also refuses to take a campaign's last lasting manager (migrations/sql/team.sql).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    joined_at = models.DateTimeField(auto_now_add=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    suspended_because = models.CharField(max_length=300, blank=True)
    access_ends_at = models.DateTimeField(null=True, blank=True)
    invitation = models.OneToOneField(
        "Invitation", on_delete=models.RESTRICT, null=True, blank=True, related_name="joined"
    )
    declared_at = models.DateTimeField(null=True, blank=True)
    declaration = models.CharField(max_length=20, blank=True, help_text="Which wording: campaign/team/declaration.py.")
    pin_name = models.CharField(max_length=120, null=True, blank=True)
    pin = models.CharField(max_length=128, blank=True)

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "user"], name="member_once_per_campaign"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_known"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(role=Role.CANDIDATE, suspended_at=None), name="member_one_candidate"
            ),
            models.UniqueConstraint(fields=["campaign", "pin_name"], name="member_pin_name_once"),
            models.CheckConstraint(
                condition=Q(pin="", pin_name=None) | ~Q(pin="") & Q(pin_name__isnull=False, role=Role.VOLUNTEER),
                name="member_pin_of_volunteers",
            ),
            models.CheckConstraint(condition=Q(pin_name=Lower("pin_name")), name="member_pin_name_small"),
            models.CheckConstraint(
                condition=Q(invitation=None) | Q(declared_at__isnull=False) & ~Q(declaration=""),
                name="member_invited_has_declared",
            ),
            models.CheckConstraint(
                condition=Q(suspended_by=None) | Q(suspended_at__isnull=False) & ~Q(suspended_because=""),
                name="member_suspended_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.user.name
