"""Signing in: the candidate's phone and how it was enrolled, and tries that are counted."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from campaign.models.campaign import Member, Role
from campaign.models.people import User

VALID = timedelta(days=90)  # how long an enrolled phone signs in by itself
LINK_LASTS = timedelta(minutes=10)  # how long a QR code can be used


class PhoneQuerySet(models.QuerySet["Phone"]):
    def valid(self, now: datetime) -> Self:
        """Those that sign in by themselves at `now`: neither run out nor released, of a candidate who may act."""
        candidates = Member.objects.active().filter(role=Role.CANDIDATE)
        return self.filter(revoked_at=None, valid_until__gt=now, member__in=candidates)


class Phone(models.Model):
    """A phone that is signed in as one member, for so long, without typing. Only a hash of its secret is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="phones")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="phones")
    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    last_seen_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[PhoneQuerySet] = PhoneQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__lte=models.F("made_at") + VALID), name="phone_valid_90_days_at_most"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PhoneLink(models.Model):
    """A QR code: makes one phone of one member, once, within minutes. `code_hash` is of the code mailed with it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    phone = models.OneToOneField(Phone, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(phone=None) | Q(used_at__isnull=False), name="phone_link_used_once"),
        ]

    def __str__(self) -> str:
        return f"for member {self.member_id}"


class SignInTry(models.Model):
    """One try at signing in that failed or is under way; `key` is a hash of the account or the address."""

    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "at"], name="sign_in_try_recent")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"
