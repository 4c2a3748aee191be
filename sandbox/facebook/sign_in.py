"""The dialog, the tokens and what they open. Source: Facebook Login, Pages getting started, read 2026-09."""

from typing import Any

from aiohttp import web

from sandbox import accounts, clock, graph, oauth, tokens
from sandbox.accounts import Account
from sandbox.params import Params, read_params
from sandbox.tokens import Token
from sandbox.world import WORLD, World

from . import ids, shapes
from .visit import PLATFORM, Visit

SHORT_SECONDS, LONG_SECONDS = 2 * 3600, 60 * 24 * 3600
"""From memory; the docs read say "about an hour or two" and "about 60 days"."""
MEANING = {
    "pages_show_list": "melihat daftar Halaman Anda",
    "business_management": "melihat Halaman milik bisnis Anda",
    "pages_manage_posts": "menerbitkan dan menghapus kiriman Halaman",
    "pages_read_engagement": "membaca kiriman Halaman dan angkanya",
    "publish_video": "menerbitkan video",
    "pages_read_user_content": "membaca komentar dan sebutan orang",
    "pages_manage_engagement": "menjawab dan menyembunyikan komentar",
    "read_insights": "membaca statistik Halaman",
    "pages_messaging": "membaca dan menjawab pesan Halaman",
    "pages_manage_metadata": "memberi tahu aplikasi bila ada yang baru",
}
TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]


async def ask(request: web.Request) -> web.Response:
    """GET /dialog/oauth."""
    params = await read_params(request)
    scopes = [each for each in params.text("scope").replace(" ", ",").split(",") if each]
    return await oauth.ask(
        request, platform=PLATFORM, network="Facebook", scopes=scopes, meaning=MEANING, several=True
    )  # fmt: skip


async def decide(request: web.Request) -> web.StreamResponse:
    """POST: the person's answer."""
    return await oauth.decide(request, platform=PLATFORM)


async def access_token(request: web.Request) -> web.Response:
    """GET or POST /oauth/access_token: a code, or a short token, for a person's token; or the app's own."""
    world, params = request.app[WORLD], await read_params(request)
    if not oauth.is_app(PLATFORM, params.text("client_id"), params.text("client_secret")):
        graph.stop(400, 1, "Error validating client secret.")
    match params.text("grant_type"):
        case "fb_exchange_token":
            return _longer(world, params)
        case "client_credentials":
            app_token = f"{params.text('client_id')}|{params.text('client_secret')}"
            return web.json_response({"access_token": app_token, "token_type": "bearer"})
    code = oauth.redeem(world, PLATFORM, params.text("code"), redirect_uri=params.text("redirect_uri"))
    if code is None or code.account is None:
        graph.stop(400, 100, "This authorization code has been used.", subcode=36_009)
    extra = {"accounts": code.extra["accounts"], "asked": code.extra.get("asked", ""), "long": False}
    return _issue(world, code, extra, SHORT_SECONDS)


def _longer(world: World, params: Params) -> web.Response:
    short = tokens.find(world.store, PLATFORM, "user", params.text("fb_exchange_token"))
    if short is None or short.is_over or short.is_revoked:
        graph.stop(400, graph.UNKNOWN[0], graph.UNKNOWN[2])
    return _issue(world, short, short.extra | {"long": True}, LONG_SECONDS)


def _issue(world: World, of: Token, extra: dict[str, Any], seconds: int) -> web.Response:
    handle = of.account.handle if of.account else ""
    with world.store.write():
        made = tokens.issue(
            world.store, "user", platform=PLATFORM, account=of.account, client_id=of.client_id, scopes=of.scopes,
            seconds=seconds, value="EAA" + accounts.derive(handle, str(clock.now()), length=90),
            **(extra | {"person": ids.person_of(handle)}),
        )  # fmt: skip
    return web.json_response({"access_token": made.value, "token_type": "bearer", "expires_in": seconds})


def my_pages(visit: Visit) -> dict[str, Any]:
    """GET /me/accounts: the Pages the person ticked, each with a token of its own."""
    if visit.who.kind != "user":
        graph.stop(400, 100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
    visit.needs("pages_show_list")
    found = [accounts.get(visit.store, each) for each in visit.who.extra["accounts"]]
    shown = []
    for page in found:
        more = {"tasks": TASKS, "access_token": _page_token(visit, page)}
        shown.append(shapes.page(visit.world, page, visit.asked or graph.fields("access_token,name,tasks"), **more))
    return graph.page(visit.world, visit.path, shown, visit.params)


def _page_token(visit: Visit, page: Account) -> str:
    """A Page's token: for ever out of a long-lived token, else as long as the person's own."""
    who = visit.who
    seconds = None if who.extra["long"] else max(0.0, (who.ends_at or clock.now()) - clock.now())
    value = "EAA" + accounts.derive(who.value, page.remote_id, length=80)
    if tokens.find(visit.store, PLATFORM, "access", value) is None:
        with visit.store.write():
            tokens.issue(
                visit.store, "access", platform=PLATFORM, account=page, client_id=who.client_id, scopes=who.scopes,
                seconds=seconds, value=value, person=who.extra["person"],
            )  # fmt: skip
    return value


def permissions(visit: Visit) -> dict[str, Any]:
    """GET /me/permissions: what was granted, and what was unticked."""
    asked = set(str(visit.who.extra.get("asked", "")).replace(" ", ",").split(",")) - {""}
    rows = [{"permission": each, "status": "granted"} for each in sorted(visit.who.scopes)]
    rows += [{"permission": each, "status": "declined"} for each in sorted(asked - visit.who.scopes)]
    return {"data": rows}


async def debug_token(request: web.Request) -> web.Response:
    """GET /debug_token?input_token=: what a token is good for, asked with the app's own."""
    world, params = request.app[WORLD], await read_params(request)
    if not graph.is_app_token(request, PLATFORM, params):
        graph.stop(400, graph.UNKNOWN[0], graph.UNKNOWN[2])
    found = graph.find(world, PLATFORM, params.text("input_token"), ("access", "user"))
    if found is None:
        return web.json_response({"data": {"is_valid": False, "scopes": []}})
    told = {
        "app_id": found.client_id, "type": "PAGE" if found.kind == "access" else "USER", "application": "Posko",
        "is_valid": not found.is_over and not found.is_revoked, "expires_at": int(found.ends_at or 0),
        "issued_at": int(found.issued_at), "scopes": sorted(found.scopes),
        "data_access_expires_at": int(found.issued_at) + 90 * 24 * 3600,
    }  # fmt: skip
    return web.json_response({"data": told})
