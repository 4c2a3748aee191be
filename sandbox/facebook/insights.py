"""Numbers of posts and Pages. Source: "Page Insights" reference of 2026-09; the removed metrics are errors here too."""

from random import Random
from typing import Any

from sandbox import clock, graph
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World

POST = {
    "post_media_view": lambda p: views(p),
    "post_total_media_view_unique": lambda p: views(p) * 7 // 10,
    "post_clicks": lambda p: views(p) // 12,
    "post_reactions_by_type_total": lambda p: {"like": p.likes} if p.likes else {},
    "post_video_views": lambda p: views(p) // 3 if "film" in p.extra else 0,
}
PAGE = {
    "page_media_view": lambda a: a.followers * 3 // 2,
    "page_total_media_view_unique": lambda a: a.followers * 4 // 5,
    "page_post_engagements": lambda a: a.followers // 9,
    "page_views_total": lambda a: a.followers // 20,
    "page_follows": lambda a: a.followers,
    "page_daily_follows": lambda a: a.followers // 200,
}
INVALID = "The value must be a valid insights metric"


def views(post: Post) -> int:
    """How often a post was seen: grows with everything people do on it, and differs from post to post."""
    keen = Random(post.remote_id).uniform(14, 22)
    return int(keen * (post.likes + 2 * post.reposts + post.replies)) + 3


def answer(world: World, what: Post | Account, metrics: str, period: str) -> dict[str, Any]:
    """The list of an insights edge; one metric that is gone spoils the whole call."""
    known = POST if isinstance(what, Post) else PAGE
    names = [each.strip() for each in metrics.split(",") if each.strip()]
    if not names:
        graph.bad("The parameter metric is required")
    if strange := [each for each in names if each not in known]:
        graph.bad(f"{INVALID}: {strange[0]}")
    return {"data": [_one(what, name, period, known[name](what)) for name in names]}


def _one(what: Post | Account, name: str, period: str, value: Any) -> dict[str, Any]:
    days: list[dict[str, Any]] = [{"value": value}]
    if period != "lifetime":
        days = [{"value": value, "end_time": graph.when(clock.now() - ago)} for ago in (86_400, 0)]
    return {
        "name": name, "period": period, "values": days, "title": name.replace("_", " "), "description": "",
        "id": f"{what.remote_id}/insights/{name}/{period}",
    }  # fmt: skip
