"""A film's way to Bluesky: the video service takes it, makes it ready, and lays it down at the account's own server.

The service knows us by a token that the account's server signs for one purpose. Uploading shows nothing; the same film
twice is answered with the first job.
Source: lexicons app.bsky.video.* and com.atproto.server.getServiceAuth, read 2026-08; docs.bsky.app, tutorial "Video"
(whose tokens and answers are followed where the lexicons leave them open, m).
"""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from platforms.answers import content, one, packed, proceed, refuse, repeatable, tidy, words
from platforms.base import Keep, Later, Rejected, Temporary
from platforms.contents import Video
from platforms.films import MP4, FilmRules
from platforms.http import Answer
from platforms.streams import film

if TYPE_CHECKING:
    from platforms.bluesky.connector import Bluesky

RULES = FilmRules(size=300_000_000, mimes=frozenset({MP4}), longest=180)
"""Bytes from the lexicon (2026-08). Seconds from memory (m): the service refuses what is longer in its own words."""
WAIT = timedelta(seconds=5)
TOKEN_LIVES = 30 * 60
"""Seconds a token for an upload is asked to live; an hour is the most."""
SERVICE = "did:web:video.bsky.app"
UPLOAD, LIMITS = "com.atproto.repo.uploadBlob", "app.bsky.video.getUploadLimits"


def uploaded(ours: "Bluesky", video: Video, done: dict[str, Any], keep: Keep) -> dict[str, Any]:
    """The handle with the film's blob (`film`); while the service works on it the handle holds its job (`job`).

    `anew` says that a job was forgotten once and the film uploaded a second time. Raises `Later`.
    """
    if done.get("film"):
        return done
    if not done.get("job"):
        _ask_limits(ours, video)
        token = _token(ours, _server_did(ours), UPLOAD)
        proceed(keep, packed(done), ours.door)
        done = {**done, "job": _upload(ours, video, token)}
        proceed(keep, packed(done), ours.door)
    return _made_ready(ours, done)


def _made_ready(ours: "Bluesky", done: dict[str, Any]) -> dict[str, Any]:
    answer = _service(ours, "GET", "app.bsky.video.getJobStatus", {"jobId": done["job"]})
    if answer.status in (400, 404) and not done.get("anew"):
        raise Later(packed({**done, "job": "", "anew": True}), timedelta(seconds=1))
    if not answer.ok:
        _refuse(answer)
    status = _status(answer.object())
    if status.get("state") == "JOB_STATE_FAILED":
        raise Rejected("film_failed", words=_said(status), detail=str(status.get("failureCode", "")))
    if status.get("state") != "JOB_STATE_COMPLETED":
        raise Later(packed(done), WAIT)
    if not isinstance(status.get("blob"), dict):
        raise Temporary("odd_answer", status=answer.status, detail="a film without a blob")
    return {**{name: value for name, value in done.items() if name != "job"}, "film": status["blob"]}


def _ask_limits(ours: "Bluesky", video: Video) -> None:
    answer = _service(ours, "GET", LIMITS, {}, _token(ours, SERVICE, LIMITS))
    if not answer.ok:
        _refuse(answer)
    told = answer.object()
    left = told.get("remainingDailyBytes")
    if told.get("canUpload") is False or (isinstance(left, int) and left < video.size):
        raise Rejected("film_limit", words=_said(told))


def _upload(ours: "Bluesky", video: Video, token: str) -> str:
    name = f"{video.sha256[:12]}.mp4"
    with repeatable():
        asked = {"did": ours.account.remote_id, "name": name}
        answer = _service(ours, "POST", "app.bsky.video.uploadVideo", asked, token, video)
        status = _status(content(answer))
        known = answer.status == 409 and status.get("jobId")  # the same film once more: its first job goes on
        if not answer.ok and not known:
            _refuse(answer)
        return one(status.get("jobId"), changes=True, what="job")


def _status(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lexicon wraps it, the service has given it bare."""
    inner = told.get("jobStatus")
    return inner if isinstance(inner, dict) else told


def _said(told: Mapping[str, Any]) -> str:
    return tidy(str(told.get("message") or told.get("error") or "")) or "-"


def _refuse(answer: Answer) -> None:
    """A no of the video service is about this film or its quota; it never means that our sign-in is gone."""
    if answer.status in (400, 401, 403, 409, 413):
        raise Rejected("film_failed", words=words(answer), detail=f"HTTP {answer.status}")
    refuse(answer, public=False)


def _service(
    ours: "Bluesky", method: str, name: str, params: Mapping[str, str], token: str = "", video: Video | None = None
) -> Answer:
    url = f"{ours.host('video')}/xrpc/{name}" + (f"?{urlencode(params)}" if params else "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return ours.door.call(method, url, headers=headers, data=film(video) if video else None, changes=video is not None)


def _token(ours: "Bluesky", audience: str, method: str) -> str:
    """What lets the bearer call one method of one service in the account's name."""
    asked: dict[str, str | int | Sequence[str]] = {
        "aud": audience,
        "lxm": method,
        "exp": int(time.time()) + TOKEN_LIVES,
    }
    told = ours.read("com.atproto.server.getServiceAuth", asked)
    return one(told.get("token"), changes=False, what="token")


def _server_did(ours: "Bluesky") -> str:
    """The account's server as a service, as it names itself: a name without the port it may listen on."""
    told = ours.read("com.atproto.server.describeServer", {}, signed=False)
    return one(told.get("did"), changes=False, what="server did")
