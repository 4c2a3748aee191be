"""The way from a new campaign to its first published post, and the congratulation at its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from campaign import audit, clock, practice
from campaign.access import may, require
from campaign.models import Campaign, Channel, Delivery, Member, Post, PostState, Role

CONGRATULATED_FOR = timedelta(days=7)  # after that nobody needs to be told any more
NOT_YET = (PostState.DRAFT, PostState.CHANGES_ASKED)
ABLE = (Role.MANAGER, Role.STAFF, Role.CANDIDATE)


@dataclass(frozen=True)
class Step:
    """One of the first things to do; without an address it is for somebody else, or for later."""

    name: str
    url: str
    is_done: bool
    is_now: bool = False
    opens: str = ""
    """Where one press opens a practice account."""
    is_waiting: bool = False
    """The post has been submitted: a yes is missing."""
    is_alone: bool = False
    """Nobody else on the team could approve."""
    at: datetime | None = None
    """When it leaves."""


@dataclass(frozen=True)
class Beginning:
    """What *Hari ini* shows of the way: the steps still to go, or that the first post is out."""

    steps: list[Step]
    invites: bool = False
    """The candidate is not on the team yet."""
    first_post: str = ""
    """The address of the first post, while its congratulation is not put away."""

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.is_now), None)

    @property
    def done(self) -> int:
        """How many of the steps."""
        return sum(step.is_done for step in self.steps)


def of(member: Member, now: datetime) -> Beginning:
    """Empty for those who only read, and once the first post has been out for a while or was put away."""
    if not may(member, "post.write"):
        return Beginning([])
    row = _facts().get(pk=member.campaign_id)
    facts = vars(row)  # what the query has added
    if facts["first_sent_at"] is None:
        return Beginning(_steps(member, row), invites=not facts["has_candidate"])
    is_told = row.is_demo or row.greeted_at is not None or facts["first_sent_at"] < now - CONGRATULATED_FOR
    if is_told or facts["first_post"] is None:
        return Beginning([])
    return Beginning([], first_post=reverse("campaign:post_detail", args=[row.slug, facts["first_post"]]))


def next_step(member: Member) -> Step | None:
    """What stands before the first post now; None once something is out."""
    return of(member, clock.now()).current


def _facts() -> "QuerySet[Campaign]":
    """Campaigns with all that the steps ask, in one question."""
    of_it = {"campaign": OuterRef("pk")}
    posts = Post.objects.filter(**of_it).order_by("pk")
    sent = Delivery.objects.published().filter(**of_it).order_by()
    cleared = Delivery.objects.current().filter(**of_it, cleared__isnull=False).order_by()
    people = Member.objects.active().filter(**of_it, role__in=ABLE).order_by().values("campaign")
    return Campaign.objects.annotate(
        has_channel=Exists(Channel.objects.kept().filter(**of_it)),
        first_post=Subquery(posts.exclude(state=PostState.REFUSED).values("pk")[:1]),
        first_state=Subquery(posts.exclude(state=PostState.REFUSED).values("state")[:1]),
        cleared_at=Subquery(cleared.values("campaign").annotate(at=Min("send_at")).values("at")),
        first_sent_at=Subquery(sent.values("campaign").annotate(at=Min("sent_at")).values("at")),
        has_candidate=Exists(Member.objects.active().filter(**of_it, role=Role.CANDIDATE)),
        people=Subquery(people.annotate(number=Count("pk")).values("number")),
    )


def _steps(member: Member, row: "Campaign") -> list[Step]:
    facts = vars(row)
    has_channel, post, at = facts["has_channel"], facts["first_post"], facts["cleared_at"]
    to = {name: reverse(f"campaign:{name}", args=[row.slug]) for name in ("channels", "write_post")}
    its_page = reverse("campaign:post_detail", args=[row.slug, post]) if post else ""
    connects = may(member, "channel.connect")
    opens = reverse("campaign:practice_account", args=[row.slug, practice.PLATFORMS[0]])
    done = (has_channel, post is not None, at is not None, False)
    now = done.index(False)
    return [
        Step(
            "connect",
            to["channels"] if connects else "",
            done[0],
            now == 0,
            opens=opens if connects and practice.is_offered(row) else "",
        ),
        Step("write", to["write_post"] if has_channel else "", done[1], now == 1),
        Step(
            "approve",
            its_page,
            done[2],
            now == 2,
            is_waiting=facts["first_state"] not in NOT_YET,
            is_alone=facts["people"] == 1,
        ),
        Step("publish", its_page if at else "", False, now == 3, at=at),
    ]


@transaction.atomic
def put_away(campaign: Campaign, *, by: Member) -> None:
    """Take the congratulation off everybody's desk, for good. Twice is once."""
    require(by, "post.write")
    rows = Campaign.objects.filter(Q(greeted_at=None), pk=campaign.pk)
    if rows.update(greeted_at=clock.now()):
        audit.record("campaign.put_away", campaign, by=by)
