"""TikTok's Content Posting and Display APIs.

Nobody can read or answer comments through these APIs, nor delete a post. Source: developers.tiktok.com, Content
Posting API and Display API references, read 2026-09-11.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms.answers import one, saved, things
from platforms.base import Ability, Connector, ConnectorError, Keep, Stale, Temporary, Unknowable
from platforms.contents import Account, Draft, Figure, Key, Mark, Problem, Profile, Seen, Sent, Shape
from platforms.counting import bare, marks, utf16
from platforms.http import Door
from platforms.tiktok import rules, tokens
from platforms.tiktok.calls import HOME, WEB, Calls, result
from platforms.tiktok.sending import INBOX, Sending, page, post_id, way_of

BATCH = 20
"""Videos per question. For video/query as documented; that a page of video/list holds no more is from memory."""
PAGES = 10
CLOCK_MARGIN = timedelta(minutes=2)
_MARKS = {"mention": re.compile(r"(?<![\w@])@[\w.]*\w"), "tag": re.compile(r"(?<![\w#])#\w+")}
_SHOWN_FIELDS = ("id", "title", "video_description", "create_time", "share_url")
_FIGURES = {"views": "view_count", "likes": "like_count", "replies": "comment_count", "reposts": "share_count"}
_ACCOUNT_FIGURES = {
    "followers": "follower_count",
    "following": "following_count",
    "likes": "likes_count",
    "posts": "video_count",
}


class TikTok(Connector):
    """One account. Unless TikTok has audited our app, what we send waits for a person: see `Sent.waits_for`."""

    kind: ClassVar[str] = "tiktok"
    label: ClassVar[str] = "TikTok"
    home: ClassVar[str] = HOME
    hosts: ClassVar[Mapping[str, str]] = {"web": WEB}
    can: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PUBLISH,
            Ability.VIDEO,
            Ability.TIMELINE,
            Ability.MEASURE_POSTS,
            Ability.MEASURE_ACCOUNT,
            Ability.PROFILE,
        }
    )
    fetches: ClassVar[bool] = True
    pace: ClassVar[tuple[int, timedelta]] = (6, timedelta(minutes=1))
    renews: ClassVar[bool] = True

    # Signing in --------------------------------------------------------------------------------------

    @classmethod
    def connect(cls, door: Door, server: str, told: Mapping[str, Any], app: Mapping[str, str]) -> Account:
        """The account behind the answer of TikTok's token address. `app` is what `Account.app` holds."""
        secrets = tokens.secrets(told, datetime.now(UTC))
        open_id = one(told.get("open_id"), changes=False, what="open id")
        account = Account("tiktok", server, open_id, "", "", secrets, app=app)
        return cls(account, door).check() if "user.info.basic" in tokens.granted(secrets) else account

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text: str) -> int:
        return utf16(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return rules.limit(draft)

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return rules.shape()

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Names and tags; links in a caption stay plain text."""
        return marks(text, _MARKS)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        return rules.problems(draft, limits)

    @classmethod
    def link_problems(cls, target: str) -> list[Problem]:
        return rules.link_problems(target)

    # Publishing --------------------------------------------------------------------------------------

    @property
    def _calls(self) -> Calls:
        return Calls(self.account, self.door)

    def _sending(self, draft: Draft, handle: str) -> Sending:
        return Sending(self._calls, draft, saved(handle), self.host("web"))

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """Ends in a draft in the creator's inbox, or in a post where TikTok has audited us. The handle: see `Sending`.

        The inbox takes a film without its caption and without the mark of AI: the person who finishes it adds both.
        """
        return self._sending(draft, handle).run(keep)

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """By the publish id. Without one, bytes were never sent and photos may have been: then only the list tells."""
        sending = self._sending(draft, handle)
        if not sending.done.get("id"):
            if draft.video or "way" not in sending.done:  # the handle says `way` before photos are told of
                return None
            return self._listed(draft, sending.done["way"], since)
        told = self._calls.status(sending.done["id"])
        if sent := sending.receipt(told):
            return sent
        if told.get("status") == "FAILED" or (told and not sending.is_whole(told)):
            return None
        if not told:
            if sending.is_begun:
                raise self._unknowable()
            return None
        raise Temporary("at_work")

    def _listed(self, draft: Draft, way: str, since: datetime) -> Sent:
        """The post with these words. Drafts and private posts are never listed, so not finding proves nothing."""
        wanted = bare(draft.text or draft.title)
        if way != INBOX and wanted:
            for video in self._own(since - CLOCK_MARGIN):
                if wanted in {bare(str(video.get(name) or "")) for name in ("title", "video_description")}:
                    return Sent(str(video["id"]), self._address(video))
        raise self._unknowable()

    def _unknowable(self) -> Unknowable:
        return Unknowable("look_there", url=self.account.url or self.host("web"))

    def take_down(self, remote_id: str) -> None:
        """Stop what TikTok is still fetching from us. Nothing else can be removed through its interface."""
        if not remote_id.isdigit():
            answer = self._calls.ask("post/publish/cancel", {"publish_id": remote_id})
            try:
                result(answer)
            except (Temporary, Stale):
                raise
            except ConnectorError as error:
                raise ConnectorError("delete_there", url=self.account.url, detail=error.detail) from None
            return
        raise ConnectorError("delete_there", url=page(self.host("web"), self.account, remote_id))

    def is_public(self, remote_id: str) -> Sent | None:
        """The post that became of a draft: TikTok names it after a person has posted it and it has passed review."""
        post = remote_id if remote_id.isdigit() else post_id(self._calls.status(remote_id))
        if not post:
            return None
        found = list(self._query([post], _SHOWN_FIELDS))
        if not found and post == remote_id:
            return None
        return Sent(post, self._address(found[0]) if found else page(self.host("web"), self.account, post))

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        """Who we are. The longest film it may post is told only to apps that may post directly."""
        granted = tokens.granted(self.account.secrets)
        known = "user.info.profile" in granted
        user = self._calls.user("open_id", "display_name", *(("username", "profile_deep_link") if known else ()))
        name = str(user.get("display_name") or self.account.name)
        username = str(user.get("username") or self.account.handle).removeprefix("@")
        return replace(
            self.account,
            remote_id=one(user.get("open_id"), changes=False, what="open id"),
            name=name or username,
            handle=f"@{username}" if username else "",
            url=f"{self.host('web')}/@{username}" if username else str(user.get("profile_deep_link") or ""),
            limits=self._limits(),
        )

    def _limits(self) -> Mapping[str, int]:
        """What the creator may post directly; as it was known where they may post nothing more today."""
        if way_of(self.account) == INBOX:
            return {}
        try:
            seconds = self._calls.creator().get("max_video_post_duration_sec")
        except Temporary as error:
            if error.code != "tiktok_too_many":
                raise
            return self.account.limits
        return {"max_video_post_duration_sec": seconds} if isinstance(seconds, int) and seconds > 0 else {}

    def profile(self) -> Profile:
        user = self._calls.user("display_name", "username", "bio_description", "profile_deep_link", "avatar_url")
        return Profile(
            name=str(user.get("display_name") or ""),
            handle=f"@{user.get('username')}" if user.get("username") else self.account.handle,
            bio=str(user.get("bio_description") or ""),
            picture_url=str(user.get("avatar_url") or ""),
        )

    def timeline(self, since: datetime) -> list[Seen]:
        return [
            Seen(str(v["id"]), str(v.get("video_description") or v.get("title") or ""), _time(v), self._address(v))
            for v in self._own(since)
        ]

    def _own(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Our public videos since then, newest first, some hundreds at most."""
        body: dict[str, int] = {"max_count": BATCH}
        for _ in range(PAGES):
            told = result(self._calls.ask("video/list", body, params={"fields": ",".join(_SHOWN_FIELDS)}))
            for video in things(told.get("videos", []), "id", "create_time"):
                if _time(video) < since:
                    return
                yield video
            if not told.get("has_more") or not isinstance(told.get("cursor"), int):
                return
            body["cursor"] = told["cursor"]

    def _query(self, posts: Sequence[str], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Those of our videos that the public sees."""
        for start in range(0, len(posts), BATCH):
            body = {"filters": {"video_ids": list(posts[start : start + BATCH])}}
            told = result(self._calls.ask("video/query", body, params={"fields": ",".join(fields)}))
            yield from things(told.get("videos", []), "id")

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        """Numbers by post id; a draft that nobody has finished has none."""
        posts = [remote_id for remote_id in remote_ids if remote_id.isdigit()]
        return {str(v["id"]): _figures(v, _FIGURES) for v in self._query(posts, ("id", *_FIGURES.values()))}

    def measure_account(self) -> list[Figure]:
        return _figures(self._calls.user(*_ACCOUNT_FIGURES.values()), _ACCOUNT_FIGURES)

    def _address(self, video: Mapping[str, Any]) -> str:
        """TikTok's own address of a post, without what it adds to count where visitors come from."""
        given = str(video.get("share_url") or "").split("?", 1)[0]
        safe = given.startswith("https://") or self.door.is_internal(self.account.server)
        return given if given and safe else page(self.host("web"), self.account, str(video["id"]))

    # Staying signed in -------------------------------------------------------------------------------

    def is_stale(self, now: datetime) -> bool:
        return tokens.is_worn(self.account.secrets, now)

    @classmethod
    def signed_in_until(cls, secrets: Mapping[str, str]) -> datetime | None:
        return tokens.moment(secrets.get("refresh_until", ""))

    def renew(self) -> Mapping[str, str]:
        return tokens.refresh(self.door, self.account)


def _time(video: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromtimestamp(int(video["create_time"]), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return datetime.now(UTC)  # a post without a time is better looked at than left out


def _figures(thing: Mapping[str, Any], which: Mapping[str, str]) -> list[Figure]:
    return [
        Figure(metric, thing[name], name)
        for metric, name in which.items()
        if isinstance(thing.get(name), int) and not isinstance(thing[name], bool)
    ]
