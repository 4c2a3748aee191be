"""Posting, reading one, editing, deleting. Source: docs, methods/statuses; app/services/post_status_service.rb."""

from aiohttp import web

from sandbox import clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.faults import Call
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import direct, entities, errors, ids, media, text, tokens

KEY_SECONDS = 3600
VISIBILITIES = {"public", "unlisted", "private", "direct"}


async def create(request: web.Request) -> web.Response:
    """POST /api/v1/statuses. A repeat with the same Idempotency-Key within an hour gives the first status again."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "write:statuses")
    allowance = tokens.spend(request, caller.user, "publish")
    params = await read_params(request)
    key = request.headers.get("Idempotency-Key", "")
    if key and (known := _by_key(world, caller.user, key)):
        return tokens.send(entities.status(world, known), allowance)
    if "scheduled_at" in params or "poll" in params or any(name.startswith("poll[") for name in params.values):
        errors.invalid("Scheduled posts and polls are not part of the sandbox")
    parent = _parent(world, params)
    pictures = media.claim(world.store, caller.user, [each for each in params.many("media_ids") if each])
    wording, extra = _wording(params, pictures), _extra(params)
    place = direct.place(world, extra, parent, wording)
    with world.store.write():
        post = posts.add(
            world.store, account=caller.user, remote_id=ids.next_id(), text=wording, made_by="api", reply_to=parent,
            pictures=pictures, extra=extra, place=place,
        )  # fmt: skip
        media.mark_used(world.store, pictures, post.id)
        posts.log(world.store, "publish", post, key=key or None, raw=params.text("status"))
        if key:
            kept = (caller.user.id, key, post.remote_id, clock.now())
            world.store.run("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)", *kept)
    return tokens.send(entities.status(world, post), allowance)


def _by_key(world: World, account: Account, key: str) -> Post | None:
    """The status made with this key within the hour; None for a new key. 404 when that status was deleted since."""
    row = world.store.one("SELECT * FROM keys WHERE account_id = ? AND key = ?", account.id, key)
    if row is None or clock.now() - row["at"] > KEY_SECONDS:
        return None
    if world.faults.meet("forget_keys", Call("mastodon", "publish", account)):
        return None
    post = posts.find(world.store, "mastodon", row["remote_id"], None)
    if post is None:
        errors.stop(404)
    return post


def _parent(world: World, params: Params) -> Post | None:
    remote_id = params.text("in_reply_to_id")
    if not remote_id:
        return None
    post = posts.find(world.store, "mastodon", remote_id, None)
    if post is None:
        errors.stop(404, "The post you are trying to reply to does not appear to exist.")
    return post


def _wording(params: Params, pictures: list[Picture]) -> str:
    """The text, trimmed as the real server does; refuses what is empty or too long."""
    wording, warning = params.text("status").strip(), params.text("spoiler_text").strip()
    if not wording and not warning and not pictures:
        errors.invalid("Text can't be blank")
    if text.length(wording) + text.length(warning) > text.MAX_CHARS:
        errors.invalid(f"Text character limit of {text.MAX_CHARS} exceeded")
    return wording


def _extra(params: Params) -> dict[str, object]:
    visibility = params.text("visibility") or "public"
    if visibility not in VISIBILITIES:
        errors.invalid("Visibility is not included in the list")
    return {
        "visibility": visibility, "sensitive": params.flag("sensitive"), "language": params.text("language") or "id",
        "spoiler_text": params.text("spoiler_text").strip(), "application": "Posko",
    }  # fmt: skip


def wanted(request: web.Request) -> Post:
    """The status the path names; 404 without one."""
    world = request.app[WORLD]
    post = posts.find(world.store, "mastodon", request.match_info["id"], None)
    if post is None or not entities.may_see(world, post, tokens.maybe(request)):
        errors.stop(404)
    return post


def _own(request: web.Request, account: Account) -> Post:
    post = wanted(request)
    if post.account_id != account.id:
        errors.stop(404)
    return post


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id."""
    account = tokens.maybe(request)
    allowance = tokens.spend(request, account, "read")
    return tokens.send(entities.status(request.app[WORLD], wanted(request)), allowance)


async def several(request: web.Request) -> web.Response:
    """GET /api/v1/statuses?id[]=: those that are there, at most 20, in no promised order (4.3)."""
    world, params = request.app[WORLD], await read_params(request)
    allowance = tokens.spend(request, tokens.maybe(request), "read")
    wanted_ids = params.many("id")
    if len(wanted_ids) > 20:
        errors.stop(422, "Too many IDs")
    reader = tokens.maybe(request)
    found = [posts.find(world.store, "mastodon", each, None) for each in wanted_ids]
    shown = [each for each in found if each and entities.may_see(world, each, reader)]
    return tokens.send([entities.status(world, each) for each in shown], allowance)


async def context(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/context."""
    world, post, reader = request.app[WORLD], wanted(request), tokens.maybe(request)
    above: list[Post] = []
    parent_id = post.reply_to
    while parent_id:
        parent = posts.get(world.store, parent_id)
        above.insert(0, parent)
        parent_id = parent.reply_to
    under = {post.id}
    below: list[Post] = []
    for each in posts.thread(world.store, above[0] if above else post):
        if each.reply_to in under and entities.may_see(world, each, reader):
            under.add(each.id)
            below.append(each)
    alive = [each for each in above if not each.is_deleted]
    body = {"ancestors": [entities.status(world, each) for each in alive]}
    return web.json_response(body | {"descendants": [entities.status(world, each) for each in below]})


async def source(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/source: the text as it was written."""
    caller = tokens.caller(request, "read:statuses")
    post = _own(request, caller.user)
    warning = post.extra.get("spoiler_text", "")
    return web.json_response({"id": post.remote_id, "text": post.text, "spoiler_text": warning})


async def edit(request: web.Request) -> web.Response:
    """PUT /api/v1/statuses/:id."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "write:statuses")
    allowance = tokens.spend(request, caller.user, "publish")
    post, params = _own(request, caller.user), await read_params(request)
    pictures = media.claim(world.store, caller.user, params.many("media_ids"), post_id=post.id)
    wording = _wording(params, pictures)
    extra = post.extra | {"spoiler_text": params.text("spoiler_text").strip(), "sensitive": params.flag("sensitive")}
    with world.store.write():
        media.mark_used(world.store, pictures, post.id)
        post = posts.edit(world.store, post, text=wording, pictures=pictures, extra=extra)
        posts.log(world.store, "edit", post, raw=params.text("status"))
    return tokens.send(entities.status(world, post), allowance)


async def delete(request: web.Request) -> web.Response:
    """DELETE /api/v1/statuses/:id: gone, and given back once more with its source text."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "write:statuses")
    post = _own(request, caller.user)
    allowance = tokens.spend(request, caller.user, "delete")
    body = entities.status(world, post) | {"text": post.text}
    with world.store.write():
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post)
    return tokens.send(body, allowance)
