"""X's JSON: posts, users, media, and what stands beside them.

Default answers hold ids and words only; the rest comes when it is asked for. Asked by the old name of a parameter
(`tweet.fields`), the old names of fields come; by the new one (`post.fields`), the new ones.
Source: fundamentals/data-dictionary, x-api/fundamentals/metrics, openapi.json 2.167.
"""

from dataclasses import dataclass
from typing import Any

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.params import Params
from sandbox.posts import Post
from sandbox.world import World

from . import errors, text
from .tokens import PLATFORM

PRIVATE_SECONDS = 30 * 24 * 3600
NEW_NAMES = {
    "retweet_count": "repost_count", "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts", "tweet_count": "post_count",
}  # fmt: skip


def server(world: World) -> str:
    """Where the API stands."""
    return f"{world.base}/{PLATFORM}"


def profile_url(world: World, account: Account) -> str:
    """An account's page."""
    return f"{server(world)}/web/{account.handle}"


def permalink(world: World, post: Post) -> str:
    """A post's page."""
    return f"{profile_url(world, accounts.get(world.store, post.account_id))}/status/{post.remote_id}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks to be told."""

    posts: frozenset[str]
    users: frozenset[str]
    media: frozenset[str]
    beside: frozenset[str]
    is_new: bool

    @classmethod
    def of(cls, params: Params) -> "Wish":
        """Read it off the query."""
        names = ("tweet.fields", "post.fields", "user.fields", "media.fields", "expansions")
        old, new, users, media, beside = (frozenset(filter(None, params.text(n).split(","))) for n in names)
        return cls(old | new, users, media, beside, bool(new))


def renamed(value: Any) -> Any:
    """The same with the new names of fields."""
    if isinstance(value, dict):
        return {NEW_NAMES.get(name, name): renamed(each) for name, each in value.items()}
    return [renamed(each) for each in value] if isinstance(value, list) else value


# One thing ---------------------------------------------------------------------------------------


def post(world: World, one: Post, wish: frozenset[str]) -> dict[str, Any]:
    """A post: always its id and words, and what is wished for."""
    whole = whole_post(world, one)
    return {name: whole[name] for name in whole if name in wish or name in {"id", "text", "edit_history_tweet_ids"}}


def whole_post(world: World, one: Post) -> dict[str, Any]:
    """All of a post but its private numbers. An answer begins with the name X puts before it."""
    author = accounts.get(world.store, one.account_id)
    parent = posts.get(world.store, one.reply_to) if one.reply_to else None
    prefix = str(one.extra.get("prefix", ""))
    words, links = text.shown(one.text)
    links = [link | {"start": link["start"] + len(prefix), "end": link["end"] + len(prefix)} for link in links]
    end = len(prefix + words)
    words, links = _with_media(world, one, prefix + words, links)
    entities = {name: each for name, each in (("urls", links), ("mentions", _mentions(world, words)),
                                              ("hashtags", _tags(words))) if each}  # fmt: skip
    found: dict[str, Any] = {
        "id": one.remote_id, "text": words, "edit_history_tweet_ids": [one.remote_id],
        "created_at": clock.iso(one.at), "author_id": author.remote_id, "lang": "in", "reply_settings": "everyone",
        "conversation_id": posts.get(world.store, one.root).remote_id if one.root else one.remote_id,
        "display_text_range": [len(prefix), end], "public_metrics": metrics(one), "possibly_sensitive": False,
    }  # fmt: skip
    if entities:
        found["entities"] = entities
    if one.pictures:
        found["attachments"] = {"media_keys": [media_key(each) for each in one.pictures]}
    if parent:
        found["referenced_tweets"] = [{"type": "replied_to", "id": parent.remote_id}]
        found["in_reply_to_user_id"] = accounts.get(world.store, parent.account_id).remote_id
    return found


def _with_media(world: World, one: Post, words: str, links: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """X ends a post's words with a short link to its own pictures or film."""
    if not one.pictures:
        return words, links
    target = f"https://x.com/{accounts.get(world.store, one.account_id).handle}/status/{one.remote_id}"
    link, start = text.short(target), len(words) + bool(words)
    more = [
        {"start": start, "end": start + len(link), "url": link, "expanded_url": f"{target}/{_kind(each)}/1",
         "display_url": f"pic.x.com/{link[-10:]}", "media_key": media_key(each)}
        for each in one.pictures
    ]  # fmt: skip
    return f"{words} {link}".strip(), [*links, *more]


def _kind(picture: Picture) -> str:
    return "video" if picture.mime.startswith("video/") else "photo"


def media_key(picture: Picture) -> str:
    """3 begins those of pictures, 13 those of films."""
    return f"{'13' if _kind(picture) == 'video' else '3'}_{picture.remote_id or picture.sha256[:18]}"


def _mentions(world: World, words: str) -> list[dict[str, Any]]:
    found = []
    for each in text.MENTION.finditer(words):
        known = accounts.by_handle(world.store, PLATFORM, each[1].lower())
        whose = {"id": known.remote_id} if known else {}
        found.append({"start": each.start(), "end": each.end(), "username": each[1]} | whose)
    return found


def _tags(words: str) -> list[dict[str, Any]]:
    return [{"start": each.start(), "end": each.end(), "tag": each[1]} for each in text.TAG.finditer(words)]


def metrics(one: Post) -> dict[str, int]:
    """The numbers everybody sees; views follow from what readers did."""
    seen = one.likes * 31 + one.reposts * 74 + one.replies * 19
    return {
        "retweet_count": one.reposts, "reply_count": one.replies, "like_count": one.likes, "quote_count": 0,
        "bookmark_count": one.likes // 9, "impression_count": seen,
    }  # fmt: skip


def private_metrics(one: Post) -> dict[str, int]:
    """The numbers only the author sees, for thirty days."""
    seen = metrics(one)["impression_count"]
    clicks = seen // 45 if text.LINK.search(one.text) else 0
    profile = seen // 80
    done = one.likes + one.reposts + one.replies + clicks + profile
    return {"url_link_clicks": clicks, "user_profile_clicks": profile, "engagements": done}


def user(world: World, who: Account, wish: frozenset[str]) -> dict[str, Any]:
    """An account: id, name, username, and what is wished for."""
    numbers = {
        "followers_count": who.followers, "following_count": 21, "tweet_count": posts.count(world.store, who),
        "listed_count": who.followers // 300, "like_count": 40,
    }  # fmt: skip
    whole = {
        "id": who.remote_id, "name": who.name, "username": who.handle, "created_at": clock.iso(who.created_at),
        "description": "", "protected": False, "verified": False, "verified_type": "none", "url": "",
        "profile_image_url": f"{world.base}/static/avatar.svg", "public_metrics": numbers,
        "subscription_type": "None",
    }  # fmt: skip
    return {name: whole[name] for name in whole if name in wish or name in {"id", "name", "username"}}


def media(world: World, picture: Picture, views: int, wish: frozenset[str]) -> dict[str, Any]:
    """A picture or film of a post."""
    is_film = _kind(picture) == "video"
    whole: dict[str, Any] = {
        "media_key": media_key(picture), "type": "video" if is_film else "photo", "width": picture.width,
        "height": picture.height, "alt_text": picture.alt,
    }  # fmt: skip
    whole |= {"public_metrics": {"view_count": views}} if is_film else {}
    whole |= {} if is_film else {"url": f"{world.base}/files/{picture.sha256}"}
    return {name: whole[name] for name in whole if name in wish or name in {"media_key", "type"}}


# Many things -------------------------------------------------------------------------------------


def answer(world: World, found: list[Post], wish: Wish, *, us: Account | None = None) -> dict[str, Any]:
    """`data`, `includes`, and `errors` for numbers that are not told. `us` may see private numbers of its own."""
    told, refused = [], []
    for one in found:
        body = post(world, one, wish.posts)
        if "non_public_metrics" in wish.posts:
            if us and one.account_id == us.id and clock.now() - one.at <= PRIVATE_SECONDS:
                body["non_public_metrics"] = private_metrics(one)
            else:
                refused.append(errors.hidden_field(one.remote_id, "non_public_metrics"))
        told.append(body)
    body = {"data": told} if told else {}
    if beside := _beside(world, found, wish):
        body["includes"] = beside
    if refused:
        body["errors"] = refused
    return renamed(body) if wish.is_new else body


def _beside(world: World, found: list[Post], wish: Wish) -> dict[str, Any]:
    beside: dict[str, Any] = {}
    parents = {one.reply_to for one in found if one.reply_to}
    above = [posts.get(world.store, each) for each in sorted(parents)]
    if "author_id" in wish.beside:
        people = {one.account_id for one in found}
        beside["users"] = [user(world, accounts.get(world.store, each), wish.users) for each in sorted(people)]
    if "referenced_tweets.id" in wish.beside and above:
        beside["tweets"] = [post(world, each, wish.posts) for each in above if not each.is_deleted]
    if "attachments.media_keys" in wish.beside:
        views = {one.id: metrics(one)["impression_count"] // 3 for one in found}
        pictures = [media(world, each, views[one.id], wish.media) for one in found for each in one.pictures]
        beside |= {"media": pictures} if pictures else {}
    return beside
