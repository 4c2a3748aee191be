"""Films, in parts that can be taken up again, and public only once the last call has been made.

Source: "Reels publishing", read 2026-09; "Uploading Videos with the Graph API" (the phases of `/videos`, which Meta's
own SDK 26 still speaks; subcode 1363037 as other clients meet it).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from platforms.answers import one, packed, repeatable, tidy
from platforms.base import ConnectorError, Later, Rejected, Temporary, Unsure
from platforms.contents import Draft, Sent, Video
from platforms.facebook.text import is_reel
from platforms.graph import VERSION, Fields, Graph, accept, fault

LARGEST_REEL = 32 * 1024 * 1024
"""Bytes up to which a film goes among the reels: what is uploaded there goes in one call, and may only break off."""
MOST = 16 * 1024 * 1024
"""Bytes per call at most, whatever the network asks for."""
STATUS_WAIT = timedelta(seconds=10)
_OTHER_OFFSET = 1_363_037
_STATUS = "status,permalink_url,post_id"


class Film:
    """The film of one draft on its way.

    `done` is the handle: `video`, `kind`, for plain videos `session` and the range wanted next (`start`, `end`), and
    `over` once we asked for it to be shown.
    """

    def __init__(self, graph: Graph, page: str, host: Callable[[str], str]) -> None:
        """`host` gives the network's further hosts by our names for them."""
        self.graph, self.page, self.site, self.uploads = graph, page, host("web"), host("upload")
        self.videos = replace(graph, base=f"{host('video')}/{VERSION}")

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
            kind = "reel" if is_reel(video) and video.size <= LARGEST_REEL else "video"
            go_on(done)
            done = {**done, "kind": kind, **self._begin(kind, video)}
        done = {**self._upload(video, done, go_on), "over": True}
        go_on(done)
        self._finish(draft, done)
        sent = self.outcome(done)
        if sent is None:
            raise Unsure("odd_answer", status=200, detail="finished, yet not begun")
        return sent

    def _begin(self, kind: str, video: Video) -> dict[str, Any]:
        """A place for the bytes, as `video` and perhaps `session`, `start` and `end`; nobody sees it."""
        with repeatable():
            if kind == "reel":
                told = accept(self.graph.post(f"{self.page}/video_reels", {"upload_phase": "start"})).object()
                return {"video": one(told.get("video_id"), changes=True, what="video id")}
            asked: Fields = {"upload_phase": "start", "file_size": video.size}
            told = accept(self.videos.post(f"{self.page}/videos", asked)).object()
            named = {"video": one(told.get("video_id"), changes=True, what="video id")}
            named["session"] = one(told.get("upload_session_id"), changes=True, what="upload session")
            return {**named, **_range(told, changes=True)}

    def _upload(
        self, video: Video, done: dict[str, Any], go_on: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:  # fmt: skip
        """The handle once every byte is there. Where an earlier try broke off, the network says what it has."""
        if done["kind"] == "reel":
            self._upload_reel(video, done, go_on)
            return done
        done = {"start": 0, "end": 0, **done}  # a handle keeps no zeros
        while done["start"] < done["end"]:
            data = _read(video, done["start"], min(done["end"] - done["start"], MOST))
            go_on(done)
            before, done = done["start"], {**done, **self._send_part(done, video, data)}
            if done["start"] == before:
                raise Temporary("odd_answer", status=200, detail=f"still at {before}")
        return done

    def _send_part(self, done: Mapping[str, Any], video: Video, data: bytes) -> dict[str, int]:
        """Which range is wanted next."""
        asked: Fields = {
            "upload_phase": "transfer",
            "upload_session_id": str(done["session"]),
            "start_offset": int(done["start"]),
        }
        file = {"video_file_chunk": (f"{video.sha256[:12] or 'film'}.mp4", data, video.mime)}
        with repeatable():
            answer = self.videos.post(f"{self.page}/videos", asked, file)
            found = None if answer.ok else fault(answer)
            if found is not None and found.subcode == _OTHER_OFFSET and found.data:
                return _range(found.data, changes=False)  # an earlier part had arrived after all
            return _range(accept(answer).object(), changes=True)

    def _upload_reel(self, video: Video, done: dict[str, Any], go_on: Callable[[dict[str, Any]], None]) -> None:
        status = _object(self.graph.read(str(done["video"]), {"fields": "status"}).get("status"))
        there = _part(status, "uploading_phase").get("bytes_transfered")
        offset = there if isinstance(there, int) else 0
        if offset >= video.size:
            return
        data = _read(video, offset, video.size - offset)
        headers = {
            "Authorization": f"OAuth {self.graph.token}",
            "offset": str(offset),
            "file_size": str(video.size),
            "Content-Type": "application/octet-stream",
        }
        url = f"{self.uploads}/video-upload/{VERSION}/{done['video']}"
        go_on(done)
        with repeatable():
            accept(self.graph.door.call("POST", url, headers=headers, data=data, changes=True))

    def _finish(self, draft: Draft, done: Mapping[str, Any]) -> None:
        name, kind = str(done.get("session") or done["video"]), str(done["kind"])
        asked: dict[str, str | int] = {"upload_phase": "finish", "description": draft.text}
        asked |= {"title": draft.title} if draft.title else {}
        asked |= (
            {"is_ai_generated": "true"} if draft.ai_made else {}
        )  # as in Meta's SDK 26.0.3; photos have no such mark
        if kind == "reel":
            asked |= {"video_id": name, "video_state": "PUBLISHED"}
            answer = self.graph.post(f"{self.page}/video_reels", asked)
        else:
            asked |= {"upload_session_id": name}
            answer = self.videos.post(f"{self.page}/videos", asked)
        told = accept(answer, public=True).object()
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

    def find(self, done: Mapping[str, Any]) -> Sent | None:
        """Whether the film went out; absence is proven where publication was never begun. Raises `Temporary` else."""
        try:
            return self.outcome(done)
        except Later:
            raise Temporary("look_there", url=self.site, retry_after=STATUS_WAIT) from None
        except Rejected:
            return None  # it is there and will never be shown; the next try says why


def _read(video: Video, start: int, count: int) -> bytes:
    """That part of the film, before the gate is asked: the storage may be slow."""
    data = video.part(start, count)
    if len(data) != count:
        raise ConnectorError("film_changed", detail="the file is shorter than it was")
    return data


def _range(told: Mapping[str, Any], *, changes: bool) -> dict[str, int]:
    """The bytes that are wanted next, as `start` and `end`; equal once all are there."""
    start, end = (one(told.get(name), changes=changes, what=name) for name in ("start_offset", "end_offset"))
    if not (start.isdigit() and end.isdigit()):
        raise Temporary("odd_answer", status=200, detail="no range")
    return {"start": int(start), "end": int(end)}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _part(status: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _object(status.get(name))
