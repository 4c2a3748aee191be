"""OAuth 2 as the networks have in common: a page that asks a person, a code, and the proof of who asked.

Source: RFC 6749, RFC 7636. Where a network differs (names of parameters, shapes of answers, long-lived tokens), its
dialect says so; here is only what would be written six times.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from . import accounts, clock, tokens
from .accounts import Account, derive
from .pages import consent
from .params import read_params
from .tokens import Token
from .world import WORLD, World

CODE_SECONDS = 600


def app(platform: str) -> tuple[str, str]:
    """(client id, client secret) of the one app each network here knows: Posko's. No secret, so always the same."""
    return f"posko-{derive(platform, 'client id', length=12)}", derive(platform, "client secret", length=32)


async def ask(
    request: web.Request,
    *,
    platform: str,
    network: str,
    scopes: Iterable[str],
    client: str = "client_id",
    meaning: dict[str, str] | None = None,
    several: bool = False,
) -> web.Response:
    """The page of consent, for GET. `client` is the network's name for the app's id; `several` lets a person tick more
    than one account. Each permission can be unticked, as on the networks themselves. `meaning` puts them into words.
    """
    params = await read_params(request)
    if reason := _amiss(platform, params.text(client), params.text("redirect_uri"), params.text("response_type")):
        return consent.refused(reason)
    hidden = {name: str(value) for name, value in params.values.items() if name not in {"account", "answer", "grant"}}
    people = accounts.ours(request.app[WORLD].store, platform)
    return consent.ask(
        app_name="Posko", network=network, people=people, scopes=list(scopes), hidden=hidden,
        meaning=meaning or {}, several=several, may_untick=True,
    )  # fmt: skip


def _amiss(platform: str, client_id: str, redirect_uri: str, response_type: str) -> str:
    if client_id != app(platform)[0]:
        return "Aplikasi ini tidak dikenal di sini."
    if urlsplit(redirect_uri).scheme not in {"http", "https"}:
        return "Alamat kembali tidak benar."
    return "" if response_type == "code" else "Jenis jawaban ini tidak dikenal."


async def decide(
    request: web.Request, *, platform: str, client: str = "client_id", granted_as: str = ""
) -> web.StreamResponse:
    """The person's answer, for POST: back to the app with a code, or with `access_denied`.

    The code remembers the ticked accounts (`extra["accounts"]`, our own ids), what was granted, address and
    challenge. `granted_as` names the parameter by which a network tells in the address what was granted.
    """
    world, params = request.app[WORLD], await read_params(request)
    redirect_uri, state = params.text("redirect_uri"), params.text("state")
    if reason := _amiss(platform, params.text(client), redirect_uri, params.text("response_type")):
        return consent.refused(reason)
    if params.text("answer") != "yes":
        no = {"error": "access_denied", "error_reason": "user_denied", "error_description": "Permissions error"}
        return _back(redirect_uri, no, state)
    chosen = _chosen(world, platform, params.many("account"))
    if not chosen:
        return consent.refused("Pilih dahulu satu akun.")
    granted = frozenset(params.many("grant"))
    code = grant(
        world, platform, chosen, scopes=granted, redirect_uri=redirect_uri,
        challenge=params.text("code_challenge"), asked=params.text("scope"),
    )  # fmt: skip
    told = {granted_as: ",".join(sorted(granted))} if granted_as else {}
    return _back(redirect_uri, {"code": code} | told, state)


def grant(
    world: World,
    platform: str,
    chosen: Sequence[Account],
    *,
    scopes: frozenset[str],
    redirect_uri: str,
    challenge: str = "",
    asked: str = "",
) -> str:
    """A code for the chosen accounts, at least one, as after a yes on the page that `asked` for those permissions."""
    with world.store.write():
        return tokens.issue(
            world.store, "code", platform=platform, account=chosen[0], client_id=app(platform)[0], scopes=scopes,
            seconds=CODE_SECONDS, accounts=[each.id for each in chosen], redirect_uri=redirect_uri,
            challenge=challenge, asked=asked,
        ).value  # fmt: skip


def _chosen(world: World, platform: str, handles: list[str]) -> list[Account]:
    found = [accounts.by_handle(world.store, platform, handle) for handle in handles]
    return [each for each in found if each and not each.is_voter]


def _back(redirect_uri: str, answer: dict[str, str], state: str) -> web.Response:
    query = urlencode(answer | ({"state": state} if state else {}))
    glue = "&" if urlsplit(redirect_uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{redirect_uri}{glue}{query}"})


def is_app(platform: str, client_id: str, client_secret: str) -> bool:
    """Whether this is Posko and knows its secret."""
    known = app(platform)
    return client_id == known[0] and hmac.compare_digest(client_secret.encode(), known[1].encode())


def basic(request: web.Request) -> tuple[str, str]:
    """(client id, client secret) from a Basic header; empty without one."""
    head = request.headers.get("Authorization", "")
    try:
        client_id, _, secret = base64.b64decode(head.removeprefix("Basic ")).decode().partition(":")
    except ValueError:
        return "", ""
    return (client_id, secret) if head.startswith("Basic ") else ("", "")


def redeem(world: World, platform: str, code: str, *, redirect_uri: str, verifier: str = "") -> Token | None:
    """Use up a code, in a write of its own; None when it is unknown, used, over, or the proof does not fit it."""
    found = tokens.find(world.store, platform, "code", code)
    if found is None or found.is_revoked or found.is_over or found.extra["redirect_uri"] != redirect_uri:
        return None
    if found.extra["challenge"] and not hmac.compare_digest(challenge_of(verifier), found.extra["challenge"]):
        return None
    with world.store.write():
        tokens.revoke(world.store, found)
    return found


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def age(token: Token) -> float:
    """Seconds since it was given out."""
    return clock.now() - token.issued_at
