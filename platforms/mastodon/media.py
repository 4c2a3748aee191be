"""Pictures and films on their way to a Mastodon server: uploaded one by one, made ready there, then posted.

Source: Mastodon documentation, methods/media (v2: 200 ready, 202 at work; asked again: 206 at work), read 2026-07.
"""

from collections.abc import Mapping
from datetime import timedelta
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from platforms.answers import accept, one, packed, proceed, repeatable
from platforms.base import Keep, Later
from platforms.contents import Draft, Picture, Video
from platforms.counting import PictureRules, number
from platforms.films import FilmRules
from platforms.http import Answer
from platforms.streams import form

if TYPE_CHECKING:
    from platforms.mastodon.connector import Mastodon

LIVES = 12 * 3600
"""Seconds after which we upload again: servers sweep unused media after a day, and old ones then post without it."""
PICTURE_WAIT, FILM_WAIT = timedelta(seconds=3), timedelta(seconds=10)
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
FILMS = frozenset({"video/mp4", "video/webm", "video/quicktime"})
_TAKES = "takes "
"""Before a mime type: a limit of 1 says that the server names it among those it takes."""


def told(media: Mapping[str, Any]) -> dict[str, int]:
    """The mime types a server takes, as limits."""
    taken = media.get("supported_mime_types")
    return {f"{_TAKES}{mime}": 1 for mime in sorted(PICTURES | FILMS) if isinstance(taken, list) and mime in taken}


def _taken(limits: Mapping[str, int], known: frozenset[str]) -> frozenset[str]:
    """Those of `known` that the server takes; all of them where it does not say."""
    if not any(name.startswith(_TAKES) for name in limits):
        return known
    return frozenset(mime for mime in known if limits.get(f"{_TAKES}{mime}"))


def picture_rules(limits: Mapping[str, int]) -> PictureRules:
    return PictureRules(
        count=number(limits, "max_media_attachments", 4),
        size=number(limits, "image_size_limit", 16 * 1024 * 1024),
        mimes=_taken(limits, PICTURES),
        alt=number(limits, "description_limit", 1500),
        pixels=number(limits, "image_matrix_limit", 33_177_600),
    )


def film_rules(limits: Mapping[str, int]) -> FilmRules:
    return FilmRules(
        size=number(limits, "video_size_limit", 99 * 1024 * 1024),
        mimes=_taken(limits, FILMS),
        pixels=number(limits, "video_matrix_limit", 8_294_400),
        rate=(0, number(limits, "video_frame_rate_limit", 120)),
    )


def uploaded(ours: "Mastodon", draft: Draft, done: dict[str, Any], keep: Keep) -> dict[str, Any]:
    """All of the draft's media on the server and ready. Raises `Later` while it still works on one."""
    wanted: tuple[Picture | Video, ...] = (draft.video,) if draft.video else draft.pictures
    if not wanted:
        return done
    if time() - done.get("at", 0) > LIVES:
        done = {**done, "media": [], "wait": [], "at": int(time())}
    done = {**done, "media": list(done.get("media", [])), "wait": list(done.get("wait", []))}
    for item in wanted[len(done["media"]) :]:
        data = b"" if isinstance(item, Video) else item.read()  # before asking the gate: the storage may be slow
        proceed(keep, packed(done), ours.door)
        media, is_ready = _upload(ours, item, data)
        done["media"].append(media)
        done["wait"] += [] if is_ready else [media]
    for media in list(done["wait"]):
        if not _is_ready(ours, media, done):
            raise Later(packed(done), wait(draft))
        done["wait"].remove(media)
    return done


def wait(draft: Draft) -> timedelta:
    """How long a server is given before it is asked again."""
    return FILM_WAIT if draft.video else PICTURE_WAIT


def _upload(ours: "Mastodon", item: Picture | Video, data: bytes) -> tuple[str, bool]:
    with repeatable():
        answer = _send_film(ours, item) if isinstance(item, Video) else _send_picture(ours, item, data)
        media = one(accept(answer).object().get("id"), changes=True, what="media id")
    return media, answer.status != 202


def _send_picture(ours: "Mastodon", picture: Picture, data: bytes) -> Answer:
    name = f"{picture.sha256[:12] or 'picture'}.{picture.mime.split('/')[-1]}"
    return ours.door.call(
        "POST",
        f"{ours.account.server}/api/v2/media",
        headers=ours.signed,
        data={"description": picture.alt} if picture.alt else None,
        files={"file": (name, data, picture.mime)},
        changes=True,
    )


def _send_film(ours: "Mastodon", video: Video) -> Answer:
    url = f"{ours.account.server}/api/v2/media"
    return ours.door.call("POST", url, headers=ours.signed, data=form({}, "file", video), changes=True)


def _is_ready(ours: "Mastodon", media: str, done: dict[str, Any]) -> bool:
    answer = ours.get(f"/api/v1/media/{quote(media, safe='')}")
    if answer.status == 404:
        # Swept away or failed: begin anew, but with what else was found out.
        raise Later(packed({**done, "media": [], "wait": [], "at": 0}), PICTURE_WAIT)
    accept(answer)
    return answer.status != 206
