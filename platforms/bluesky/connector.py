"""Bluesky, and any server of the AT Protocol that keeps an account.

Source: lexicons of bluesky-social/atproto (com.atproto.repo.*, app.bsky.*), read 2026-08.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms.answers import content, one, packed, proceed, repeatable, saved, things, words
from platforms.base import Ability, Connector, ConnectorError, Keep, Later, Reconnect, Unknowable
from platforms.bluesky import chat, film, inbox, parts, replies, richtext, session, tid, timeline
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
)
from platforms.counting import PictureRules, graphemes, picture_problems, text_problems
from platforms.films import film_problems
from platforms.http import Answer, Door, Params

COLLECTION = "app.bsky.feed.post"
CHARACTERS, BYTES = 300, 3000
RULES = PictureRules(
    count=4, size=2_000_000, mimes=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}), alt=2000
)
BATCH = 25
NOTHING: Mapping[str, str] = {}

_FIGURES = {
    "likes": "likeCount",
    "reposts": "repostCount",
    "replies": "replyCount",
    "quotes": "quoteCount",
    "bookmarks": "bookmarkCount",
}
_ACCOUNT_FIGURES = {"followers": "followersCount", "following": "followsCount", "posts": "postsCount"}


class Bluesky(Connector):
    """One account. A post's name is chosen before it is sent, so a repeat can only meet itself."""

    kind: ClassVar[str] = "bluesky"
    label: ClassVar[str] = "Bluesky"
    home: ClassVar[str] = "https://bsky.social"
    hosts: ClassVar[Mapping[str, str]] = {"video": "https://video.bsky.app"}
    can: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PUBLISH,
            Ability.VIDEO,
            Ability.THREAD,
            Ability.COMMENT,
            Ability.DELETE,
            Ability.TIMELINE,
            Ability.CONVERSE,
            Ability.HIDE,
            Ability.MEASURE_POSTS,
            Ability.MEASURE_ACCOUNT,
            Ability.PROFILE,
        }
    )
    honours_key: ClassVar[timedelta] = timedelta(days=7)
    pace: ClassVar[tuple[int, timedelta]] = (100, timedelta(minutes=5))  # 1,666 posts an hour are allowed
    renews: ClassVar[bool] = True

    def host(self, name: str) -> str:
        """One for all servers of the network, wherever the account is kept; the practice server has its own."""
        return f"{self.account.server}/{name}" if self._is_practice else self.hosts[name]

    @classmethod
    def connect(cls, door: Door, server: str, identifier: str, app_password: str) -> Account:
        """Sign in with an app password. Raises `Reconnect` (wrong_login, use_app_password)."""
        return cls(session.sign_in(door, server, identifier, app_password), door).check()

    @classmethod
    def signed_in_until(cls, secrets: Mapping[str, str]) -> datetime | None:
        """The end of the refresh token; with an app password Posko signs in again by itself."""
        until = session.claims(secrets.get("refresh", "")).get("exp")
        if secrets.get("password") or not isinstance(until, int | float):
            return None
        return datetime.fromtimestamp(until, UTC)

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text: str) -> int:
        return graphemes(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return chat.CHARACTERS if _is_chat(draft) else CHARACTERS

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=RULES.count, size=RULES.size)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        return richtext.marks(text)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        found = text_problems(draft, graphemes(draft.text), cls.limit(draft, limits))
        size, most = len(draft.text.encode()), chat.BYTES if _is_chat(draft) else BYTES
        if size > most:
            found.append(Problem("too_many_bytes", {"length": size, "limit": most}))
        if _is_chat(draft) and (draft.pictures or draft.video):
            found.append(Problem("only_text_to_people"))
        return found + picture_problems(draft, RULES) + film_problems(draft, film.RULES)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds the identities of those mentioned (`dids`), what is answered (`reply`, or `convo` for a
        message), uploaded blobs (`blobs`, `film`) and a film's `job`.

        `anew` says that the blobs were refused once and uploaded a second time.
        """
        done = parts.resolved(self, draft.text, saved(handle))
        if draft.to and _is_chat(draft):
            convo = done.get("convo") or chat.convo_of(self, draft.to)
            proceed(keep, packed({**done, "convo": convo}), self.door)
            return chat.send(self, draft, convo, done.get("dids", {}))
        if draft.to and not done.get("reply"):
            done = {**done, "reply": replies.refs(self, draft.to.remote_id)}
        done = parts.uploaded(self, draft, done, keep)
        if done:
            proceed(keep, packed(done), self.door)
        name = tid.of(key)
        answer = self.post("com.atproto.repo.putRecord", self._record(draft, done, name))
        told = content(answer)
        if answer.status == 400 and told.get("error") == "InvalidSwap":
            return self._sent(name)  # there already: an earlier try arrived
        has_blobs = done.get("blobs") or done.get("film")
        if answer.status == 400 and "blob" in words(answer).lower() and has_blobs and not done.get("anew"):
            # Swept away unused, perhaps: upload anew, once. What is refused again is refused for good.
            raise Later(packed({**done, "blobs": [], "film": {}, "anew": True}), timedelta(seconds=1))
        if not answer.ok:
            session.refuse_call(answer, public=True)
        one(answer.object().get("uri"), changes=True, what="uri")
        return self._sent(name)

    def _record(self, draft: Draft, done: Mapping[str, Any], name: str) -> dict[str, Any]:
        """The request that makes the post public.

        `createdAt` is the time of sending, not of sealing: Bluesky sorts a post by the earlier of its own date and
        its arrival, and one approved days ago would appear far down where nobody looks.
        """
        record: dict[str, Any] = {
            "$type": COLLECTION,
            "text": draft.text,
            "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": [draft.language],
        }
        if marks := richtext.facets(draft.text, done.get("dids", {})):
            record["facets"] = marks
        if done.get("reply"):
            record["reply"] = done["reply"]
        record |= parts.embed(draft, done)
        # `swapRecord: null` means "only where nothing is": a repeat never writes over what people already saw.
        return {
            "repo": self.account.remote_id,
            "collection": COLLECTION,
            "rkey": name,
            "swapRecord": None,
            "record": record,
        }

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Whether the record is there. Its absence is proof: the server that keeps the account has the last word.

        A message has no name of ours: it is looked for, and never proven absent.
        """
        if draft.to and _is_chat(draft):
            convo = str(saved(handle).get("convo") or chat.convo_of(self, draft.to))
            return chat.find(self, draft, convo, since)
        name = tid.of(key)
        params = {"repo": self.account.remote_id, "collection": COLLECTION, "rkey": name}
        answer = self.get("com.atproto.repo.getRecord", params, signed=False)
        if answer.ok and answer.object().get("uri"):
            return self._sent(name)
        if answer.status in (400, 404) and content(answer).get("error") == "RecordNotFound":
            return None
        if answer.status == 429 or answer.status >= 500:
            session.refuse_call(answer, public=False)
        raise Unknowable("look_there", url=self.account.url or self.account.server, detail=words(answer))

    def take_down(self, remote_id: str) -> None:
        """Delete the record. The engine never publishes with the same key again, or the post would return.

        Raises `ConnectorError` (cannot_take_back) for a message: it can only be hidden from ourselves.
        """
        if "/" in remote_id and not remote_id.startswith("at://"):
            raise ConnectorError("cannot_take_back")
        body = {"repo": self.account.remote_id, "collection": COLLECTION, "rkey": remote_id.rsplit("/", 1)[-1]}
        with repeatable():
            answer = self.post("com.atproto.repo.deleteRecord", body)
        if not answer.ok:
            session.refuse_call(answer, public=False)

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        me = self.read("com.atproto.server.getSession", {})
        if me.get("active") is False:
            raise Reconnect("not_allowed", words=str(me.get("status") or "inactive"))
        handle = one(me.get("handle"), changes=False, what="handle")
        account = replace(self.account, handle=f"@{handle}", name=self._shown_name(handle))
        return replace(account, url=self.page(handle))

    def _shown_name(self, handle: str) -> str:
        """The name in the profile record; an account without one goes by its handle."""
        params = {"repo": self.account.remote_id, "collection": "app.bsky.actor.profile", "rkey": "self"}
        answer = self.get("com.atproto.repo.getRecord", params, signed=False)
        value = content(answer).get("value") if answer.ok else None
        return str(value.get("displayName") or handle) if isinstance(value, dict) else handle

    def timeline(self, since: datetime) -> list[Seen]:
        return timeline.read(self, since)

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for start in range(0, len(remote_ids), BATCH):
            told = self.read("app.bsky.feed.getPosts", {"uris": remote_ids[start : start + BATCH]})
            found |= {str(p["uri"]): _figures(p, _FIGURES) for p in things(told.get("posts", []), "uri")}
        return found

    def measure_account(self) -> list[Figure]:
        return _figures(self.read("app.bsky.actor.getProfile", {"actor": self.account.remote_id}), _ACCOUNT_FIGURES)

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        return chat.read(self, cursor) if place == Place.MESSAGE else inbox.read(self, place, cursor)

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        replies.hide(self, remote_id, hidden=hidden)

    def profile(self) -> Profile:
        told = self.read("app.bsky.actor.getProfile", {"actor": self.account.remote_id})
        handle = one(told.get("handle"), changes=False, what="handle")
        return Profile(
            name=str(told.get("displayName") or handle),
            handle=f"@{handle}",
            bio=str(told.get("description") or ""),
            picture_url=str(told.get("avatar") or ""),
        )

    def is_stale(self, now: datetime) -> bool:
        return session.is_worn(self.account, now)

    def renew(self) -> Mapping[str, str]:
        return session.refresh(self.door, self.account)

    # Calling -----------------------------------------------------------------------------------------

    @property
    def signed(self) -> dict[str, str]:
        return session.bearer(self.account.secrets["access"])

    @property
    def actor(self) -> str:
        handle = self.account.handle.removeprefix("@")
        return handle if handle and handle != "handle.invalid" else self.account.remote_id

    def _sent(self, name: str) -> Sent:
        return Sent(f"at://{self.account.remote_id}/{COLLECTION}/{name}", self.page(self.actor, name))

    @property
    def _is_practice(self) -> bool:
        return self.door.is_internal(self.account.server)

    def page(self, actor: str, name: str = "") -> str:
        """Where people see it. Our own practice server shows its posts itself."""
        site = self.account.server if self._is_practice else "https://bsky.app"
        return f"{site}/profile/{actor}" + (f"/post/{name}" if name else "")

    def post(self, method: str, body: Mapping[str, Any], headers: Mapping[str, str] = NOTHING) -> Answer:
        url = f"{self.account.server}/xrpc/{method}"
        return self.door.call("POST", url, headers={**self.signed, **headers}, json=body, changes=True)

    def get(self, method: str, params: Params, *, signed: bool = True, headers: Mapping[str, str] = NOTHING) -> Answer:
        url = f"{self.account.server}/xrpc/{method}"
        known = {**(self.signed if signed else {}), **headers}
        return self.door.call("GET", url, headers=known, params=params, changes=False)

    def read(self, method: str, params: Params, *, signed: bool = True) -> dict[str, Any]:
        answer = self.get(method, params, signed=signed)
        return answer.object() if answer.ok else session.refuse_call(answer, public=False)


def _is_chat(draft: Draft) -> bool:
    """Whether it goes to one person, whom alone the public does not overhear."""
    return draft.to is not None and draft.to.place == Place.MESSAGE


def _figures(thing: Mapping[str, Any], which: Mapping[str, str]) -> list[Figure]:
    return [Figure(metric, thing[name], name) for metric, name in which.items() if isinstance(thing.get(name), int)]
