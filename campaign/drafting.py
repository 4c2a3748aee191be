"""What an envelope holds: all that the network receives, as the row keeps it and as a connector takes it."""

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.utils.dateparse import parse_datetime

from campaign import films, lent_files
from campaign.models import Campaign, Media, PostMedia
from platforms.base import ConnectorError
from platforms.contents import Draft, Picture, Place, To, Video


def draft_json(
    text: str, pictures: Iterable[PostMedia], *, title: str = "", ai_made: bool = False, to: To | None = None
) -> dict[str, Any]:
    """A draft as the envelope keeps it: all that the network receives, and nothing else.

    What is not set stands nowhere in it. One that follows another envelope says whom in `after`, see `following`.
    """
    pictures = list(pictures)
    film = next((each.media for each in pictures if each.media.is_film), None)
    said: dict[str, Any] = {"ai_made": True} if ai_made else {}
    if title:
        said["title"] = title
    if film:
        said["video"] = _film_json(film)
    if to:
        at = to.at.isoformat() if to.at else ""
        said["to"] = {"place": to.place.value, "remote_id": to.remote_id} | {
            name: value for name, value in (("root", to.root), ("person", to.person), ("at", at)) if value
        }
    return said | {
        "text": text,
        "language": "id",
        "pictures": [
            {
                "file": picture.media.file.name,
                "sha256": picture.media.sha256,
                "mime": picture.media.mime,
                "width": picture.media.width,
                "height": picture.media.height,
                "size": picture.media.size,
                "alt": picture.alt,
            }
            for picture in pictures
            if not picture.media.is_film
        ],
    }


def _film_json(film: Media) -> dict[str, Any]:
    told = ("sha256", "mime", "width", "height", "size", "seconds", "rate", "codec", "sound")
    return {"file": film.file.name, **{name: getattr(film, name) for name in told}}


def following(draft: dict[str, Any], *, after: str, root: str) -> dict[str, Any]:
    """`draft` as an answer to what the slot `after` will have published, in the talk that the slot `root` begins.

    The slots are what people approve: what the network will call them is not known yet.
    """
    return draft | {"after": after, "root": root}


def draft_of(content: dict[str, Any], campaign: Campaign | None = None) -> Draft:
    """The plain draft that a connector takes, from the envelope's JSON. With its campaign, networks can fetch."""
    pictures = [
        Picture(
            sha256=item["sha256"],
            mime=item["mime"],
            width=item["width"],
            height=item["height"],
            size=item["size"],
            alt=item["alt"],
            read=partial(_bytes, item["file"], item["sha256"]),
            link=_link(item, campaign),
        )
        for item in content["pictures"]
    ]
    return Draft(
        text=content["text"],
        pictures=tuple(pictures),
        language=content["language"],
        video=_video(content["video"], campaign) if "video" in content else None,
        title=content.get("title", ""),
        ai_made=content.get("ai_made", False),
        to=_to(content),
    )


def _video(item: dict[str, Any], campaign: Campaign | None) -> Video:
    facts = {name: value for name, value in item.items() if name != "file"}
    return Video(
        **facts,
        part=films.Stored(item["file"], item["sha256"]).part,
        link=_link(item, campaign),
    )


def _link(item: dict[str, Any], campaign: Campaign | None) -> Callable[[], str]:
    return partial(lent_files.address, campaign, item["file"], item["mime"]) if campaign else str


def _to(content: dict[str, Any]) -> To | None:
    """What it answers. For one that follows another that is some comment, enough for counting; see `chaining`."""
    if "after" in content:
        return To(Place.COMMENT, "")
    to = content.get("to")
    if not to:
        return None
    at = parse_datetime(to["at"]) if to.get("at") else None
    return To(Place(to["place"]), to["remote_id"], root=to.get("root", ""), person=to.get("person", ""), at=at)


def files_of(content: dict[str, Any]) -> list[str]:
    """The stored files of an envelope's JSON."""
    return [item["file"] for item in (*content["pictures"], *([content["video"]] if "video" in content else []))]


def require_files(draft: Draft) -> None:
    """Raises `ConnectorError` unless all its files are those that were approved: networks that fetch do not look."""
    for picture in draft.pictures:
        picture.read()
    if draft.video:
        draft.video.part(0, 1)


def _bytes(name: str, sha256: str) -> bytes:
    """The picture that was approved, or none: what lies in the storage may have been cut off or exchanged since."""
    try:
        with default_storage.open(name) as file:
            content = bytes(file.read())
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ConnectorError("picture_changed", detail=name)
    return content
