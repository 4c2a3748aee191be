"""What a post may be: the checks of the lexicon app.bsky.feed.post and its embeds.

Source: lexicons/app/bsky/feed/post.json, embed/*.json, richtext/facet.json; packages/lexicon for the words of errors.
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from sandbox import graphemes

from . import errors, ids

MAX_GRAPHEMES, MAX_BYTES = 300, 3000
IMAGE_BYTES, THUMB_BYTES, VIDEO_BYTES = 2_000_000, 1_000_000, 300_000_000
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
KINDS = {str: "a string", int: "an integer", list: "an array", dict: "an object"}


def check_gate(record: dict[str, Any], uri: str) -> None:
    """Refuse a threadgate that is none. Source: lexicons/app/bsky/feed/threadgate.json (its key is the post's)."""
    post = ids.split(_need(record, "post", str, "Record"))
    if post is None or post[2] != uri.rpartition("/")[2]:
        _no("Record/post must be the post of the same key", ids.GATE)
    if not DATETIME.fullmatch(_need(record, "createdAt", str, "Record")):
        _no("Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)", ids.GATE)
    if not all(isinstance(each, str) and ids.split(each) for each in _list(record, "hiddenReplies", 300)):
        _no("Record/hiddenReplies/0 must be a valid at-uri", ids.GATE)


def check_post(record: dict[str, Any]) -> None:
    """Refuse with 400 InvalidRequest when the record is no valid post."""
    text = _need(record, "text", str, "Record")
    _limit(text, "Record/text", MAX_GRAPHEMES, MAX_BYTES)
    if not DATETIME.fullmatch(_need(record, "createdAt", str, "Record")):
        _no("Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)")
    langs = _list(record, "langs", 3)
    if not all(isinstance(each, str) and LANG.fullmatch(each) for each in langs):
        _no("Record/langs/0 must be a well-formed BCP 47 language tag")
    for number, tag in enumerate(_list(record, "tags", 8)):
        _limit(str(tag), f"Record/tags/{number}", 64, 640)
    for number, facet in enumerate(_list(record, "facets", None)):
        _check_facet(facet, f"Record/facets/{number}")
    if "reply" in record:
        for end in ("root", "parent"):
            _check_ref(_need(_need(record, "reply", dict, "Record"), end, dict, "Record/reply"), f"Record/reply/{end}")
    if "embed" in record:
        _check_embed(_need(record, "embed", dict, "Record"), "Record/embed")


def _check_facet(facet: Any, path: str) -> None:
    index = _need(facet, "index", dict, path)
    start, end = (_need(index, name, int, f"{path}/index") for name in ("byteStart", "byteEnd"))
    if start < 0 or end < 0:
        _no(f"{path}/index/byteStart can not be less than 0")
    needs = {"link": "uri", "mention": "did", "tag": "tag"}
    for number, feature in enumerate(_need(facet, "features", list, path)):
        kind = str(_need(feature, "$type", str, f"{path}/features/{number}")).rpartition("#")[2]
        if kind in needs:
            _need(feature, needs[kind], str, f"{path}/features/{number}")


def _check_ref(ref: dict[str, Any], path: str) -> None:
    if ids.split(_need(ref, "uri", str, path)) is None:
        _no(f"{path}/uri must be a valid at-uri")
    _need(ref, "cid", str, path)


def _check_embed(embed: dict[str, Any], path: str) -> None:
    kind = _need(embed, "$type", str, path)
    if kind == "app.bsky.embed.images":
        images = _need(embed, "images", list, path)
        if len(images) > 4:
            _no(f"{path}/images must not have more than 4 elements")
        for number, image in enumerate(images):
            _need(image, "alt", str, f"{path}/images/{number}")
            _check_blob(_need(image, "image", dict, f"{path}/images/{number}"), f"{path}/images/{number}/image")
    elif kind == "app.bsky.embed.video":
        _check_blob(_need(embed, "video", dict, path), f"{path}/video")
        if "alt" in embed:
            _limit(_need(embed, "alt", str, path), f"{path}/alt", 1000, 10_000)
    elif kind == "app.bsky.embed.external":
        external = _need(embed, "external", dict, path)
        for name in ("uri", "title", "description"):
            _need(external, name, str, f"{path}/external")
        if "thumb" in external:
            _check_blob(_need(external, "thumb", dict, f"{path}/external"), f"{path}/external/thumb")
    elif kind == "app.bsky.embed.record":
        _check_ref(_need(embed, "record", dict, path), f"{path}/record")
    elif kind == "app.bsky.embed.recordWithMedia":
        _need(embed, "record", dict, path)
        _check_embed(_need(embed, "media", dict, path), f"{path}/media")


def _check_blob(blob: dict[str, Any], path: str) -> None:
    ref = blob.get("ref")
    if blob.get("$type") != "blob" or not isinstance(ref, dict) or not isinstance(ref.get("$link"), str):
        _no(f"{path} should be a blob ref")


def blobs(record: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, int, str]]:
    """What a checked post carries: (blob, alt text, most bytes, kind of file); a link card's thumb has no alt."""
    embed = record.get("embed") or {}
    if embed.get("$type") == "app.bsky.embed.recordWithMedia":
        embed = embed.get("media") or {}
    for image in embed.get("images") or []:
        yield image["image"], image["alt"], IMAGE_BYTES, "image/*"
    if thumb := (embed.get("external") or {}).get("thumb"):
        yield thumb, "", THUMB_BYTES, "image/*"
    if embed.get("$type") == "app.bsky.embed.video":
        yield embed["video"], str(embed.get("alt") or ""), VIDEO_BYTES, "video/mp4"


def _need(value: Any, name: str, kind: type, path: str) -> Any:
    if not isinstance(value, dict):
        _no(f"{path} must be an object")
    if name not in value:
        _no(f'{path} must have the property "{name}"')
    found = value[name]
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        _no(f"{path}/{name} must be {KINDS[kind]}")
    return found


def _list(record: dict[str, Any], name: str, most: int | None) -> list[Any]:
    if name not in record:
        return []
    found: list[Any] = _need(record, name, list, "Record")
    if most is not None and len(found) > most:
        _no(f"Record/{name} must not have more than {most} elements")
    return found


def _limit(text: str, path: str, most_graphemes: int, most_bytes: int) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > most_bytes:
        _no(f"{path} must not be longer than {most_bytes} characters")
    if graphemes.count(text) > most_graphemes:
        _no(f"{path} must not be longer than {most_graphemes} graphemes")


def _no(problem: str, collection: str = ids.POST) -> NoReturn:
    errors.invalid(f"Invalid {collection} record: {problem}")
