"""Records: writing, reading, deleting. Source: lexicons/com/atproto/repo, packages/pds/src/api/com/atproto/repo."""

import json
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, mp4, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture, look_at
from sandbox.dialect import Refusal
from sandbox.params import Params, read_json, read_params
from sandbox.posts import MadeBy, Post
from sandbox.world import WORLD, World

from . import cid, errors, ids, lexicon, session

BLOB_BYTES = 5 * 1024 * 1024  # What a PDS accepts at all; a post's picture must be smaller still.
LIST_NEWEST = """SELECT * FROM records WHERE did = ?1 AND collection = ?2 AND (?3 = '' OR rkey < ?3)
    ORDER BY rkey DESC LIMIT ?4"""
LIST_OLDEST = """SELECT * FROM records WHERE did = ?1 AND collection = ?2 AND (?3 = '' OR rkey > ?3)
    ORDER BY rkey LIMIT ?4"""
COUNTED = {"app.bsky.feed.like": "likes", "app.bsky.feed.repost": "reposts"}


async def upload_blob(request: web.Request) -> web.Response:
    """POST com.atproto.repo.uploadBlob: any bytes; whether they suit a post is asked when the post comes."""
    world, account = request.app[WORLD], session.caller(request)
    allowance = session.spend(request, account.remote_id, "media")
    if "Content-Type" not in request.headers:
        errors.invalid("Request encoding (Content-Type) required but not provided")
    data = await request.read()
    if len(data) > BLOB_BYTES:
        errors.stop(413, "PayloadTooLarge", "request entity too large")
    film = mp4.look_at(data)
    seen = (mp4.MIME, film.width, film.height) if film else look_at(data)
    # The real server believes a claimed type it cannot recognise; here bytes that are no picture never pass for one.
    claimed = request.content_type
    mime = seen[0] if seen else "application/octet-stream" if claimed.startswith("image/") else claimed
    width, height = (seen[1], seen[2]) if seen else (0, 0)
    name = cid.of_bytes(data)
    with world.store.write():
        world.store.run(
            "INSERT INTO media (platform, account_id, remote_id, sha256, mime, size, width, height, alt, created_at,"
            " ready_at) VALUES ('bluesky', ?, ?, ?, ?, ?, ?, ?, '', ?, 0)",
            *(account.id, name, world.blobs.keep(data), mime, len(data), width, height, clock.now()),
        )
    return session.send({"blob": blob(name, mime, len(data))}, allowance)


def blob(name: str, mime: str, size: int) -> dict[str, Any]:
    """A blob as records carry it."""
    return {"$type": "blob", "ref": {"$link": name}, "mimeType": mime, "size": size}


async def create_record(request: web.Request) -> web.Response:
    """POST com.atproto.repo.createRecord. A key that is taken is answered 500, as by the real server."""
    world, account = request.app[WORLD], session.caller(request)
    allowance = session.spend(request, account.remote_id, "write", 3)
    body = _body(await read_json(request), account)
    collection, rkey = body["collection"], str(body.get("rkey") or ids.tid())
    uri = _checked_uri(account, collection, rkey)
    record, pictures, status = _checked(world, account, body)
    if _row(world, uri):
        raise Refusal(errors.plain(500))
    with world.store.write():
        name = put(world, account, uri, record, pictures)
    return session.send(_written(uri, name, status), allowance)


async def put_record(request: web.Request) -> web.Response:
    """POST com.atproto.repo.putRecord: writes or replaces. The same content again changes nothing."""
    world, account = request.app[WORLD], session.caller(request)
    allowance = session.spend(request, account.remote_id, "write", 2)
    body = _body(await read_json(request), account)
    uri = _checked_uri(account, body["collection"], str(body.get("rkey") or ""))
    record, pictures, status = _checked(world, account, body)
    current = _row(world, uri)
    name = cid.of_record(record)
    if current and current["cid"] == name:
        return session.send({"uri": uri, "cid": name, "validationStatus": status}, allowance)
    if "swapRecord" in body and body["swapRecord"] != (current["cid"] if current else None):
        errors.invalid(f"Record was at {current['cid'] if current else None}", "InvalidSwap")
    with world.store.write():
        put(world, account, uri, record, pictures)
    return session.send(_written(uri, name, status), allowance)


async def delete_record(request: web.Request) -> web.Response:
    """POST com.atproto.repo.deleteRecord; deleting what is not there is a success."""
    world, account = request.app[WORLD], session.caller(request)
    allowance = session.spend(request, account.remote_id, "write", 1)
    body = _body(await read_json(request), account, needs_record=False)
    uri = _checked_uri(account, body["collection"], str(body.get("rkey") or ""))
    if _row(world, uri) is None:
        return session.send({}, allowance)
    with world.store.write():
        drop(world, uri)
    return session.send({"commit": _commit(uri)}, allowance)


async def get_record(request: web.Request) -> web.Response:
    """GET com.atproto.repo.getRecord."""
    world, params = request.app[WORLD], await read_params(request)
    uri = _named_uri(world, params)
    row = _row(world, uri)
    if row is None or ("cid" in params and params.text("cid") != row["cid"]):
        errors.invalid(f"Could not locate record: {uri}", "RecordNotFound")
    return web.json_response({"uri": uri, "cid": row["cid"], "value": json.loads(row["value"])})


async def list_records(request: web.Request) -> web.Response:
    """GET com.atproto.repo.listRecords: newest keys first unless `reverse`."""
    world, params = request.app[WORLD], await read_params(request)
    account = session.find(world, params.text("repo"))
    if account is None:
        errors.invalid(f"Could not find repo: {params.text('repo')}")
    limit, cursor = params.whole("limit", 50, low=1, high=100), params.text("cursor")
    sql = LIST_OLDEST if params.flag("reverse") else LIST_NEWEST
    rows = world.store.all(sql, account.remote_id, params.text("collection"), cursor, limit)
    body: dict[str, Any] = {
        "records": [{"uri": row["uri"], "cid": row["cid"], "value": json.loads(row["value"])} for row in rows]
    }
    if len(rows) == limit:
        body["cursor"] = rows[-1]["rkey"]
    return web.json_response(body)


async def describe_repo(request: web.Request) -> web.Response:
    """GET com.atproto.repo.describeRepo."""
    world = request.app[WORLD]
    account = session.find(world, request.query.get("repo", ""))
    if account is None:
        errors.invalid(f"Could not find user: {request.query.get('repo')}")
    rows = world.store.all("SELECT DISTINCT collection FROM records WHERE did = ?", account.remote_id)
    body = {"handle": account.handle, "did": account.remote_id, "didDoc": session.did_document(world, account)}
    return web.json_response(body | {"collections": [row[0] for row in rows], "handleIsCorrect": True})


def put(
    world: World,
    account: Account,
    uri: str,
    record: dict[str, Any],
    pictures: list[Picture],
    *,
    made_by: MadeBy = "api",
) -> str:
    """Keep a checked record inside an open write, as a post or a like where it is one; its CID."""
    _, collection, rkey = uri.removeprefix("at://").split("/")
    name = cid.of_record(record)
    value = json.dumps(record)
    is_new = _row(world, uri) is None
    world.store.run(
        "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)",
        uri,
        account.remote_id,
        collection,
        rkey,
        name,
        value,
    )
    if collection == ids.POST:
        _put_post(world, account, uri, record, pictures, name, made_by)
    elif collection in COUNTED and is_new:
        _count(world, record, COUNTED[collection], 1)
    return name


def _put_post(
    world: World,
    account: Account,
    uri: str,
    record: dict[str, Any],
    pictures: list[Picture],
    name: str,
    made_by: MadeBy,
) -> None:
    extra: dict[str, Any] = {"record": record, "cid": name}
    if named := _named(world, record):
        extra["to"] = named.id
    text = str(record["text"])
    rkey = uri.rpartition("/")[2]
    if post := posts.find(world.store, "bluesky", uri):
        post = posts.edit(world.store, post, text=text, pictures=pictures, extra=extra)
        posts.log(world.store, "edit", post, key=rkey, by=made_by)
        return
    parent = _parent(world, record)
    post = posts.add(
        world.store, account=account, remote_id=uri, text=text, made_by=made_by, reply_to=parent, pictures=pictures,
        extra=extra,
    )  # fmt: skip
    posts.log(world.store, "publish", post, key=rkey if made_by == "api" else None, by=made_by)


def _named(world: World, record: dict[str, Any]) -> Account | None:
    """The account of ours that a post mentions."""
    features = [feature for facet in record.get("facets") or [] for feature in facet["features"]]
    dids = [str(each.get("did")) for each in features if str(each.get("$type")).endswith("#mention")]
    people = [accounts.by_remote(world.store, "bluesky", did) for did in dids]
    return next((each for each in people if each and not each.is_voter), None)


def _parent(world: World, record: dict[str, Any]) -> Post | None:
    reply = record.get("reply")
    return posts.find(world.store, "bluesky", reply["parent"]["uri"]) if reply else None


def drop(world: World, uri: str, *, by: MadeBy = "api") -> None:
    """Remove a record and the post or like it was, inside an open write."""
    row = _row(world, uri)
    world.store.run("DELETE FROM records WHERE uri = ?", uri)
    if post := posts.find(world.store, "bluesky", uri):
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, key=uri.rpartition("/")[2], by=by)
    elif row and row["collection"] in COUNTED:
        _count(world, json.loads(row["value"]), COUNTED[row["collection"]], -1)


def _count(world: World, record: dict[str, Any], what: str, number: int) -> None:
    subject = record.get("subject")
    post = posts.find(world.store, "bluesky", str(subject.get("uri"))) if isinstance(subject, dict) else None
    if post:
        posts.bump(world.store, post, **{what: number})


def _row(world: World, uri: str) -> Any:
    return world.store.one("SELECT * FROM records WHERE uri = ?", uri)


def _body(body: Any, account: Account, *, needs_record: bool = True) -> dict[str, Any]:
    """The input of a write, after the checks that hold for all of them."""
    if not isinstance(body, dict):
        errors.invalid("Input must be an object")
    for name in ("repo", "collection", *(["record"] if needs_record else [])):
        if name not in body:
            errors.invalid(f'Input must have the property "{name}"')
    if body["repo"] not in (account.remote_id, account.handle):
        errors.stop(401, "AuthenticationRequired", "Authentication Required")
    if needs_record and not isinstance(body["record"], dict):
        errors.invalid("Input/record must be an object")
    return body


def _checked_uri(account: Account, collection: Any, rkey: str) -> str:
    if not isinstance(collection, str) or not ids.NSID.fullmatch(collection):
        errors.invalid("Input/collection must be a valid nsid")
    if not ids.is_rkey(rkey):
        errors.invalid("Input/rkey must be a valid Record Key")
    return ids.uri(account.remote_id, collection, rkey)


def _named_uri(world: World, params: Params) -> str:
    account = session.find(world, params.text("repo"))
    if account is None:
        errors.invalid(f"Could not locate record: {params.text('repo')}", "RecordNotFound")
    return ids.uri(account.remote_id, params.text("collection"), params.text("rkey"))


def _checked(world: World, account: Account, body: dict[str, Any]) -> tuple[dict[str, Any], list[Picture], str]:
    """(record, its pictures, validation status); refuses what the lexicon or the blob store does not allow."""
    record: dict[str, Any] = body["record"]
    record.setdefault("$type", body["collection"])
    if record["$type"] != body["collection"]:
        errors.invalid(f"Invalid $type: expected {body['collection']}, got {record['$type']}")
    try:
        cid.encode(record)
    except ValueError:
        errors.invalid("Record is not valid data")
    if body["collection"] == ids.GATE:
        lexicon.check_gate(record, str(body.get("rkey") or ""))
    if body["collection"] != ids.POST:
        return record, [], "valid" if body["collection"].startswith("app.bsky.") else "unknown"
    # The views need a post's shape, so the sandbox checks it even where `validate` is false.
    lexicon.check_post(record)
    return record, [_picture(world, account, *each) for each in lexicon.blobs(record)], "valid"


def _picture(world: World, account: Account, ref: dict[str, Any], alt: str, most: int, kind: str) -> Picture:
    """The upload a post refers to. Source: packages/pds/src/actor-store/blob/transactor.ts, verifyBlob."""
    name, mime = ref["ref"]["$link"], ref.get("mimeType")
    row = world.store.one(
        "SELECT * FROM media WHERE platform = 'bluesky' AND account_id = ? AND remote_id = ? AND ready_at <= ?",
        *(account.id, name, clock.now()),
    )
    if row is None:
        errors.invalid(f"Could not find blob: {name}", "BlobNotFound")
    if row["size"] > most:
        errors.invalid(f"This file is too large. It is {row['size']} but the maximum size is {most}.", "BlobTooLarge")
    if row["mime"] != mime:
        text = f"Referenced Mimetype does not match stored blob. Expected: {row['mime']}, Got: {mime}"
        errors.invalid(text, "InvalidMimeType")
    if not row["mime"].startswith(kind.rstrip("*")):
        errors.invalid(f"Wrong type of file. It is {row['mime']} but it must match {kind}.", "InvalidMimeType")
    return Picture(row["sha256"], row["mime"], row["width"], row["height"], row["size"], alt=alt, remote_id=name)


def _commit(uri: str) -> dict[str, str]:
    return {"cid": cid.of_record({"uri": uri, "at": ids.tid()}), "rev": ids.tid()}


def _written(uri: str, name: str, status: str) -> dict[str, Any]:
    return {"uri": uri, "cid": name, "commit": _commit(uri), "validationStatus": status}
