"""YouTube: one channel's films, the comments below them, and their numbers.

Source: YouTube Data API v3 reference (videos, commentThreads, comments, channels, playlistItems; discovery document of
2026-11-04) and "Quota calculator" of June 2026, read 2026-11.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms.answers import one, packed, proceed, repeatable, saved
from platforms.base import Ability, Connector, ConnectorError, Keep, Later, Reconnect, Temporary, Unknowable
from platforms.contents import (
    Account,
    Draft,
    Figure,
    Incoming,
    Key,
    Mark,
    Page,
    Place,
    Problem,
    Profile,
    Seen,
    Sent,
    Shape,
    Video,
)
from platforms.counting import bare, marks
from platforms.http import Answer, Params
from platforms.youtube import comments, shapes, sign_in, text, uploads
from platforms.youtube.failures import accept

API = "/youtube/v3"
UPLOAD = "/upload/youtube/v3/videos"
BATCH = 50
"""Videos per reading."""
PAGES = 4
CATEGORY = "25"
"""News and politics."""
AT_WORK = timedelta(seconds=10)
CLOCK_MARGIN = timedelta(minutes=2)
LONGEST_PRIVATE = timedelta(days=30)
"""How long before its publication a film may have been uploaded: what lies further back is not searched."""
NEW_SESSIONS = 2
"""How often an upload whose session was lost begins anew; each costs one of a hundred uploads a day."""

_FIGURES = {"views": "viewCount", "likes": "likeCount", "replies": "commentCount"}
_ACCOUNT_FIGURES = {"followers": "subscriberCount", "views": "viewCount", "posts": "videoCount"}


class Youtube(Connector):
    """One channel. A film's upload has an address of its own, which tells the video it became: no second can come."""

    kind: ClassVar[str] = "youtube"
    label: ClassVar[str] = "YouTube"
    home: ClassVar[str] = sign_in.HOME
    hosts: ClassVar[Mapping[str, str]] = sign_in.HOSTS
    can: ClassVar[frozenset[Ability]] = frozenset(set(Ability) - {Ability.THREAD})
    titled: ClassVar[bool] = True
    pace: ClassVar[tuple[int, timedelta]] = (10, timedelta(minutes=10))  # all campaigns share a hundred films a day
    renews: ClassVar[bool] = True

    @classmethod
    def signed_in_until(cls, secrets: Mapping[str, str]) -> datetime | None:
        """The end of the refresh token, where Google set one: seven days while the app is in testing."""
        return shapes.moment(secrets.get("ends"))

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text_: str) -> int:
        return text.bytes_of(text_)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return text.limit(draft)

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=0)

    @classmethod
    def marks(cls, text_: str) -> list[Mark]:
        return marks(text_, text.PATTERNS)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        return text.problems(draft, limits)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds the upload's address (`session`), how far it is (`sent`), how many were lost (`lost`)."""
        if draft.to:
            return self._answer(draft)
        if draft.video is None:
            raise ConnectorError("film_missing")
        done, told = saved(handle), uploads.Told()
        if self._session(done):
            told = self._ask(done["session"], draft.video)
        else:
            done = {**done, "session": self._start(draft, draft.video)}
        if told.is_gone:
            return self._after_loss(draft, key, done)
        if told.video is None and told.received < draft.video.size:

            def go_on(at: int) -> None:
                proceed(keep, packed({**done, "sent": at}), self.door)  # how far it is: a sign of life for the engine

            told = uploads.send_all(
                self.door, self.account, done["session"], self._signed, draft.video, told.received, go_on
            )
        if told.video is None:
            raise Later(packed(done), AT_WORK)  # all is there and no video yet, or the session has just ended
        return self._receipt(told.video)

    def _session(self, done: Mapping[str, Any]) -> str:
        session = str(done.get("session", ""))
        return session if uploads.is_googles(session, self.account, self.home) else ""

    def _start(self, draft: Draft, film: Video) -> str:
        url, body = f"{self.account.server}{UPLOAD}", self._described(draft)
        with repeatable():
            session = uploads.start(self.door, self.account, url, self._signed, body, film.mime, film.size)
        if not session or not uploads.is_googles(session, self.account, self.home):
            raise Temporary("odd_answer", status=200, detail="no session of Google's")
        return session

    def _described(self, draft: Draft) -> dict[str, Any]:
        """What is told of the film. YouTube keeps those of an unaudited app private, whatever is asked."""
        return {
            "snippet": {
                "title": draft.title,
                "description": draft.text,
                "categoryId": CATEGORY,
                "defaultLanguage": draft.language,
            },
            "status": {
                "privacyStatus": self._privacy,
                "selfDeclaredMadeForKids": False,
                "containsSyntheticMedia": draft.ai_made,
            },
        }

    @property
    def _privacy(self) -> str:
        return "public" if self.account.app.get("audited") == "1" else "private"

    def _ask(self, session: str, film: Video) -> uploads.Told:
        return uploads.ask(self.door, self.account, session, self._signed, film.size)

    def _after_loss(self, draft: Draft, key: Key, done: Mapping[str, Any]) -> Sent:
        """The session is gone, by age perhaps: where the channel does not have the film, begin anew."""
        if found := self._uploaded(draft, key.made_at):
            return found
        lost = int(done.get("lost", 0)) + 1
        if lost > NEW_SESSIONS:
            raise ConnectorError("upload_lost")
        raise Later(packed({"lost": lost}), AT_WORK)

    def _receipt(self, video: Mapping[str, Any]) -> Sent:
        remote_id = one(video.get("id"), changes=True, what="video id")
        status = video.get("status")
        privacy = (status.get("privacyStatus") if isinstance(status, dict) else "") or self._privacy
        return Sent(remote_id, self._watch(remote_id), "" if privacy == "public" else "youtube_private")

    def _answer(self, draft: Draft) -> Sent:
        assert draft.to
        path, body = comments.request(draft.to, draft.text, self.account.remote_id)
        answer = self._post(path, {"part": "snippet"}, body)
        told = accept(answer, self.account, public=True, single=True).object()
        remote_id = one(told.get("id"), changes=True, what="comment id")
        return Sent(remote_id, self._watch(comments.video_of(draft.to), remote_id))

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """What the upload's own address says. No byte leaves before that address is kept: without one, nothing did."""
        if draft.to:
            return self._find_answer(draft, since)
        session = self._session(saved(handle))
        if not session or draft.video is None:
            return None
        told = self._ask(session, draft.video)
        if told.video is not None:
            return self._receipt(told.video)
        if told.is_gone:
            if found := self._uploaded(draft, since):
                return found
            raise Unknowable("look_there", url=self.account.url or self._channel_page)
        if told.received >= draft.video.size:
            raise Temporary("at_work", retry_after=AT_WORK)
        return None

    def _find_answer(self, draft: Draft, since: datetime) -> Sent:
        """Look through our own comments there. Not finding proves nothing: new ones are shown late."""
        assert draft.to
        ours = comments.ours(self._read, draft.to, self.account.remote_id, since - CLOCK_MARGIN)
        for remote_id, said in ours:
            if bare(said) == bare(draft.text):
                return Sent(remote_id, self._watch(comments.video_of(draft.to), remote_id))
        raise Unknowable("look_there", url=self._watch(comments.video_of(draft.to)))

    def _uploaded(self, draft: Draft, since: datetime) -> Sent | None:
        """The channel's film of that title and description since then, if it is there."""
        wanted = bare(draft.title), bare(draft.text)
        for item in self._uploads(since - CLOCK_MARGIN):
            snippet = item["snippet"]
            if (bare(str(snippet.get("title"))), bare(str(snippet.get("description")))) == wanted:
                return self._receipt({"id": shapes.video_id(item), "status": item.get("status")})
        return None

    def is_public(self, remote_id: str) -> Sent | None:
        for video in self._items("videos", {"part": "status", "id": remote_id}):
            if video.get("status", {}).get("privacyStatus") == "public":
                return Sent(remote_id, self._watch(remote_id))
        return None

    def take_down(self, remote_id: str) -> None:
        """Delete a film, or a comment of ours."""
        path = "videos" if shapes.is_video(remote_id) else "comments"
        with repeatable():
            url = f"{self.account.server}{API}/{path}"
            answer = self.door.call("DELETE", url, headers=self._signed, params={"id": remote_id}, changes=True)
            if answer.status not in (404, 410):
                accept(answer, self.account, single=True)

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        for channel in self._items("channels", {"part": "snippet,status", "mine": "true"}):
            if channel["id"] == self.account.remote_id:
                told = sign_in.described(self.account, channel, self.host("web"))
                return replace(told, remote_id=self.account.remote_id)
        raise Reconnect("no_channel")

    def timeline(self, since: datetime) -> list[Seen]:
        """What the public sees; a film that still waits to be made public is none of it."""
        found = []
        for item in self._uploads(since - LONGEST_PRIVATE):
            at = shapes.moment(item.get("contentDetails", {}).get("videoPublishedAt")) or shapes.at(item)
            if at >= since and item.get("status", {}).get("privacyStatus", "public") == "public":
                remote_id = shapes.video_id(item)
                found.append(Seen(remote_id, shapes.words(item["snippet"]), at, self._watch(remote_id)))
        return sorted(found, key=lambda seen: seen.at, reverse=True)

    def _uploads(self, since: datetime) -> list[dict[str, Any]]:
        """The entries of the channel's list of uploads since then, newest first, private ones too."""
        mine = self._items("channels", {"part": "contentDetails", "id": self.account.remote_id})
        playlist = shapes.uploads_of(mine)
        found: list[dict[str, Any]] = []
        params: dict[str, str | int] = {"part": "snippet,contentDetails,status", "playlistId": playlist}
        params["maxResults"] = BATCH
        for _ in range(PAGES if playlist else 0):
            told = self._read("playlistItems", params)
            page = shapes.listed(told, "snippet")
            found += [item for item in page if shapes.video_id(item) and shapes.at(item) >= since]
            if not told.get("nextPageToken") or any(shapes.at(item) < since for item in page):
                break
            params["pageToken"] = str(told["nextPageToken"])
        return found

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        videos = [remote_id for remote_id in remote_ids if shapes.is_video(remote_id)]
        for start in range(0, len(videos), BATCH):
            wanted = ",".join(videos[start : start + BATCH])
            for video in self._items("videos", {"part": "statistics", "id": wanted, "maxResults": BATCH}):
                found[str(video["id"])] = shapes.figures(video.get("statistics"), _FIGURES)
        return found

    def measure_account(self) -> list[Figure]:
        """Subscribers are rounded to three digits by YouTube, and left out where the channel hides them."""
        for channel in self._items("channels", {"part": "statistics", "id": self.account.remote_id}):
            numbers = channel.get("statistics") or {}
            hidden = {"followers"} if numbers.get("hiddenSubscriberCount") else set()
            return shapes.figures(numbers, {m: name for m, name in _ACCOUNT_FIGURES.items() if m not in hidden})
        raise Temporary("odd_answer", status=200, detail="no channel")

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        if place != Place.COMMENT:
            return super().messages(place, cursor)
        return comments.incoming(self._read, self.account.remote_id, cursor, self._watch, datetime.now(UTC))

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        """Hold a comment back for review, or publish it again."""
        status = "heldForReview" if hidden else "published"
        with repeatable():
            answer = self._post("comments/setModerationStatus", {"id": remote_id, "moderationStatus": status})
            accept(answer, self.account, single=True)

    def profile(self) -> Profile:
        for channel in self._items("channels", {"part": "snippet", "id": self.account.remote_id}):
            return shapes.profile(channel["snippet"])
        raise Temporary("odd_answer", status=200, detail="no channel")

    def is_stale(self, now: datetime) -> bool:
        return sign_in.is_worn(self.account, now)

    def renew(self) -> Mapping[str, str]:
        return sign_in.refresh(self.door, self.account, self.host("token"))

    # Calling -----------------------------------------------------------------------------------------

    @property
    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.secrets['access']}"}

    @property
    def _channel_page(self) -> str:
        return f"{self.host('web')}/channel/{self.account.remote_id}"

    def _watch(self, video: str, comment: str = "") -> str:
        """Where people see a film, or a comment below it."""
        return f"{self.host('web')}/watch?v={video}" + (f"&lc={comment}" if comment else "")

    def _post(self, path: str, params: Params, body: Any = None) -> Answer:
        url = f"{self.account.server}{API}/{path}"
        return self.door.call("POST", url, headers=self._signed, params=params, json=body, changes=True)

    def _read(self, path: str, params: Params) -> dict[str, Any]:
        url = f"{self.account.server}{API}/{path}"
        answer = self.door.call("GET", url, headers=self._signed, params=params, changes=False)
        return accept(answer, self.account).object()

    def _items(self, path: str, params: Params) -> list[dict[str, Any]]:
        return shapes.listed(self._read(path, params), "id")
