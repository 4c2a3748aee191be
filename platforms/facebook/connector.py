"""Facebook Pages: one Page, with its own token.

Source: developers.facebook.com, Pages API "Posts", Page feed, Page photos, Comment, read 2026-09; what is from memory
says so where it stands.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any, ClassVar
from urllib.parse import quote

from platforms.answers import one, packed, proceed, repeatable, saved
from platforms.base import Ability, Connector, Keep, Later, Reconnect, Rejected, Temporary, Unknowable, Unsure
from platforms.contents import (
    Account,
    Draft,
    Figure,
    Incoming,
    Key,
    Mark,
    Page,
    Picture,
    Place,
    Problem,
    Profile,
    Seen,
    Sent,
    Shape,
    To,
)
from platforms.counting import marks
from platforms.facebook import figures, inbox, text, timeline
from platforms.facebook.film import Film
from platforms.facebook.sign_in import HOME, HOSTS, handle_of
from platforms.graph import VERSION, Graph, accept, fault, refuse
from platforms.http import Answer

CLOCK_MARGIN = timedelta(minutes=5)
SETTLES = timedelta(seconds=60)
"""How long after a try a list without the post proves that it did not go out."""
LOOK_AGAIN = timedelta(seconds=15)
MOST_TRIES = 2
"""After so many tries of which none is found a person looks: absence was wrong once, or it would be there."""
MEDIA_LIVES = 20 * 3600
"""Seconds after which we upload again: photos that no post carries are kept for about a day (from memory)."""
SUBSCRIBED = ("feed", "mention", "messages", "messaging_postbacks")
_SAID_BEFORE, _PHOTOS_POSTED = 506, 1_366_051


class Facebook(Connector):
    """The Page's posts, comments and conversations. Nothing makes a repeat recognisable, so it is looked for."""

    kind: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    can: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PUBLISH,
            Ability.VIDEO,
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
    home: ClassVar[str] = HOME
    hosts: ClassVar[Mapping[str, str]] = HOSTS
    pace: ClassVar[tuple[int, timedelta]] = (20, timedelta(minutes=10))
    """No number is documented; error 1390008 has been met by those who post faster."""

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text: str) -> int:
        return len(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return text.most_characters(draft)

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=text.MOST_PICTURES, size=text.PICTURE_BYTES)

    @classmethod
    def marks(cls, words: str) -> list[Mark]:
        return marks(words, {"link": text.LINK, "tag": text.TAG})

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        return text.problems(draft)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """The handle holds when the last try began (`at`) and which it was (`tries`).

        Beside that: waiting photos (`media`) and since when (`made`); a film's own, see `Film`.
        """
        done = saved(handle)
        if draft.to is not None:
            return self._answer(draft, draft.to, done, keep)
        if draft.video is not None:
            return self._film.publish(draft, draft.video, done, lambda now: proceed(keep, packed(now), self.door))
        if len(draft.pictures) == 1:
            return self._photo(draft, draft.pictures[0], done, keep)
        done = self._upload(draft.pictures, done, keep)
        done = self._begin(done, keep)
        asked: dict[str, str] = {"message": draft.text, "fields": "id,permalink_url"}
        if done.get("media"):
            asked["attached_media"] = json.dumps([{"media_fbid": each} for each in done["media"]])
        elif link := text.first_link(draft.text):
            asked["link"] = link
        return self._receipt(self._graph.post(f"{self.account.remote_id}/feed", asked), done)

    def _begin(self, done: dict[str, Any], keep: Keep) -> dict[str, Any]:
        """Note when this try begins, and ask the gate; what is sent after it may show something."""
        done = {**done, "at": int(time()), "tries": int(done.get("tries", 0)) + 1}
        proceed(keep, packed(done), self.door)
        return done

    def _photo(self, draft: Draft, picture: Picture, done: dict[str, Any], keep: Keep) -> Sent:
        """One photo and its text in one step."""
        data = picture.read()  # before asking the gate: the storage may be slow
        done = self._begin(done, keep)
        asked = {"caption": draft.text, **_described(picture)}
        answer = self._graph.post(f"{self.account.remote_id}/photos", asked, {"source": _file(picture, data)})
        return self._receipt(answer, done, name="post_id")

    def _upload(self, pictures: Sequence[Picture], done: dict[str, Any], keep: Keep) -> dict[str, Any]:
        """Every picture as a photo that nobody sees until a post carries it."""
        if not pictures:
            return done
        if time() - done.get("made", 0) > MEDIA_LIVES:
            done = {**done, "media": [], "made": int(time())}
        media = list(done.get("media", []))
        for picture in pictures[len(media) :]:
            data = picture.read()
            proceed(keep, packed({**done, "media": media}), self.door)
            asked = {"published": "false", **_described(picture)}
            with repeatable():
                answer = self._graph.post(f"{self.account.remote_id}/photos", asked, {"source": _file(picture, data)})
                media.append(one(accept(answer).object().get("id"), changes=True, what="photo id"))
        return {**done, "media": media}

    def _receipt(self, answer: Answer, done: Mapping[str, Any], *, name: str = "id") -> Sent:
        if not answer.ok:
            self._refuse(answer, done)
        told = answer.object()
        post = one(told.get(name) or told.get("id"), changes=True, what="post id")
        return Sent(post, self._address(told, post))

    def _refuse(self, answer: Answer, done: Mapping[str, Any]) -> None:
        """Raise what a refusal means for something public."""
        found = fault(answer)
        if found is not None and (found.code == _SAID_BEFORE or found.subcode == _PHOTOS_POSTED):
            if int(done.get("tries", 1)) > 1:  # an earlier try of ours may be what it repeats: look for it
                raise Unsure("said_before", words=found.words)
            raise Rejected("said_before", words=found.words)
        if found is not None and found.code == 100 and "media_fbid" in found.words and not done.get("anew"):
            # Swept away unused, perhaps: upload anew, once. What is refused again is refused for good.
            raise Later(packed({**done, "media": [], "made": 0, "anew": True}), timedelta(seconds=1))
        refuse(answer, public=True)

    # Answering ---------------------------------------------------------------------------------------

    def _answer(self, draft: Draft, to: To, done: dict[str, Any], keep: Keep) -> Sent:
        """A comment below a post or comment, or a message to a person."""
        if to.place == Place.MESSAGE:
            return self._write(draft, to, done, keep)
        done = self._begin(self._upload(draft.pictures[:1], done, keep), keep)
        asked = {"message": draft.text, "fields": "id,permalink_url"}
        asked |= {"attachment_id": done["media"][0]} if done.get("media") else {}
        return self._receipt(self._graph.post(f"{_quoted(to.remote_id)}/comments", asked), done)

    def _write(self, draft: Draft, to: To, done: dict[str, Any], keep: Keep) -> Sent:
        """To one person alone, within the time Facebook gives for it."""
        passed = datetime.now(UTC) - to.at if to.at else timedelta(0)
        if passed >= self._window:
            raise Rejected("window_closed", words="")
        done = self._begin(done, keep)
        asked = {
            "recipient": json.dumps({"id": to.person}),
            "message": json.dumps({"text": draft.text}),
            "messaging_type": "RESPONSE" if passed < inbox.WINDOW else "MESSAGE_TAG",
        }
        asked |= {} if passed < inbox.WINDOW else {"tag": "HUMAN_AGENT"}
        return self._receipt(self._graph.post(f"{self.account.remote_id}/messages", asked), done, name="message_id")

    @property
    def _window(self) -> timedelta:
        """How long after they wrote a person may be answered. A week only where Meta has granted our app that."""
        return inbox.HUMAN_WINDOW if self.account.app.get("human_agent") == "1" else inbox.WINDOW

    # Looking for it ----------------------------------------------------------------------------------

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Our posts are listed at least twice, a minute apart; only then is their silence proof, and only once."""
        done = saved(handle)
        if draft.video is not None and draft.to is None and done.get("video"):
            return self._film.find(done)
        begun = datetime.fromtimestamp(done["at"], UTC) if done.get("at") else since
        for told in timeline.alike(self._graph, self.account.remote_id, draft, since - CLOCK_MARGIN):
            return Sent(str(told["id"]), self._address(told, str(told["id"])))
        address = self.account.url or self.host("web")
        if int(done.get("tries", 1)) >= MOST_TRIES:
            raise Unknowable("look_there", url=address)
        if datetime.now(UTC) - begun < SETTLES:
            raise Temporary("look_there", url=address, retry_after=LOOK_AGAIN)
        return None

    # After -------------------------------------------------------------------------------------------

    def take_down(self, remote_id: str) -> None:
        with repeatable():
            answer = self._graph.delete(_quoted(remote_id))
            found = None if answer.ok else fault(answer)
            if found is not None and (found.code == 803 or (found.code, found.subcode) == (100, 33)):
                # "Does not exist, or no permission": only one that cannot be read either is gone.
                if self._graph.get(_quoted(remote_id), {"fields": "id"}).ok:
                    raise Reconnect("not_allowed", words=found.words)
                return
            accept(answer)

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        with repeatable():
            accept(self._graph.post(_quoted(remote_id), {"is_hidden": "true" if hidden else "false"}))

    def listen(self) -> None:
        """Let Facebook push what happens on this Page to the address of the app. Twice is once."""
        with repeatable():
            asked = {"subscribed_fields": ",".join(SUBSCRIBED)}
            accept(self._graph.post(f"{self.account.remote_id}/subscribed_apps", asked))

    def stop_listening(self) -> None:
        """Have nothing of this Page pushed any more. Twice is once."""
        with repeatable():
            accept(self._graph.delete(f"{self.account.remote_id}/subscribed_apps"))

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        me = self._graph.read(self.account.remote_id or "me", {"fields": "id,name,username,link"})
        name = one(me.get("id"), changes=False, what="Page id")
        return replace(
            self.account,
            remote_id=name,
            name=str(me.get("name") or name),
            handle=handle_of(me),
            url=str(me.get("link") or f"{self.host('web')}/{name}"),
        )

    def profile(self) -> Profile:
        me = self._graph.read(self.account.remote_id, {"fields": "id,name,username,about,website,picture{url}"})
        picture = me.get("picture")
        data = picture.get("data") if isinstance(picture, dict) else None
        return Profile(
            name=one(me.get("name"), changes=False, what="name"),
            handle=handle_of(me),
            bio=str(me.get("about") or ""),
            link=str(me.get("website") or ""),
            picture_url=str(data.get("url") or "") if isinstance(data, dict) else "",
        )

    def timeline(self, since: datetime) -> list[Seen]:
        told = timeline.posts(self._graph, self.account.remote_id, since)
        return [_seen(each, self._address(each, str(each["id"]))) for each in told]

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        return figures.of_posts(self._graph, remote_ids)

    def measure_account(self) -> list[Figure]:
        return figures.of_page(self._graph, self.account.remote_id)

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        page = self.account.remote_id
        match place:
            case Place.COMMENT:
                return inbox.comments(self._graph, page, cursor)
            case Place.MENTION:
                return inbox.mentions(self._graph, page, cursor)
            case Place.MESSAGE:
                return inbox.messages(self._graph, page, self.host("web"), cursor, window=self._window)

    # Calling -----------------------------------------------------------------------------------------

    @property
    def _graph(self) -> Graph:
        secret = self.account.app.get("client_secret", "")
        return Graph(self.door, f"{self.account.server}/{VERSION}", self.account.secrets["token"], secret)

    @property
    def _film(self) -> Film:
        return Film(self._graph, self.account.remote_id, self.host)

    def _address(self, told: Mapping[str, Any], name: str) -> str:
        """Where people find it."""
        found = str(told.get("permalink_url") or "")
        return found if found.startswith(("https://", "http://")) else f"{self.host('web')}/{name}"


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _file(picture: Picture, data: bytes) -> tuple[str, bytes, str]:
    return f"{picture.sha256[:12] or 'picture'}.{picture.mime.split('/')[-1]}", data, picture.mime


def _described(picture: Picture) -> dict[str, str]:
    return {"alt_text_custom": picture.alt} if picture.alt else {}


def _seen(told: Mapping[str, Any], url: str) -> Seen:
    return Seen(str(told["id"]), str(told.get("message") or ""), timeline.at(told), url)
