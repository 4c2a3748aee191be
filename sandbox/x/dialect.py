"""X as the rest of the sandbox sees it."""

from math import inf

from aiohttp import web

from sandbox import accounts, oauth
from sandbox import tokens as kept
from sandbox.accounts import Account
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.params import BadBody, read_params
from sandbox.world import World

from . import errors, hooks, ids, media, messages, people, posts, shapes, tokens
from . import oauth as own_oauth
from .tokens import PLATFORM

P = f"/{PLATFORM}"


def routes() -> list[web.RouteDef]:
    """Every address of the dialect."""
    return [
        web.get(f"{P}/web/i/oauth2/authorize", own_oauth.authorize),
        web.post(f"{P}/web/i/oauth2/authorize", own_oauth.decide),
        web.get(f"{P}/web/intent/post", people.intent, name="page-x-intent"),
        web.post(f"{P}/web/intent/post", people.answer_by_hand, name="page-x-answer"),
        web.post(f"{P}/oauth2/token", own_oauth.app_token),
        web.post(f"{P}/2/oauth2/token", own_oauth.token),
        web.post(f"{P}/2/oauth2/revoke", own_oauth.revoke),
        web.get(f"{P}/2/users/me", people.me),
        web.get(f"{P}/2/users/by/username/{{username}}", people.show),
        web.get(f"{P}/2/users/{{id}}", people.show),
        web.get(f"{P}/2/users/{{id}}/tweets", posts.timeline),
        web.get(f"{P}/2/users/{{id}}/mentions", posts.mentions),
        web.get(f"{P}/2/tweets/search/recent", posts.search),
        web.get(f"{P}/2/tweets", posts.several),
        web.post(f"{P}/2/tweets", posts.create),
        web.get(f"{P}/2/tweets/{{id}}", posts.show),
        web.delete(f"{P}/2/tweets/{{id}}", posts.delete),
        web.put(f"{P}/2/tweets/{{id}}/hidden", posts.hide),
        web.get(f"{P}/2/media/upload", media.status),
        web.post(f"{P}/2/media/upload", media.upload),
        web.post(f"{P}/2/media/metadata", media.describe),
        web.post(f"{P}/2/media/upload/initialize", media.initialize),
        web.post(f"{P}/2/media/upload/{{id}}/append", media.append),
        web.post(f"{P}/2/media/upload/{{id}}/finalize", media.finalize),
        web.get(f"{P}/2/dm_events", messages.mine),
        web.delete(f"{P}/2/dm_events/{{id}}", messages.delete),
        web.get(f"{P}/2/dm_conversations/with/{{participant_id}}/dm_events", messages.with_person),
        web.post(f"{P}/2/dm_conversations/with/{{participant_id}}/messages", messages.send),
        web.get(f"{P}/2/webhooks", hooks.show),
        web.post(f"{P}/2/webhooks", hooks.create),
        web.post(f"{P}/2/webhooks/replay", hooks.replay),
        web.put(f"{P}/2/webhooks/{{id}}", hooks.validate),
        web.delete(f"{P}/2/webhooks/{{id}}", hooks.remove),
        web.get(f"{P}/2/activity/subscriptions", hooks.list_subscriptions),
        web.post(f"{P}/2/activity/subscriptions", hooks.subscribe),
        web.delete(f"{P}/2/activity/subscriptions/{{id}}", hooks.unsubscribe),
    ]


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    step = _step(request.method, request.path)
    if step == "auth":
        return await _describe_signing_in(world, request)
    token = tokens.find(request)
    return Call(PLATFORM, step, token.account if token else None, token.issued_at if token else inf)


async def _describe_signing_in(world: World, request: web.Request) -> Call:
    """A refresh is known by the token that it brings: taken from us by a fault, that one is dead as well."""
    try:
        params = await read_params(request)
    except BadBody:
        return Call(PLATFORM, "auth", name="sign_in")
    found = kept.find(world.store, PLATFORM, "refresh", params.text("refresh_token"))
    if found is None:
        return Call(PLATFORM, "auth", issued_at=inf, name="sign_in")
    return Call(PLATFORM, "auth", found.account, found.issued_at, "refresh")


def _step(method: str, path: str) -> str:
    if "/oauth2/" in path:
        return "auth"
    if "/media/" in path:
        return "media"
    if method == "DELETE":
        return "delete"
    is_publishing = path == f"{P}/2/tweets" or path.endswith("/messages")
    return "publish" if method == "POST" and is_publishing else "read"


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make an account; ours gets a token that lasts, as those of OAuth 1.0a do, and one to renew it by."""
    store = world.store
    with store.write():
        account = accounts.create(
            store, platform=PLATFORM, handle=handle, name=name, remote_id=ids.user_id(handle), is_voter=is_voter,
            secret="" if is_voter else accounts.derive(PLATFORM, handle, "token"),
        )  # fmt: skip
        if not is_voter:
            for kind in ("access", "refresh"):
                kept.issue(
                    store, kind, platform=PLATFORM, account=account, client_id=oauth.app(PLATFORM)[0],
                    scopes=own_oauth.SCOPES, value=secrets(world, account)[kind],
                )  # fmt: skip
    return account


def secrets(world: World, account: Account) -> dict[str, str]:
    """A token, and what it is renewed by: once."""
    return {"access": account.secret, "refresh": accounts.derive(PLATFORM, account.handle, "refresh")}


X = Dialect(
    platform=PLATFORM,
    label="X",
    server=shapes.server,
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=errors.plain,
    refuse=errors.refuse,
    open_account=open_account,
    secrets=secrets,
    profile_url=shapes.profile_url,
    permalink=shapes.permalink,
    post_by_hand=people.post_by_hand,
    delete_by_hand=people.delete_by_hand,
    reply_as_voter=people.reply_as_voter,
    counts_changed=people.counts_changed,
    reposts="Repost",
    followers="pengikut",
    shown_at=people.shown_at,
    mention_as_voter=people.mention_as_voter,
    message_as_voter=people.message_as_voter,
)
