"""What an account has said before now, with what voters did since: written as if each had happened in its time."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from . import clock, crowd, dialects, posts, voters
from .accounts import Account
from .blobs import Blobs, Picture
from .posts import Post
from .world import World

MOST = 200  # in one request
LARGEST = 1_000_000
MOST_REPLIES = 20
OLDER = 90 * 24 * 3600.0  # so long before its first post the account was opened


@dataclass(frozen=True, slots=True)
class Item:
    """One post of the past; `at` in seconds since 1970."""

    text: str
    at: float
    picture: Picture | None
    likes: int
    reposts: int
    replies: int


def read(items: Any, blobs: Blobs) -> list[Item]:
    """The items of a request, oldest first. Raises ValueError with a sentence; then nothing was published."""
    if not isinstance(items, list) or len(items) > MOST or not all(isinstance(each, dict) for each in items):
        raise ValueError(f"items must be a list of at most {MOST} objects.")
    found = [_item(each, blobs) for each in items]
    if any(later.at < earlier.at for earlier, later in pairwise(found)):
        raise ValueError("items must be in the order of their times, the oldest first.")
    return found


def _item(given: dict[str, Any], blobs: Blobs) -> Item:
    text, picture = str(given.get("text") or "").strip(), _picture(given, blobs)
    if not text and picture is None:
        raise ValueError("Each item needs a text or a picture.")
    replies = _number(given, "replies", MOST_REPLIES)
    return Item(text, _at(given), picture, _number(given, "likes"), _number(given, "reposts"), replies)


def _at(given: dict[str, Any]) -> float:
    try:
        moment = datetime.fromisoformat(str(given.get("at")))
        at = moment.timestamp()
    except (ValueError, OverflowError):
        moment, at = None, 0.0
    if moment is None or moment.tzinfo is None or not 0 < at <= clock.now():
        raise ValueError("at must be a moment of the past, in ISO 8601 with its zone.")
    return at


def _number(given: dict[str, Any], name: str, most: int = LARGEST) -> int:
    number = given.get(name, 0)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= most:
        raise ValueError(f"{name} must be a whole number from 0 to {most}.")
    return number


def _picture(given: dict[str, Any], blobs: Blobs) -> Picture | None:
    if not given.get("picture"):
        return None
    try:
        data = base64.b64decode(str(given["picture"]), validate=True)
    except binascii.Error:
        data = b""
    picture = blobs.picture(data, alt=str(given.get("alt") or ""))
    if picture is None:
        raise ValueError("picture must be a picture in base64.")
    return picture


def write(world: World, account: Account, items: list[Item]) -> list[dict[str, str]]:
    """Publish them on `account`; the ids as our connectors know them, and the pages."""
    dialect = dialects.ALL[account.platform]
    if items:
        with world.store.write():
            opened = min(account.created_at, items[0].at - OLDER)
            world.store.run("UPDATE accounts SET created_at = ? WHERE id = ?", opened, account.id)
    made: list[dict[str, str]] = []
    for item in items:
        with clock.pretend(item.at):
            post = dialect.post_by_hand(world, account, item.text, item.picture, "api")
        _look_back(world, post, item)
        remote_id = f"{post.place}:{post.remote_id}" if post.place else post.remote_id
        made.append({"remote_id": remote_id, "url": dialect.permalink(world, post)})
    return made


def _look_back(world: World, post: Post, item: Item) -> None:
    """What voters did on it since: likes and shares at once, each answer some minutes after the one before."""
    now, chance = clock.now(), Random(f"{item.at}/{item.text}")
    with world.store.write():
        posts.bump(world.store, post, likes=item.likes, reposts=item.reposts)
    moment = item.at
    for number in range(item.replies):
        moment = min(now, moment + chance.uniform(180, 2400))
        with clock.pretend(moment):
            crowd.reply(world, post, crowd.HABIT[chance.randrange(len(crowd.HABIT))], number=number)
    voters.has_lived(world, post, now - item.at)
