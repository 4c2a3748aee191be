"""Methods that only look: the bot, its chats, their members, files. Source: Bot API, *Available methods*."""

from typing import Any

from sandbox import accounts

from . import errors, shapes
from .visit import Visit

RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_post_messages", "can_edit_messages", "can_pin_messages",
    "can_manage_topics", "can_manage_direct_messages",
)  # fmt: skip
WITHHELD = {"can_be_edited", "is_anonymous", "can_promote_members", "can_manage_topics"}


async def get_me(visit: Visit) -> Any:
    """getMe."""
    return shapes.bot_user(visit.account) | {
        "can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False,
        "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


async def get_chat(visit: Visit) -> Any:
    """getChat."""
    gifts = {
        "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False,
        "gifts_from_channels": False,
    }  # fmt: skip
    common = {"accent_color_id": 5, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if visit.chat().startswith("dm:"):
        return shapes.private(visit.world, visit.chat()) | common
    if visit.chat() == visit.account.remote_id:
        linked = {"linked_chat_id": int(shapes.group_id(visit.account)), "active_usernames": [visit.account.handle]}
        return shapes.channel(visit.account) | common | linked
    return shapes.group(visit.account) | common | {"linked_chat_id": int(visit.account.remote_id)}


def _administrator(visit: Visit) -> dict[str, Any]:
    rights = {name: name not in WITHHELD for name in RIGHTS}
    return {"status": "administrator", "user": shapes.bot_user(visit.account)} | rights


async def get_member(visit: Visit) -> Any:
    """getChatMember."""
    visit.chat()
    wanted = visit.params.text("user_id")
    if wanted == str(shapes.bot_id(visit.account)):
        return _administrator(visit)
    person = accounts.by_remote(visit.store, "telegram", wanted)
    if person is None or not person.is_voter:
        errors.bad("user not found")
    return {"status": "member", "user": shapes.user(person)}


async def get_administrators(visit: Visit) -> Any:
    """getChatAdministrators."""
    visit.chat()
    return [_administrator(visit)]


async def count_members(visit: Visit) -> Any:
    """getChatMemberCount: the channel's subscribers."""
    visit.chat()
    return visit.account.followers


async def get_file(visit: Visit) -> Any:
    """getFile."""
    wanted = visit.params.text("file_id")
    row = visit.store.one("SELECT * FROM media WHERE platform = 'telegram' AND remote_id = ?", wanted)
    if row is None:
        errors.bad("invalid file_id")
    file = {"file_id": wanted, "file_unique_id": row["sha256"][:16], "file_size": row["size"]}
    return file | {"file_path": f"photos/{row['sha256']}"}
