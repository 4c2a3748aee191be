"""TikTok as the rest of the sandbox sees it."""

import asyncio
import logging
import sqlite3
from typing import Any

from aiohttp import web

from sandbox import accounts, oauth, posts, tokens
from sandbox.accounts import Account, derive
from sandbox.blobs import Picture
from sandbox.dialect import Dialect, Unfinished
from sandbox.faults import Call
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import World

from . import display, errors, events, publishing, shares, signing_in

P = publishing.P
ROUND_SECONDS = 0.1
log = logging.getLogger(__name__)


def routes() -> list[web.RouteDef]:
    """Every address of the dialect."""
    return [
        web.get(f"{P}/web/v2/auth/authorize/", signing_in.authorize),
        web.post(f"{P}/web/v2/auth/authorize/", signing_in.decide),
        web.post(f"{P}/v2/oauth/token/", signing_in.token),
        web.post(f"{P}/v2/oauth/revoke/", signing_in.revoke),
        web.get(f"{P}/v2/user/info/", display.user),
        web.post(f"{P}/v2/video/list/", display.list_videos),
        web.post(f"{P}/v2/video/query/", display.query),
        web.post(f"{P}/v2/post/publish/creator_info/query/", publishing.creator_info),
        web.post(f"{P}/v2/post/publish/video/init/", publishing.direct_film),
        web.post(f"{P}/v2/post/publish/inbox/video/init/", publishing.inbox_film),
        web.post(f"{P}/v2/post/publish/content/init/", publishing.photos),
        web.post(f"{P}/v2/post/publish/status/fetch/", publishing.status),
        web.post(f"{P}/v2/post/publish/cancel/", publishing.cancel),
        web.put(f"{P}/upload/video/", publishing.upload),
    ]


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    path = request.path.removeprefix(P)
    if path.startswith("/v2/oauth"):
        params = await read_params(request)
        kept = tokens.find(world.store, "tiktok", "refresh", params.text("refresh_token"))
        return Call("tiktok", "auth", kept.account if kept else None, signing_in.issued_at(kept), name="refresh")
    if path.startswith("/web/"):
        return Call("tiktok", "auth", name="sign_in")
    if path.startswith("/upload"):
        share = publishing.upload_of(world.store, request)
        return Call("tiktok", "media", accounts.get(world.store, share.account) if share else None, float("inf"))
    account, token = publishing.who(world, request)
    return Call("tiktok", _step(path), account, signing_in.issued_at(token))


def _step(path: str) -> str:
    return "publish" if path.endswith("/init/") else "delete" if path.endswith("/cancel/") else "read"


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make an account; ours comes with tokens as if a person had said yes to everything."""
    secret = "" if is_voter else derive("tiktok", handle, "token", length=40)
    with world.store.write():
        account = accounts.create(
            world.store, platform="tiktok", handle=handle, name=name, secret=secret, is_voter=is_voter,
            remote_id=f"-000{derive('tiktok', handle, 'open id', length=28)}",
        )  # fmt: skip
        if not is_voter:
            kept: dict[str, Any] = {
                "platform": "tiktok", "account": account, "client_id": oauth.app("tiktok")[0],
                "scopes": frozenset(signing_in.SCOPES),
            }  # fmt: skip
            life, rests = signing_in.ACCESS_SECONDS, signing_in.REFRESH_SECONDS
            tokens.issue(world.store, "access", seconds=life, value=f"act.{secret}", **kept)
            tokens.issue(world.store, "refresh", seconds=rests, value=f"rft.{secret}", **kept)
    return account


def secrets(world: World, account: Account) -> dict[str, str]:
    """What a first sign-in would have told, in the names of the token address, and the app that it was told to.

    The life of the tokens is not told: it has begun when the account was made.
    """
    client_id, client_secret = oauth.app("tiktok")
    return {
        "access_token": f"act.{account.secret}", "refresh_token": f"rft.{account.secret}",
        "open_id": account.remote_id, "scope": ",".join(signing_in.SCOPES), "client_id": client_id,
        "client_secret": client_secret,
    }  # fmt: skip


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in TikTok's own app would."""
    with world.store.write():
        post = posts.add(
            world.store, account=account, remote_id=str(shares.next_number(world.store)), text=text, made_by=made_by,
            pictures=[picture] if picture else [],
        )  # fmt: skip
        posts.log(world.store, "publish", post, by=made_by)
    return post


def delete_by_hand(world: World, post: Post) -> None:
    """Delete as a person in TikTok's own app would; the app that sent it is told."""
    with world.store.write():
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, by="hand")
        if "publish_id" in post.extra:
            told = {"publish_id": post.extra["publish_id"], "publish_type": post.extra["publish_type"]}
            account = accounts.get(world.store, post.account_id)
            told |= {"post_id": post.remote_id}
            events.push(world, account, "post.publish.no_longer_publicaly_available", told)


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's comment. It counts and is seen on the page; no app can read it."""
    with world.store.write():
        number = str(shares.next_number(world.store))
        return posts.add(world.store, account=voter, remote_id=number, text=text, made_by="voter", reply_to=post)


def unfinished(world: World, account: Account) -> list[Unfinished]:
    """Drafts in the creator's inbox, and posts that only the creator sees."""
    waiting = [each for each in shares.of(world.store, account) if each.waits_for_person]
    return [
        Unfinished(
            each.id, "Draf di kotak masuk" if each.status == "SEND_TO_USER_INBOX" else "Hanya Anda", each.text,
            each.files, each.at,
        )
        for each in waiting
    ]  # fmt: skip


async def work(world: World) -> None:
    """Go on for ever with what apps have sent."""
    while True:
        try:
            await shares.work(world)
        except sqlite3.Error:
            log.exception("shares could not be worked on")
        await asyncio.sleep(ROUND_SECONDS)


TIKTOK = Dialect(
    platform="tiktok",
    label="TikTok",
    server=display.server,
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=errors.plain,
    refuse=errors.refuse,
    open_account=open_account,
    secrets=secrets,
    profile_url=display.profile_url,
    permalink=display.permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=delete_by_hand,
    reply_as_voter=reply_as_voter,
    counts_changed=lambda world, post: None,
    reposts="Bagikan",
    background=work,
    shown_at=display.shown_at,
    unfinished=unfinished,
    finish=shares.finish,
)
