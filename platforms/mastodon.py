"""Mastodon and servers that speak its API.

Source: Mastodon documentation (methods/statuses, methods/media, methods/instance, methods/accounts), read 2026-07.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from platforms.answers import accept, one, packed, proceed, repeatable, saved, things, words
from platforms.base import Ability, Connector, Keep, Later, Unknowable
from platforms.contents import Account, Draft, Figure, Key, Mark, Picture, Problem, Seen, Sent, Shape
from platforms.counting import PictureRules, bare, graphemes, marks, number, picture_problems, plain, text_problems
from platforms.guard import server_address
from platforms.http import Answer, Door

MEDIA_LIVES = 12 * 3600
"""Seconds after which we upload again: servers sweep unused media after a day, and old ones then post without it."""
MEDIA_WAIT = timedelta(seconds=3)
CLOCK_MARGIN = timedelta(minutes=2)
PAGES = 5
PER_PAGE = 40
MOST_SHOWN = 20_000
"""Characters of a status' markup that are read: the time that takes grows with their square."""
BATCH = 20
"""Statuses per reading. Source: Mastodon 4.3, app/controllers/api/v1/statuses_controller.rb (default limit)."""
URL_LENGTH = 23
MIMES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})

_URL = re.compile(r"(?<![\w@#$/=.-])https?://[^\s<>\"'`\u2026]*[^\s<>\"'`\u2026.,:;!?)\]}*~|]", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^\s/@]*@)?[\w-]+(?:\.[\w-]+)+(?:[/:?#]|$)", re.IGNORECASE)
_MASTODON = re.compile(r"[2-9]\.\d+\.\d+[\w.+-]*")  # its own versions; others add "(compatible; …)" or count from 0
_MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\w.-]+\w", re.IGNORECASE)
_TAG = re.compile(r"(?<![/\w)])#(?!\d+\b)\w+")
_SHOWN = 30
"""Characters of a link that people see. Source: Mastodon 4.3, app/lib/text_formatter.rb."""
_AT_WORK = re.compile(r"\bprocessing\b|\b(di)?proses\b", re.IGNORECASE)
"""What a server says of a picture that is not ready yet; "Unprocessable" says something else."""

_FIGURES = {
    "likes": "favourites_count",
    "reposts": "reblogs_count",
    "replies": "replies_count",
    "quotes": "quotes_count",
}
_ACCOUNT_FIGURES = {"followers": "followers_count", "following": "following_count", "posts": "statuses_count"}


class Mastodon(Connector):
    """One account on one server. Repeats are safe for an hour: the server remembers our key."""

    kind: ClassVar[str] = "mastodon"
    label: ClassVar[str] = "Mastodon"
    can: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.PUBLISH, Ability.DELETE, Ability.TIMELINE, Ability.MEASURE_POSTS, Ability.MEASURE_ACCOUNT}
    )
    honours_key: ClassVar[timedelta] = timedelta(minutes=50)
    pace: ClassVar[tuple[int, timedelta]] = (100, timedelta(minutes=5))
    """A third of what servers usually bear, for reading counts too."""

    # Signing in --------------------------------------------------------------------------------------

    @classmethod
    def connect(cls, door: Door, server: str, token: str) -> Account:
        """The account behind an access token. Raises `Reconnect` when the server does not know the token."""
        base = server_address(server)
        bare_account = Account("mastodon", base, "", "", "", {"token": token.strip()})
        return cls(bare_account, door).check()

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text: str) -> int:
        return _length(text, URL_LENGTH)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return number(limits, "max_characters", 500)

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(
            count=number(limits, "max_media_attachments", 4),
            size=number(limits, "image_size_limit", 16 * 1024 * 1024),
            pixels=number(limits, "image_matrix_limit", 33_177_600),
        )

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        return marks(text, {"link": _URL, "mention": _MENTION, "tag": _TAG}, _as_shown)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        length = _length(draft.text, number(limits, "characters_reserved_per_url", URL_LENGTH))
        shape = cls.shape(limits)
        rules = PictureRules(
            count=shape.count,
            size=shape.size,
            mimes=MIMES,
            alt=number(limits, "description_limit", 1500),
            pixels=shape.pixels,
        )
        return text_problems(draft, length, cls.limit(draft, limits)) + picture_problems(draft, rules)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds the ids of uploaded media (`media`), those not ready (`wait`), and since when (`at`)."""
        done = self._upload(draft.pictures, saved(handle), keep)
        if done:
            proceed(keep, packed(done), self.door)
        body = {"status": draft.text, "visibility": "public", "language": draft.language}
        answer = self.door.call(
            "POST",
            f"{self.account.server}/api/v1/statuses",
            headers={**self._signed, "Idempotency-Key": str(key.uuid)},
            json={**body, "media_ids": done["media"]} if done else body,
            changes=True,
        )
        if answer.status == 422 and done and _AT_WORK.search(words(answer)):
            raise Later(packed(done), MEDIA_WAIT)
        return _receipt(accept(answer, public=True))

    def _upload(self, pictures: Sequence[Picture], done: dict[str, Any], keep: Keep) -> dict[str, Any]:
        """Every picture uploaded and ready. Raises `Later` while the server still works on one."""
        if not pictures:
            return {}
        if time() - done.get("at", 0) > MEDIA_LIVES:
            done = {"media": [], "wait": [], "at": int(time())}
        done = {"media": list(done.get("media", [])), "wait": list(done.get("wait", [])), "at": done["at"]}
        for picture in pictures[len(done["media"]) :]:
            data = picture.read()  # before asking the gate: the storage may be slow
            proceed(keep, packed(done), self.door)
            media, is_ready = self._upload_one(picture, data)
            done["media"].append(media)
            done["wait"] += [] if is_ready else [media]
        for media in list(done["wait"]):
            if not self._is_ready(media, done):
                raise Later(packed(done), MEDIA_WAIT)
            done["wait"].remove(media)
        return done

    def _upload_one(self, picture: Picture, data: bytes) -> tuple[str, bool]:
        name = f"{picture.sha256[:12] or 'picture'}.{picture.mime.split('/')[-1]}"
        with repeatable():
            answer = self.door.call(
                "POST",
                f"{self.account.server}/api/v2/media",
                headers=self._signed,
                data={"description": picture.alt} if picture.alt else None,
                files={"file": (name, data, picture.mime)},
                changes=True,
            )
            media = one(accept(answer).object().get("id"), changes=True, what="media id")
        return media, answer.status != 202

    def _is_ready(self, media: str, done: dict[str, Any]) -> bool:
        answer = self._get(f"/api/v1/media/{quote(media, safe='')}")
        if answer.status == 404:
            raise Later("", MEDIA_WAIT)  # swept away or failed: begin anew
        accept(answer)
        return answer.status != 206

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Look through our own posts. Not finding proves nothing: the server may still be at work."""
        wanted = _comparable(draft.text)
        for status in self._own(since - CLOCK_MARGIN):
            pictures = status.get("media_attachments") or []
            same = _comparable(_text(status)) == wanted and len(pictures) == len(draft.pictures)
            if same and (wanted or [p.get("description") or "" for p in pictures] == [p.alt for p in draft.pictures]):
                return Sent(str(status["id"]), _address(status))
        raise Unknowable("look_there", url=self.account.url or self.account.server)

    def take_down(self, remote_id: str) -> None:
        with repeatable():
            url = f"{self.account.server}/api/v1/statuses/{quote(remote_id, safe='')}"
            answer = self.door.call("DELETE", url, headers=self._signed, changes=True)
        if answer.status not in (404, 410):
            accept(answer)

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        me = accept(self._get("/api/v1/accounts/verify_credentials")).object()
        handle = one(me.get("acct") or me.get("username"), changes=False, what="account name")
        host = urlsplit(self.account.server).netloc
        return replace(
            self.account,
            remote_id=one(me.get("id"), changes=False, what="account id"),
            name=str(me.get("display_name") or handle),
            handle=f"@{handle}" if "@" in handle else f"@{handle}@{host}",
            limits=self._limits(),
            url=_address(me),
        )

    def _limits(self) -> dict[str, int]:
        """What the server says of itself; older servers say it under the first version of the address."""
        answer = self._get("/api/v2/instance")
        if answer.status in (404, 405):
            answer = self._get("/api/v1/instance")
        found = accept(answer).object()
        told = found.get("configuration") or {}
        every = {**(told.get("media_attachments") or {}), **(told.get("statuses") or {})}
        every.setdefault("max_characters", found.get("max_toot_chars"))  # Pleroma and its kin
        every["honours_key"] = int(bool(_MASTODON.fullmatch(str(found.get("version")))))
        return {name: value for name, value in every.items() if isinstance(value, int) and value > 0}

    def key_life(self) -> timedelta:
        """Mastodon itself honours keys; of the others that speak its language some do not, and none says so."""
        return self.honours_key if self.account.limits.get("honours_key") else timedelta(0)

    def timeline(self, since: datetime) -> list[Seen]:
        return [Seen(str(s["id"]), _text(s), _time(s), _address(s)) for s in self._own(since)]

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for start in range(0, len(remote_ids), BATCH):
            batch = remote_ids[start : start + BATCH]
            answer = self._get("/api/v1/statuses", {"id[]": batch})
            # Servers before 4.3 have no batches, and answer as to an unknown page.
            statuses: Iterable[dict[str, Any]] = (
                self._each(batch) if answer.status in (404, 405) else things(accept(answer).json(), "id")
            )
            found |= {str(s["id"]): _figures(s, _FIGURES) for s in statuses if str(s.get("id")) in batch}
        return found

    def measure_account(self) -> list[Figure]:
        return _figures(accept(self._get("/api/v1/accounts/verify_credentials")).object(), _ACCOUNT_FIGURES)

    def _each(self, remote_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        for remote_id in remote_ids:
            answer = self._get(f"/api/v1/statuses/{quote(remote_id, safe='')}")
            if answer.status not in (404, 410):
                yield accept(answer).object()

    def _own(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Our posts since then, newest first, a few hundred at most."""
        params: dict[str, str | int] = {"limit": PER_PAGE, "exclude_reblogs": "true"}
        for _ in range(PAGES):
            answer = accept(self._get(f"/api/v1/accounts/{self.account.remote_id}/statuses", params))
            page = things(answer.json(), "id")
            for status in page:
                if _time(status) < since:
                    return
                yield status
            if not page:
                return
            params["max_id"] = str(page[-1]["id"])

    # Calling -----------------------------------------------------------------------------------------

    @property
    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.secrets['token']}"}

    def _get(self, path: str, params: Mapping[str, str | int | Sequence[str]] | None = None) -> Answer:
        url = f"{self.account.server}{path}"
        return self.door.call("GET", url, headers=self._signed, params=params, changes=False)


def _length(text: str, per_url: int) -> int:
    """Characters as the server counts them: a link weighs the same whatever its length, a mention only its local part.

    Source: Mastodon, app/validators/status_length_validator.rb; documentation, user/posting, read 2026-07.
    """
    weighed = _URL.sub(lambda link: "x" * per_url if _HOST.match(link[0]) else link[0], text)
    return graphemes(_MENTION.sub(r"@\1", weighed))


def _as_shown(kind: str, part: str) -> str:
    """Links without their beginning and cut, mentions without their server."""
    if kind == "mention":
        return part[: part.index("@", 1)]
    if kind == "tag":
        return part
    bare_link = re.sub(r"^https?://(?:www\.)?", "", part, flags=re.IGNORECASE)
    return bare_link if len(bare_link) <= _SHOWN else f"{bare_link[:_SHOWN]}…"


def _comparable(text: str) -> str:
    """Servers show `@name@host` as `@name`."""
    return bare(_MENTION.sub(r"@\1", text))


def _receipt(answer: Answer) -> Sent:
    status = answer.object()
    return Sent(one(status.get("id"), changes=True, what="status id"), _address(status))


def _address(thing: Mapping[str, Any]) -> str:
    """Where people find it; servers leave `url` out of some posts and always give `uri`."""
    found = str(thing.get("url") or thing.get("uri") or "")
    return found if found.startswith(("https://", "http://")) else ""


def _text(status: Mapping[str, Any]) -> str:
    """What people read of it."""
    return plain(str(status.get("content", ""))[:MOST_SHOWN])


def _time(status: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(status.get("created_at")))
    except ValueError:
        return datetime.now(UTC)  # a post without a time is better looked at than left out
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _figures(thing: Mapping[str, Any], which: Mapping[str, str]) -> list[Figure]:
    return [Figure(metric, thing[name], name) for metric, name in which.items() if isinstance(thing.get(name), int)]
