"""Uploading pictures and films, each step once, whatever happens in between.

Source: X documentation, x-api/media/quickstart (media-upload-chunked), openapi.json 2.167, 2026-08.
"""

from collections.abc import Sequence
from datetime import timedelta
from time import time
from typing import Any

from platforms.answers import accept as plainly
from platforms.answers import content, one, packed, proceed, repeatable
from platforms.base import Keep, Later, Rejected
from platforms.contents import Picture, Video
from platforms.http import Answer
from platforms.x.calling import Calls
from platforms.x.posts import part
from platforms.x.refusing import words

LIVES = 20 * 3600
"""Seconds after which we upload again: X forgets unused media 24 hours after they were finished."""
SEGMENT = 1024 * 1024
"""Bytes of a film per call, as in X's own samples; 999 are allowed, so that 512 MB always fit."""
WAIT = timedelta(seconds=3)
LONGEST_WAIT = 60


class Uploads:
    """The uploads of one draft. All that is done stands in the handle: `media` (ids), `alt` (how many of them are
    described), `film` (id), `next` (its next segment), `whole` (all of it is there), `at` (since when).
    """

    def __init__(self, calls: Calls, done: dict[str, Any], keep: Keep) -> None:
        self.calls, self.keep = calls, keep
        self.done = done if time() - done.get("at", 0) <= LIVES else without_media(done)

    def pictures(self, pictures: Sequence[Picture], *, category: str, described: bool) -> list[str]:
        """The ids of the uploaded pictures, in order."""
        media: list[str] = list(self.done.get("media", []))[: len(pictures)]
        for picture in pictures[len(media) :]:
            data = picture.read()  # before asking the gate: the storage may be slow
            self._proceed(media=media)
            media.append(self._upload(picture, data, category))
        self.done["media"] = media
        for number in range(self.done.get("alt", 0), len(pictures) if described else 0):
            if pictures[number].alt:
                self._proceed(alt=number)
                self._describe(media[number], pictures[number].alt)
            self.done["alt"] = number + 1
        return media

    def film(self, film: Video, *, category: str) -> str:
        """The film's id, once X has made it ready. Raises `Later` while it is at work."""
        if not self.done.get("film"):
            self._proceed()
            self.done["film"] = self._begin(film, category)
        remote_id = str(self.done["film"])
        while self.done.get("next", 0) * SEGMENT < film.size:
            number = self.done.get("next", 0)
            data = film.part(number * SEGMENT, SEGMENT)
            self._proceed()
            self._append(remote_id, number, data)
            self.done["next"] = number + 1
        if not self.done.get("whole"):
            self._proceed()
            self._finish(remote_id)
            self.done["whole"] = 1
        self._await(remote_id)
        return remote_id

    def _proceed(self, **more: Any) -> None:
        self.done = {**self.done, "at": self.done.get("at") or int(time()), **more}
        proceed(self.keep, packed(self.done), self.calls.door)

    # One call each -----------------------------------------------------------------------------------

    def _upload(self, picture: Picture, data: bytes, category: str) -> str:
        name = f"{picture.sha256[:12] or 'picture'}.{picture.mime.split('/')[-1]}"
        with repeatable():
            files = {"media": (name, data, picture.mime)}
            answer = self.calls.post("/2/media/upload", data={"media_category": category}, files=files)
            return _id(answer)

    def _describe(self, remote_id: str, alt: str) -> None:
        with repeatable():
            asked = {"id": remote_id, "metadata": {"alt_text": {"text": alt}}}
            self.calls.post("/2/media/metadata", json=asked).object()

    def _begin(self, film: Video, category: str) -> str:
        with repeatable():
            asked = {"media_type": film.mime, "total_bytes": film.size, "media_category": category}
            return _id(self.calls.post("/2/media/upload/initialize", json=asked))

    def _append(self, remote_id: str, number: int, data: bytes) -> None:
        with repeatable():
            files = {"media": ("film.mp4", data, "video/mp4")}
            path = f"/2/media/upload/{remote_id}/append"
            answer = self.calls.try_post(path, data={"segment_index": str(number)}, files=files)
            self._accept(answer)

    def _finish(self, remote_id: str) -> None:
        with repeatable():
            answer = self.calls.try_post(f"/2/media/upload/{remote_id}/finalize")
            if answer.status == 400 and self._state(remote_id).ok:
                return  # an earlier try arrived
            self._accept(answer)

    def _accept(self, answer: Answer) -> None:
        if answer.status == 404 and not self.done.get("anew"):
            # Forgotten before it was whole: begin anew, once. What is refused again is refused for good.
            raise Later(packed({**without_media(self.done), "anew": 1}), WAIT)
        if not answer.ok:
            self.calls.refuse(answer)

    def _state(self, remote_id: str) -> Answer:
        return self.calls.try_get("/2/media/upload", {"command": "STATUS", "media_id": remote_id})

    def _await(self, remote_id: str) -> None:
        answer = self._state(remote_id)
        self._accept(answer)
        info = part(part(plainly(answer).object(), "data"), "processing_info")
        if info.get("state") == "failed":
            said = str(part(info, "error").get("message") or words(answer))
            raise Rejected("film_failed", words=said[:300], detail=str(content(answer))[:500])
        if info.get("state") in ("pending", "in_progress"):
            seconds = info.get("check_after_secs")
            wait = min(max(seconds, 1), LONGEST_WAIT) if isinstance(seconds, int) else WAIT.total_seconds()
            raise Later(packed(self.done), timedelta(seconds=wait))


def _id(answer: Answer) -> str:
    return one(part(answer.object(), "data").get("id"), changes=True, what="media id")


def without_media(done: dict[str, Any]) -> dict[str, Any]:
    """What a handle holds of the post itself."""
    return {name: done[name] for name in ("asked", "last", "tries", "anew") if name in done}
