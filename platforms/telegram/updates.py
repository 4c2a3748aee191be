"""What a bot is told, fetched or pushed: words to the bot, comments in the channel's group, posts of the channel.

Ids of ours are "chat:message". Source: Telegram Bot API 10.1 (Update, Message, MessageOrigin, ChatMemberUpdated,
MessageReactionCountUpdated).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.contents import Event, Figure, Happened, Incoming, Place
from platforms.hooks import Unreadable

ALLOWED = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "message_reaction_count",
)
"""What we ask to be told; reactions come to administrators who name them."""
SITE = "https://t.me"
_SPEAKS = frozenset(
    {
        "text",
        "caption",
        "photo",
        "video",
        "voice",
        "audio",
        "document",
        "animation",
        "sticker",
        "video_note",
        "location",
        "contact",
        "poll",
    }
)
"""A message without any of these tells of joining, pinning and the like."""


def event(update: Mapping[str, Any], site: str = SITE) -> Event | None:
    """What an update tells, None for what does not concern us. Raises `Unreadable` for a shape we do not know.

    `account` is the channel where the update names it; in private chats it does not: there the hook's address, or whose
    bot was asked, tells.
    """
    number = update.get("update_id")
    if not isinstance(number, int):
        raise Unreadable("an update without its number")
    try:
        return _event(str(number), update, site)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as e:
        raise Unreadable(f"update {number}: {type(e).__name__}") from None


def _event(number: str, update: Mapping[str, Any], site: str) -> Event | None:
    if "message" in update:
        return _said(number, update["message"], Happened.INCOMING, site)
    if "edited_message" in update:
        return _said(number, update["edited_message"], Happened.CHANGED, site)
    if "channel_post" in update or "edited_channel_post" in update:
        post = update.get("channel_post") or update["edited_channel_post"]
        happened = Happened.PUBLISHED if "channel_post" in update else Happened.OTHER
        return Event(number, happened, str(post["chat"]["id"]), _at(post["date"]), about=_id(post))
    if "message_reaction_count" in update:
        return _reactions(number, update["message_reaction_count"])
    if "my_chat_member" in update:
        return _membership(number, update["my_chat_member"])
    return None


def _said(number: str, message: Mapping[str, Any], happened: Happened, site: str) -> Event | None:
    if message.get("is_automatic_forward"):
        # The channel's post arrives in the group: answers to this copy are its comments.
        post = _origin(message)
        return Event(
            number, Happened.PUBLISHED, post.partition(":")[0], _at(message["date"]), about=post, thread=_id(message)
        )
    found = incoming(message, site)
    if found is None:
        return None
    about = found.remote_id if happened == Happened.CHANGED else found.about
    account = found.about.partition(":")[0]
    return Event(number, happened, account, found.at, about=about, incoming=found, thread=found.thread)


def incoming(message: Mapping[str, Any], site: str = SITE) -> Incoming | None:
    """What a person wrote, or None: bots, the channel itself and anonymous administrators are no voters."""
    chat, person = message["chat"], message.get("from") or {}
    speaker = message.get("sender_chat") or {}
    above = message.get("reply_to_message") or {}
    about = _origin(above) if above.get("is_automatic_forward") else ""
    is_ours = speaker and str(speaker["id"]) in (str(chat["id"]), about.partition(":")[0])
    if (person.get("is_bot") and not speaker) or is_ours or not _SPEAKS & message.keys():
        return None
    is_private = chat["type"] == "private"
    who = speaker or person
    name = " ".join(str(who[part]) for part in ("first_name", "last_name", "title") if who.get(part))
    thread = message.get("message_thread_id") or above.get("message_id") or message["message_id"]
    return Incoming(
        place=Place.MESSAGE if is_private else Place.COMMENT,
        remote_id=_id(message),
        text=str(message.get("text") or message.get("caption") or ""),
        at=_at(message["date"]),
        author_id=str(who["id"]),
        author_name=name or str(who.get("username") or who["id"]),
        author_handle=f"@{who['username']}" if who.get("username") else "",
        about=about,
        parent=f"{chat['id']}:{above['message_id']}" if above else "",
        thread=str(chat["id"]) if is_private else f"{chat['id']}:{thread}",
        url=address(chat, message["message_id"], site),
    )


def _origin(message: Mapping[str, Any]) -> str:
    origin = message["forward_origin"]
    return f"{origin['chat']['id']}:{origin['message_id']}"


def _id(message: Mapping[str, Any]) -> str:
    return f"{int(message['chat']['id'])}:{int(message['message_id'])}"


def _at(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def address(chat: Mapping[str, Any], message: int | str, site: str = SITE) -> str:
    """Where people see a message of a channel or group, "" for a private chat."""
    if chat.get("type") == "private":
        return ""
    if chat.get("username"):
        return f"{site}/{chat['username']}/{message}"
    number = str(chat["id"])
    return f"{site}/c/{number.removeprefix('-100')}/{message}" if number.startswith("-100") else ""


def _reactions(number: str, told: Mapping[str, Any]) -> Event:
    total = sum(int(each["total_count"]) for each in told["reactions"])
    figures = (Figure("likes", total, "message_reaction_count"),)
    account = str(told["chat"]["id"])
    return Event(number, Happened.FIGURES, account, _at(told["date"]), about=_id(told), figures=figures)


def _membership(number: str, told: Mapping[str, Any]) -> Event:
    """Our bot's own place in a chat has changed. A person who blocks it takes nothing from the channel."""
    chat = told["chat"]
    lost = chat["type"] == "channel" and not may_post(told["new_chat_member"], "channel")
    happened = Happened.REVOKED if lost else Happened.OTHER
    return Event(number, happened, str(chat["id"]), _at(told["date"]), about=str(chat["id"]))


def may_post(member: Mapping[str, Any], chat_type: str) -> bool:
    """Whether the bot may write there: in a channel as an administrator with that right, in a group unless muted."""
    status = member.get("status")
    if chat_type == "channel":
        return status == "creator" or (status == "administrator" and member.get("can_post_messages") is True)
    if status == "restricted":
        return member.get("can_send_messages") is True and member.get("is_member") is True
    return status in ("creator", "administrator", "member")
