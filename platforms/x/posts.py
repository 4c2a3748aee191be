"""Posts as X shows them: what people read, when, where, which numbers.

Names of fields: X is renaming them (`retweet_count` to `repost_count`, `note_tweet` to `note_post`); the old ones are
asked for, both are read.
Source: X documentation, fundamentals/data-dictionary and x-api/fundamentals/metrics, openapi.json 2.167, 2026-08.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.contents import Figure, Incoming, Place
from platforms.counting import bare

FIELDS_OF_POSTS = "tweet.fields"
"""The parameter's name; the specification calls it `post.fields`, every page of the documentation the old name."""
FIELDS = (
    "created_at,author_id,text,entities,attachments,conversation_id,in_reply_to_user_id,referenced_tweets,"
    "display_text_range,note_tweet"
)
EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 at which X's ids begin. Their upper bits are the time. Source: twitter-archive/snowflake."""
PRIVATE_FOR = timedelta(days=30) - timedelta(minutes=10)
"""How long X tells the numbers that only the author sees. Source: x-api/fundamentals/metrics."""

_PUBLIC = {
    "likes": ("like_count",),
    "reposts": ("repost_count", "retweet_count"),
    "replies": ("reply_count",),
    "quotes": ("quote_count",),
    "bookmarks": ("bookmark_count",),
    "views": ("impression_count",),
}
_PRIVATE = {
    "clicks": ("url_link_clicks",),
    "profile_views": ("user_profile_clicks",),
    "engagements": ("engagements",),
}
_ACCOUNT = {
    "followers": ("followers_count",),
    "following": ("following_count",),
    "posts": ("post_count", "tweet_count"),
}
_FILM = {"video_views": ("view_count",)}
_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:twitter|x)\.com/[^/\s]+/status/\d+/(?:photo|video)/\d+", re.IGNORECASE)
_SCHEME, _SLASH = re.compile(r"https?://", re.IGNORECASE), re.compile(r"/(?=[\s.,;:!?)]|$)")
_LEADING = re.compile(r"\s*(?:@\w+\s+)*")


def time_of(remote_id: str) -> datetime | None:
    """When a post was made, read off its id; None where that tells nothing."""
    if not remote_id.isdigit() or len(remote_id) > 19 or int(remote_id) < 1 << 22:
        return None
    return datetime.fromtimestamp(((int(remote_id) >> 22) + EPOCH) / 1000, UTC)


def made_at(post: Mapping[str, Any]) -> datetime:
    """When it was made; a post without any time counts as new, so that it is looked at rather than left out."""
    try:
        at = datetime.fromisoformat(str(post.get("created_at")))
    except ValueError:
        return time_of(str(post.get("id"))) or datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def text_of(post: Mapping[str, Any]) -> str:
    """What its author wrote: X's short links as the addresses they stand for, without those of its own media, and
    without the names that X puts before an answer.
    """
    return _text(post, _first_word(post))


def says(post: Mapping[str, Any], text: str) -> bool:
    """Whether its words are these, with or without the names before an answer."""
    return comparable(text) in {comparable(text_of(post)), comparable(_text(post, 0))}


def _text(post: Mapping[str, Any], begin: int) -> str:
    long = part(post, "note_post") or part(post, "note_tweet")
    text = str(long.get("text") or "") or str(post.get("text") or "")[begin:]
    for link in entries(part(long or post, "entities").get("urls")):
        short, target = str(link.get("url") or ""), str(link.get("expanded_url") or "")
        if short and target:
            is_media = link.get("media_key") or _OWN_MEDIA.fullmatch(target)
            text = text.replace(short, "" if is_media else target)
    return html.unescape(text).strip()


def media_of(post: Mapping[str, Any]) -> int:
    """How many pictures and films it has."""
    keys = part(post, "attachments").get("media_keys")
    return len(keys) if isinstance(keys, list) else 0


def answers_to(post: Mapping[str, Any]) -> str:
    """The id of the post above it, "" where it begins a talk."""
    told = str(post.get("in_reply_to_tweet_id") or post.get("in_reply_to_post_id") or "")
    return told or next((str(each["id"]) for each in _referenced(post, "replied_to")), "")


def comparable(text: str) -> str:
    """What must be equal of a post and its draft: X adds `https://` to bare addresses, a slash to some, and trims."""
    return bare(_SLASH.sub("", _SCHEME.sub("", text))).casefold()


@dataclass(frozen=True)
class Us:
    """Our account, as posts of others name it.

    `by_reply`: X takes an answer below our post, whose @name it put there itself, for a summons.
    """

    remote_id: str
    handle: str = ""
    by_reply: bool = False


def incoming(
    post: Mapping[str, Any],
    us: Us,
    people: Mapping[str, Mapping[str, Any]],
    site: str,
    *,
    is_quote: bool = False,
) -> Incoming:
    """What somebody wrote. `people` are the users told with it, `site` is the address of X's pages.

    `is_quote`: X said already that it quotes a post of ours.
    """
    remote_id, author = str(post["id"]), str(post.get("author_id") or "")
    who = people.get(author, {})
    handle = str(who.get("username") or "")
    above, is_ours = answers_to(post), str(post.get("in_reply_to_user_id") or "") == us.remote_id
    may = is_quote or is_summons(post, us) or (us.by_reply and is_ours)
    page = f"{site}/{handle}/status/{remote_id}" if handle else f"{site}/i/web/status/{remote_id}"
    return Incoming(
        place=Place.COMMENT if is_ours and above else Place.MENTION,
        remote_id=remote_id,
        text=text_of(post),
        at=made_at(post),
        author_id=author,
        author_name=str(who.get("name") or handle or author),
        author_handle=f"@{handle}" if handle else "",
        about=above if is_ours else "",
        parent=above,
        thread=str(post.get("conversation_id") or remote_id),
        url=page if may else f"{site}/intent/post?in_reply_to={remote_id}",
        may_answer=may,
    )


def is_summons(post: Mapping[str, Any], us: Us) -> bool:
    """Whether X lets an app answer: the author named us in the words themselves, or quoted a post of ours.

    The @names that X puts before an answer by itself are no summons. Whether it would count them is unconfirmed;
    trying in vain costs more than a person's click. A quote is known by its link, as reading the quoted post has its
    price.
    Source: posts/manage-tweets/integrate, 2026-04-16; activity/introduction (`post.mention.create`), 2026-08.
    """
    begin, entities = _first_word(post), part(post, "entities")
    mentions = entries(entities.get("mentions"))
    if any(str(each.get("id")) == us.remote_id and int(each.get("start") or 0) >= begin for each in mentions):
        return True
    ends = [f"/{us.handle}/status/{each['id']}".lower() for each in _referenced(post, "quoted")]
    links = [str(each.get("expanded_url") or "").lower() for each in entries(entities.get("urls"))]
    return bool(us.handle) and any(link.endswith(end) for link in links for end in ends)


def _first_word(post: Mapping[str, Any]) -> int:
    """Where the words begin behind the names that X puts before an answer."""
    shown = post.get("display_text_range")
    if isinstance(shown, list) and shown and isinstance(shown[0], int):
        return max(shown[0], 0)
    found = _LEADING.match(str(post.get("text") or ""))
    return found.end() if found and answers_to(post) else 0


def figures(post: Mapping[str, Any], films: Mapping[str, Mapping[str, Any]]) -> list[Figure]:
    """Its numbers; `films` are the media told with it, by key."""
    found = read(part(post, "public_metrics"), _PUBLIC) + read(part(post, "non_public_metrics"), _PRIVATE)
    keys = part(post, "attachments").get("media_keys")
    for key in keys if isinstance(keys, list) else ():
        found += read(part(films.get(str(key), {}), "public_metrics"), _FILM)
    return found


def figures_of_account(user: Mapping[str, Any]) -> list[Figure]:
    """The account's own numbers."""
    return read(part(user, "public_metrics"), _ACCOUNT)


def read(told: Mapping[str, Any], names: Mapping[str, Sequence[str]]) -> list[Figure]:
    """Of each number the first name that X uses."""
    found = ((metric, next((n for n in each if isinstance(told.get(n), int)), "")) for metric, each in names.items())
    return [Figure(metric, told[name], name) for metric, name in found if name]


# Reading what may be missing ----------------------------------------------------------------------


def part(thing: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object within an object, empty where there is none."""
    found = thing.get(name)
    return found if isinstance(found, dict) else {}


def entries(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _referenced(post: Mapping[str, Any], how: str) -> list[dict[str, Any]]:
    told = entries(post.get("referenced_posts")) or entries(post.get("referenced_tweets"))
    return [each for each in told if each.get("type") == how and each.get("id")]


def by_id(told: Mapping[str, Any], *names: str) -> dict[str, dict[str, Any]]:
    """What an answer tells beside its data, such as `users`, by id or media key; `names` are its old and new one."""
    beside = part(told, "includes")
    found = [each for name in names for each in entries(beside.get(name))]
    found = [part(each, "data") or each for each in found]
    return {str(each.get("media_key") or each.get("id")): each for each in found}
