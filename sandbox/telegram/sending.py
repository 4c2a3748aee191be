"""Methods that make, change and delete messages. Source: Bot API, *Available methods*, *Updating messages*."""

from typing import Any

from sandbox import posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.posts import MadeBy, Post
from sandbox.store import Store

from . import errors, forwards, markup, photos, shapes
from .visit import Visit, next_message_id

TEXT_UNITS, CAPTION_UNITS = 4096, 1024
type Words = tuple[str, list[dict[str, Any]]]


async def send_message(visit: Visit) -> Any:
    """sendMessage."""
    chat = visit.chat()
    words = _words(visit, "text", TEXT_UNITS, "message is too long")
    if not words[0]:
        errors.bad("message text is empty")
    return _publish(visit, chat, words, [])


async def send_photo(visit: Visit) -> Any:
    """sendPhoto."""
    chat = visit.chat()
    picture = await photos.take(visit, visit.params.values.get("photo"))
    words = _words(visit, "caption", CAPTION_UNITS, "message caption is too long")
    return _publish(visit, chat, words, [picture])


async def send_video(visit: Visit) -> Any:
    """sendVideo."""
    chat = visit.chat()
    film, seconds = await photos.take_film(visit, visit.params.values.get("video"))
    words = _words(visit, "caption", CAPTION_UNITS, "message caption is too long")
    return _publish(visit, chat, words, [film], seconds=round(seconds))


async def send_media_group(visit: Visit) -> Any:
    """sendMediaGroup: 2 to 10 pictures that become public together, each a message of its own."""
    chat = visit.chat()
    items = visit.params.nested("media")
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        errors.bad("can't parse media JSON object")
    if not 2 <= len(items) <= 10:
        errors.bad(f"too {'few' if len(items) < 2 else 'much'} messages to send as an album")
    if any(each.get("type") != "photo" for each in items):
        errors.bad("the sandbox takes albums of photos only")
    pictures = [await photos.take(visit, each.get("media")) for each in items]
    all_words = [_item_words(each) for each in items]
    visit.spend(chat)
    reply_to = _reply_to(visit, chat)
    with visit.store.write():
        group = str(next_message_id(visit.store, "albums") + 13_000_000_000_000_000)
        made = [
            add(visit.store, visit.account, chat, words, [picture], "api", reply_to=reply_to, media_group_id=group)
            for words, picture in zip(all_words, pictures, strict=True)
        ]
        raw = str(items[0].get("caption") or "")
        posts.log(visit.store, "publish", made[0], album=made, raw=raw)
        forwards.into_group(visit.world, visit.account, made[0])
    return [shapes.message(visit.world, visit.account, each) for each in made]


def _item_words(item: dict[str, Any]) -> Words:
    caption = str(item.get("caption") or "")
    text, entities = markup.parse(caption, str(item.get("parse_mode") or ""))
    if markup.units(text) > CAPTION_UNITS:
        errors.bad("message caption is too long")
    return text, item.get("caption_entities") or entities


def _words(visit: Visit, name: str, most: int, problem: str) -> Words:
    """Text as the public will see it and its entities; refuses with `problem` above `most` UTF-16 units."""
    text, entities = markup.parse(visit.params.text(name), visit.params.text("parse_mode"))
    if markup.units(text) > most:
        errors.bad(problem)
    given = visit.params.nested("entities" if name == "text" else "caption_entities")
    return text, given if isinstance(given, list) else entities


def _publish(visit: Visit, chat: str, words: Words, pictures: list[Picture], **extra: Any) -> dict[str, Any]:
    visit.spend(chat)
    reply_to = _reply_to(visit, chat)
    with visit.store.write():
        post = add(visit.store, visit.account, chat, words, pictures, "api", reply_to=reply_to, **extra)
        posts.log(visit.store, "publish", post, raw=visit.params.text("caption" if pictures else "text"))
        forwards.into_group(visit.world, visit.account, post)
    return shapes.message(visit.world, visit.account, post, reply=_answered(visit, post))


def add(
    store: Store,
    author: Account,
    chat: str,
    words: Words,
    pictures: list[Picture],
    made_by: MadeBy,
    *,
    reply_to: Post | None = None,
    **extra: Any,
) -> Post:
    """Keep a message inside an open write, not yet logged."""
    return posts.add(
        store, account=author, place=chat, remote_id=str(next_message_id(store, chat)), text=words[0], made_by=made_by,
        reply_to=reply_to, pictures=pictures, extra={"entities": words[1]} | extra,
    )  # fmt: skip


def _reply_to(visit: Visit, chat: str) -> Post | None:
    """The message that is answered: in the group, the forwarded channel post stands for the post itself."""
    parameters = visit.params.nested("reply_parameters")
    wanted = parameters.get("message_id") if isinstance(parameters, dict) else None
    wanted = wanted or visit.params.text("reply_to_message_id")
    if not wanted:
        return None
    found = posts.find(visit.store, "telegram", str(wanted), chat)
    if found is None and (row_id := visit.store.get(f"telegram:forward:{chat}:{wanted}")):
        found = posts.get(visit.store, row_id)
    allowed = isinstance(parameters, dict) and parameters.get("allow_sending_without_reply")
    if (found is None or found.is_deleted) and not (allowed or visit.params.flag("allow_sending_without_reply")):
        errors.bad("message to be replied not found")
    return found


def _answered(visit: Visit, post: Post) -> dict[str, Any] | None:
    if post.reply_to is None:
        return None
    parent = posts.get(visit.store, post.reply_to)
    if post.place != parent.place:
        return shapes.forwarded(visit.world, visit.account, parent)
    return shapes.message(visit.world, visit.account, parent)


async def edit_text(visit: Visit) -> Any:
    """editMessageText."""
    post = _own(visit, "message to edit not found")
    if post.pictures:
        errors.bad("there is no text in the message to edit")
    words = _words(visit, "text", TEXT_UNITS, "message is too long")
    if not words[0]:
        errors.bad("message text is empty")
    return _edit(visit, post, words, "text")


async def edit_caption(visit: Visit) -> Any:
    """editMessageCaption."""
    post = _own(visit, "message to edit not found")
    if not post.pictures:
        errors.bad("there is no caption in the message to edit")
    return _edit(visit, post, _words(visit, "caption", CAPTION_UNITS, "message caption is too long"), "caption")


def _edit(visit: Visit, post: Post, words: Words, name: str) -> dict[str, Any]:
    if words[0] == post.text and words[1] == post.extra["entities"]:
        errors.bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    with visit.store.write():
        extra = post.extra | {"entities": words[1]}
        post = posts.edit(visit.store, post, text=words[0], pictures=post.pictures, extra=extra)
        posts.log(visit.store, "edit", post, raw=visit.params.text(name))
    return shapes.message(visit.world, visit.account, post)


def _own(visit: Visit, problem: str) -> Post:
    post = visit.message(visit.chat(), visit.params.text("message_id"), problem)
    if post.account_id != visit.account.id:
        errors.bad("message can't be edited")
    return post


async def delete(visit: Visit) -> Any:
    """deleteMessage: our own, or as administrator anybody's."""
    post = visit.message(visit.chat(), visit.params.text("message_id"), "message to delete not found")
    _remove(visit, [post])
    return True


async def delete_several(visit: Visit) -> Any:
    """deleteMessages: up to 100; those that are not there are passed over."""
    chat, wanted = visit.chat(), visit.params.nested("message_ids")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
        errors.bad("message identifiers are not specified")
    found = [posts.find(visit.store, "telegram", str(each), chat) for each in wanted]
    _remove(visit, [each for each in found if each])
    return True


def _remove(visit: Visit, found: list[Post]) -> None:
    with visit.store.write():
        for post in found:
            posts.remove(visit.store, post)
            posts.log(visit.store, "delete", post)
