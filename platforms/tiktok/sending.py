"""A film or photos on their way, step by step; each step can be taken up after a kill without a second post.

One `publish_id` is one post: bytes that are sent to it twice make no second one, and without all of its bytes nothing
appears. So what must not happen is a second beginning (`init`) while an earlier one may still end in a post.
Source: developers.tiktok.com, "Media Transfer Guide", "Upload", "Direct Post", "Photo Post" and "Get Post Status", read
2026-09-11.
"""

from contextlib import nullcontext
from datetime import timedelta
from time import time
from typing import Any, Never

from platforms.answers import one, packed, proceed, refuse, repeatable
from platforms.base import ConnectorError, Keep, Later, Reconnect, Rejected, Unsure
from platforms.contents import Account, Draft, Sent, Video
from platforms.http import Answer
from platforms.tiktok.calls import DAY_WAIT, Calls, result

CHUNK = 5 * 1024 * 1024
"""Bytes per call: the least TikTok takes, however it counts a MB, because a call has one deadline."""
URL_LIVES = 55 * 60
"""Seconds after which we begin anew: TikTok takes bytes at an address for an hour."""
PROCESSING = timedelta(seconds=10)
SOON = timedelta(seconds=30)
MOST_FAILS = 3
INBOX, PUBLIC, PRIVATE = "inbox", "public", "private"
EVERYBODY, ONLY_ME = "PUBLIC_TO_EVERYONE", "SELF_ONLY"

_AGAIN = frozenset({"internal", "internal_error", "video_pull_failed", "photo_pull_failed"})
"""Reasons for a failure that TikTok says may pass."""
_LOST = frozenset({403, 404, 410})
"""An upload address that is over or was never there."""
_OUT_OF_STEP = frozenset({409, 416})


def way_of(account: Account) -> str:
    """`inbox`, unless TikTok has audited our app (`public`) or the team chose `direct` all the same (`private`)."""
    if "video.publish" not in account.secrets.get("scope", "").split(","):
        return INBOX
    if account.app.get("audited") == "1":
        return PUBLIC
    return PRIVATE if account.app.get("direct") == "1" else INBOX


def pieces(size: int) -> list[tuple[int, int]]:
    """(offset, bytes) of each chunk: as many as `size` holds, and the last takes what remains."""
    count = max(1, size // CHUNK)
    return [(n * CHUNK, CHUNK if n < count - 1 else size - n * CHUNK) for n in range(count)]


def source(film: Video) -> dict[str, Any]:
    """`source_info` of a film whose bytes we send."""
    count = len(pieces(film.size))
    chunk = film.size if count == 1 else CHUNK
    return {"source": "FILE_UPLOAD", "video_size": film.size, "chunk_size": chunk, "total_chunk_count": count}


def uploaded(told: dict[str, Any], otherwise: int) -> int:
    """How many bytes of a film TikTok has; where it does not say, what we knew."""
    found = told.get("uploaded_bytes")
    return found if isinstance(found, int) and not isinstance(found, bool) else otherwise


def post_id(told: dict[str, Any]) -> str:
    """The id under which the public sees it, "" before that. TikTok misspells the name; both are taken."""
    for name in ("publicaly_available_post_id", "publicly_available_post_id"):
        if isinstance(told.get(name), list) and told[name]:
            return str(told[name][0])
    return ""


class Sending:
    """One draft on its way. `done` is the handle: `way`, `id`, `url`, `at` of the beginning, `sent` bytes, `fails`."""

    def __init__(self, calls: Calls, draft: Draft, done: dict[str, Any], web: str) -> None:
        self.calls, self.draft, self.done, self.web = calls, draft, done, web
        self.is_certain = True
        """Whether we know that TikTok lacks the bytes which we are about to send."""

    # How far it is -----------------------------------------------------------------------------------

    def receipt(self, told: dict[str, Any]) -> Sent | None:
        """The receipt once TikTok has it all; None while it is at work."""
        status, name = told.get("status"), str(self.done["id"])
        if status == "PUBLISH_COMPLETE" and (post := post_id(told)):
            return Sent(post, page(self.web, self.calls.account, post))
        if status not in ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX"):
            return None
        waits = "tiktok_inbox"
        if status == "PUBLISH_COMPLETE":
            waits = "tiktok_private" if self.done.get("way") == PRIVATE else "tiktok_review"
        return Sent(name, self.calls.account.url, waits_for=waits)

    def is_whole(self, told: dict[str, Any]) -> bool:
        """Whether TikTok has every byte that it needs from us."""
        return self.draft.video is None or uploaded(told, self.done.get("sent", 0)) >= self.draft.video.size

    @property
    def is_begun(self) -> bool:
        """Whether the last bytes may have left us: before that, nothing can appear."""
        return self.draft.video is None or self.done.get("sent", 0) >= pieces(self.draft.video.size)[-1][0]

    # Going on ----------------------------------------------------------------------------------------

    def run(self, keep: Keep) -> Sent:
        """Take it as far as it goes now. Raises the five, or `Later`."""
        if not self.done.get("id"):
            self._begin(keep)
            return self._send_from(0, keep)
        told = self.calls.status(self.done["id"])
        if sent := self.receipt(told):
            return sent
        if told.get("status") == "FAILED":
            self._failed(str(told.get("fail_reason") or "unknown"))
        if not told:
            self._forgotten()
        if self.is_whole(told):
            raise Later(packed(self.done), PROCESSING)
        if time() - self.done.get("at", 0) > URL_LIVES:
            self._anew()  # not all bytes are there, and no more are taken: it can never appear
        self.is_certain = "uploaded_bytes" in told
        return self._send_from(uploaded(told, self.done.get("sent", 0)), keep)

    def _failed(self, reason: str) -> Never:
        if reason in _AGAIN:
            self._anew()
        if reason == "spam_risk_too_many_posts":
            raise Later("", DAY_WAIT)
        if reason == "auth_removed":
            raise Reconnect("signed_out", words=reason)
        if reason == "spam_risk_user_banned_from_posting":
            raise Reconnect("not_allowed", words=reason)
        raise Rejected("refused", words=reason)

    def _forgotten(self) -> Never:
        """TikTok no longer knows the id: harmless as long as the last bytes cannot have left us."""
        if self.is_begun:
            raise Unsure("odd_answer", status=200, detail="the publish id is not known any more")
        self._anew()

    def _anew(self) -> Never:
        """Begin again later; only where the beginning before can never end in a post."""
        raise Later(packed({"fails": self._fails()}), SOON)

    # Beginning ---------------------------------------------------------------------------------------

    def _begin(self, keep: Keep) -> None:
        way = way_of(self.calls.account)
        info: dict[str, Any] = {}
        if way != INBOX:
            creator = self.calls.creator()
            if EVERYBODY not in (creator.get("privacy_level_options") or []):
                way = PRIVATE  # a person makes it public there, and so decides what we may not
            info = self._info(creator, way)
        self.done = {"way": way, "at": int(time()), "fails": self.done.get("fails", 0)}
        proceed(keep, packed(self.done), self.calls.door)
        if self.draft.video:
            self._begin_film(info)
        else:
            self._begin_photos(info)

    def _info(self, creator: dict[str, Any], way: str) -> dict[str, Any]:
        """`post_info` of a direct post: the creator's own settings stand, and no advertisement is declared."""
        told: dict[str, Any] = {
            "privacy_level": EVERYBODY if way == PUBLIC else ONLY_ME,
            "disable_comment": bool(creator.get("comment_disabled")),
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        }
        if self.draft.video is None:
            # That photos take `is_aigc` is unconfirmed, so it is named only where it says something.
            return told | {"auto_add_music": False} | ({"is_aigc": True} if self.draft.ai_made else {})
        told |= {"title": self.draft.text, "is_aigc": self.draft.ai_made}
        told |= {"disable_duet": bool(creator.get("duet_disabled"))}
        return told | {"disable_stitch": bool(creator.get("stitch_disabled"))}

    def _begin_film(self, info: dict[str, Any]) -> None:
        """Bytes are sent afterwards, so nothing appears by this alone and it may be repeated."""
        assert self.draft.video
        told = {"source_info": source(self.draft.video)} | ({"post_info": info} if info else {})
        with repeatable():
            path = "post/publish/video/init" if info else "post/publish/inbox/video/init"
            given = result(self.calls.change(path, told))
            self.done["id"] = one(given.get("publish_id"), changes=True, what="publish id")
            self.done["url"] = one(given.get("upload_url"), changes=True, what="upload address")

    def _begin_photos(self, info: dict[str, Any]) -> None:
        """TikTok fetches the photos itself, so this one call is all there is."""
        body = {
            "post_info": {"title": self.draft.title, "description": self.draft.text, **info},
            "source_info": {
                "source": "PULL_FROM_URL",
                "photo_images": [picture.link() for picture in self.draft.pictures],
                "photo_cover_index": 0,
            },
            "post_mode": "DIRECT_POST" if info else "MEDIA_UPLOAD",
            "media_type": "PHOTO",
        }
        given = result(self.calls.change("post/publish/content/init", body), public=True)
        self.done["id"] = one(given.get("publish_id"), changes=True, what="publish id")

    # Sending bytes -----------------------------------------------------------------------------------

    def _send_from(self, start: int, keep: Keep) -> Never:
        """Every chunk from `start` on, then wait for TikTok. The gate is asked before each."""
        film = self.draft.video
        for offset, length in pieces(film.size) if film else []:
            if film is None or offset + length <= start:
                continue
            data = film.part(offset, length)  # before asking the gate: the storage may be slow
            self.done["sent"] = offset
            proceed(keep, packed(self.done), self.calls.door)
            self._put(film, offset, data)
            self.done["sent"] = offset + length
        raise Later(packed(self.done), PROCESSING)

    def _put(self, film: Video, offset: int, data: bytes) -> None:
        """One chunk. Those before the last show nothing; after the last it is TikTok's to make a post of it."""
        end = offset + len(data)
        is_last = end == film.size
        headers = {"Content-Type": film.mime, "Content-Range": f"bytes {offset}-{end - 1}/{film.size}"}
        with nullcontext() if is_last else repeatable():
            answer = self.calls.door.call("PUT", self.done["url"], headers=headers, data=data, changes=True)
            self._judge(answer, is_last)

    def _judge(self, answer: Answer, is_last: bool) -> None:
        """These answers carry no `error.code`: 206 says more is awaited, 201 that all is there."""
        if answer.ok:
            return
        if answer.status in _OUT_OF_STEP:
            raise Later(packed(self.done | {"fails": self._fails()}), SOON)  # its status tells where to go on
        if answer.status in _LOST:
            if is_last and not self.is_certain:
                raise Unsure("odd_answer", status=answer.status, detail="the upload address is over")
            self._anew()
        refuse(answer, public=is_last)

    def _fails(self) -> int:
        fails = int(self.done.get("fails", 0)) + 1
        if fails > MOST_FAILS:
            raise ConnectorError("tiktok_upload_broke", detail=str(self.done.get("id")))
        return fails


def page(web: str, account: Account, post: str) -> str:
    """Where people see a post; TikTok itself tells no address before it lists the video."""
    return f"{web}/@{account.handle.removeprefix('@')}/video/{post}"
