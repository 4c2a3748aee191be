"""Mastodon as the rest of the sandbox sees it."""

from math import inf
from typing import Any

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.posts import Post
from sandbox.store import Store
from sandbox.tokens import look_up
from sandbox.world import World

from . import direct, entities, errors, ids, instance, media, oauth, people, statuses, tokens

P = entities.PREFIX


def routes() -> list[web.RouteDef]:
    """Every address of the dialect, with and without a slash at the end: Rails does not mind, and clients send both."""
    addresses = _addresses()
    return addresses + [web.route(each.method, f"{each.path}/", each.handler) for each in addresses]


def _addresses() -> list[web.RouteDef]:
    return [
        web.get(f"{P}/.well-known/oauth-authorization-server", instance.discovery),
        web.get(f"{P}/api/v1/instance", instance.v1),
        web.get(f"{P}/api/v2/instance", instance.v2),
        web.get(f"{P}/api/v1/instance/rules", instance.rules),
        web.post(f"{P}/api/v1/apps", oauth.register),
        web.get(f"{P}/api/v1/apps/verify_credentials", people.verify_app),
        web.get(f"{P}/oauth/authorize", oauth.authorize),
        web.post(f"{P}/oauth/authorize", oauth.decide),
        web.post(f"{P}/oauth/token", oauth.token),
        web.post(f"{P}/oauth/revoke", oauth.revoke),
        web.get(f"{P}/oauth/userinfo", people.userinfo),
        web.get(f"{P}/api/v1/accounts/verify_credentials", people.verify_credentials),
        web.get(f"{P}/api/v1/accounts/lookup", people.look_up),
        web.get(f"{P}/api/v1/accounts/{{id}}", people.show),
        web.get(f"{P}/api/v1/accounts/{{id}}/statuses", people.statuses),
        web.get(f"{P}/api/v1/notifications", people.notifications),
        web.post(f"{P}/api/v1/media", media.upload),
        web.post(f"{P}/api/v2/media", media.upload),
        web.get(f"{P}/api/v1/media/{{id}}", media.show),
        web.put(f"{P}/api/v1/media/{{id}}", media.change),
        web.get(f"{P}/api/v1/statuses", statuses.several),
        web.post(f"{P}/api/v1/statuses", statuses.create),
        web.get(f"{P}/api/v1/statuses/{{id}}", statuses.show),
        web.put(f"{P}/api/v1/statuses/{{id}}", statuses.edit),
        web.delete(f"{P}/api/v1/statuses/{{id}}", statuses.delete),
        web.get(f"{P}/api/v1/statuses/{{id}}/context", statuses.context),
        web.get(f"{P}/api/v1/statuses/{{id}}/source", statuses.source),
    ]


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    row = look_up(world.store, tokens.bearer(request), "access")
    account = accounts.get(world.store, row["account_id"]) if row and row["account_id"] else None
    return Call("mastodon", _step(request.method, request.path), account, row["created_at"] if row else inf)


def _step(method: str, path: str) -> str:
    if path.startswith(f"{P}/oauth") or path.endswith("/apps"):
        return "auth"
    if "/media" in path:
        return "media"
    if "/statuses" in path and method in {"POST", "PUT"}:
        return "publish"
    return "delete" if method == "DELETE" else "read"


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make an account; ours gets a token as from the server's *Development* page."""
    store = world.store
    secret = "" if is_voter else accounts.derive("mastodon", handle, "token", length=43)
    with store.write():
        account = accounts.create(
            store, platform="mastodon", handle=handle, name=name, remote_id=ids.account_id(handle), secret=secret,
            is_voter=is_voter,
        )  # fmt: skip
        if not is_voter:
            tokens.issue(store, account=account, client_id="sandbox", scopes="read write profile", token=secret)
    return account


def secrets(world: World, account: Account) -> dict[str, str]:
    """The access token."""
    return {"token": account.secret}


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in Mastodon's own app would."""
    with world.store.write():
        post = _add(world.store, account, text, made_by, None, picture)
        posts.log(world.store, "publish", post, by=made_by)
    return post


def delete_by_hand(world: World, post: Post) -> None:
    """Delete as a person in Mastodon's own app would."""
    with world.store.write():
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, by="hand")


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's answer under a post."""
    root = posts.get(world.store, post.root) if post.root else post
    named = [accounts.get(world.store, each.account_id) for each in (post, root)]
    ours = next((each for each in named if not each.is_voter), None)
    # As clients do: an answer names whom it answers and, deeper down, whoever began.
    greeting = " ".join(dict.fromkeys(f"@{each.handle}" for each in named if each.id != voter.id))
    extra: dict[str, Any] = {"to": ours.id} if ours else {}
    if post.place:
        extra["visibility"] = "direct"
    with world.store.write():
        return posts.add(
            world.store, account=voter, remote_id=ids.next_id(), text=f"{greeting} {text}".strip(), made_by="voter",
            reply_to=post, place=post.place, extra=extra,
        )  # fmt: skip


def _add(
    store: Store, account: Account, text: str, made_by: posts.MadeBy, reply_to: Post | None, picture: Picture | None
) -> Post:
    return posts.add(
        store, account=account, remote_id=ids.next_id(), text=text, made_by=made_by, reply_to=reply_to,
        pictures=[picture] if picture else [],
    )  # fmt: skip


MASTODON = Dialect(
    platform="mastodon",
    label="Mastodon",
    server=entities.server,
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=errors.plain,
    refuse=errors.refuse,
    open_account=open_account,
    secrets=secrets,
    profile_url=entities.profile_url,
    permalink=entities.permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=delete_by_hand,
    reply_as_voter=reply_as_voter,
    likes="Favorit",
    reposts="Boost",
    counts_changed=lambda world, post: None,
    mention_as_voter=direct.mention_as_voter,
    message_as_voter=direct.message_as_voter,
)
