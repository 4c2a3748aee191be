"""What a post consists of besides its text: those it mentions, its pictures, its film.

Source: lexicons com.atproto.repo.uploadBlob, com.atproto.identity.resolveHandle, app.bsky.embed.*, read 2026-08.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platforms.answers import packed, proceed, repeatable
from platforms.base import Keep, Unsure
from platforms.bluesky import film, richtext, session
from platforms.contents import Draft, Picture

if TYPE_CHECKING:
    from platforms.bluesky.connector import Bluesky


def resolved(ours: "Bluesky", text: str, done: dict[str, Any]) -> dict[str, Any]:
    """Who is mentioned, asked once: names that lead nowhere stay plain text."""
    wanted = richtext.handles(text)
    if not wanted or "dids" in done:
        return done
    dids: dict[str, str] = {}
    for name in wanted:
        answer = ours.get("com.atproto.identity.resolveHandle", {"handle": name}, signed=False)
        if answer.ok and isinstance(answer.object().get("did"), str):
            dids[name] = answer.object()["did"]
        elif answer.status == 429:
            session.refuse_call(answer, public=False)
    return {**done, "dids": dids}


def uploaded(ours: "Bluesky", draft: Draft, done: dict[str, Any], keep: Keep) -> dict[str, Any]:
    """Pictures or film on the network, ready to be shown. Raises `Later` while it still works on a film."""
    if draft.video:
        return film.uploaded(ours, draft.video, done, keep)
    return _upload(ours, draft.pictures, done, keep)


def _upload(ours: "Bluesky", pictures: Sequence[Picture], done: dict[str, Any], keep: Keep) -> dict[str, Any]:
    blobs = list(done.get("blobs", []))[: len(pictures)]
    for picture in pictures[len(blobs) :]:
        data = picture.read()  # before asking the gate: the storage may be slow
        proceed(keep, packed({**done, "blobs": blobs}), ours.door)
        blobs.append(_upload_one(ours, picture, data))
    return {**done, "blobs": blobs} if pictures else done


def _upload_one(ours: "Bluesky", picture: Picture, data: bytes) -> dict[str, Any]:
    url = f"{ours.account.server}/xrpc/com.atproto.repo.uploadBlob"
    with repeatable():
        headers = {**ours.signed, "Content-Type": picture.mime}
        answer = ours.door.call("POST", url, headers=headers, data=data, changes=True)
        if not answer.ok:
            session.refuse_call(answer, public=False)
        blob = answer.object().get("blob")
        if not isinstance(blob, dict):
            raise Unsure("odd_answer", status=answer.status, detail="no blob")
    return blob


def embed(draft: Draft, done: Mapping[str, Any]) -> dict[str, Any]:
    """What stands below the text, as part of a record.

    No card for a link: the network wants its title from us, people approve none, and we fetch no foreign pages.
    """
    if draft.video:
        shown = {
            "$type": "app.bsky.embed.video",
            "video": done["film"],
            **_ratio(draft.video.width, draft.video.height),
        }
    elif draft.pictures:
        pairs = zip(draft.pictures, done["blobs"], strict=True)
        images = [{"image": blob, "alt": p.alt, **_ratio(p.width, p.height)} for p, blob in pairs]
        shown = {"$type": "app.bsky.embed.images", "images": images}
    else:
        return {}
    return {"embed": shown}


def _ratio(width: int, height: int) -> dict[str, Any]:
    return {"aspectRatio": {"width": width, "height": height}} if width > 0 and height > 0 else {}
