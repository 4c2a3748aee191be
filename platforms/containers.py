"""Publishing by container, as Instagram and Threads do it: make one, wait until it is ready, publish it.

The container is the guard against doubles. It stands in the handle before it is published, it can be published once
only, and it tells whether it was. Until then nothing is seen by anybody, so that making one may be repeated.

Source: developers.facebook.com, Instagram Platform "Content Publishing" (2026-09-11), Threads API "Posts" (2026-04-14).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any
from urllib.parse import quote

from platforms import graph
from platforms.answers import one, packed, proceed, repeatable, saved, tidy
from platforms.base import ConnectorError, Keep, Later, Reconnect, Rejected, Temporary, Unknowable, Unsure
from platforms.contents import Draft, Picture, Problem, Sent, Video
from platforms.graph import Fields, Graph
from platforms.http import Answer

LIFE = 23 * 3600
"""Seconds after which what was made is not used any more; the networks drop it after 24 hours."""
WAITS = (2, 5, 10, 20, 30, *[60] * 25)
"""Seconds between looks at one that is not ready. Both networks advise once a minute for five minutes; films of hours
take longer, and pictures are ready within seconds."""
SOON = timedelta(seconds=1)
AGAIN = timedelta(seconds=30)
MOST_ANEW = 2
"""How often we begin anew where the network dropped the container or could not fetch from us."""
CLOCK_MARGIN = timedelta(minutes=2)
FULL_WAIT = timedelta(hours=1)
"""How long we rest when the day's posts are used up: a day counted from each post, so one comes free at any time."""

# Subcodes. Source: Postiz' Instagram provider, 2026-08; 2207027 from memory.
_NOT_READY = frozenset({2_207_027})
_FULL = frozenset({2_207_042})
_RESTRICTED = frozenset({2_207_050})
_GONE = frozenset({2_207_020, 2_207_008, 2_207_006})
_NOT_FETCHED = frozenset({2_207_003, 2_207_052})
_PASSING = frozenset({2_207_032})
_FETCH_WORDS = re.compile(r"download|fetch|2207003|2207052|2207032|time.?out", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """How one network names the steps: two edges, and two fields of a container."""

    create: str
    publish: str
    state: str
    problem: str


@dataclass(frozen=True)
class Order:
    """What to make. `parts` are the children of a carousel, empty for a single post."""

    whole: Fields
    parts: tuple[Fields, ...] = ()


type Search = Callable[[datetime], Sent | None]
"""Looks through our own posts since a moment for the one that was sent."""


@dataclass(frozen=True)
class Containers:
    """The flow for one account. `owner` is its id.

    The handle holds `children` made so far, the `container`, since when (`at`, seconds since 1970), whether publishing
    it was begun (`tried`), how often it was looked at (`looks`) and begun anew (`anew`).
    """

    graph: Graph
    owner: str
    words: Words

    def publish(self, order: Callable[[], Order], search: Search, *, handle: str, keep: Keep) -> Sent:
        """Its receipt, without an address. `order` is asked only where there is something to make."""
        done = saved(handle)
        if not done.get("container"):
            done = self._make(order(), done, keep)
        if self._wait(done["container"], done) == "PUBLISHED":
            if found := search(self._since(done)):
                return found
            raise Unsure("look_there", url="", detail="the container says it is out")
        proceed(keep, packed({**done, "tried": 1}), self.graph.door)
        asked = {"creation_id": done["container"]}
        answer = self.graph.post(f"{self.owner}/{self.words.publish}", asked)
        if not answer.ok:
            self._refuse(answer, done, public=True)
        return Sent(one(answer.object().get("id"), changes=True, what="media id"))

    def find(self, search: Search, *, handle: str, page: str) -> Sent | None:
        """What became of it. Without a container nothing was ever asked to be shown."""
        done = saved(handle)
        if not done.get("container"):
            return None
        answer = self._look(done["container"])
        if not answer.ok and _is_unknown(answer):
            raise Unknowable("look_there", url=page, detail="the container is gone")
        state = str(graph.accept(answer).object().get(self.words.state) or "")
        if state == "PUBLISHED" and (found := search(self._since(done))):
            return found
        if state in ("FINISHED", "IN_PROGRESS", "ERROR", "EXPIRED"):
            return None
        raise Unknowable("look_there", url=page, detail=f"state {state[:20]!r}")

    # Making ------------------------------------------------------------------------------------------

    def _make(self, order: Order, done: dict[str, Any], keep: Keep) -> dict[str, Any]:
        fresh = time() - done.get("at", 0) < LIFE
        done = {"anew": done.get("anew", 0), "looks": done.get("looks", 0), "at": int(time())} | (
            {"children": done.get("children", []), "at": done["at"]} if fresh else {}
        )
        children = [str(each) for each in done.get("children", [])][: len(order.parts)]
        for part in order.parts[len(children) :]:
            proceed(keep, packed({**done, "children": children}), self.graph.door)
            children.append(self._create(part, done))
        done["children"] = children
        for child in children:
            self._wait(child, done)
        proceed(keep, packed(done), self.graph.door)
        whole = {**order.whole, "children": ",".join(children)} if children else order.whole
        return {"container": self._create(whole, done), "at": int(time()), "anew": done["anew"]}

    def _create(self, fields: Fields, done: Mapping[str, Any]) -> str:
        with repeatable():
            answer = self.graph.post(f"{self.owner}/{self.words.create}", fields)
            if not answer.ok:
                self._refuse(answer, done, public=False)
            return one(answer.object().get("id"), changes=True, what="container id")

    def _look(self, container: str) -> Answer:
        return self.graph.get(container, {"fields": f"id,{self.words.state},{self.words.problem}"})

    def _wait(self, container: str, done: Mapping[str, Any]) -> str:
        """`FINISHED` or `PUBLISHED`. Raises `Later` while the network works on it, `Rejected` when it failed."""
        answer = self._look(container)
        if not answer.ok and _is_unknown(answer):
            if done.get("tried"):
                raise Unsure("look_there", url="", detail="the container is gone")
            raise self._anew(done, "gone")
        told = graph.accept(answer).object()
        state, said = one(told.get(self.words.state), changes=False, what="state"), str(told.get(self.words.problem))
        if state in ("FINISHED", "PUBLISHED"):
            return state
        if state == "EXPIRED":
            raise self._anew(done, state)
        if state == "ERROR":
            if _FETCH_WORDS.search(said):
                raise self._anew(done, said)
            raise Rejected("refused", words=tidy(said))
        looks = int(done.get("looks", 0))
        if looks >= len(WAITS):
            raise ConnectorError("never_ready", minutes=sum(WAITS) // 60)
        raise Later(packed({**done, "looks": looks + 1}), timedelta(seconds=WAITS[looks]))

    def _anew(self, done: Mapping[str, Any], said: str) -> Exception:
        """Begin again with new containers, a few times."""
        tried = int(done.get("anew", 0))
        if tried >= MOST_ANEW:
            return Rejected("not_fetched", words=tidy(said))
        return Later(packed({"anew": tried + 1}), AGAIN if tried else SOON)

    def _refuse(self, answer: Answer, done: Mapping[str, Any], *, public: bool) -> None:
        """Raise what a refusal of one of the steps means."""
        found = graph.fault(answer)
        subcode, said = (found.subcode, found.words) if found else (0, "")
        detail = f"HTTP {answer.status}, {subcode}: {said}"
        if subcode in _NOT_READY:
            raise Later(packed(dict(done)), timedelta(seconds=WAITS[2]))
        if subcode in _FULL:
            raise Temporary("rate_limited", retry_after=graph.wait_asked(answer) or FULL_WAIT, detail=detail)
        if subcode in _RESTRICTED:
            raise Reconnect("blocked_there", words=said, detail=detail)
        if subcode in _GONE and public:
            raise Unsure("look_there", url="", detail=detail)  # expired, or out already: its state tells which
        if subcode in _NOT_FETCHED:
            raise Rejected("not_fetched", words=said, detail=detail)
        if subcode in _PASSING and not public:
            raise Temporary("server_error", status=answer.status, detail=detail)
        graph.refuse(answer, public=public)

    @staticmethod
    def _since(done: Mapping[str, Any]) -> datetime:
        return datetime.fromtimestamp(int(done.get("at", 0)), UTC) - CLOCK_MARGIN


def _is_unknown(answer: Answer) -> bool:
    """Whether the network says that there is no such thing, or that we may not see it."""
    found = graph.fault(answer)
    return found is not None and found.code == 100 and found.subcode in (33, 0)


def address(thing: Picture | Video) -> str:
    """Where the network fetches it. Raises `ConnectorError` where we have no address that it could reach."""
    found = thing.link()
    if not found:
        raise ConnectorError("needs_public_address")
    return found


def unreachable(draft: Draft) -> list[Problem]:
    """The problem of a draft whose pictures or film the network could not fetch from us."""
    films = (draft.video,) if draft.video else ()
    links = [each.link() for each in draft.pictures] + [each.link() for each in films]
    return [] if all(links) else [Problem("needs_public_address")]


def permalink(api: Graph, remote_id: str) -> str:
    """Where people see a post. It is out: whatever goes wrong now must not look as if it were not."""
    try:
        return str(api.read(quote(remote_id, safe=""), {"fields": "id,permalink"}).get("permalink") or "")
    except ConnectorError:
        return ""
