"""Answers: what a record says of the posts it answers, and hiding what others answered below ours.

Source: lexicons app.bsky.feed.post (replyRef), app.bsky.feed.threadgate (hiddenReplies), com.atproto.repo.putRecord
(swapRecord), read 2026-08.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from platforms.answers import content, one, repeatable, things, words
from platforms.base import ConnectorError, Rejected, Temporary
from platforms.bluesky import session

if TYPE_CHECKING:
    from platforms.bluesky.connector import Bluesky

POST, GATE = "app.bsky.feed.post", "app.bsky.feed.threadgate"
type Ref = dict[str, str]


def refs(ours: "Bluesky", uri: str) -> dict[str, Ref]:
    """`root` and `parent` for an answer to the post at `uri`. Raises `Rejected` (parent_gone)."""
    parent, value = _looked_up(ours, uri)
    return {"root": _root(value) or parent, "parent": parent}


def _looked_up(ours: "Bluesky", uri: str) -> tuple[Ref, dict[str, Any]]:
    """The post's reference and its record. Our own server knows ours at once, the network's reading side later."""
    if uri.startswith(f"at://{ours.account.remote_id}/"):
        found = record(ours, POST, uri.rsplit("/", 1)[-1])
        value = found and found.get("value")
    else:
        posts = things(ours.read("app.bsky.feed.getPosts", {"uris": [uri]}).get("posts", []), "uri", "cid")
        found = posts[0] if posts else None
        value = found and found.get("record")
    if not found or not isinstance(value, dict):
        raise Rejected("parent_gone", detail=uri)
    return {"uri": uri, "cid": str(found["cid"])}, value


def _root(value: dict[str, Any]) -> Ref | None:
    reply = value.get("reply")
    root = reply.get("root") if isinstance(reply, dict) else None
    if isinstance(root, dict) and root.get("uri") and root.get("cid"):
        return {"uri": str(root["uri"]), "cid": str(root["cid"])}
    return None


def record(ours: "Bluesky", collection: str, name: str) -> dict[str, Any] | None:
    """A record of our own with its `cid` and `value`, None where there is none."""
    params = {"repo": ours.account.remote_id, "collection": collection, "rkey": name}
    answer = ours.get("com.atproto.repo.getRecord", params, signed=False)
    if answer.status in (400, 404) and content(answer).get("error") == "RecordNotFound":
        return None
    if not answer.ok:
        session.refuse_call(answer, public=False)
    found = answer.object()
    if not found.get("cid"):
        raise Temporary("odd_answer", status=answer.status, detail="a record without a cid")
    return found


def hide(ours: "Bluesky", uri: str, *, hidden: bool) -> None:
    """Put the answer on the list of hidden ones that belongs to the thread's first post, or take it off."""
    parent, value = _looked_up(ours, uri)
    root = (_root(value) or parent)["uri"]
    if not root.startswith(f"at://{ours.account.remote_id}/"):
        raise ConnectorError("not_our_thread", detail=root)
    name = root.rsplit("/", 1)[-1]
    known = record(ours, GATE, name)
    gate = _gate(known, root)
    listed = [each for each in gate.get("hiddenReplies", []) if each != uri]
    wanted = [*listed, uri] if hidden else listed
    if wanted != gate.get("hiddenReplies", []):
        _write(ours, name, {**gate, "hiddenReplies": wanted}, known["cid"] if known else None)


def _gate(known: dict[str, Any] | None, root: str) -> dict[str, Any]:
    """The gate as it is, with whatever else it says; a new one lets everybody answer."""
    value = known["value"] if known and isinstance(known.get("value"), dict) else {}
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"$type": GATE, "post": root, "createdAt": at, **value}


def _write(ours: "Bluesky", name: str, gate: dict[str, Any], before: str | None) -> None:
    """Over exactly what was read: what somebody changed in Bluesky's own app meanwhile is not lost."""
    body = {
        "repo": ours.account.remote_id,
        "collection": GATE,
        "rkey": name,
        "swapRecord": before,
        "record": gate,
    }
    with repeatable():
        answer = ours.post("com.atproto.repo.putRecord", body)
        if answer.status == 400 and content(answer).get("error") == "InvalidSwap":
            raise Temporary("server_error", status=400, detail=words(answer))
        if not answer.ok:
            session.refuse_call(answer, public=False)
        one(answer.object().get("uri"), changes=True, what="uri")
