"""What waits for approval: for whom, until when, and what leaves next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from campaign import clock, policy
from campaign.approving.needs import Standing
from campaign.models import Member, Post, PostState

MOST = 100  # posts of a campaign that wait at once; more than anybody answers in a day
NEXT = 8  # what leaves next, on the end screen


@dataclass(frozen=True)
class Waiting:
    """One post in review, with whose turn it is."""

    post: Post
    standing: Standing
    people: list[Member]
    until: datetime | None

    @property
    def names(self) -> str:
        return ", ".join(str(member) for member in self.people)


def in_review(member: Member) -> list[Waiting]:
    """Everything of `member`'s campaign that waits for somebody; what is to leave first comes first."""
    house, now = policy.house(member.campaign_id), clock.now()
    rows = (
        Post.objects.visible_to(member)
        .filter(state=PostState.IN_REVIEW)
        .select_related("author__user")
        .prefetch_related("approvals", "edited_by", "submissions")
        .order_by(F("planned_at").asc(nulls_first=True), "pk")[:MOST]
    )
    found = []
    for post in rows:
        post.campaign = member.campaign
        stands = policy.standing(post, house, now)
        found.append(Waiting(post, stands, house.among(stands.askable), policy.deadline(post, house.terms)))
    return found


def mine(member: Member, among: list[Waiting]) -> list[Waiting]:
    """Those whose next yes is `member`'s to give."""
    return [each for each in among if member.pk in each.standing.askable]


def leaving(member: Member) -> list[Post]:
    """What is approved and has not left, the next one first."""
    rows = Post.objects.visible_to(member).filter(state=PostState.SCHEDULED).prefetch_related("channels")
    posts = list(rows.order_by(F("planned_at").asc(nulls_first=True), "pk")[:NEXT])
    for post in posts:
        post.campaign = member.campaign
    return posts
