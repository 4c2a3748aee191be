"""Accounts, their statuses and notifications.

Source: docs, methods/accounts, methods/notifications, api/guidelines (paging).
"""

from urllib.parse import urlencode

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import entities, errors, tokens


async def verify_credentials(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/verify_credentials: whose token this is."""
    caller = tokens.caller(request, "read:accounts", "profile", "read:me")
    allowance = tokens.spend(request, caller.user, "read")
    return tokens.send(entities.own_account(request.app[WORLD], caller.user), allowance)


async def verify_app(request: web.Request) -> web.Response:
    """GET /api/v1/apps/verify_credentials: which app this token is of."""
    caller = tokens.caller(request)
    return web.json_response({"name": "Posko", "website": None, "scopes": sorted(caller.scopes)})


async def userinfo(request: web.Request) -> web.Response:
    """GET /oauth/userinfo (4.4)."""
    world, who = request.app[WORLD], tokens.caller(request, "profile").user
    url = entities.profile_url(world, who)
    body = {"iss": f"{entities.server(world)}/", "sub": url, "name": who.name, "preferred_username": who.handle}
    return web.json_response(body | {"profile": url, "picture": f"{world.base}/static/avatar.svg"})


async def look_up(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/lookup?acct=."""
    world = request.app[WORLD]
    found = accounts.by_handle(world.store, "mastodon", request.query.get("acct", "").split("@")[0])
    if found is None:
        errors.stop(404)
    return web.json_response(entities.account(world, found))


def _wanted(request: web.Request) -> Account:
    found = accounts.by_remote(request.app[WORLD].store, "mastodon", request.match_info["id"])
    if found is None:
        errors.stop(404)
    return found


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id."""
    return web.json_response(entities.account(request.app[WORLD], _wanted(request)))


async def statuses(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/statuses: newest first, paged by max_id, since_id or min_id, with a Link header."""
    world, account, params = request.app[WORLD], _wanted(request), await read_params(request)
    allowance = tokens.spend(request, tokens.maybe(request), "read")
    limit = params.whole("limit", 20, low=1, high=40)
    if "min_id" in params:
        found = posts.first_after(world.store, account, _row_id(world, params.text("min_id")), limit)
    else:
        below = _row_id(world, params.text("max_id")) if "max_id" in params else None
        above = _row_id(world, params.text("since_id")) if "since_id" in params else 0
        found = posts.of(world.store, account, limit=limit, below=below, above=above)
    if params.flag("pinned"):
        found = []
    reader = tokens.maybe(request)
    found = [each for each in found if entities.may_see(world, each, reader)]
    shown = [each for each in found if not (params.flag("exclude_replies") and each.reply_to)]
    shown = [each for each in shown if not params.flag("only_media") or each.pictures]
    response = tokens.send([entities.status(world, each) for each in shown], allowance)
    _put_link(world, request, response, [each.remote_id for each in found], limit)
    return response


def _row_id(world: World, remote_id: str) -> int:
    """Our own number for a Mastodon id, deleted or never existing ones too: ids grow in the order of our numbers."""
    exact = world.store.number("SELECT id FROM posts WHERE platform = 'mastodon' AND remote_id = ?", remote_id)
    if exact or not remote_id.isdigit():
        return exact
    sql = "SELECT max(id) FROM posts WHERE platform = 'mastodon' AND CAST(remote_id AS INTEGER) <= ?"
    return world.store.number(sql, min(int(remote_id), 2**62))


def _put_link(world: World, request: web.Request, response: web.Response, ids: list[str], limit: int) -> None:
    """The Link header with the next (older) and previous (newer) page."""
    if not ids:
        return
    rest = {name: value for name, value in request.query.items() if name not in {"max_id", "min_id", "since_id"}}
    links = [(rest | {"min_id": ids[0]}, "prev")]
    if len(ids) == limit:
        links.insert(0, (rest | {"max_id": ids[-1]}, "next"))
    base = world.base + request.path
    response.headers["Link"] = ", ".join(f'<{base}?{urlencode(query)}>; rel="{rel}"' for query, rel in links)


async def notifications(request: web.Request) -> web.Response:
    """GET /api/v1/notifications: mentions, newest first. Likes and boosts are only counted here, not told singly."""
    world, params = request.app[WORLD], await read_params(request)
    caller = tokens.caller(request, "read:notifications")
    allowance = tokens.spend(request, caller.user, "read")
    limit = params.whole("limit", 40, low=1, high=80)
    found = (
        []
        if _leaves_out(params.many("types"), params.many("exclude_types"))
        else _page(world, caller.user, request, limit)
    )
    response = tokens.send([entities.notification(world, each) for each in found], allowance)
    _put_link(world, request, response, [str(each.id) for each in found], limit)
    return response


def _leaves_out(types: list[str], excluded: list[str]) -> bool:
    return (bool(types) and "mention" not in types) or "mention" in excluded


def _page(world: World, account: Account, request: web.Request, limit: int) -> list[Post]:
    query = {name: int(value) for name, value in request.query.items() if name.endswith("_id") and value.isdigit()}
    if "min_id" in query:
        # Walking forward without a gap: the oldest of the newer ones, though still told newest first.
        return posts.to_us(world.store, account, above=query["min_id"], limit=10_000)[-limit:]
    return posts.to_us(world.store, account, above=query.get("since_id", 0), below=query.get("max_id"), limit=limit)
