"""The control API: accounts, history, faults, log, requests, settings, reset. Answers only to this machine.

Errors are {"error": "A sentence."} with 400, 403 or 404.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from . import accounts, crowd, dialects, history, oauth, posts, pushing
from .accounts import Account
from .near import is_local, is_same_site
from .params import BadBody, read_json
from .world import WORLD, World

HANDLE = re.compile(r"[A-Za-z0-9_]{1,30}([.-][A-Za-z0-9_]{1,30})*")


def routes() -> list[web.RouteDef]:
    """Every address of the control API."""
    return [
        web.get("/_control/accounts", list_accounts),
        web.post("/_control/accounts", make_account),
        web.get("/_control/apps", list_apps),
        web.post("/_control/consents", give_consent),
        web.get("/_control/faults", list_faults),
        web.post("/_control/faults", add_fault),
        web.delete("/_control/faults", remove_faults),
        web.delete("/_control/faults/{id}", remove_faults),
        web.get("/_control/log", read_log),
        web.get("/_control/requests", read_requests),
        web.get("/_control/settings", change_settings),
        web.post("/_control/settings", change_settings),
        web.post("/_control/voters", act_as_voter),
        web.post("/_control/hand", act_by_hand),
        web.post("/_control/hooks", set_hook),
        web.get("/_control/hooks", show_hook),
        web.post("/_control/history", tell_history),
        web.post("/_control/reset", reset),
    ]


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keep strangers out of the control API and put its errors into words."""
    if not request.path.startswith("/_control"):
        return await handler(request)
    if not is_local(request) or not is_same_site(request):
        return _error(403, "The control API answers only to this machine, at localhost.")
    try:
        return await handler(request)
    except (ValueError, BadBody) as error:
        return _error(400, str(error))
    except LookupError as error:
        return _error(404, str(error))


def _error(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


async def _body(request: web.Request) -> dict[str, Any]:
    body = await read_json(request)
    if not isinstance(body, dict):
        raise BadBody("The body must be a JSON object.")
    return body


def _describe(world: World, account: Account) -> dict[str, Any]:
    dialect = dialects.ALL[account.platform]
    return {
        "platform": account.platform, "server": dialect.server(world), "remote_id": account.remote_id,
        "name": account.name, "handle": account.handle, "url": dialect.profile_url(world, account),
        "followers": account.followers, "secrets": dialect.secrets(world, account),
    }  # fmt: skip


async def list_accounts(request: web.Request) -> web.Response:
    """GET: all our accounts."""
    world = request.app[WORLD]
    return web.json_response([_describe(world, each) for each in accounts.ours(world.store)])


async def make_account(request: web.Request) -> web.Response:
    """POST {"platform", "handle", "name"}: 201; 200 with the account that already has the handle."""
    world, body = request.app[WORLD], await _body(request)
    platform, handle, name = (str(body.get(each) or "").strip() for each in ("platform", "handle", "name"))
    handle = handle.removeprefix("@").lower()
    if platform not in dialects.ALL:
        raise ValueError(f"platform must be one of {', '.join(dialects.ALL)}.")
    if not HANDLE.fullmatch(handle):
        raise ValueError("handle must be made of letters, digits and _.")
    known = _known(world, platform, handle)
    if known and known.is_voter:
        raise ValueError("A voter has this handle. Choose another one.")
    account = known or dialects.ALL[platform].open_account(world, handle, name or handle, False)
    return web.json_response(_describe(world, account), status=200 if known else 201)


def _known(world: World, platform: str, handle: str) -> Account | None:
    found = accounts.by_handle(world.store, platform, handle)
    return found or (accounts.by_handle(world.store, platform, f"{handle}.test") if platform == "bluesky" else None)


async def list_apps(_request: web.Request) -> web.Response:
    """GET: the one app each network knows, by network: {"client_id", "client_secret"}."""
    known = {platform: oauth.app(platform) for platform in dialects.ALL}
    return web.json_response({
        platform: {"client_id": client_id, "client_secret": secret}
        for platform, (client_id, secret) in known.items()
    })  # fmt: skip


async def give_consent(request: web.Request) -> web.Response:
    """POST {"platform", "account", "scopes": […], "redirect_uri", "challenge"?, "asked"?}: 201 {"code"}."""
    world, body = request.app[WORLD], await _body(request)
    platform, scopes = str(body.get("platform")), body.get("scopes")
    account = _known(world, platform, str(body.get("account")).removeprefix("@"))
    if account is None or account.is_voter:
        raise LookupError("There is no such account.")
    if not isinstance(scopes, list):
        raise ValueError("scopes must be a list.")
    code = oauth.grant(
        world, platform, [account], scopes=frozenset(map(str, scopes)),
        redirect_uri=str(body.get("redirect_uri") or ""), challenge=str(body.get("challenge") or ""),
        asked=str(body.get("asked") or ""),
    )  # fmt: skip
    return web.json_response({"code": code}, status=201)


async def list_faults(request: web.Request) -> web.Response:
    """GET: all faults that are on."""
    return web.json_response(request.app[WORLD].faults.shown())


async def add_fault(request: web.Request) -> web.Response:
    """POST {"fault", "platform"?, "account"?, "step"?, "times"?, …}: 201 with its id."""
    fault = request.app[WORLD].faults.add(await _body(request), frozenset(dialects.ALL))
    return web.json_response(fault.as_dict(), status=201)


async def remove_faults(request: web.Request) -> web.Response:
    """DELETE one by its id, or all."""
    number = request.match_info.get("id")
    if number is not None and not number.isdigit():
        raise LookupError("There is no such fault.")
    removed = request.app[WORLD].faults.remove(int(number) if number else None)
    if number and not removed:
        raise LookupError("There is no such fault, or it is used up.")
    return web.json_response({"removed": removed})


def _after(request: web.Request) -> int:
    after = request.query.get("after") or "0"
    if not after.isdigit():
        raise ValueError("after must be a whole number.")
    return int(after)


async def read_log(request: web.Request) -> web.Response:
    """GET ?platform=&after=: every body that became public, in order."""
    platform = request.query.get("platform") or None
    return web.json_response(posts.read_log(request.app[WORLD].store, platform=platform, after=_after(request)))


async def read_requests(request: web.Request) -> web.Response:
    """GET ?after=: every request to a network, in the order they began."""
    return web.json_response(request.app[WORLD].journal.read(_after(request)))


async def change_settings(request: web.Request) -> web.Response:
    """GET or POST {"voters", "media_delay_s", "rate_limits"}: the settings as they are now."""
    world = request.app[WORLD]
    if request.method == "GET":
        return web.json_response(asdict(world.settings))
    return web.json_response(world.change_settings(await _body(request)))


async def act_as_voter(request: web.Request) -> web.Response:
    """POST {"platform", "remote_id", "act": like|repost|reply, "kind"?, "text"?, "number"?}: as on the feed page.

    {"platform", "account", "act": mention|message, "voter"?, "kind"?, "text"?} speaks to an account of ours; `voter` is
    the number of one of the cast.
    """
    world, body = request.app[WORLD], await _body(request)
    if body.get("act") in ("mention", "message"):
        return _speak(world, body)
    post = _post(world, body)
    number = body.get("number", 1)
    if not isinstance(number, int) or not 1 <= number <= 1_000_000:
        raise ValueError("number must be a whole number from 1.")
    match body.get("act"):
        case "like":
            post = crowd.like(world, post, number)
        case "repost":
            post = crowd.repost(world, post, number)
        case "reply":
            post = crowd.reply(world, post, str(body.get("kind") or "tanya"), str(body.get("text") or ""))
        case _:
            raise ValueError("act must be like, repost, reply, mention or message.")
    counts = {"likes": post.likes, "reposts": post.reposts, "replies": post.replies}
    return web.json_response({"remote_id": post.remote_id, "text": post.text} | counts)


def _speak(world: World, body: dict[str, Any]) -> web.Response:
    platform, number = str(body.get("platform")), body.get("voter", 0)
    account = _known(world, platform, str(body.get("account")).removeprefix("@"))
    if account is None or account.is_voter:
        raise LookupError("There is no such account.")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError("voter must be a whole number.")
    said = crowd.speak(
        world, account, str(body["act"]), str(body.get("kind") or "tanya"), str(body.get("text") or ""), number=number
    )
    return web.json_response({"remote_id": said.remote_id, "text": said.text}, status=201)


async def act_by_hand(request: web.Request) -> web.Response:
    """POST {"platform", "account", "text"} publishes outside Posko.

    {"platform", "remote_id", "act": "delete"} deletes. {"platform", "account", "act": "finish", "remote_id", "text"?}
    does what waits for a person there; without a remote_id it answers with all that waits.
    """
    world, body = request.app[WORLD], await _body(request)
    if body.get("act") == "delete":
        post = _post(world, body)
        dialects.ALL[post.platform].delete_by_hand(world, post)
        return web.json_response({"remote_id": post.remote_id})
    account = _known(world, str(body.get("platform")), str(body.get("account")))
    text = str(body.get("text") or "").strip()
    if account is None or account.is_voter:
        raise LookupError("There is no such account.")
    if body.get("act") == "finish":
        return _finish(world, account, str(body.get("remote_id") or ""), text)
    if not text:
        raise ValueError("text must not be empty.")
    post = dialects.ALL[account.platform].post_by_hand(world, account, text, None, "hand")
    return web.json_response({"remote_id": post.remote_id}, status=201)


def _finish(world: World, account: Account, remote_id: str, text: str) -> web.Response:
    dialect = dialects.ALL[account.platform]
    if dialect.unfinished is None or dialect.finish is None:
        raise ValueError(f"Nothing waits for a person on {dialect.label}.")
    if not remote_id:
        return web.json_response([asdict(each) for each in dialect.unfinished(world, account)])
    post = dialect.finish(world, account, remote_id, text)
    return web.json_response({"remote_id": post.remote_id}, status=201)


async def set_hook(request: web.Request) -> web.Response:
    """POST {"platform", "url"}: where that network's webhooks go, as set in its developer portal; "" stops them."""
    world, body = request.app[WORLD], await _body(request)
    platform, url = str(body.get("platform")), str(body.get("url") or "")
    if platform not in dialects.ALL:
        raise ValueError(f"platform must be one of {', '.join(dialects.ALL)}.")
    with world.store.write():
        pushing.set_hook(world, platform, url)
    return web.json_response({"platform": platform, "url": url})


async def show_hook(request: web.Request) -> web.Response:
    """GET ?platform=: where that network's webhooks go and what was subscribed with them; empty for nowhere."""
    platform = request.query.get("platform", "")
    if platform not in dialects.ALL:
        raise ValueError(f"platform must be one of {', '.join(dialects.ALL)}.")
    return web.json_response(pushing.hook(request.app[WORLD], platform))


async def tell_history(request: web.Request) -> web.Response:
    """POST {"platform", "account", "items": [{"text", "at", "picture"?, "alt"?, "likes"?, "reposts"?, "replies"?}]}.

    Publishes what the account is to have said before now, oldest first; `at` is ISO 8601 with its zone, `picture` is
    base64, the numbers say what voters have done since. 201 with [{"remote_id", "url"}], ids as connectors know them.
    """
    world, body = request.app[WORLD], await _body(request)
    account = _known(world, str(body.get("platform")), str(body.get("account")).removeprefix("@").lower())
    if account is None or account.is_voter:
        raise LookupError("There is no such account.")
    made = history.write(world, account, history.read(body.get("items"), world.blobs))
    return web.json_response(made, status=201)


def _post(world: World, body: dict[str, Any]) -> posts.Post:
    """The post a body names; `place` (a chat id) is needed only for Telegram, and there only for comments."""
    platform, remote_id, place = (str(body.get(each) or "") for each in ("platform", "remote_id", "place"))
    places = (
        [place]
        if place or platform != "telegram"
        else [each.remote_id for each in accounts.ours(world.store, platform)]
    )
    for each in places:
        if post := posts.find(world.store, platform, remote_id, each):
            return post
    raise LookupError("There is no such post, or it was deleted.")


async def reset(request: web.Request) -> web.Response:
    """POST: forget everything but the settings."""
    request.app[WORLD].reset()
    return web.json_response({"reset": True})
