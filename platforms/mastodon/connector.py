"""Mastodon and servers that speak its API.

Source: Mastodon documentation (methods/statuses, methods/media, methods/instance, methods/accounts,
methods/notifications), read 2026-07.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from platforms.answers import accept, one, packed, proceed, repeatable, saved, things, words
from platforms.base import Ability, Connector, Keep, Later, Rejected, Unknowable
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
    To,
)
from platforms.counting import number, picture_problems, plain, text_problems
from platforms.films import film_problems
from platforms.guard import server_address
from platforms.http import Answer, Door
from platforms.mastodon import inbox, media
from platforms.mastodon.text import URL_LENGTH, address, comparable, length, marked, names, shown, time_of

CLOCK_MARGIN = timedelta(minutes=2)
PAGES = 5
PER_PAGE = 40
BATCH = 20
"""Statuses per reading. Source: Mastodon 4.3, app/controllers/api/v1/statuses_controller.rb (default limit)."""

_MASTODON = re.compile(r"[2-9]\.\d+\.\d+[\w.+-]*")  # its own versions; others add "(compatible; …)" or count from 0
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
        {
            Ability.PUBLISH,
            Ability.VIDEO,
            Ability.THREAD,
            Ability.COMMENT,
            Ability.DELETE,
            Ability.TIMELINE,
            Ability.CONVERSE,
            Ability.MEASURE_POSTS,
            Ability.MEASURE_ACCOUNT,
            Ability.PROFILE,
        }
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
        return length(text, URL_LENGTH)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return number(limits, "max_characters", 500)

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        rules = media.picture_rules(limits)
        return Shape(count=rules.count, size=rules.size, pixels=rules.pixels)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        return marked(text)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        size = length(draft.text, number(limits, "characters_reserved_per_url", URL_LENGTH))
        found = text_problems(draft, size, cls.limit(draft, limits))
        found += picture_problems(draft, media.picture_rules(limits)) + film_problems(draft, media.film_rules(limits))
        to = draft.to
        if to and to.place == Place.MESSAGE and not names(draft.text, to.person):
            found.append(Problem("mention_missing", {"person": f"@{to.person}"}))
        return found

    @classmethod
    def opening(cls, to: To) -> str:
        """Servers tell only those of a post whom it names. The text needs the name, or it reaches nobody."""
        return f"@{to.person} " if to.person else ""

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds the ids of uploaded media (`media`), those not ready (`wait`), and since when (`at`).

        For an answer also who is to see it (`visibility`).
        """
        done = self._audience(draft, saved(handle))
        done = media.uploaded(self, draft, done, keep)
        if done:
            proceed(keep, packed(done), self.door)
        body = {
            "status": draft.text,
            "visibility": done.get("visibility", "public"),
            "language": draft.language,
            **({"in_reply_to_id": draft.to.remote_id} if draft.to else {}),
            **({"media_ids": done["media"]} if done.get("media") else {}),
        }
        answer = self.door.call(
            "POST",
            f"{self.account.server}/api/v1/statuses",
            headers={**self.signed, "Idempotency-Key": str(key.uuid)},
            json=body,
            changes=True,
        )
        if answer.status == 422 and done.get("media") and _AT_WORK.search(words(answer)):
            raise Later(packed(done), media.wait(draft))
        return _receipt(accept(answer, public=True))

    def _audience(self, draft: Draft, done: dict[str, Any]) -> dict[str, Any]:
        """Who is to see an answer: nobody who does not see what it answers. A direct post is never answered openly."""
        if draft.to is None or "visibility" in done:
            return done
        answer = self.get(f"/api/v1/statuses/{quote(draft.to.remote_id, safe='')}")
        if answer.status in (404, 410):
            raise Rejected("parent_gone", detail=words(answer))
        theirs = accept(answer).object().get("visibility")
        is_open = theirs in ("public", "unlisted", "private") and draft.to.place != Place.MESSAGE
        return {**done, "visibility": theirs if is_open else "direct"}

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Look through our own posts. Not finding proves nothing: the server may still be at work."""
        wanted, parent = comparable(draft.text), draft.to.remote_id if draft.to else ""
        films = 1 if draft.video else 0
        for status in self._own(since - CLOCK_MARGIN):
            shows = status.get("media_attachments") or []
            same = comparable(shown(status)) == wanted and len(shows) == len(draft.pictures) + films
            alike = not films and [p.get("description") or "" for p in shows] == [p.alt for p in draft.pictures]
            if same and (wanted or alike) and str(status.get("in_reply_to_id") or "") == parent:
                return Sent(str(status["id"]), address(status))
        raise Unknowable("look_there", url=self.account.url or self.account.server)

    def take_down(self, remote_id: str) -> None:
        with repeatable():
            url = f"{self.account.server}/api/v1/statuses/{quote(remote_id, safe='')}"
            answer = self.door.call("DELETE", url, headers=self.signed, changes=True)
        if answer.status not in (404, 410):
            accept(answer)

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        me = accept(self.get("/api/v1/accounts/verify_credentials")).object()
        handle = one(me.get("acct") or me.get("username"), changes=False, what="account name")
        return replace(
            self.account,
            remote_id=one(me.get("id"), changes=False, what="account id"),
            name=str(me.get("display_name") or handle),
            handle=f"@{inbox.full_name(self, handle)}",
            limits=self._limits(),
            url=address(me),
        )

    def _limits(self) -> dict[str, int]:
        """What the server says of itself; older servers say it under the first version of the address."""
        answer = self.get("/api/v2/instance")
        if answer.status in (404, 405):
            answer = self.get("/api/v1/instance")
        found = accept(answer).object()
        told = found.get("configuration") or {}
        attachments = told.get("media_attachments") or {}
        every = {**attachments, **(told.get("statuses") or {}), **media.told(attachments)}
        every.setdefault("max_characters", found.get("max_toot_chars"))  # Pleroma and its kin
        every["honours_key"] = int(bool(_MASTODON.fullmatch(str(found.get("version")))))
        return {name: value for name, value in every.items() if isinstance(value, int) and value > 0}

    def key_life(self) -> timedelta:
        """Mastodon itself honours keys; of the others that speak its language some do not, and none says so."""
        return self.honours_key if self.account.limits.get("honours_key") else timedelta(0)

    def timeline(self, since: datetime) -> list[Seen]:
        public = (s for s in self._own(since) if s.get("visibility") != "direct")
        return [Seen(str(s["id"]), shown(s), time_of(s), address(s)) for s in public]

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for start in range(0, len(remote_ids), BATCH):
            batch = remote_ids[start : start + BATCH]
            answer = self.get("/api/v1/statuses", {"id[]": batch})
            # Servers before 4.3 have no batches, and answer as to an unknown page.
            statuses: Iterable[dict[str, Any]] = (
                self._each(batch) if answer.status in (404, 405) else things(accept(answer).json(), "id")
            )
            found |= {str(s["id"]): _figures(s, _FIGURES) for s in statuses if str(s.get("id")) in batch}
        return found

    def measure_account(self) -> list[Figure]:
        return _figures(accept(self.get("/api/v1/accounts/verify_credentials")).object(), _ACCOUNT_FIGURES)

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        return inbox.read(self, place, cursor)

    def profile(self) -> Profile:
        me = accept(self.get("/api/v1/accounts/verify_credentials")).object()
        handle = one(me.get("acct") or me.get("username"), changes=False, what="account name")
        return Profile(
            name=str(me.get("display_name") or handle),
            handle=f"@{inbox.full_name(self, handle)}",
            bio=plain(str(me.get("note") or "")[:5000]).strip(),
            link=_link(me),
            picture_url=str(me.get("avatar") or ""),
        )

    def _each(self, remote_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        for remote_id in remote_ids:
            answer = self.get(f"/api/v1/statuses/{quote(remote_id, safe='')}")
            if answer.status not in (404, 410):
                yield accept(answer).object()

    def _own(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Our posts since then, newest first, a few hundred at most."""
        params: dict[str, str | int] = {"limit": PER_PAGE, "exclude_reblogs": "true"}
        for _ in range(PAGES):
            answer = accept(self.get(f"/api/v1/accounts/{self.account.remote_id}/statuses", params))
            page = things(answer.json(), "id")
            for status in page:
                if time_of(status) < since:
                    return
                yield status
            if not page:
                return
            params["max_id"] = str(page[-1]["id"])

    # Calling -----------------------------------------------------------------------------------------

    @property
    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.secrets['token']}"}

    def get(self, path: str, params: Mapping[str, str | int | Sequence[str]] | None = None) -> Answer:
        url = f"{self.account.server}{path}"
        return self.door.call("GET", url, headers=self.signed, params=params, changes=False)


def _receipt(answer: Answer) -> Sent:
    status = answer.object()
    return Sent(one(status.get("id"), changes=True, what="status id"), address(status))


def _link(me: Mapping[str, Any]) -> str:
    """The first of the account's own fields that is an address; `source` has them as they were typed."""
    source = me.get("source")
    fields = source.get("fields") if isinstance(source, dict) else None
    values = [str(f.get("value", "")).strip() for f in fields or [] if isinstance(f, dict)]
    return next((value for value in values if value.startswith(("https://", "http://"))), "")


def _figures(thing: Mapping[str, Any], which: Mapping[str, str]) -> list[Figure]:
    return [Figure(metric, thing[name], name) for metric, name in which.items() if isinstance(thing.get(name), int)]
