"""The Bot API's JSON shapes: User, Chat, Message, File. Source: Bot API, *Available types*."""

import base64
from typing import Any

from sandbox import accounts, posts
from sandbox.accounts import Account, derive_number
from sandbox.blobs import Picture
from sandbox.posts import Post
from sandbox.world import World

PREFIX = "/telegram"


def server(world: World) -> str:
    """What stands before /bot<token>."""
    return world.base + PREFIX


def bot_id(account: Account) -> int:
    """The id of the account's bot."""
    return int(account.extra["bot_id"])


def bot_user(account: Account) -> dict[str, Any]:
    """The bot as a User."""
    return {
        "id": bot_id(account), "is_bot": True, "first_name": f"Posko {account.name}",
        "username": f"{account.handle}_bot",
    }  # fmt: skip


def group_id(account: Account) -> str:
    """The chat id of the discussion group linked to the account's channel."""
    return str(account.extra["group_id"])


def channel(account: Account) -> dict[str, Any]:
    """The account's channel as a Chat."""
    return {"id": int(account.remote_id), "title": account.name, "username": account.handle, "type": "channel"}


def group(account: Account) -> dict[str, Any]:
    """The channel's discussion group as a Chat."""
    return {"id": int(group_id(account)), "title": f"Diskusi {account.name}", "type": "supergroup"}


def user(voter: Account) -> dict[str, Any]:
    """A voter as a User."""
    first, _, last = voter.name.partition(" ")
    named = {"id": int(voter.remote_id), "is_bot": False, "first_name": first, "username": voter.handle}
    return named | ({"last_name": last} if last else {}) | {"language_code": "id"}


def user_id(handle: str) -> str:
    """A voter's user id."""
    return str(derive_number("telegram", handle, "user", low=200_000_000, high=7_000_000_000))


def file_id(digest: str, head: str = "AgACAgUAAx") -> str:
    """A file's file_id: the same bytes have the same one here. `head` tells films (BAACAgUAAx) from photos."""
    return head + base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")


def photo(picture: Picture) -> list[dict[str, Any]]:
    """A picture as a list of one PhotoSize."""
    one = {"file_id": picture.remote_id, "file_unique_id": picture.sha256[:16], "file_size": picture.size}
    return [one | {"width": picture.width, "height": picture.height}]


def video(film: Picture, seconds: int) -> dict[str, Any]:
    """A film as a Video."""
    file = {"file_id": film.remote_id, "file_unique_id": film.sha256[:16], "file_size": film.size}
    return file | {"width": film.width, "height": film.height, "duration": seconds, "mime_type": film.mime}


def media(post: Post) -> dict[str, Any]:
    """The part of a Message that shows its picture or film."""
    first = post.pictures[0]
    if first.mime.startswith("video/"):
        return {"video": video(first, int(post.extra.get("seconds", 0)))}
    return {"photo": photo(first)}


def private_place(owner: Account, voter: Account) -> str:
    """Where the words between a bot and a person are kept."""
    return f"dm:{bot_id(owner)}:{voter.remote_id}"


def private(world: World, place: str) -> dict[str, Any]:
    """The chat of a bot with a person."""
    person = accounts.by_remote(world.store, "telegram", place.rpartition(":")[2])
    if person is None:
        raise LookupError(place)
    named = {name: value for name, value in user(person).items() if name in ("id", "first_name", "last_name")}
    return named | {"username": person.handle, "type": "private"}


def message(world: World, owner: Account, post: Post, *, reply: dict[str, Any] | None = None) -> dict[str, Any]:
    """A Message in the owner's channel or its group. `reply`: the message it answers."""
    in_channel, is_private = post.place == owner.remote_id, post.place.startswith("dm:")
    author = accounts.get(world.store, post.account_id)
    body: dict[str, Any] = {"message_id": int(post.remote_id), "date": int(post.at)}
    if in_channel:
        body |= {"sender_chat": channel(owner), "chat": channel(owner)}
    else:
        chat = private(world, post.place) if is_private else group(owner)
        body |= {"from": user(author) if author.is_voter else bot_user(owner), "chat": chat}
        if not is_private and post.root and (forward := posts.get(world.store, post.root).extra.get("forward_id")):
            body["message_thread_id"] = forward
    if post.edited_at:
        body["edit_date"] = int(post.edited_at)
    if reply:
        body["reply_to_message"] = reply
    entities = post.extra.get("entities") or []
    if post.pictures:
        body |= media(post)
        body |= {"caption": post.text} if post.text else {}
        body |= {"caption_entities": entities} if entities else {}
    else:
        body |= {"text": post.text} | ({"entities": entities} if entities else {})
    if "media_group_id" in post.extra:
        body["media_group_id"] = post.extra["media_group_id"]
    return body


def forwarded(world: World, owner: Account, post: Post) -> dict[str, Any]:
    """A channel post as it appears in the discussion group, where comments answer it."""
    origin = {
        "type": "channel", "chat": channel(owner), "message_id": int(post.remote_id), "date": int(post.at),
    }  # fmt: skip
    original = message(world, owner, post)
    kept = {
        name: original[name]
        for name in ("text", "entities", "photo", "video", "caption", "caption_entities")
        if name in original
    }
    return {
        "message_id": post.extra["forward_id"], "date": int(post.at), "chat": group(owner), "forward_origin": origin,
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "sender_chat": channel(owner),
        "is_automatic_forward": True,
    } | kept  # fmt: skip


def permalink(world: World, post: Post) -> str:
    """The page of a message; one in the group has the address of a private chat."""
    account = accounts.get(world.store, post.account_id)
    if account.remote_id == post.place:
        return f"{server(world)}/{account.handle}/{post.remote_id}"
    return f"{server(world)}/c/{post.place.removeprefix('-100')}/{post.remote_id}"


def profile_url(world: World, account: Account) -> str:
    """The channel's page."""
    return f"{server(world)}/{account.handle}"
