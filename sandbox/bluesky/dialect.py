"""Bluesky as the rest of the sandbox sees it."""

import json
from math import inf
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import chat, cid, errors, films, ids, repo, session, views

X, V = f"{session.PREFIX}/xrpc", f"{films.PREFIX}/xrpc"
STEPS = {
    "createRecord": "publish", "putRecord": "publish", "deleteRecord": "delete", "uploadBlob": "media",
    "uploadVideo": "media", "sendMessage": "publish",
    "createSession": "auth", "refreshSession": "auth", "deleteSession": "auth",
}  # fmt: skip


def routes() -> list[web.RouteDef]:
    """Every address of the dialect."""
    return [
        web.get(f"{X}/_health", health),
        web.post(f"{X}/com.atproto.server.createSession", session.create),
        web.post(f"{X}/com.atproto.server.refreshSession", session.refresh),
        web.get(f"{X}/com.atproto.server.getSession", session.show),
        web.post(f"{X}/com.atproto.server.deleteSession", session.delete),
        web.get(f"{X}/com.atproto.server.describeServer", session.describe_server),
        web.get(f"{X}/com.atproto.identity.resolveHandle", session.resolve_handle),
        web.post(f"{X}/com.atproto.repo.uploadBlob", repo.upload_blob),
        web.post(f"{X}/com.atproto.repo.createRecord", repo.create_record),
        web.post(f"{X}/com.atproto.repo.putRecord", repo.put_record),
        web.post(f"{X}/com.atproto.repo.deleteRecord", repo.delete_record),
        web.get(f"{X}/com.atproto.repo.getRecord", repo.get_record),
        web.get(f"{X}/com.atproto.repo.listRecords", repo.list_records),
        web.get(f"{X}/com.atproto.repo.describeRepo", repo.describe_repo),
        web.get(f"{X}/com.atproto.sync.getBlob", get_blob),
        web.get(f"{X}/app.bsky.feed.getPosts", views.get_posts),
        web.get(f"{X}/app.bsky.feed.getAuthorFeed", views.get_author_feed),
        web.get(f"{X}/app.bsky.feed.getPostThread", views.get_post_thread),
        web.get(f"{X}/app.bsky.actor.getProfile", views.get_profile),
        web.get(f"{X}/app.bsky.actor.getProfiles", views.get_profiles),
        web.get(f"{X}/app.bsky.notification.listNotifications", views.list_notifications),
        web.get(f"{X}/com.atproto.server.getServiceAuth", films.get_service_auth),
        web.get(f"{V}/app.bsky.video.getUploadLimits", films.get_limits),
        web.post(f"{V}/app.bsky.video.uploadVideo", films.upload),
        web.get(f"{V}/app.bsky.video.getJobStatus", films.get_status),
        web.get(f"{X}/chat.bsky.convo.listConvos", chat.list_convos),
        web.get(f"{X}/chat.bsky.convo.getConvo", chat.get_convo),
        web.get(f"{X}/chat.bsky.convo.getConvoForMembers", chat.get_convo_for_members),
        web.get(f"{X}/chat.bsky.convo.getMessages", chat.get_messages),
        web.get(f"{X}/chat.bsky.convo.getLog", chat.get_log),
        web.post(f"{X}/chat.bsky.convo.sendMessage", chat.send_message),
    ]


async def health(request: web.Request) -> web.Response:
    """GET _health."""
    return web.json_response({"version": "0.4.208"})


async def get_blob(request: web.Request) -> web.StreamResponse:
    """GET com.atproto.sync.getBlob?did=&cid=."""
    digest = cid.sha256_of(request.query.get("cid", ""))
    path = request.app[WORLD].blobs.path(digest) if digest else None
    if path is None or not path.exists():
        errors.invalid("Blob not found", "BlobNotFound")
    return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    method = request.path.rpartition(".")[2]
    step = STEPS.get(method, "read")
    if method == "createSession":
        return Call("bluesky", step, await _signing_in(world, request), None, "sign_in")
    claims = session.read(world.store, session.bearer(request)) or {}
    account = accounts.by_remote(world.store, "bluesky", claims.get("sub") or claims.get("iss", ""))
    return Call("bluesky", step, account, claims.get("issued", inf), "refresh" if method == "refreshSession" else "")


async def _signing_in(world: World, request: web.Request) -> Account | None:
    try:
        body: Any = json.loads(await request.read())
    except ValueError:
        return None
    return session.find(world, str(body.get("identifier", ""))) if isinstance(body, dict) else None


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make an account; ours gets an app password."""
    handle = ids.full_handle(handle)
    plain = accounts.derive("bluesky", handle, "app password", length=16)
    secret = "" if is_voter else "-".join(plain[i : i + 4] for i in range(0, 16, 4))
    with world.store.write():
        return accounts.create(
            world.store, platform="bluesky", handle=handle, name=name, remote_id=ids.did(handle), secret=secret,
            is_voter=is_voter,
        )  # fmt: skip


def secrets(world: World, account: Account) -> dict[str, str]:
    """Handle and app password."""
    return {"identifier": account.handle, "app_password": account.secret}


def permalink(world: World, post: Post) -> str:
    """The post's page."""
    account = accounts.get(world.store, post.account_id)
    return session.collection_post(world, account, post.remote_id.rpartition("/")[2])


def _record(text: str) -> dict[str, Any]:
    return {"$type": ids.POST, "text": text, "createdAt": clock.iso(clock.now()), "langs": ["id"]}


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in Bluesky's own app would."""
    record = _record(text)
    if picture:
        image = repo.blob(cid.of_sha256(picture.sha256), picture.mime, picture.size)
        record["embed"] = {"$type": "app.bsky.embed.images", "images": [{"image": image, "alt": picture.alt}]}
    uri = ids.uri(account.remote_id, ids.POST, ids.tid())
    with world.store.write():
        repo.put(world, account, uri, record, [picture] if picture else [], made_by=made_by)
    return _there(world, uri)


def delete_by_hand(world: World, post: Post) -> None:
    """Delete as a person in Bluesky's own app would."""
    with world.store.write():
        repo.drop(world, post.remote_id, by="hand")


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's answer under a post."""
    root = posts.get(world.store, post.root) if post.root else post
    ends = {"root": root, "parent": post}
    reply = {name: {"uri": end.remote_id, "cid": end.extra["cid"]} for name, end in ends.items()}
    uri = ids.uri(voter.remote_id, ids.POST, ids.tid())
    with world.store.write():
        repo.put(world, voter, uri, _record(text) | {"reply": reply}, [], made_by="voter")
    return _there(world, uri)


def mention_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter's own post that names our account."""
    named = f"@{account.handle}"
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": account.remote_id}
    facet = {"index": {"byteStart": 0, "byteEnd": len(named.encode())}, "features": [feature]}
    uri = ids.uri(voter.remote_id, ids.POST, ids.tid())
    with world.store.write():
        repo.put(world, voter, uri, _record(f"{named} {words}") | {"facets": [facet]}, [], made_by="voter")
    return _there(world, uri)


def _there(world: World, uri: str) -> Post:
    post = posts.find(world.store, "bluesky", uri)
    if post is None:
        raise LookupError(uri)
    return post


BLUESKY = Dialect(
    platform="bluesky",
    label="Bluesky",
    server=session.server,
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=errors.plain,
    refuse=errors.refuse,
    open_account=open_account,
    secrets=secrets,
    profile_url=session.profile_url,
    permalink=permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=delete_by_hand,
    reply_as_voter=reply_as_voter,
    reposts="Repost",
    counts_changed=lambda world, post: None,
    mention_as_voter=mention_as_voter,
    message_as_voter=chat.message_as_voter,
)
