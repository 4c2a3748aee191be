"""Whose yes a post still needs: one function from its approvals to who is missing."""

from campaign.models import Member, Post, Role

APPROVERS = (Role.CANDIDATE, Role.MANAGER)


def editors(post: Post) -> set[int]:
    """Members who changed the content since it was last approved: their own yes does not count."""
    return set(post.edited_by.values_list("pk", flat=True))


def missing(post: Post) -> list[Role]:
    """The roles whose yes is still needed for this version; empty when it may leave.

    The candidate decides; a campaign without one leaves it to its manager. The candidate's own text needs nobody
    else, and a team of one may approve its own: both are told to the record by whoever calls this.
    """
    wanted = deciding_role(post)
    approved = post.approvals.filter(version=post.version, by__role=wanted, by__suspended_at=None)
    if not is_team_of_one(post):
        own = editors(post) if wanted != Role.CANDIDATE else editors(post) - _candidates(post)
        approved = approved.exclude(by__in=own)
    return [] if approved.exists() else [wanted]


def deciding_role(post: Post) -> Role:
    """The role that has the last word on this post."""
    return Role.CANDIDATE if _candidates(post) else Role.MANAGER


def deciders(post: Post) -> list[Member]:
    """The members who can give the yes that is missing."""
    people = Member.objects.active().filter(campaign_id=post.campaign_id, role=deciding_role(post))
    own = set() if is_team_of_one(post) else editors(post)
    return [member for member in people if member.pk not in own or member.role == Role.CANDIDATE]


def counts(post: Post, member: Member) -> bool:
    """Whether `member`'s yes would count for this post as it stands."""
    return member.role == Role.CANDIDATE or member.pk not in editors(post) or is_team_of_one(post)


def is_team_of_one(post: Post) -> bool:
    """Whether only one member of the campaign may write or approve at all."""
    able = Member.objects.active().filter(campaign_id=post.campaign_id, role__in=(*APPROVERS, Role.STAFF))
    return able.count() == 1


def _candidates(post: Post) -> set[int]:
    people = Member.objects.active().filter(campaign_id=post.campaign_id, role=Role.CANDIDATE)
    return set(people.values_list("pk", flat=True))
