"""Whose yes a post still needs, as the database stands: it brings `approving.needs` what that asks for.

The rules themselves are one pure function there. `hold` keeps them from changing under an approval.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaign import clock
from campaign.approving import deadlines, needs
from campaign.approving.needs import Need, Person, Question, Standing, Terms, Yes
from campaign.models import ApprovalPolicy, Member, Post, Role

APPROVERS = (Role.CANDIDATE, Role.MANAGER)


@dataclass(frozen=True)
class House:
    """What all posts of a campaign share: its approval rules and its active people. Loaded once per page."""

    terms: Terms
    members: tuple[Member, ...]
    away: tuple[Member, ...] = ()
    """The candidate while suspended or past the end of their access, if no other has taken the place."""

    @property
    def team(self) -> list[Person]:
        here = [Person(member.pk, member.role) for member in self.members]
        return here + [Person(member.pk, member.role, is_away=True) for member in self.away]

    @property
    def has_candidate(self) -> bool:
        """Whether there is one to ask, now or when they are back."""
        return any(member.role == Role.CANDIDATE for member in (*self.members, *self.away))

    @property
    def deputy(self) -> Member | None:
        """The manager who may decide after the deadline, while active."""
        managers = (member for member in self.members if member.role == Role.MANAGER)
        return next((member for member in managers if member.pk == self.terms.deputy), None)

    def among(self, pks: frozenset[int]) -> list[Member]:
        return [member for member in self.members if member.pk in pks]

    def may_answer(self, member: Member) -> bool:
        """Managers and the candidate; staff only where they have been named as second readers."""
        if member.role == Role.STAFF:
            return self.terms.four_eyes and member.pk in self.terms.readers
        return member.role in APPROVERS


def house(campaign_id: int) -> House:
    """The campaign's rules and people as they are now."""
    row = ApprovalPolicy.objects.filter(campaign_id=campaign_id).first()
    everybody = Member.objects.filter(campaign_id=campaign_id).select_related("user").order_by("pk")
    people, away = tuple(everybody.active()), everybody.none()
    if not any(member.role == Role.CANDIDATE for member in people):
        away = everybody.filter(role=Role.CANDIDATE)
    return House(row.terms if row else Terms(), people, tuple(away))


def standing(post: Post, of: House | None = None, now: datetime | None = None) -> Standing:
    """Where the post stands with its approvals."""
    of = of or house(post.campaign_id)
    until = deadline(post, of.terms)
    question = Question(
        kind=post.kind,
        editors=frozenset(member.pk for member in post.edited_by.all()),
        yeses=frozenset(Yes(yes.by_id, yes.as_deputy) for yes in post.approvals.all() if yes.version == post.version),
        is_past_deadline=until is not None and until <= (now or clock.now()),
    )
    return needs.standing(of.terms, of.team, question)


def deadline(post: Post, terms: Terms) -> datetime | None:
    """By when the answer is wanted; None while the post has not been submitted."""
    found = [row for row in post.submissions.all() if row.closed_at is None and row.version == post.version]
    return deadlines.deadline(terms, found[0].submitted_at, post.planned_at) if found else None


def hold(campaign_id: int, *, to_change: bool = False) -> None:
    """Keep the rules as they are until the transaction ends; `to_change` waits for all who do, and keeps them out.

    Taken before the lock of any post: an approval that has read the old rules is then seen by who tightens them.
    """
    function = "pg_advisory_xact_lock" if to_change else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtext('campaign_policy:' || %s))", [str(campaign_id)])


# One question each -------------------------------------------------------------------------------


def editors(post: Post) -> set[int]:
    """Members who changed the content since it was last approved: their own yes does not count."""
    return set(post.edited_by.values_list("pk", flat=True))


def missing(post: Post) -> tuple[Need, ...]:
    """Whose yes is still needed for this version; empty when it may leave."""
    return standing(post).missing


def deciders(post: Post) -> list[Member]:
    """The members whose turn it is."""
    of = house(post.campaign_id)
    return of.among(standing(post, of).askable)


def counts(post: Post, member: Member) -> bool:
    """Whether `member`'s yes would count for this post as it stands."""
    return member.pk in standing(post).counting


def is_team_of_one(post: Post) -> bool:
    """Whether only one member of the campaign may write or approve at all."""
    return standing(post).is_team_of_one
