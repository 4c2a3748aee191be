"""Bluesky, and any server of the AT Protocol that keeps an account.

Source: lexicons of bluesky-social/atproto (com.atproto.repo.*, app.bsky.*), read 2026-08.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms.answers import content, one, packed, proceed, repeatable, saved, things, words
from platforms.base import Ability, Connector, Keep, Later, Reconnect, Unknowable, Unsure
from platforms.bluesky import richtext, session, tid
from platforms.contents import Account, Draft, Figure, Key, Mark, Picture, Problem, Seen, Sent, Shape
from platforms.counting import PictureRules, graphemes, picture_problems, text_problems
from platforms.http import Answer, Door

COLLECTION = "app.bsky.feed.post"
CHARACTERS, BYTES = 300, 3000
RULES = PictureRules(
    count=4, size=2_000_000, mimes=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}), alt=2000
)
PER_PAGE, PAGES, BATCH = 100, 5, 25
LONGEST_WAIT = timedelta(days=21)
"""How long before its publication a post may have been named: what lies further back is not searched."""

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
    can: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.PUBLISH, Ability.DELETE, Ability.TIMELINE, Ability.MEASURE_POSTS, Ability.MEASURE_ACCOUNT}
    )
    honours_key: ClassVar[timedelta] = timedelta(days=7)
    pace: ClassVar[tuple[int, timedelta]] = (100, timedelta(minutes=5))  # 1,666 posts an hour are allowed
    renews: ClassVar[bool] = True

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
        return CHARACTERS

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=RULES.count, size=RULES.size)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        return richtext.marks(text)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        found = text_problems(draft, graphemes(draft.text), CHARACTERS)
        size = len(draft.text.encode())
        if size > BYTES:
            found.append(Problem("too_many_bytes", {"length": size, "limit": BYTES}))
        return found + picture_problems(draft, RULES)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds the uploaded blobs (`blobs`) and the identities of those mentioned (`dids`).

        `anew` says that the blobs were refused once and uploaded a second time.
        """
        done = self._resolve(draft.text, saved(handle))
        done = self._upload(draft.pictures, done, keep)
        if done:
            proceed(keep, packed(done), self.door)
        name = tid.of(key)
        answer = self._post("com.atproto.repo.putRecord", self._record(draft, done, name))
        told = content(answer)
        if answer.status == 400 and told.get("error") == "InvalidSwap":
            return self._sent(name)  # there already: an earlier try arrived
        if answer.status == 400 and "blob" in words(answer).lower() and done.get("blobs") and not done.get("anew"):
            # Swept away unused, perhaps: upload anew, once. What is refused again is refused for good.
            raise Later(packed({**done, "blobs": [], "anew": True}), timedelta(seconds=1))
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
        if draft.pictures:
            record["embed"] = {
                "$type": "app.bsky.embed.images",
                "images": [_image(*pair) for pair in zip(draft.pictures, done["blobs"], strict=True)],
            }
        # `swapRecord: null` means "only where nothing is": a repeat never writes over what people already saw.
        return {
            "repo": self.account.remote_id,
            "collection": COLLECTION,
            "rkey": name,
            "swapRecord": None,
            "record": record,
        }

    def _resolve(self, text: str, done: dict[str, Any]) -> dict[str, Any]:
        """Who is mentioned, asked once: names that lead nowhere stay plain text."""
        wanted = richtext.handles(text)
        if not wanted or "dids" in done:
            return done
        dids: dict[str, str] = {}
        for name in wanted:
            answer = self._get("com.atproto.identity.resolveHandle", {"handle": name}, signed=False)
            if answer.ok and isinstance(answer.object().get("did"), str):
                dids[name] = answer.object()["did"]
            elif answer.status == 429:
                session.refuse_call(answer, public=False)
        return {**done, "dids": dids}

    def _upload(self, pictures: Sequence[Picture], done: dict[str, Any], keep: Keep) -> dict[str, Any]:
        blobs = list(done.get("blobs", []))[: len(pictures)]
        for picture in pictures[len(blobs) :]:
            data = picture.read()  # before asking the gate: the storage may be slow
            proceed(keep, packed({**done, "blobs": blobs}), self.door)
            blobs.append(self._upload_one(picture, data))
        return {**done, "blobs": blobs} if pictures else done

    def _upload_one(self, picture: Picture, data: bytes) -> dict[str, Any]:
        url = f"{self.account.server}/xrpc/com.atproto.repo.uploadBlob"
        with repeatable():
            headers = {**self._signed, "Content-Type": picture.mime}
            answer = self.door.call("POST", url, headers=headers, data=data, changes=True)
            if not answer.ok:
                session.refuse_call(answer, public=False)
            blob = answer.object().get("blob")
            if not isinstance(blob, dict):
                raise Unsure("odd_answer", status=answer.status, detail="no blob")
        return blob

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Whether the record is there. Its absence is proof: the server that keeps the account has the last word."""
        name = tid.of(key)
        params = {"repo": self.account.remote_id, "collection": COLLECTION, "rkey": name}
        answer = self._get("com.atproto.repo.getRecord", params, signed=False)
        if answer.ok and answer.object().get("uri"):
            return self._sent(name)
        if answer.status in (400, 404) and content(answer).get("error") == "RecordNotFound":
            return None
        if answer.status == 429 or answer.status >= 500:
            session.refuse_call(answer, public=False)
        raise Unknowable("look_there", url=self.account.url or self.account.server, detail=words(answer))

    def take_down(self, remote_id: str) -> None:
        """Delete the record. The engine never publishes with the same key again, or the post would return."""
        body = {"repo": self.account.remote_id, "collection": COLLECTION, "rkey": remote_id.rsplit("/", 1)[-1]}
        with repeatable():
            answer = self._post("com.atproto.repo.deleteRecord", body)
        if not answer.ok:
            session.refuse_call(answer, public=False)

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        me = self._read("com.atproto.server.getSession", {})
        if me.get("active") is False:
            raise Reconnect("not_allowed", words=str(me.get("status") or "inactive"))
        handle = one(me.get("handle"), changes=False, what="handle")
        account = replace(self.account, handle=f"@{handle}", name=self._shown_name(handle))
        return replace(account, url=self._page(handle))

    def _shown_name(self, handle: str) -> str:
        """The name in the profile record; an account without one goes by its handle."""
        params = {"repo": self.account.remote_id, "collection": "app.bsky.actor.profile", "rkey": "self"}
        answer = self._get("com.atproto.repo.getRecord", params, signed=False)
        value = content(answer).get("value") if answer.ok else None
        return str(value.get("displayName") or handle) if isinstance(value, dict) else handle

    def timeline(self, since: datetime) -> list[Seen]:
        found = [
            Seen(str(r["uri"]), str(r["value"].get("text", "")), at, self._page(self._actor, _name(r)))
            for r in self._records(since - LONGEST_WAIT)
            if (at := _time(r)) >= since
        ]
        return sorted(found, key=lambda seen: seen.at, reverse=True)

    def _records(self, named_since: datetime) -> Iterator[dict[str, Any]]:
        """Our posts, newest name first. Names are given at sealing, so a late post lies further back than its date."""
        params: dict[str, str | int] = {
            "repo": self.account.remote_id,
            "collection": COLLECTION,
            "limit": PER_PAGE,
        }
        for _ in range(PAGES):
            told = self._read("com.atproto.repo.listRecords", params, signed=False)
            records = things(told.get("records", []), "uri", "value")
            yield from records
            last = tid.time_of(_name(records[-1])) if records else None
            if not told.get("cursor") or last is None or last < named_since:
                return
            params["cursor"] = str(told["cursor"])

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for start in range(0, len(remote_ids), BATCH):
            told = self._read("app.bsky.feed.getPosts", {"uris": remote_ids[start : start + BATCH]})
            found |= {str(p["uri"]): _figures(p, _FIGURES) for p in things(told.get("posts", []), "uri")}
        return found

    def measure_account(self) -> list[Figure]:
        return _figures(self._read("app.bsky.actor.getProfile", {"actor": self.account.remote_id}), _ACCOUNT_FIGURES)

    def is_stale(self, now: datetime) -> bool:
        return session.is_worn(self.account, now)

    def renew(self) -> Mapping[str, str]:
        return session.refresh(self.door, self.account)

    # Calling -----------------------------------------------------------------------------------------

    @property
    def _signed(self) -> dict[str, str]:
        return session.bearer(self.account.secrets["access"])

    @property
    def _actor(self) -> str:
        handle = self.account.handle.removeprefix("@")
        return handle if handle and handle != "handle.invalid" else self.account.remote_id

    def _sent(self, name: str) -> Sent:
        return Sent(f"at://{self.account.remote_id}/{COLLECTION}/{name}", self._page(self._actor, name))

    def _page(self, actor: str, name: str = "") -> str:
        """Where people see it. Our own practice server shows its posts itself."""
        site = self.account.server if self.door.is_internal(self.account.server) else "https://bsky.app"
        return f"{site}/profile/{actor}" + (f"/post/{name}" if name else "")

    def _post(self, method: str, body: Mapping[str, Any]) -> Answer:
        url = f"{self.account.server}/xrpc/{method}"
        return self.door.call("POST", url, headers=self._signed, json=body, changes=True)

    def _get(self, method: str, params: Mapping[str, str | int | Sequence[str]], *, signed: bool = True) -> Answer:
        url = f"{self.account.server}/xrpc/{method}"
        return self.door.call("GET", url, headers=self._signed if signed else None, params=params, changes=False)

    def _read(
        self, method: str, params: Mapping[str, str | int | Sequence[str]], *, signed: bool = True
    ) -> dict[str, Any]:
        answer = self._get(method, params, signed=signed)
        return answer.object() if answer.ok else session.refuse_call(answer, public=False)


def _image(picture: Picture, blob: Mapping[str, Any]) -> dict[str, Any]:
    image: dict[str, Any] = {"image": blob, "alt": picture.alt}
    if picture.width > 0 and picture.height > 0:
        image["aspectRatio"] = {"width": picture.width, "height": picture.height}
    return image


def _name(record: Mapping[str, Any]) -> str:
    return str(record["uri"]).rsplit("/", 1)[-1]


def _time(record: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(record["value"].get("createdAt")))
    except ValueError:
        return datetime.now(UTC)  # a post without a time is better looked at than left out
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _figures(thing: Mapping[str, Any], which: Mapping[str, str]) -> list[Figure]:
    return [Figure(metric, thing[name], name) for metric, name in which.items() if isinstance(thing.get(name), int)]
