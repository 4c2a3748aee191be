"""Posts in every state, reached through the real verbs and the scripted network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import models

from campaign import afterwards, clock, delivering, publishing
from campaign.models import Approval, AuditRow, Channel, Delivery, Notice, Post, PostState, Role
from platforms.base import Rejected, Temporary
from platforms.contents import Draft
from tests import make
from tests.network import Network

TABLES: tuple[type[models.Model], ...] = (Post, Delivery, Approval, AuditRow, Notice)


def everything() -> list[Any]:
    """Every row that a verb could touch, as it stands."""
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def two_channels() -> list[Channel]:
    first = make.channel()
    return [first, make.channel(of=first.campaign)]


def fails_for(network: Network, times: int, error: Exception) -> None:
    """The network takes the first posts, then answers `error` to the next `times`."""
    seen: list[Draft] = []

    def before(draft: Draft, _keep: object) -> None:
        seen.append(draft)
        if len(seen) <= times:
            raise error

    network.before = before


# Reaching each state -----------------------------------------------------------------------------


def changes_asked(_network: Network) -> Post:
    post = make.post_in_review()
    publishing.ask_changes(post, by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason="Kurang jelas.")
    return fresh(post)


def refused(_network: Network) -> Post:
    post = make.post_in_review()
    publishing.refuse(post, by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason="Tidak.")
    return fresh(post)


def published(_network: Network) -> Post:
    post = make.post_scheduled()
    delivering.drain("mastodon")
    return fresh(post)


def partly(network: Network) -> Post:
    post = make.post_scheduled(on=two_channels())
    fails_for(network, 1, Temporary("rate_limited", retry_after=timedelta(minutes=10)))
    delivering.drain("mastodon")
    return fresh(post)


def failed(network: Network) -> Post:
    fails_for(network, 9, Rejected("refused", words="no"))
    return published(network)


def taken_down(network: Network) -> Post:
    post = published(network)
    afterwards.take_down(post, by=make.someone(post.campaign, Role.MANAGER), version=1, reason="Keliru.")
    delivering.drain("mastodon")
    return fresh(post)


REACH: dict[PostState, Callable[[Network], Post]] = {
    PostState.DRAFT: lambda _network: make.post(),
    PostState.IN_REVIEW: lambda _network: make.post_in_review(),
    PostState.CHANGES_ASKED: changes_asked,
    PostState.REFUSED: refused,
    PostState.SCHEDULED: lambda _network: make.post_scheduled(planned_at=make.in_an_hour()),
    PostState.PUBLISHED: published,
    PostState.PARTLY: partly,
    PostState.FAILED: failed,
    PostState.TAKEN_DOWN: taken_down,
}


def act(verb: str, post: Post, *, version: int | None = None, reason: str = "Alasan.") -> None:
    """Do `verb` as the member who may, with sound arguments unless the caller gives others."""
    manager, candidate = (make.someone(post.campaign, role) for role in (Role.MANAGER, Role.CANDIDATE))
    seen = post.version if version is None else version
    match verb:
        case "edit":
            new = make.content(on=list(post.channels.all()), text="Lain.")
            publishing.edit(post, new, by=manager, version=seen)
        case "submit" | "withdraw":
            getattr(publishing, verb)(post, by=manager, version=seen)
        case "approve":
            publishing.approve(post, by=candidate, version=seen)
        case "reschedule":
            publishing.reschedule(post, by=manager, version=seen, to=clock.now() + timedelta(hours=3))
        case "ask_changes" | "refuse":
            getattr(publishing, verb)(post, by=candidate, version=seen, reason=reason)
        case "take_down":
            afterwards.take_down(post, by=candidate, version=seen, reason=reason)
