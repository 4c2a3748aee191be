"""Instagram, for a professional account that let Posko in by Instagram Login (no Facebook Page needed).

Source: developers.facebook.com, Instagram Platform: "Content Publishing", "IG User Media", "Comment Moderation",
"Send Messages", "Conversations API", insights pages, read 2026-09.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from platforms import graph, insights
from platforms.answers import one, repeatable
from platforms.base import Ability, ConnectorError, Keep, Reconnect
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
from platforms.counting import PictureRules, bare, number, picture_problems, text_problems
from platforms.films import FilmRules, film_problems
from platforms.graph import VERSION, Fields, Graph
from platforms.instagram import inbox, text
from platforms.long_lived import LongLivedConnector

WORDS = Words(create="media", publish="media_publish", state="status_code", problem="status")
RULES = PictureRules(count=10, size=8 * 1024 * 1024, mimes=frozenset({"image/jpeg"}), alt=1000)
"""Ten in a carousel by the API's own page; the app allows 20, and some report 20 by API (2026-08)."""
WIDEST, TALLEST = 1.91, 1.25
FILM = FilmRules(
    size=300 * 1024 * 1024,
    codecs=frozenset({"AVC", "HEVC"}),
    sounds=frozenset({"AAC"}),
    shortest=3,
    longest=15 * 60,
    rate=(23, 60),
    wide=1920,
    alone=False,
)
"""Of a reel. Source: "IG User Media", 2026-09-11."""
PAGES = 4
SUBSCRIBED = ("comments", "live_comments", "mentions", "messages")

_FIGURES = {"likes": "like_count", "replies": "comments_count"}
_INSIGHTS = {"views": "views", "reach": "reach", "bookmarks": "saved", "shares": "shares"}
_ACCOUNT_FIGURES = {"followers": "followers_count", "following": "follows_count", "posts": "media_count"}
_ACCOUNT_INSIGHTS = {"views": "views", "reach": "reach"}


class Instagram(LongLivedConnector):
    """One professional account. A post's `remote_id` is its media id, an answer's that of the comment or message."""

    kind: ClassVar[str] = "instagram"
    label: ClassVar[str] = "Instagram"
    fetches: ClassVar[bool] = True
    prefix: ClassVar[str] = "ig"
    home: ClassVar[str] = "https://graph.instagram.com"
    hosts: ClassVar[Mapping[str, str]] = {"web": "https://www.instagram.com", "login": "https://api.instagram.com"}
    can: ClassVar[frozenset[Ability]] = frozenset(set(Ability) - {Ability.DELETE, Ability.THREAD})
    renews: ClassVar[bool] = True
    pace: ClassVar[tuple[int, timedelta]] = (5, timedelta(minutes=10))  # 50 a day are sure, 100 at most

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text: str) -> int:
        """Code points; the unit of its limit is not documented."""
        return len(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return text.MESSAGE if draft.to and draft.to.place == Place.MESSAGE else text.CAPTION

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=RULES.count, size=RULES.size, widest=WIDEST, tallest=TALLEST, jpeg=True)

    @classmethod
    def marks(cls, text_: str) -> list[Mark]:
        return text.marks(text_)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        if draft.to:
            return inbox.problems(draft) + _too_many(draft.text, limits)
        found = [] if draft.pictures or draft.video else [Problem("needs_picture")]
        if found or draft.text.strip():
            found += [each for each in text_problems(draft, len(draft.text), text.CAPTION) if each.code != "empty"]
        found += _too_many(draft.text, limits) + picture_problems(draft, RULES) + film_problems(draft, FILM)
        if len(draft.pictures) == RULES.count and draft.video:
            found.append(Problem("too_many_pictures", {"count": RULES.count + 1, "limit": RULES.count}))
        for position, picture in enumerate(draft.pictures, 1):
            if picture.width > WIDEST * picture.height or picture.height > TALLEST * picture.width:
                found.append(Problem("picture_shape", {"number": position}))
        return found + unreachable(draft)

    @classmethod
    def problems_together(cls, texts: Sequence[str], limits: Mapping[str, int]) -> list[Problem]:
        """Instagram counts the hashtags of the first comment with those of the caption."""
        return _too_many_tags("\n".join(texts), limits)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """A post goes by container, see `containers`; an answer is one call."""
        if draft.to:
            return inbox.answer(self._graph, self.account, draft)
        sent = self._containers.publish(
            lambda: _order(draft), lambda since: self._search(draft, since), handle=handle, keep=keep
        )
        return sent if sent.url else replace(sent, url=permalink(self._graph, sent.remote_id))

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        if draft.to:
            return inbox.find(self._graph, self.account, draft, since)
        return self._containers.find(lambda at: self._search(draft, at), handle=handle, page=self.account.url)

    def take_down(self, remote_id: str) -> None:
        """Comments go; posts do not: Meta lets only apps of the Facebook Login delete them (read 2026-11)."""
        with repeatable():
            answer = self._graph.delete(quote(remote_id, safe=""))
            found = graph.fault(answer)
            if answer.ok:
                return
            if found is None or found.code not in (3, 10, 100):
                graph.refuse(answer, public=False)
        # The network says the same of what is gone and of what it does not delete: only looking tells them apart.
        there = self._graph.get(quote(remote_id, safe=""), {"fields": "id,permalink"})
        if there.ok:
            raise ConnectorError("delete_there", url=str(there.object().get("permalink") or self.account.url))
        known = graph.fault(there)
        if known is None or known.code != 100:
            graph.refuse(there, public=False)

    def _search(self, draft: Draft, since: datetime) -> Sent | None:
        wanted = bare(draft.text)
        for media in self._own(since, "caption"):
            if bare(str(media.get("caption") or "")) == wanted:
                return Sent(str(media["id"]), str(media.get("permalink") or ""))
        return None

    # Being told --------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Let Instagram push what people write to this account to the address of the app. Twice is once.

        Source: Instagram Platform, "Webhooks", read 2026-09; the address itself is entered on the app's page.
        """
        with repeatable():
            asked = {"subscribed_fields": ",".join(SUBSCRIBED)}
            graph.accept(self._graph.post(f"{self.account.remote_id}/subscribed_apps", asked))

    def stop_listening(self) -> None:
        """Have nothing of this account pushed any more. Twice is once."""
        with repeatable():
            graph.accept(self._graph.delete(f"{self.account.remote_id}/subscribed_apps"))

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        """Who we are, and how many posts a day the network lets through (`posts_per_day`)."""
        me = self._graph.read("me", {"fields": "user_id,username,name,account_type"})
        name = one(me.get("username"), changes=False, what="user name")
        if me.get("account_type") == "PERSONAL":
            raise Reconnect("needs_professional")
        account = replace(self.account, remote_id=one(me.get("user_id"), changes=False, what="user id"))
        account = replace(account, name=str(me.get("name") or name), handle=f"@{name}", url=self._page(name))
        return replace(account, limits={**self.account.limits, **self._quota(account.remote_id)})

    def _quota(self, user: str) -> dict[str, int]:
        told = self._graph.get(f"{user}/content_publishing_limit", {"fields": "quota_usage,config"})
        entries = told.object().get("data") if told.ok else None
        config = entries[0].get("config") if isinstance(entries, list) and entries else None
        total = config.get("quota_total") if isinstance(config, dict) else None
        return {"posts_per_day": total} if isinstance(total, int) and total > 0 else {}

    def timeline(self, since: datetime) -> list[Seen]:
        found = self._own(since, "caption")
        return [Seen(str(m["id"]), str(m.get("caption") or ""), _time(m), str(m.get("permalink") or "")) for m in found]

    def _own(self, since: datetime, *more: str) -> Iterator[dict[str, Any]]:
        """Our posts since then, newest first."""
        fields = ",".join(("id", "timestamp", "permalink", *more))
        for media in self._graph.each(f"{self.account.remote_id}/media", {"fields": fields}, pages=PAGES):
            if _time(media) < since:
                return
            yield media

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        """From pages of our own posts, fifty at a time; older ones than these hold are asked for alone."""
        wanted = set(remote_ids)
        names = ",".join(_FIGURES.values())
        views = f",insights.metric({','.join(_INSIGHTS.values())})"
        path = f"{self.account.remote_id}/media"
        # One number that is not offered any more spoils the whole answer: then do without insights.
        first = self._graph.get(path, {"fields": f"id,{names}{views}", "limit": 1})
        refused = graph.fault(first)
        fields = f"id,{names}" if refused and refused.code in (10, 100) else f"id,{names}{views}"
        found: dict[str, list[Figure]] = {}
        for media in self._graph.each(path, {"fields": fields}, pages=PAGES):
            if str(media["id"]) in wanted:
                found[str(media["id"])] = _figures(media)
            if len(found) == len(wanted):
                return found
        for remote_id in wanted - set(found):
            answer = self._graph.get(quote(remote_id, safe=""), {"fields": fields})
            gone = graph.fault(answer)
            if not (gone and gone.code == 100):
                found[remote_id] = _figures(graph.accept(answer).object())
        return found

    def measure_account(self) -> list[Figure]:
        """Followers and posts now, and what was seen of us in the last day where we may know."""
        me = self._graph.read("me", {"fields": f"user_id,{','.join(_ACCOUNT_FIGURES.values())}"})
        one(me.get("user_id"), changes=False, what="user id")
        found = [Figure(m, me[name], name) for m, name in _ACCOUNT_FIGURES.items() if isinstance(me.get(name), int)]
        asked = {"metric": ",".join(_ACCOUNT_INSIGHTS.values()), "period": "day", "metric_type": "total_value"}
        answer = self._graph.get(f"{self.account.remote_id}/insights", asked)
        return found + (insights.figures(answer.object(), _ACCOUNT_INSIGHTS) if answer.ok else [])

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        return inbox.read(self._graph, self.account, place, cursor)

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        with repeatable():
            answer = self._graph.post(quote(remote_id, safe=""), {"hide": "true" if hidden else "false"})
            graph.accept(answer)

    def profile(self) -> Profile:
        me = self._graph.read("me", {"fields": "username,name,biography,website,profile_picture_url"})
        told = {name: str(me.get(name) or "") for name in ("biography", "website", "profile_picture_url")}
        name = one(me.get("username"), changes=False, what="user name")
        return Profile(str(me.get("name") or name), f"@{name}", *told.values())

    # Calling -----------------------------------------------------------------------------------------

    @property
    def _graph(self) -> Graph:
        """Without proof of the app's secret: that these hosts take it is unconfirmed, and no page asks for it."""
        return Graph(self.door, f"{self.account.server}/{VERSION}", self.account.secrets["token"])

    @property
    def _containers(self) -> Containers:
        return Containers(self._graph, self.account.remote_id, WORDS)

    def _page(self, name: str) -> str:
        return f"{self.host('web')}/{name}/"


def _too_many_tags(words: str, limits: Mapping[str, int]) -> list[Problem]:
    tags, most = text.tags(words), number(limits, "hashtags", text.TAGS)
    return [Problem("too_many_tags", {"count": tags, "limit": most})] if tags > most else []


def _too_many(words: str, limits: Mapping[str, int]) -> list[Problem]:
    found = _too_many_tags(words, limits)
    people = text.mentions(words)
    if people > text.MENTIONS:
        found.append(Problem("too_many_mentions", {"count": people, "limit": text.MENTIONS}))
    return found


def _order(draft: Draft) -> Order:
    """What to make: a picture, a reel, or a carousel of both."""
    pictures: list[dict[str, str]] = [
        {"image_url": address(each)} | ({"alt_text": each.alt} if each.alt else {}) for each in draft.pictures
    ]
    film = {"video_url": address(draft.video)} if draft.video else {}
    whole = ({"caption": draft.text} if draft.text else {}) | ({"is_ai_generated": "true"} if draft.ai_made else {})
    if len(pictures) + bool(film) == 1:
        single: Fields = {**pictures[0], **whole} if pictures else {"media_type": "REELS", **film, **whole}
        return Order(single)
    parts = [*pictures, *([{"media_type": "VIDEO", **film}] if film else [])]
    return Order({"media_type": "CAROUSEL", **whole}, tuple({**each, "is_carousel_item": "true"} for each in parts))


def _time(thing: Mapping[str, Any]) -> datetime:
    """When it was made; one without a time is better looked at than left out."""
    return graph.moment(thing.get("timestamp")) or datetime.now(UTC)


def _figures(media: Mapping[str, Any]) -> list[Figure]:
    found = [Figure(m, media[name], name) for m, name in _FIGURES.items() if isinstance(media.get(name), int)]
    told = media.get("insights")
    return found + (insights.figures(told, _INSIGHTS) if isinstance(told, dict) else [])
