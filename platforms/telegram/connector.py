"""Telegram channels and groups, by a bot that is an administrator there.

Telegram knows no key against repeats and lets no bot read a channel: after a lost answer only a person can look.
Source: Telegram Bot API 10.1 (getMe, getChat, getChatMember, sendMessage, sendPhoto, sendMediaGroup, sendVideo,
deleteMessage, getUpdates, setWebhook).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from platforms.answers import one, proceed, repeatable, tidy, words
from platforms.base import Ability, Connector, ConnectorError, Keep, Reconnect, Temporary, Unknowable
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
    Sent,
    Shape,
    To,
    Video,
)
from platforms.counting import PictureRules, marks, picture_problems, text_problems, utf16
from platforms.films import MP4, FilmRules, film_problems
from platforms.guard import server_address
from platforms.http import Answer, Door, File
from platforms.streams import Stream, form
from platforms.telegram import queue, refusals, updates

TEXT, CAPTION = 4096, 1024
RULES = PictureRules(count=10, size=10 * 1024 * 1024, mimes=frozenset({"image/jpeg", "image/png", "image/webp"}))
FILMS = FilmRules(size=50 * 1024 * 1024, mimes=frozenset({MP4}))
SIDES, RATIO = 10_000, 20
"""A photo's width and height together, in pixels, and how much longer one side may be than the other."""

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_MARKS = {
    "link": re.compile(
        r"(?:https?://|(?<![\w@.-])(?=[\w-]+(?:\.[\w-]+)*\.(?:id|com|org|net)\b))[^\s<>\"]*[^\s<>\".,:;!?)\]]",
        re.IGNORECASE,
    ),
    "mention": re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}\b"),
    "tag": re.compile(r"(?<![\w#])#(?!\d+\b)\w+"),
}
"""What its apps make a link by themselves: bare domains too, of those that are common here."""
_GONE = re.compile(r"message to delete not found|MESSAGE_ID_INVALID", re.IGNORECASE)


class Telegram(Connector):
    """One channel or group. `remote_id` of a post is "chat:message", with more messages after commas for an album."""

    kind: ClassVar[str] = "telegram"
    label: ClassVar[str] = "Telegram"
    home: ClassVar[str] = "https://api.telegram.org"
    can: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PUBLISH,
            Ability.VIDEO,
            Ability.DELETE,
            Ability.CONVERSE,
            Ability.MEASURE_ACCOUNT,
            Ability.PROFILE,
        }
    )
    pace: ClassVar[tuple[int, timedelta]] = (15, timedelta(minutes=1))  # about 20 a minute are borne

    @classmethod
    def connect(cls, door: Door, server: str, token: str, chat: str) -> Account:
        """The channel `chat` ("@name", "t.me/name" or a number) as our bot sees it.

        Raises `Reconnect`: wrong_login (the token), chat_not_found, no_right_to_post.
        """
        token = token.strip()
        if not _TOKEN.fullmatch(token):
            raise Reconnect("wrong_login", words="token")
        return cls(Account("telegram", server_address(server), _chat(chat), "", "", {"token": token}), door).check()

    # Before ------------------------------------------------------------------------------------------

    @classmethod
    def length(cls, text: str) -> int:
        return utf16(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return CAPTION if draft.pictures or draft.video else TEXT

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        return Shape(count=RULES.count, size=RULES.size, widest=RATIO, tallest=RATIO)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        return marks(text, _MARKS)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        found = text_problems(draft, utf16(draft.text), cls.limit(draft, limits)) + picture_problems(draft, RULES)
        for number, picture in enumerate(draft.pictures, 1):
            long, short = max(picture.width, picture.height), min(picture.width, picture.height)
            if long + short > SIDES or long > RATIO * max(short, 1):
                found.append(Problem("picture_shape", {"number": number}))
        if _is_closed(draft.to, limits):
            found.append(Problem("comments_closed"))
        return found + film_problems(draft, FILMS)

    # Publishing --------------------------------------------------------------------------------------

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """One call whatever the draft, so there is nothing for a handle to hold.

        An answer goes to the chat of what it answers: the channel (a thread there), its group (a comment), or a person.
        """
        chat, where = self._where(draft.to)
        if draft.video:
            return self._sent(chat, [self._send_film(where, draft.text, draft.video)])
        if not draft.pictures:
            return self._sent(chat, [self._send("sendMessage", where | {"text": draft.text})])
        files: dict[str, File] = {
            f"p{number}": (f"{number}.{picture.mime.split('/')[-1]}", picture.read(), picture.mime)
            for number, picture in enumerate(draft.pictures)
        }
        proceed(keep, handle, self.door)  # reading the pictures may have taken long
        if len(files) == 1:
            caption = {"caption": draft.text} if draft.text else {}
            return self._sent(chat, [self._send("sendPhoto", where | caption, {"photo": files["p0"]})])
        media: list[dict[str, str]] = [{"type": "photo", "media": f"attach://{name}"} for name in files]
        if draft.text:
            media[0]["caption"] = draft.text  # shown under the whole album
        album = where | {"media": json.dumps(media, ensure_ascii=False)}
        return self._sent(chat, self._send("sendMediaGroup", album, files))

    def _where(self, to: To | None) -> tuple[str, dict[str, str]]:
        """The chat, and the fields that say so. What is answered must still be there, or the answer makes no sense."""
        if to is None:
            return self.account.remote_id, {"chat_id": self.account.remote_id}
        chat, _, messages = to.remote_id.rpartition(":")
        chat = chat or (to.person if to.place == Place.MESSAGE else self.account.remote_id)
        message = messages.partition(",")[0]  # of an album its first
        answered = {"reply_parameters": json.dumps({"message_id": int(message)})} if message.isdigit() else {}
        return chat, {"chat_id": chat, **answered}

    def _send_film(self, where: Mapping[str, str], text: str, video: Video) -> Any:
        fields = {
            **where,
            **({"caption": text} if text else {}),
            "width": str(video.width),
            "height": str(video.height),
            "duration": str(round(video.seconds)),
            "supports_streaming": "true",
        }
        return self._send("sendVideo", where, form=form(fields, "video", video))

    def _send(
        self,
        method: str,
        asked: Mapping[str, str],
        files: Mapping[str, File] | None = None,
        form: Stream | None = None,
    ) -> Any:
        answer = self.door.call(
            "POST",
            self.url(method),
            json=None if files or form else asked,
            data=form or (asked if files else None),
            files=files,
            changes=True,
        )
        is_home = asked["chat_id"] == self.account.remote_id
        return self.result(answer, public=True, is_home=is_home)

    def _sent(self, chat: str, messages: Any) -> Sent:
        messages = messages if isinstance(messages, list) and messages else [None]
        ids = [
            one(m.get("message_id") if isinstance(m, dict) else None, changes=True, what="message id") for m in messages
        ]
        return Sent(f"{chat}:{','.join(ids)}", self._page(ids[0], chat))

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        raise Unknowable("telegram_blind")

    def take_down(self, remote_id: str) -> None:
        chat, _, messages = remote_id.rpartition(":")
        for message in messages.split(","):
            asked = {"chat_id": chat or self.account.remote_id, "message_id": message}
            with repeatable():
                answer = self.door.call("POST", self.url("deleteMessage"), json=asked, changes=True)
                if answer.status != 400 or not _GONE.search(words(answer)):
                    self.result(answer, public=False)
            self.door.permit()  # an album is one removal: what was begun is finished

    # Reading -----------------------------------------------------------------------------------------

    def check(self) -> Account:
        me = self._ask("getMe", {})
        chat = self._ask("getChat", {"chat_id": self.account.remote_id})
        member = self._ask("getChatMember", {"chat_id": chat["id"], "user_id": me["id"]})
        if not updates.may_post(member, str(chat.get("type"))):
            raise Reconnect("no_right_to_post")
        name = str(chat.get("username") or "")
        account = replace(self.account, remote_id=str(chat["id"]), name=str(chat.get("title") or name or chat["id"]))
        account = replace(account, limits={"group": self._comments_at(chat, me)})
        return replace(account, handle=f"@{name}" if name else "", url=f"{self.site}/{name}" if name else "")

    def _comments_at(self, chat: Mapping[str, Any], me: Mapping[str, Any]) -> int:
        """The group in which comments to the channel stand, 0 where there is none or the bot may not write."""
        group = chat.get("linked_chat_id")
        if not isinstance(group, int) or chat.get("type") != "channel":
            return 0
        answer = self.get("getChatMember", {"chat_id": group, "user_id": me["id"]})
        member = {} if answer.status in (400, 403) else self.result(answer, public=False)
        return group if isinstance(member, dict) and updates.may_post(member, "supergroup") else 0

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        """What was said since, of every place: see `queue.fetch`."""
        return queue.fetch(self, cursor)

    def listen(self, url: str, token: str) -> None:
        """Have it pushed to `url` instead, or "" to fetch it again: see `queue.listen`."""
        queue.listen(self, url, token)

    def profile(self) -> Profile:
        """The channel as people see it. Its picture has no address without the bot's token in it."""
        chat = self._ask("getChat", {"chat_id": self.account.remote_id})
        name = str(chat.get("username") or "")
        return Profile(
            name=str(chat.get("title") or name),
            handle=f"@{name}" if name else "",
            bio=str(chat.get("description") or ""),
        )

    def measure_account(self) -> list[Figure]:
        answer = self.get("getChatMemberCount", {"chat_id": self.account.remote_id})
        count = self.result(answer, public=False)
        if not isinstance(count, int):
            raise Temporary("odd_answer", status=answer.status, detail="no count")
        return [Figure("followers", count, "chat_member_count")]

    # Calling -----------------------------------------------------------------------------------------

    def url(self, method: str) -> str:
        return f"{self.account.server}/bot{self.account.secrets['token']}/{method}"

    @property
    def site(self) -> str:
        """Where people read. Our own practice server shows its channels itself."""
        return self.account.server if self.door.is_internal(self.account.server) else "https://t.me"

    def _page(self, message: str, chat: str = "") -> str:
        """Where people see a message: private channels have an address too, for members only."""
        if chat not in ("", self.account.remote_id):
            return updates.address({"id": chat}, message, self.site)
        if self.account.handle:
            return f"{self.site}/{self.account.handle.removeprefix('@')}/{message}"
        number = self.account.remote_id.removeprefix("-100")
        return f"{self.site}/c/{number}/{message}" if number != self.account.remote_id else ""

    def get(self, method: str, params: Mapping[str, str | int]) -> Answer:
        return self.door.call("GET", self.url(method), params=params, changes=False)

    def _ask(self, method: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        """What a reading call answers about one thing, which always has an `id`, a member excepted."""
        answer = self.get(method, params)
        if answer.status == 400 and method != "getMe":
            raise Reconnect("chat_not_found", words=words(answer))
        found = self.result(answer, public=False)
        if not isinstance(found, dict) or (method != "getChatMember" and not isinstance(found.get("id"), int)):
            raise Temporary("odd_answer", status=answer.status, detail=method)
        return found

    def result(self, answer: Answer, *, public: bool, is_home: bool = True) -> Any:
        """What Telegram answers inside its envelope, else raises what its refusal means; `is_home` as in `refusals`."""
        if answer.ok:
            told = answer.object()
            if told.get("ok") is True:
                return told.get("result")
            one(None, changes=public, what="ok")
        return refusals.refuse(answer, public=public, is_home=is_home)


def _chat(typed: str) -> str:
    """How Telegram wants a chat named: a number, or "@name"."""
    name = re.sub(r"^(https?://)?(www\.)?(t\.me|telegram\.me)/", "", typed.strip(), flags=re.IGNORECASE).strip("/")
    if re.fullmatch(r"-?\d+", name):
        return name
    name = name.removeprefix("@")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,}", name):
        raise ConnectorError("chat_not_found", words=tidy(typed))
    return f"@{name}"


def _is_closed(to: To | None, limits: Mapping[str, int]) -> bool:
    """Whether it would comment on a post of the channel in a group where the bot cannot write."""
    if to is None or to.place != Place.COMMENT or not to.root:
        return False
    group, channel = (remote_id.rpartition(":")[0] for remote_id in (to.remote_id, to.root))
    return group != channel and str(limits.get("group") or "") != group
