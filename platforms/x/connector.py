"""One account on X, through API v2.

Source: X documentation, x-api/posts/manage-tweets, timelines, direct-messages, openapi.json 2.167, 2026-08.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from time import time
from typing import Any, ClassVar
from urllib.parse import quote

from platforms.answers import one, packed, proceed, repeatable, saved
from platforms.base import Ability, Connector, ConnectorError, Keep, Later, Temporary, Unknowable, Unsure
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
from platforms.http import Answer
from platforms.x import costs, inbox, limits, posts, sign_in, text, who
from platforms.x.calling import Calls
from platforms.x.media import Uploads, without_media
from platforms.x.refusing import is_duplicate, is_without_media

CLOCK_MARGIN = timedelta(minutes=2)
SLACK = timedelta(seconds=5)
SETTLES = 30
"""Seconds after which X's lists are trusted to show a post that went out."""
PAGES = 5
PER_PAGE = 100
BATCH = 100
_MESSAGE = "dm:"
"""Begins the remote id of a message we sent, told apart from posts when it is to be removed."""


class X(Connector):
    """Repeats are not recognised by X; but the same words soon after are refused, which tells that they are out."""

    kind: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    home: ClassVar[str] = sign_in.HOME
    hosts: ClassVar[Mapping[str, str]] = sign_in.HOSTS
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
    pace: ClassVar[tuple[int, timedelta]] = (80, timedelta(minutes=15))
    """Of the 100 posts in 15 minutes that X bears from one account."""
    renews: ClassVar[bool] = True
    prices_of: ClassVar[date | None] = costs.PRICES_OF
    removal_price: ClassVar[int] = costs.DELETE

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text_: str) -> int:
        return text.length(text_)

    @classmethod
    def limit(cls, draft: Draft, limits_: Mapping[str, int]) -> int:
        return limits.limit(draft, limits_)

    @classmethod
    def problems(cls, draft: Draft, limits_: Mapping[str, int]) -> list[Problem]:
        return limits.problems(draft, limits_)

    @classmethod
    def price(cls, draft: Draft) -> int:
        return costs.price(draft)

    @classmethod
    def shape(cls, limits_: Mapping[str, int]) -> Shape:
        return limits.shape()

    @classmethod
    def marks(cls, text_: str) -> list[Mark]:
        return text.marks(text_)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds what is uploaded (see `Uploads`), when the post itself was tried first (`asked`) and last
        (`last`), and how often (`tries`): whoever finds it there cannot know whether the post went out.
        """
        kind = "dm" if limits.is_message(draft) else "tweet"
        uploads = Uploads(self.calls, saved(handle), keep)
        media: list[str] = []
        if draft.video:
            media = [uploads.film(draft.video, category=f"{kind}_video")]
        elif draft.pictures:
            media = uploads.pictures(draft.pictures, category=f"{kind}_image", described=kind == "tweet")
        return self._send(draft, media, uploads.done, keep)

    def _send(self, draft: Draft, media: list[str], done: dict[str, Any], keep: Keep) -> Sent:
        now = int(time())
        tried = {"asked": done.get("asked") or now, "last": now, "tries": done.get("tries", 0) + 1}
        proceed(keep, packed(done | tried), self.door)
        try:
            answer = self.calls.try_post(self._path(draft), json=_body(draft, media))
            if is_duplicate(answer) and done.get("asked"):
                return self._went_out(draft, done["asked"])
            if is_without_media(answer) and media and not done.get("anew"):
                raise Later(packed({**without_media(done), "anew": 1}), timedelta(seconds=1))
            if not answer.ok:
                self.calls.refuse(answer, public=True)
        except Unsure:
            raise
        except ConnectorError as no:
            keep(packed(done))  # nothing went out, so this try leaves no doubt
            if no.code == "x_not_summoned" and draft.to:
                no.params["url"] = f"{self.host('web')}/intent/post?in_reply_to={draft.to.remote_id}"
            raise
        return self._receipt(draft, answer)

    def _path(self, draft: Draft) -> str:
        if not limits.is_message(draft):
            return "/2/tweets"
        return f"/2/dm_conversations/with/{quote(draft.to.person if draft.to else '', safe='')}/messages"

    def _receipt(self, draft: Draft, answer: Answer) -> Sent:
        told = posts.part(answer.object(), "data")
        if limits.is_message(draft):
            return self._sent_message(one(told.get("dm_event_id"), changes=True, what="message id"), told)
        return self._sent(one(told.get("id"), changes=True, what="post id"))

    def _went_out(self, draft: Draft, asked: int) -> Sent:
        """X has these words already, and we had tried: they are out, so all that is missing is where.

        Its answer has just told its clock, so the look begins no earlier than our first try: the same words of
        minutes before are another post.
        """
        found = self._look(draft, datetime.fromtimestamp(asked, UTC) + (self.door.skew or timedelta(0)) - SLACK)
        if found is None:
            raise Unsure("x_out_unseen")
        return found

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Look through what we sent. Absence counts only where no harm is done by it, and once.

        It does where the post itself was never tried, and where trying it again is safe: X refuses the same words a
        second time. After that, and for what has no words, a person has to look.
        """
        done = saved(handle)
        found = self._look(draft, since - CLOCK_MARGIN)
        if found or not done.get("tries"):
            return found
        if time() - done.get("last", 0) < SETTLES:
            raise Temporary("x_not_shown_yet")
        if done["tries"] == 1 and draft.text.strip() and not limits.is_message(draft):
            return None
        raise Unknowable("look_there", url=self.account.url or self.host("web"))

    def _look(self, draft: Draft, since: datetime) -> Sent | None:
        if limits.is_message(draft):
            sent = inbox.sent_to(self.calls, draft.to.person if draft.to else "", since)
            return next((self._sent_message(str(e["id"]), e) for e in sent if posts.says(e, draft.text)), None)
        count, above = len(draft.pictures) + bool(draft.video), draft.to.remote_id if draft.to else ""
        for post in self._own(since):
            is_alike = posts.media_of(post) == count and posts.answers_to(post) == above
            if is_alike and posts.says(post, draft.text):
                return self._sent(str(post["id"]))
        return None

    def take_down(self, remote_id: str) -> None:
        folder = "/2/dm_events" if remote_id.startswith(_MESSAGE) else "/2/tweets"
        with repeatable():
            path = f"{folder}/{quote(remote_id.removeprefix(_MESSAGE), safe='')}"
            answer = self.calls.try_post(path, method="DELETE")
        if answer.status not in (404, 410) and not answer.ok:
            self.calls.refuse(answer)

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        return who.account(self.calls, self.host("web"))

    def timeline(self, since: datetime) -> list[Seen]:
        return [
            Seen(str(p["id"]), posts.text_of(p), posts.made_at(p), self._page(str(p["id"]))) for p in self._own(since)
        ]

    def _own(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Our posts and answers since then, newest first."""
        asked: dict[str, str | int] = {
            "max_results": PER_PAGE,
            "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "exclude": "retweets",
            posts.FIELDS_OF_POSTS: posts.FIELDS,
        }
        for told in self.calls.pages(f"/2/users/{self.account.remote_id}/tweets", asked, PAGES):
            yield from told["data"]

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        now = datetime.now(UTC)
        young = [each for each in remote_ids if (at := posts.time_of(each)) and now - at < posts.PRIVATE_FOR]
        old = [each for each in remote_ids if each not in young]
        found: dict[str, list[Figure]] = {}
        for batch, which in [*_batches(young, "public_metrics,non_public_metrics"), *_batches(old, "public_metrics")]:
            asked = {
                "ids": ",".join(batch),
                posts.FIELDS_OF_POSTS: f"attachments,{which}",
                "expansions": "attachments.media_keys",
                "media.fields": "public_metrics",
            }
            for told in self.calls.pages("/2/tweets", asked, 1, proof="errors"):
                films = posts.by_id(told, "media")
                found |= {str(p["id"]): posts.figures(p, films) for p in told["data"] if str(p["id"]) in batch}
        return found

    def measure_account(self) -> list[Figure]:
        return posts.figures_of_account(who.me(self.calls))

    def profile(self) -> Profile:
        return who.profile(who.me(self.calls))

    # People ------------------------------------------------------------------------------------------

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        """Comments and mentions stand in one list of X's; each place takes its own from it."""
        if place == Place.MESSAGE:
            return inbox.messages(self.calls, cursor, self.host("web"))
        by_reply = bool(self.account.app.get("reply_summons"))
        page = inbox.mentions(self.calls, cursor, self.host("web"), by_reply=by_reply)
        return Page(tuple(each for each in page.entries if each.place == place), page.cursor)

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        with repeatable():
            path = f"/2/tweets/{quote(remote_id, safe='')}/hidden"
            answer = self.calls.try_post(path, method="PUT", json={"hidden": hidden})
            if not answer.ok:
                self.calls.refuse(answer)

    # Staying signed in -------------------------------------------------------------------------------

    def is_stale(self, now: datetime) -> bool:
        return sign_in.is_worn(self.account, now)

    def renew(self) -> Mapping[str, str]:
        return sign_in.refresh(self.door, self.account)

    # Calling and addresses ----------------------------------------------------------------------------

    @property
    def calls(self) -> Calls:
        return Calls(self.account, self.door)

    def _sent(self, remote_id: str) -> Sent:
        return Sent(remote_id, self._page(remote_id))

    def _sent_message(self, remote_id: str, told: Mapping[str, Any]) -> Sent:
        return Sent(
            f"{_MESSAGE}{remote_id}", inbox.page_of(self.host("web"), str(told.get("dm_conversation_id") or ""))
        )

    def _page(self, remote_id: str) -> str:
        """Where people see a post. X does not tell; its `i` stands for any name."""
        handle = self.account.handle.removeprefix("@")
        return f"{self.host('web')}/{f'{handle}/status' if handle else 'i/web/status'}/{remote_id}"


def _body(draft: Draft, media: list[str]) -> dict[str, Any]:
    """The request that makes it public, or sends it."""
    body: dict[str, Any] = {"text": draft.text} if draft.text else {}
    if limits.is_message(draft):
        return {**body, "attachments": [{"media_id": media[0]}]} if media else body
    if media:
        body["media"] = {"media_ids": media}
    if draft.to:
        body["reply"] = {"in_reply_to_tweet_id": draft.to.remote_id}
    if draft.ai_made:
        body["made_with_ai"] = True
    return body


def _batches(remote_ids: Sequence[str], which: str) -> list[tuple[Sequence[str], str]]:
    return [(remote_ids[start : start + BATCH], which) for start in range(0, len(remote_ids), BATCH)]
