"""Telegram as the rest of the sandbox sees it."""

import re

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.accounts import Account, derive, derive_number
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import chats, errors, forwards, markup, photos, pusher, sending, shapes, updates
from .visit import Visit

P = shapes.PREFIX
TOKEN = re.compile(r"/bot[^/]*")
METHODS = {
    "getme": chats.get_me, "getchat": chats.get_chat, "getchatmember": chats.get_member,
    "getchatadministrators": chats.get_administrators, "getchatmembercount": chats.count_members,
    "getfile": chats.get_file, "sendmessage": sending.send_message, "sendphoto": sending.send_photo,
    "sendvideo": sending.send_video,
    "sendmediagroup": sending.send_media_group, "editmessagetext": sending.edit_text,
    "editmessagecaption": sending.edit_caption, "deletemessage": sending.delete,
    "deletemessages": sending.delete_several, "getupdates": updates.get_updates, "setwebhook": updates.set_webhook,
    "deletewebhook": updates.delete_webhook, "getwebhookinfo": updates.webhook_info,
}  # fmt: skip


def routes() -> list[web.RouteDef]:
    """Every address of the dialect."""
    return [
        web.get(f"{P}/file/bot{{token}}/photos/{{digest:[0-9a-f]{{64}}}}", get_photo),
        web.get(f"{P}/bot{{token}}/{{method}}", serve),
        web.post(f"{P}/bot{{token}}/{{method}}", serve),
    ]


def _bot(world: World, token: str) -> Account | None:
    row = world.store.one(
        "SELECT account_id FROM tokens WHERE token = ? AND kind = 'bot' AND revoked_at IS NULL", token
    )
    return accounts.get(world.store, row["account_id"]) if row else None


async def serve(request: web.Request) -> web.Response:
    """GET or POST /bot<token>/METHOD; names of methods are not case-sensitive."""
    world, token = request.app[WORLD], request.match_info["token"]
    account = _bot(world, token)
    if account is None:
        return errors.plain(401 if ":" in token else 404)
    method = METHODS.get(request.match_info["method"].lower())
    if method is None:
        return errors.plain(404)
    visit = Visit(world, account, await read_params(request), request)
    return web.json_response({"ok": True, "result": await method(visit)})


async def get_photo(request: web.Request) -> web.StreamResponse:
    """GET /file/bot<token>/<file_path>."""
    world = request.app[WORLD]
    path = world.blobs.path(request.match_info["digest"])
    if _bot(world, request.match_info["token"]) is None or not path.exists():
        return errors.plain(404)
    return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    account = _bot(world, request.match_info.get("token", ""))
    method = request.match_info.get("method", "").lower()
    if method.startswith(("send", "edit")):
        return Call("telegram", "publish", account)
    return Call("telegram", "delete" if method in {"deletemessage", "deletemessages"} else "read", account)


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make a voter, or a public channel of ours with its discussion group and a bot as administrator."""
    if is_voter:
        with world.store.write():
            remote_id = shapes.user_id(handle)
            return accounts.create(
                world.store, platform="telegram", handle=handle, name=name, remote_id=remote_id, is_voter=True
            )
    bot = derive_number("telegram", handle, "bot", low=6_000_000_000, high=8_000_000_000)
    channel = -1_000_000_000_000 - derive_number("telegram", handle, "channel", low=1_500_000_000, high=2_500_000_000)
    extra = {"bot_id": bot, "group_id": channel - 7}
    token = f"{bot}:AA{derive('telegram', handle, 'token', length=33)}"
    with world.store.write():
        account = accounts.create(
            world.store,
            platform="telegram",
            handle=handle,
            name=name,
            remote_id=str(channel),
            secret=token,
            extra=extra,
        )
        world.store.run(
            "INSERT INTO tokens (token, kind, account_id, client_id, scopes, created_at, extra)"
            " VALUES (?, 'bot', ?, '', '', ?, '{}')",
            *(token, account.id, clock.now()),
        )
    return account


def secrets(world: World, account: Account) -> dict[str, str]:
    """The bot's token and the channel's name and id."""
    return {"token": account.secret, "chat": f"@{account.handle}", "chat_id": account.remote_id}


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in Telegram would; the bot is told where it did not do it."""
    with world.store.write():
        kept: list[Picture] = []
        if picture:
            data = world.blobs.path(picture.sha256).read_bytes()
            kept = [photos.remember(world.store, world.blobs, account.id, data)]
        post = sending.add(world.store, account, account.remote_id, markup.parse(text, ""), kept, made_by)
        posts.log(world.store, "publish", post, by=made_by)
        if made_by == "hand":
            updates.push(world, account, "channel_post", shapes.message(world, account, post))
    return post


def delete_by_hand(world: World, post: Post) -> None:
    """Delete as a person in Telegram would; bots are not told."""
    with world.store.write():
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, by="hand")


def _owner(world: World, post: Post) -> Account:
    """Whose channel or group the post stands in."""
    root = posts.get(world.store, post.root) if post.root else post
    return accounts.get(world.store, root.account_id)


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's comment: a message in the discussion group that answers the forwarded post or another comment."""
    owner = _owner(world, post)
    group = shapes.group_id(owner)
    with world.store.write():
        answered = forwards.into_group(world, owner, post) or shapes.message(world, owner, post)
        comment = sending.add(world.store, voter, group, markup.parse(text, ""), [], "voter", reply_to=post)
        updates.push(world, owner, "message", shapes.message(world, owner, comment, reply=answered))
    return comment


def message_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter writes to the bot."""
    place = shapes.private_place(account, voter)
    with world.store.write():
        said = sending.add(world.store, voter, place, markup.parse(words, ""), [], "voter", to=account.id)
        updates.push(world, account, "message", shapes.message(world, account, said))
    return said


def counts_changed(world: World, post: Post) -> None:
    """Tell the bot the new number of reactions, in place of an older number it has not fetched."""
    owner = _owner(world, post)
    if post.place != owner.remote_id:
        return
    reactions = [{"type": {"type": "emoji", "emoji": "👍"}, "total_count": post.likes}]
    body = {"chat": shapes.channel(owner), "message_id": int(post.remote_id), "date": int(clock.now())}
    with world.store.write():
        world.store.run(
            "DELETE FROM updates WHERE account_id = ? AND kind = 'message_reaction_count' AND tries = 0"
            " AND json_extract(body, '$.message_id') = ?",
            *(owner.id, int(post.remote_id)),
        )
        updates.push(world, owner, "message_reaction_count", body | {"reactions": reactions})


TELEGRAM = Dialect(
    platform="telegram",
    label="Telegram",
    server=shapes.server,
    routes=routes,
    shown=lambda path: TOKEN.sub("/bot", path),
    describe=describe,
    error=errors.plain,
    refuse=errors.refuse,
    open_account=open_account,
    secrets=secrets,
    profile_url=shapes.profile_url,
    permalink=shapes.permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=delete_by_hand,
    reply_as_voter=reply_as_voter,
    likes="Reaksi",
    followers="pelanggan",
    counts_changed=counts_changed,
    background=pusher.run,
    message_as_voter=message_as_voter,
)
