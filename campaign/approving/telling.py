"""Notices about a post in review: whose turn it is, that a deputy has decided, that it is over."""

from django.urls import reverse

from campaign import clock, notices, policy
from campaign.approving import submissions
from campaign.models import Post, Role, Step

ABOUT_REVIEW = ("approve", "ask_changes", "refuse", "deputy", "unapproved", "deputy_said")


def whose_turn(post: Post) -> None:
    """Those whose yes brings it on."""
    notices.tell("approve", post, to=policy.deciders(post), url=post.get_absolute_url(), text=str(post)[:80])


def candidate(post: Post) -> None:
    """Somebody has decided in the candidate's place: the candidate can take it back until it leaves."""
    people = [each for each in policy.house(post.campaign_id).members if each.role == Role.CANDIDATE]
    url = reverse("campaign:review_post", args=[post.campaign.slug, post.pk])
    notices.tell("deputy_said", post, to=people, url=url, text=str(post)[:80])
    submissions.tell(post, people, Step.DEPUTY_SAID, clock.now())


def moved(post: Post) -> None:
    """It is to leave at another time: its deadline and what is told of it count anew from here."""
    for kind in ("deputy", "unapproved"):
        notices.done(kind, post)
    submissions.begin(post, clock.now())


def over(post: Post) -> None:
    """What was told of this round of review no longer holds."""
    for kind in ABOUT_REVIEW:
        notices.done(kind, post)
