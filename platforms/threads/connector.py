"""Threads, for a public profile.

Source: developers.facebook.com, Threads API: "Posts" (2026-04-14), "Reply Management" (2026-02-13), "Insights"
(2026-01-30), "Delete Posts", publishing and reply references, read 2026-09.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from platforms import graph, insights
from platforms.answers import one, repeatable
from platforms.base import Ability, ConnectorError, Keep
from platforms.containers import Containers, Order, Words, address, permalink, unreachable
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
from platforms.counting import PictureRules, bare, picture_problems, text_problems
from platforms.films import FilmRules, film_problems
from platforms.graph import Fields, Graph
from platforms.long_lived import LongLivedConnector
from platforms.newest import new_ones
from platforms.threads import text

VERSION = "v1.0"
WORDS = Words(create="threads", publish="threads_publish", state="status", problem="error_message")
RULES = PictureRules(count=20, size=8 * 1024 * 1024, mimes=frozenset({"image/jpeg", "image/png"}), alt=1000)
LONGEST_SIDE = 10
"""How many times longer one side of a picture may be than the other."""
FILM = FilmRules(
    size=1024**3,
    codecs=frozenset({"AVC", "HEVC"}),
    sounds=frozenset({"AAC"}),
    longest=5 * 60,
    rate=(23, 60),
    wide=1920,
    alone=False,
)
PAGES, RECENT_POSTS, DEEP = 4, 25, 100
"""How many pages of our own are looked through, and below how many of our newest posts, and how deep, answers are."""

_FIGURES = {
    "views": "views",
    "likes": "likes",
    "replies": "replies",
    "reposts": "reposts",
    "quotes": "quotes",
    "shares": "shares",
}
_ACCOUNT_FIGURES = {"followers": "followers_count", "views": "views"}
_SEEN = "id,text,timestamp,permalink"
_SAID = f"{_SEEN},username,replied_to,root_post,is_reply_owned_by_me,hide_status"


class Threads(LongLivedConnector):
    """One profile. An answer is a post that names what it answers, so all goes by container."""

    kind: ClassVar[str] = "threads"
    label: ClassVar[str] = "Threads"
    fetches: ClassVar[bool] = True
    prefix: ClassVar[str] = "th"
    home: ClassVar[str] = "https://graph.threads.net"
    hosts: ClassVar[Mapping[str, str]] = {"web": "https://www.threads.net"}
    can: ClassVar[frozenset[Ability]] = frozenset(Ability)
    renews: ClassVar[bool] = True
    pace: ClassVar[tuple[int, timedelta]] = (10, timedelta(minutes=10))  # 250 posts and 1,000 answers a day

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text_: str) -> int:
        return text.length(text_)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return text.LIMIT

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=RULES.count, size=RULES.size, widest=LONGEST_SIDE, tallest=LONGEST_SIDE)

    @classmethod
    def marks(cls, text_: str) -> list[Mark]:
        return text.marks(text_)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        if draft.to and draft.to.place == Place.MESSAGE:
            return [Problem("no_messages")]
        found = text_problems(draft, text.length(draft.text), text.LIMIT)
        if draft.video:
            found = [each for each in found if each.code != "empty"]
        links = text.links(draft.text)
        if links > text.LINKS:
            found.append(Problem("too_many_links", {"count": links, "limit": text.LINKS}))
        found += picture_problems(draft, RULES) + film_problems(draft, FILM)
        if len(draft.pictures) == RULES.count and draft.video:
            found.append(Problem("too_many_pictures", {"count": RULES.count + 1, "limit": RULES.count}))
        for position, picture in enumerate(draft.pictures, 1):
            if max(picture.width, picture.height) > LONGEST_SIDE * min(picture.width, picture.height):
                found.append(Problem("picture_shape", {"number": position}))
        return found + unreachable(draft)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """By container, see `containers`: a post, and an answer or the next part of a thread, all alike."""
        if draft.to and draft.to.place == Place.MESSAGE:
            raise ConnectorError("no_messages")
        sent = self._containers.publish(
            lambda: _order(draft), lambda since_: self._search(draft, since_), handle=handle, keep=keep
        )
        return sent if sent.url else replace(sent, url=permalink(self._graph, sent.remote_id))

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        return self._containers.find(lambda at: self._search(draft, at), handle=handle, page=self.account.url)

    def take_down(self, remote_id: str) -> None:
        """Remove a post or an answer of ours; a hundred a day at most."""
        with repeatable():
            answer = self._graph.delete(quote(remote_id, safe=""))
            found = graph.fault(answer)
            if not (found and found.code == 100 and found.subcode == 33):
                graph.accept(answer)

    def _search(self, draft: Draft, begins: datetime) -> Sent | None:
        """The post with these words since then. Answers stand in a list of their own."""
        wanted, edge = _comparable(draft.text), "replies" if draft.to else "threads"
        for post in self._own(begins, edge):
            if _comparable(str(post.get("text") or "")) == wanted:
                return Sent(str(post["id"]), str(post.get("permalink") or ""))
        return None

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        """Who we are, and how many posts and answers a day the network lets through."""
        me = self._graph.read("me", {"fields": "id,username,name"})
        name = one(me.get("username"), changes=False, what="user name")
        account = replace(self.account, remote_id=one(me.get("id"), changes=False, what="user id"))
        account = replace(account, name=str(me.get("name") or name), handle=f"@{name}", url=self._page(name))
        return replace(account, limits={**self.account.limits, **self._quotas(account.remote_id)})

    def _quotas(self, user: str) -> dict[str, int]:
        fields = {"fields": "quota_usage,config,reply_quota_usage,reply_config"}
        answer = self._graph.get(f"{user}/threads_publishing_limit", fields)
        entries = answer.object().get("data") if answer.ok else None
        told = entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], dict) else {}
        found: dict[str, int] = {}
        for ours, theirs in (("posts_per_day", "config"), ("answers_per_day", "reply_config")):
            config = told.get(theirs)
            total = config.get("quota_total") if isinstance(config, dict) else None
            found |= {ours: total} if isinstance(total, int) and total > 0 else {}
        return found

    def timeline(self, since: datetime) -> list[Seen]:
        found = self._own(since, "threads")
        return [Seen(str(p["id"]), str(p.get("text") or ""), _time(p), str(p.get("permalink") or "")) for p in found]

    def _own(self, begins: datetime, edge: str) -> Iterator[dict[str, Any]]:
        """Our posts (`threads`) or answers (`replies`) since then, newest first."""
        for post in self._graph.each(f"{self.account.remote_id}/{edge}", {"fields": _SEEN}, pages=PAGES):
            if _time(post) < begins:
                return
            yield post

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        """One call each: the network has no batches for these."""
        found: dict[str, list[Figure]] = {}
        for remote_id in remote_ids:
            metrics = {"metric": ",".join(_FIGURES.values())}
            answer = self._graph.get(f"{quote(remote_id, safe='')}/insights", metrics)
            gone = graph.fault(answer)
            if not (gone and gone.code == 100 and gone.subcode == 33):
                found[remote_id] = insights.figures(graph.accept(answer).object(), _FIGURES)
        return found

    def measure_account(self) -> list[Figure]:
        metrics = {"metric": ",".join(_ACCOUNT_FIGURES.values())}
        return insights.figures(
            self._graph.read(f"{self.account.remote_id}/threads_insights", metrics), _ACCOUNT_FIGURES
        )

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        if place == Place.MESSAGE:
            raise NotImplementedError("threads lets nobody read messages")
        read = self._replies() if place == Place.COMMENT else self._mentions()
        return new_ones(read, cursor)

    def _replies(self) -> Iterator[Incoming]:
        """What others wrote below our newest posts, one call for each post that has answers."""
        asked: Fields = {"fields": "id,has_replies", "limit": RECENT_POSTS}
        for post in self._graph.each(f"{self.account.remote_id}/threads", asked, pages=1):
            if post.get("has_replies") is False:
                continue
            below = f"{quote(str(post['id']), safe='')}/conversation"
            for reply in self._graph.each(below, {"fields": _SAID, "limit": DEEP}, pages=1):
                if reply.get("is_reply_owned_by_me") is not True and not self._is_ours(reply):
                    yield _incoming(Place.COMMENT, reply, str(post["id"]))

    def _mentions(self) -> Iterator[Incoming]:
        asked: Fields = {"fields": f"{_SEEN},username", "limit": DEEP}
        for post in self._graph.each(f"{self.account.remote_id}/mentions", asked, pages=1):
            if not self._is_ours(post):
                yield _incoming(Place.MENTION, post, "")

    def _is_ours(self, told: Mapping[str, Any]) -> bool:
        return f"@{told.get('username')}" == self.account.handle

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        with repeatable():
            fields = {"hide": "true" if hidden else "false"}
            graph.accept(self._graph.post(f"{quote(remote_id, safe='')}/manage_reply", fields))

    def profile(self) -> Profile:
        fields = "id,username,name,threads_biography,threads_profile_picture_url"
        me = self._graph.read("me", {"fields": fields})
        name = one(me.get("username"), changes=False, what="user name")
        picture = str(me.get("threads_profile_picture_url") or "")
        bio = str(me.get("threads_biography") or "")
        return Profile(str(me.get("name") or name), f"@{name}", bio=bio, picture_url=picture)

    # Calling -----------------------------------------------------------------------------------------

    @property
    def _graph(self) -> Graph:
        """Without proof of the app's secret, which no page of this API asks for."""
        return Graph(self.door, f"{self.account.server}/{VERSION}", self.account.secrets["token"])

    @property
    def _containers(self) -> Containers:
        return Containers(self._graph, self.account.remote_id, WORDS)

    def _page(self, name: str) -> str:
        return f"{self.host('web')}/@{name}"


def _comparable(text_: str) -> str:
    """Whether a topic's # comes back in the text is nowhere said."""
    return bare(text_).replace("#", "")


def _order(draft: Draft) -> Order:
    """What to make: a text, a picture, a film, or a carousel."""
    parts: list[dict[str, str]] = [
        {"media_type": "IMAGE", "image_url": address(each)} | ({"alt_text": each.alt} if each.alt else {})
        for each in draft.pictures
    ]
    if draft.video:
        parts.append({"media_type": "VIDEO", "video_url": address(draft.video)})
    whole = {"text": draft.text} if draft.text else {}
    whole |= {"reply_to_id": draft.to.remote_id} if draft.to else {}
    if not parts:
        return Order({"media_type": "TEXT", **whole})
    if len(parts) == 1:
        return Order({**parts[0], **whole})
    fields: Fields = {"media_type": "CAROUSEL", **whole}
    return Order(fields, tuple({**each, "is_carousel_item": "true"} for each in parts))


def _incoming(place: Place, told: Mapping[str, Any], about: str) -> Incoming:
    """The network gives no ids of people, only their names."""
    name, above = str(told.get("username") or ""), told.get("replied_to")
    parent = str(above.get("id") or "") if isinstance(above, dict) else ""
    hidden = str(told.get("hide_status") or "NOT_HUSHED") not in ("NOT_HUSHED", "UNHUSHED")
    return Incoming(
        place, str(told["id"]), str(told.get("text") or ""), _time(told), name, name, f"@{name}", about=about,
        parent=parent if parent != about else "", thread=about or str(told["id"]),
        url=str(told.get("permalink") or ""), is_hidden=hidden,
    )  # fmt: skip


def _time(thing: Mapping[str, Any]) -> datetime:
    """When it was made; one without a time is better looked at than left out."""
    return graph.moment(thing.get("timestamp")) or datetime.now(UTC)
