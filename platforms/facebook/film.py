"""Films, in parts that can be taken up again, and public only once the last call has been made.

Source: "Reels publishing", Video API "Resumable upload", read 2026-09; the phases of `/videos` from memory, as Meta's
own SDK speaks them.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from platforms.answers import one, packed, repeatable, tidy
from platforms.base import Later, Rejected, Temporary, Unsure
from platforms.contents import Draft, Sent, Video
from platforms.facebook.text import is_reel
from platforms.graph import VERSION, Fields, Graph, accept

PART = 4 * 1024 * 1024
"""Bytes per call: what a slow line brings across within one call's time. That reels take parts, too, is unconfirmed."""
STATUS_WAIT = timedelta(seconds=10)
_STATUS = "status,permalink_url,post_id"


class Film:
    """The film of one draft on its way.

    `done` is the handle: `video`, `session`, `kind`, and `over` once we asked for it to be shown.
    """

    def __init__(self, graph: Graph, page: str, uploads: str, site: str) -> None:
        """`uploads` and `site` are base addresses."""
        self.graph, self.page, self.uploads, self.site = graph, page, uploads, site

    def publish(
        self, draft: Draft, video: Video, done: dict[str, Any], go_on: Callable[[dict[str, Any]], None]
    ) -> Sent:
        """Upload what is missing, ask for publication, and say whether it is out. Raises `Later` while it is processed.

        `go_on` keeps the handle and asks the gate; before the last call its handle says `over`.
        """
        if done.get("over"):
            sent = self.outcome(done)
            if sent is not None:
                return sent
        if not done.get("video"):
            kind = "reel" if is_reel(video) else "video"
            go_on(done)
            done = {**done, "kind": kind, **self._begin(kind, video)}
        self._upload(video, done, go_on)
        done = {**done, "over": True}
        go_on(done)
        self._finish(draft, done)
        sent = self.outcome(done)
        if sent is None:
            raise Unsure("odd_answer", status=200, detail="finished, yet not begun")
        return sent

    def _begin(self, kind: str, video: Video) -> dict[str, str]:
        """A place for the bytes, as `video` and perhaps `session`; nobody sees it."""
        asked: dict[str, str | int] = {"upload_phase": "start"}
        asked |= {"file_size": video.size} if kind == "video" else {}
        with repeatable():
            told = accept(self.graph.post(f"{self.page}/{_EDGE[kind]}", asked)).object()
            named = {"video": one(told.get("video_id"), changes=True, what="video id")}
            if kind == "video":
                named["session"] = one(told.get("upload_session_id"), changes=True, what="upload session")
        return named

    def _upload(self, video: Video, done: Mapping[str, Any], go_on: Callable[[dict[str, Any]], None]) -> None:
        """Every byte that the network does not have yet, by its own account of them."""
        offset = self._offset(done)
        while offset < video.size:
            data = video.part(offset, min(PART, video.size - offset))
            if not data:
                raise Rejected("refused", words="", detail="the file is shorter than it was")
            go_on(dict(done))
            send = self._send_reel if done["kind"] == "reel" else self._send_video
            with repeatable():
                send(str(done.get("session") or done["video"]), offset, video, data)
            offset += len(data)

    def _offset(self, done: Mapping[str, Any]) -> int:
        status = self._status(str(done["video"]))
        there = _part(status, "uploading_phase").get("bytes_transfered")
        return there if isinstance(there, int) else 0

    def _send_reel(self, name: str, offset: int, video: Video, data: bytes) -> None:
        headers = {
            "Authorization": f"OAuth {self.graph.token}",
            "offset": str(offset),
            "file_size": str(video.size),
            "Content-Type": "application/octet-stream",
        }
        url = f"{self.uploads}/video-upload/{VERSION}/{name}"
        accept(self.graph.door.call("POST", url, headers=headers, data=data, changes=True))

    def _send_video(self, name: str, offset: int, video: Video, data: bytes) -> None:
        asked: Fields = {"upload_phase": "transfer", "upload_session_id": name, "start_offset": offset}
        file = {"video_file_chunk": (f"{video.sha256[:12] or 'film'}.mp4", data, video.mime)}
        accept(self.graph.post(f"{self.page}/videos", asked, file))

    def _finish(self, draft: Draft, done: Mapping[str, Any]) -> None:
        name, kind = str(done.get("session") or done["video"]), str(done["kind"])
        asked: dict[str, str | int] = {"upload_phase": "finish", "description": draft.text}
        asked |= {"title": draft.title} if draft.title else {}
        asked |= (
            {"is_ai_generated": "true"} if draft.ai_made else {}
        )  # as in Meta's SDK 26.0.3; photos have no such mark
        asked |= {"video_id": name, "video_state": "PUBLISHED"} if kind == "reel" else {"upload_session_id": name}
        told = accept(self.graph.post(f"{self.page}/{_EDGE[kind]}", asked), public=True).object()
        if told.get("success") is not True:
            raise Unsure("odd_answer", status=200, detail="not finished")

    def outcome(self, done: Mapping[str, Any]) -> Sent | None:
        """The receipt of a film that is out; None where it was not yet asked for.

        Raises `Later` while it is processed, `Rejected` where the network cannot show it.
        """
        answer = accept(self.graph.get(str(done["video"]), {"fields": _STATUS})).object()
        status = _object(answer.get("status"))
        processing, publishing = _part(status, "processing_phase"), _part(status, "publishing_phase")
        if status.get("video_status") == "error" or processing.get("status") == "error":
            errors = processing.get("errors")
            first = _object(errors[0]) if isinstance(errors, list) and errors else {}
            raise Rejected("refused", words=tidy(str(first.get("message") or "")), detail="processing failed")
        if publishing.get("status") == "complete":
            return self._receipt(str(done["video"]), answer)
        if publishing.get("status") == "not_started" and processing.get("status") == "not_started":
            return None
        raise Later(packed(dict(done)), STATUS_WAIT)

    def _receipt(self, name: str, told: Mapping[str, Any]) -> Sent:
        post, link = str(told.get("post_id") or name), str(told.get("permalink_url") or "")
        link = f"{self.site}{link}" if link.startswith("/") else link
        return Sent(post if "_" in post else f"{self.page}_{post}", link or f"{self.site}/{name}")

    def _status(self, name: str) -> dict[str, Any]:
        return _object(self.graph.read(name, {"fields": "status"}).get("status"))

    def find(self, done: Mapping[str, Any]) -> Sent | None:
        """Whether the film went out; absence is proven where publication was never begun. Raises `Temporary` else."""
        try:
            return self.outcome(done)
        except Later:
            raise Temporary("look_there", url=self.site, retry_after=STATUS_WAIT) from None
        except Rejected:
            return None  # it is there and will never be shown; the next try says why


_EDGE = {"reel": "video_reels", "video": "videos"}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _part(status: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _object(status.get(name))
