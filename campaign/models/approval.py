"""Whose yes a campaign asks for, how it changed that, and what was asked of whom and when."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.approving.needs import Terms
from campaign.models.campaign import Campaign, Member, Role
from campaign.models.post import Kind, Post


class PolicyTerms(models.Model):
    """What an approval asks for. The campaign's row and every change of it hold the same columns."""

    manager_kinds = models.JSONField(default=list, blank=True, help_text="Kinds for which a manager's yes is enough.")
    four_eyes = models.BooleanField(_("second pair of eyes"), default=False)
    readers = models.JSONField(default=list, blank=True, help_text="Staff who may be the second pair of eyes: ids.")
    deputy = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    deadline_before = models.DurationField(default=timedelta(hours=2), help_text="Before the planned time.")
    deadline_after = models.DurationField(default=timedelta(hours=12), help_text="After submitting, without a time.")
    remind_after = models.DurationField(default=timedelta(hours=2), help_text="The first reminder, after submitting.")

    class Meta:
        abstract = True

    @property
    def terms(self) -> Terms:
        """The same as plain data."""
        return Terms(
            manager_kinds=frozenset(self.manager_kinds),
            four_eyes=self.four_eyes,
            readers=frozenset(self.readers),
            deputy=self.deputy_id,
            deadline_before=self.deadline_before,
            deadline_after=self.deadline_after,
            remind_after=self.remind_after,
        )


def _in_order(name: str) -> list[models.BaseConstraint]:
    day = timedelta(days=7)
    return [
        models.CheckConstraint(
            condition=Q(manager_kinds__contained_by=list(Kind.values)), name=f"{name}_manager_kinds_known"
        ),
        models.CheckConstraint(
            condition=Q(deadline_before__gte=timedelta(0), deadline_before__lte=day)
            & Q(deadline_after__gte=timedelta(hours=1), deadline_after__lte=day)
            & Q(remind_after__gte=timedelta(hours=1), remind_after__lte=day),
            name=f"{name}_times_in_reason",
        ),
    ]


class PolicyChangeQuerySet(models.QuerySet["PolicyChange"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def waiting(self) -> Self:
        """Asked for, and neither in force nor refused."""
        return self.filter(began_at=None, ended_at=None)


class PolicyChange(PolicyTerms):
    """One change of the approval rules, from the question to its end; what was asked never changes."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="policy_changes")
    asked_by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Member, on_delete=models.RESTRICT, null=True, related_name="+")
    agreed_as = models.CharField(max_length=10, choices=Role, null=True)
    agreed_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, on_delete=models.RESTRICT, null=True, related_name="+")

    objects: ClassVar[PolicyChangeQuerySet] = PolicyChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *_in_order("policy_change"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(began_at=None, ended_at=None), name="policy_change_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_as=None, agreed_at=None)
                | Q(agreed_by__isnull=False, agreed_as__isnull=False, agreed_at__isnull=False),
                name="policy_change_agreed_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"approval rules of campaign {self.campaign_id}, asked {self.asked_at}"

    def get_absolute_url(self) -> str:
        return reverse("campaign:approval_settings", args=[self.campaign.slug])


class ApprovalPolicy(PolicyTerms):
    """The approval rules in force; a campaign without a row has the narrow ones the columns default to.

    The database lets a row become looser only by a change that the candidate has agreed to, while there is one.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, primary_key=True, related_name="policy")
    change = models.ForeignKey(PolicyChange, on_delete=models.RESTRICT, related_name="+")

    class Meta:
        constraints = _in_order("policy")

    def __str__(self) -> str:
        return f"approval rules of campaign {self.campaign_id}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def due(self, now: datetime) -> Self:
        """Those in which somebody may have to be told something by now."""
        return self.open().filter(next_at__lte=now)


class Submission(models.Model):
    """One time a version was submitted: from here its deadline and its reminders are counted."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="submissions")
    version = models.PositiveIntegerField()
    submitted_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="When to look again whether somebody must be told.")
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[SubmissionQuerySet] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(closed_at=None), name="submission_open_once")
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(closed_at=None), name="submission_due")]

    def __str__(self) -> str:
        return f"version {self.version} of post {self.post_id}, submitted {self.submitted_at}"


class Step(models.TextChoices):
    """What a mail about a submission says; each goes to a member once."""

    ASKED = "asked", _("asked")
    REMINDED = "reminded", _("reminded")
    HALFWAY = "halfway", _("reminded once more")
    DEPUTY = "deputy", _("the deputy may decide")
    UNAPPROVED = "unapproved", _("does not leave in time")
    LATE = "late", _("its time has passed")
    DEPUTY_SAID = "deputy_said", _("the deputy has decided")


class Reminder(models.Model):
    """One mail to one member. Written first, claimed before it is sent: it may be lost, and is never sent twice."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="reminders")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=12, choices=Step)
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, help_text="From here on it may have been sent.")
    failed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "member", "step"], name="reminder_once"),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="reminder_step_known"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(claimed_at=None), name="reminder_unclaimed")]

    def __str__(self) -> str:
        return f"{self.step} to member {self.member_id}"


class SeenPost(models.Model):
    """What one member was shown of one version, so that the next one can be told apart from it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    shown = models.JSONField(help_text="Texts by account, pictures and time; see approving.seen.")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "post", "version"], name="seen_once_per_version")]

    def __str__(self) -> str:
        return f"version {self.version} of post {self.post_id} as member {self.member_id} saw it"
