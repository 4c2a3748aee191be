"""YouTube's JSON shapes. Source: reference of the resources video, channel, playlistItem, commentThread, comment."""

from html import escape
from math import sqrt
from typing import Any

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World

from . import ids, state

PREFIX = "/youtube"
INLINE = 5  # answers that a thread carries itself
VIEWS_PER_LIKE, VIEWS_PER_REPLY, FIRST_HOURS = 19, 7, 12 * 3600


def server(world: World) -> str:
    """Where the API lives."""
    return world.base + PREFIX


def permalink(world: World, post: Post) -> str:
    """A film's page, or a comment's below it."""
    if not post.reply_to:
        return f"{server(world)}/web/watch?v={post.remote_id}"
    film = posts.get(world.store, post.root or post.reply_to)
    return f"{server(world)}/web/watch?v={film.remote_id}&lc={post.remote_id}"


def profile_url(world: World, account: Account) -> str:
    """A channel's page."""
    return f"{server(world)}/web/@{account.handle}"


def at(moment: float) -> str:
    """A time as YouTube writes it, to the second."""
    return clock.iso(moment)[:19] + "Z"


def listing(kind: str, items: list[dict[str, Any]], *, following: str = "", total: int | None = None) -> dict[str, Any]:
    """A list response."""
    info = {"totalResults": len(items) if total is None else total, "resultsPerPage": len(items)}
    body = {"kind": f"youtube#{kind}", "etag": "sandbox", "pageInfo": info, "items": items}
    return body | ({"nextPageToken": following} if following else {})


def views(post: Post) -> int:
    """How often a film was looked at: more than it was liked, and a little by itself in its first hours."""
    by_itself = int(sqrt(max(0.0, min(clock.now() - post.at, FIRST_HOURS))))
    return by_itself + post.likes * VIEWS_PER_LIKE + post.replies * VIEWS_PER_REPLY


def thumbnails(world: World) -> dict[str, Any]:
    """The same stand-in in each size."""
    return {"default": {"url": f"{world.base}/static/avatar.svg", "width": 120, "height": 90}}


def video(world: World, post: Post, parts: set[str]) -> dict[str, Any]:
    """A video resource."""
    channel = accounts.get(world.store, post.account_id)
    found: dict[str, Any] = {"kind": "youtube#video", "etag": "sandbox", "id": post.remote_id}
    if "snippet" in parts:
        found["snippet"] = {
            "publishedAt": at(post.at), "channelId": channel.remote_id, "title": ids.title(post),
            "description": post.text, "thumbnails": thumbnails(world), "channelTitle": channel.name,
            "categoryId": post.extra.get("category", "22"), "liveBroadcastContent": "none",
            "tags": post.extra.get("tags", []), "defaultLanguage": post.extra.get("language"),
            "localized": {"title": ids.title(post), "description": post.text},
        }  # fmt: skip
    if "status" in parts:
        found["status"] = _status(post)
    if "statistics" in parts:
        numbers = {"viewCount": views(post), "likeCount": post.likes, "favoriteCount": 0}
        found["statistics"] = {name: str(value) for name, value in (numbers | {"commentCount": post.replies}).items()}
    if "contentDetails" in parts:
        found["contentDetails"] = {"duration": "PT1M", "dimension": "2d", "definition": "hd", "caption": "false"}
    if "processingDetails" in parts:
        known = {"uploaded": "processing", "processed": "succeeded", "failed": "failed"}
        found["processingDetails"] = {"processingStatus": known[_status(post)["uploadStatus"]]}
    return found


def _status(post: Post) -> dict[str, Any]:
    found: dict[str, Any] = {
        "uploadStatus": "processed" if clock.now() >= post.extra.get("ready_at", 0) else "uploaded",
        "privacyStatus": post.extra.get("privacy", "public"), "license": "youtube", "embeddable": True,
        "publicStatsViewable": True, "madeForKids": post.extra.get("kids", False),
        "selfDeclaredMadeForKids": post.extra.get("kids", False),
        "containsSyntheticMedia": post.extra.get("synthetic", False),
    }  # fmt: skip
    if not post.extra.get("is_film", True):
        found |= {"uploadStatus": "failed", "failureReason": "invalidFile"}
    return found


def channel(world: World, who: Account, parts: set[str], films: int) -> dict[str, Any]:
    """A channel resource. `films` is how many the public sees."""
    found: dict[str, Any] = {"kind": "youtube#channel", "etag": "sandbox", "id": who.remote_id}
    if "snippet" in parts:
        found["snippet"] = {
            "title": who.name, "description": "", "customUrl": f"@{who.handle}", "publishedAt": at(who.created_at),
            "thumbnails": thumbnails(world), "country": "ID", "localized": {"title": who.name, "description": ""},
        }  # fmt: skip
    if "contentDetails" in parts:
        found["contentDetails"] = {"relatedPlaylists": {"likes": "", "uploads": ids.uploads(who.remote_id)}}
    if "statistics" in parts:
        row = world.store.all(
            "SELECT id FROM posts WHERE account_id = ? AND reply_to IS NULL AND deleted_at IS NULL", who.id
        )
        seen = sum(views(posts.get(world.store, each["id"])) for each in row)
        found["statistics"] = {
            "viewCount": str(seen), "subscriberCount": str(rounded(who.followers)), "hiddenSubscriberCount": False,
            "videoCount": str(films),
        }  # fmt: skip
    if "status" in parts:
        long = who.extra.get("long_uploads", "allowed")
        found["status"] = {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": long, "madeForKids": False}
    return found


def rounded(number: int) -> int:
    """Subscribers are told with three digits."""
    step: int = 10 ** max(0, len(str(number)) - 3)
    return number // step * step


def playlist_item(world: World, post: Post, parts: set[str]) -> dict[str, Any]:
    """An entry of a channel's uploads."""
    who = accounts.get(world.store, post.account_id)
    found: dict[str, Any] = {"kind": "youtube#playlistItem", "etag": "sandbox", "id": f"UUitem{post.remote_id}"}
    if "snippet" in parts:
        found["snippet"] = {
            "publishedAt": at(post.at), "channelId": who.remote_id, "title": ids.title(post), "description": post.text,
            "thumbnails": thumbnails(world), "channelTitle": who.name, "playlistId": ids.uploads(who.remote_id),
            "position": 0, "resourceId": {"kind": "youtube#video", "videoId": post.remote_id},
        }  # fmt: skip
    if "contentDetails" in parts:
        shown = {} if state.is_private(post) else {"videoPublishedAt": at(post.at)}
        found["contentDetails"] = {"videoId": post.remote_id} | shown
    if "status" in parts:
        found["status"] = {"privacyStatus": post.extra.get("privacy", "public")}
    return found


def comment(world: World, post: Post, viewer: Account, *, is_html: bool) -> dict[str, Any]:
    """A comment resource; the text as it was written is shown to its author only."""
    author, film = accounts.get(world.store, post.account_id), posts.get(world.store, post.root or post.reply_to or 0)
    shown = escape(post.text).replace("\n", "<br>") if is_html else post.text
    snippet: dict[str, Any] = {
        "channelId": accounts.get(world.store, film.account_id).remote_id, "videoId": film.remote_id,
        "textDisplay": shown, "authorDisplayName": f"@{author.handle}",
        "authorProfileImageUrl": f"{world.base}/static/avatar.svg",
        "authorChannelUrl": f"http://www.youtube.com/@{author.handle}",
        "authorChannelId": {"value": author.remote_id}, "canRate": True, "viewerRating": "none",
        "likeCount": post.likes, "publishedAt": at(post.at), "updatedAt": at(post.edited_at or post.at),
    }  # fmt: skip
    if author.id == viewer.id:
        snippet["textOriginal"] = post.text
    if viewer.id == film.account_id:
        snippet["moderationStatus"] = post.extra.get("moderation", "published")
    if "." in post.remote_id:
        snippet["parentId"] = post.remote_id.partition(".")[0]
    return {"kind": "youtube#comment", "etag": "sandbox", "id": post.remote_id, "snippet": snippet}


def thread(
    world: World, top: Post, replies: list[Post], viewer: Account, parts: set[str], *, is_html: bool
) -> dict[str, Any]:
    """A commentThread resource, with some of its answers."""
    film = posts.get(world.store, top.reply_to or 0)
    found: dict[str, Any] = {"kind": "youtube#commentThread", "etag": "sandbox", "id": top.remote_id}
    found["snippet"] = {
        "channelId": accounts.get(world.store, film.account_id).remote_id, "videoId": film.remote_id,
        "topLevelComment": comment(world, top, viewer, is_html=is_html), "canReply": True,
        "totalReplyCount": len(replies), "isPublic": not top.extra.get("is_hidden", False),
    }  # fmt: skip
    if "replies" in parts and replies:
        newest = [comment(world, each, viewer, is_html=is_html) for each in replies[::-1][:INLINE]]
        found["replies"] = {"comments": newest}
    return found
