"""Signing in: an app registers, a person says yes on a page, the app gets a token.

Source: docs, methods/oauth, methods/apps; Doorkeeper's error codes.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sqlite3
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox import accounts, clock
from sandbox.dialect import Refusal
from sandbox.pages import consent
from sandbox.params import Params, read_params
from sandbox.store import Store
from sandbox.tokens import keep, look_up
from sandbox.world import WORLD

from . import errors, ids, tokens

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CODE_SECONDS = 600


async def register(request: web.Request) -> web.Response:
    """POST /api/v1/apps."""
    params = await read_params(request)
    name, uris = params.text("client_name"), " ".join(params.many("redirect_uris")).split()
    if not name:
        errors.invalid("Application name can't be blank")
    if not uris:
        errors.invalid("Redirect URI can't be blank")
    scopes = params.text("scopes", "read")
    client_id, client_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    store = request.app[WORLD].store
    with store.write():
        kept = {"name": name, "uris": uris, "secret": client_secret}
        keep(store, client_id, "app", account=None, client_id=client_id, scopes=scopes, **kept)
    website = params.text("website") or None
    return web.json_response({
        "id": ids.next_id(), "name": name, "website": website, "scopes": scopes.split(),
        "redirect_uri": "\n".join(uris), "redirect_uris": uris, "vapid_key": "", "client_id": client_id,
        "client_secret": client_secret, "client_secret_expires_at": 0,
    })  # fmt: skip


async def authorize(request: web.Request) -> web.Response:
    """GET /oauth/authorize: the page on which a person chooses an account and says yes or no."""
    world, params = request.app[WORLD], await read_params(request)
    try:
        app = _checked(world.store, params)
    except Refusal as refusal:
        return consent.refused(json.loads(refusal.answer.text or "{}").get("error_description", ""))
    people = accounts.ours(world.store, "mastodon")
    hidden = {name: str(value) for name, value in params.values.items() if name not in {"account", "answer"}}
    name, scopes = json.loads(app["extra"])["name"], params.text("scope", "read").split()
    return consent.ask(app_name=name, network="Mastodon", people=people, scopes=scopes, hidden=hidden)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /oauth/authorize: the person's answer goes back to the app."""
    world, params = request.app[WORLD], await read_params(request)
    app = _checked(world.store, params)
    redirect_uri, state = params.text("redirect_uri"), params.text("state")
    if params.text("answer") != "yes":
        no = {
            "error": "access_denied",
            "error_description": "The resource owner or authorization server denied the request.",
        }
        return _back(redirect_uri, no, state)
    account = accounts.by_handle(world.store, "mastodon", params.text("account"))
    if account is None or account.is_voter:
        return consent.refused("Pilih dahulu satu akun.")
    code = secrets.token_urlsafe(32)
    with world.store.write():
        kept = {"redirect_uri": redirect_uri, "challenge": params.text("code_challenge")}
        scopes = params.text("scope", "read")
        keep(world.store, code, "code", account=account, client_id=app["token"], scopes=scopes, **kept)
    if redirect_uri == OUT_OF_BAND:
        return consent.show_code(code)
    return _back(redirect_uri, {"code": code}, state)


def _back(redirect_uri: str, answer: dict[str, str], state: str) -> web.Response:
    """Send the browser back to the app."""
    query = urlencode(answer | ({"state": state} if state else {}))
    glue = "&" if urlsplit(redirect_uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{redirect_uri}{glue}{query}"})


def _checked(store: Store, params: Params) -> sqlite3.Row:
    """The app that asks, after everything about its question was found in order."""
    app = look_up(store, params.text("client_id"), "app")
    if app is None:
        errors.oauth(401, "invalid_client", errors.INVALID_CLIENT)
    if params.text("redirect_uri") not in json.loads(app["extra"])["uris"]:
        errors.oauth(400, "invalid_redirect_uri", "The redirect uri included is not valid.")
    if params.text("response_type") != "code":
        text = "The authorization server does not support this response type."
        errors.oauth(400, "unsupported_response_type", text)
    if not _covers(app["scopes"], params.text("scope", "read")):
        errors.oauth(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    if params.text("code_challenge") and params.text("code_challenge_method") != "S256":
        errors.oauth(400, "invalid_code_challenge_method", "The code challenge method must be S256.")
    return app


def _covers(registered: str, asked: str) -> bool:
    """Whether each scope asked for was registered, itself or by its first half."""
    have = set(registered.split())
    return all(scope in have or scope.split(":")[0] in have for scope in asked.split())


async def token(request: web.Request) -> web.Response:
    """POST /oauth/token: a code, or the app's own secret, for an access token."""
    store, params = request.app[WORLD].store, await read_params(request)
    app = _client(request, store, params)
    grant = params.text("grant_type")
    if grant == "client_credentials":
        with store.write():
            scopes = params.text("scope", "read")
            issued = tokens.issue(store, account=None, client_id=app["token"], scopes=scopes)
        return _token_answer(issued, scopes)
    if grant != "authorization_code":
        text = "The authorization grant type is not supported by the authorization server."
        errors.oauth(400, "unsupported_grant_type", text)
    code = look_up(store, params.text("code"), "code")
    if code is None or not _fits(code, app, params):
        errors.oauth(400, "invalid_grant", errors.INVALID_GRANT)
    account = accounts.get(store, code["account_id"])
    with store.write():
        store.run("UPDATE tokens SET revoked_at = ? WHERE token = ?", clock.now(), code["token"])
        issued = tokens.issue(store, account=account, client_id=app["token"], scopes=code["scopes"])
    return _token_answer(issued, code["scopes"])


def _token_answer(issued: str, scopes: str) -> web.Response:
    body = {"access_token": issued, "token_type": "Bearer", "scope": scopes, "created_at": int(clock.now())}
    return web.json_response(body, headers={"Cache-Control": "no-store"})


def _client(request: web.Request, store: Store, params: Params) -> sqlite3.Row:
    """The app that calls, known by its id and secret in the body or in a Basic header."""
    client_id, secret = params.text("client_id"), params.text("client_secret")
    head = request.headers.get("Authorization", "")
    if head.startswith("Basic "):
        try:
            client_id, _, secret = base64.b64decode(head[6:]).decode().partition(":")
        except ValueError:
            client_id = ""
    app = look_up(store, client_id, "app")
    if app is None or not hmac.compare_digest(json.loads(app["extra"])["secret"].encode(), secret.encode()):
        errors.oauth(401, "invalid_client", errors.INVALID_CLIENT)
    return app


def _fits(code: sqlite3.Row, app: sqlite3.Row, params: Params) -> bool:
    """Whether the code is unused, fresh, given to this app and address, and the verifier proves who asked for it."""
    kept = json.loads(code["extra"])
    fresh = code["revoked_at"] is None and clock.now() - code["created_at"] < CODE_SECONDS
    if not fresh or code["client_id"] != app["token"] or kept["redirect_uri"] != params.text("redirect_uri"):
        return False
    if not kept["challenge"]:
        return True
    digest = hashlib.sha256(params.text("code_verifier").encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), kept["challenge"])


async def revoke(request: web.Request) -> web.Response:
    """POST /oauth/revoke: the token is dead from now on. An unknown token is answered 200, as RFC 7009 wants."""
    store, params = request.app[WORLD].store, await read_params(request)
    app = _client(request, store, params)
    row = look_up(store, params.text("token"), "access")
    if row is not None and row["client_id"] != app["token"]:
        errors.oauth(403, "unauthorized_client", "You are not authorized to revoke this token")
    with store.write():
        store.run(
            "UPDATE tokens SET revoked_at = ? WHERE token = ? AND revoked_at IS NULL", clock.now(), params.text("token")
        )
    return web.json_response({})
