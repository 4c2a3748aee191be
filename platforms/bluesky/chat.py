"""Words between two people on Bluesky. They go through the account's server to the chat service.

App passwords reach it only where they were made with access to direct messages. There is no key against repeats: a
message whose answer was lost is looked for, and not sent again by itself.
Source: lexicons chat.bsky.convo.*, read 2026-08; the header from memory (m).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from platforms.answers import one, things, words
from platforms.base import ConnectorError, Rejected, Temporary
from platforms.bluesky import richtext, session
from platforms.contents import Draft, Incoming, Page, Place, Sent, To
from platforms.counting import bare
from platforms.http import Answer

if TYPE_CHECKING:
    from platforms.bluesky.connector import Bluesky

PROXY = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}
CHARACTERS, BYTES = 1000, 10_000
BACK = timedelta(days=3)
CLOCK_MARGIN = timedelta(minutes=2)
CONVERSATIONS, MESSAGES, PROFILES, PAGES = 50, 50, 25, 5


# Reading -----------------------------------------------------------------------------------------


def read(ours: "Bluesky", cursor: str) -> Page[Incoming]:
    """What was written since. The first reading looks into each conversation, later ones follow the log."""
    if not cursor:
        now = str(_ask(ours, "getLog", {}).get("cursor") or "")  # first, or what comes meanwhile is passed over
        return Page(_in_order(ours, _recent(ours), {}), now)
    found: list[tuple[str, dict[str, Any]]] = []
    people: dict[str, dict[str, Any]] = {}
    for _ in range(PAGES):
        told = _ask(ours, "getLog", {"cursor": cursor})
        logs = things(told.get("logs", []), "rev")
        for each in logs:
            if str(each.get("$type")).endswith("#logCreateMessage") and isinstance(each.get("message"), dict):
                found.append((str(each.get("convoId")), each["message"]))
                people |= _by_did(each.get("relatedProfiles"))
        before, cursor = cursor, str(told.get("cursor") or cursor)
        if not logs or cursor == before:
            break
    return Page(_in_order(ours, found, people), cursor)


def _recent(ours: "Bluesky") -> Iterator[tuple[str, dict[str, Any]]]:
    """Messages of the last days, by conversation."""
    told = _ask(ours, "listConvos", {"limit": CONVERSATIONS})
    since = datetime.now(UTC) - BACK
    for convo in things(told.get("convos", []), "id"):
        last = convo.get("lastMessage")
        if isinstance(last, dict) and _time(last) >= since:
            messages = _ask(ours, "getMessages", {"convoId": str(convo["id"]), "limit": MESSAGES}).get("messages", [])
            yield from ((str(convo["id"]), each) for each in things(messages, "id") if _time(each) >= since)


def _in_order(
    ours: "Bluesky", found: Iterable[tuple[str, dict[str, Any]]], people: dict[str, dict[str, Any]]
) -> tuple[Incoming, ...]:
    """What others wrote, oldest first. Deleted messages and those of the service itself have no text."""
    theirs = [
        (convo, each)
        for convo, each in found
        if each.get("id") and isinstance(each.get("text"), str) and _sender(each) not in ("", ours.account.remote_id)
    ]
    people = people | _profiles(ours, sorted({_sender(each) for _, each in theirs} - set(people)))
    entries = [_incoming(convo, each, people.get(_sender(each), {})) for convo, each in theirs]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _profiles(ours: "Bluesky", dids: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(dids), PROFILES):
        told = ours.read("app.bsky.actor.getProfiles", {"actors": dids[start : start + PROFILES]})
        found |= _by_did(told.get("profiles"))
    return found


def _by_did(profiles: Any) -> dict[str, dict[str, Any]]:
    listed = profiles if isinstance(profiles, list) else []
    return {str(each["did"]): each for each in listed if isinstance(each, dict) and each.get("did")}


def _incoming(convo: str, message: Mapping[str, Any], person: Mapping[str, Any]) -> Incoming:
    did, handle = _sender(message), str(person.get("handle") or "")
    return Incoming(
        place=Place.MESSAGE,
        remote_id=f"{convo}/{message['id']}",
        text=str(message["text"]),
        at=_time(message),
        author_id=did,
        author_name=str(person.get("displayName") or handle or did),
        author_handle=f"@{handle}" if handle else "",
        thread=convo,
        url=f"https://bsky.app/messages/{quote(convo, safe='')}",
    )


def _sender(message: Mapping[str, Any]) -> str:
    sender = message.get("sender")
    return str(sender.get("did") or "") if isinstance(sender, dict) else ""


def _time(message: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(message.get("sentAt")))
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


# Answering ---------------------------------------------------------------------------------------


def convo_of(ours: "Bluesky", to: To) -> str:
    """The conversation an answer belongs to; the one with that person where only they are known."""
    convo, _, message = to.remote_id.partition("/")
    if message:
        return convo
    found = _ask(ours, "getConvoForMembers", {"members": to.person}).get("convo")
    return one(found.get("id") if isinstance(found, dict) else None, changes=False, what="conversation")


def send(ours: "Bluesky", draft: Draft, convo: str, dids: Mapping[str, str]) -> Sent:
    message: dict[str, Any] = {"text": draft.text}
    if marks := richtext.facets(draft.text, dids):
        message["facets"] = marks
    answer = ours.post("chat.bsky.convo.sendMessage", {"convoId": convo, "message": message}, PROXY)
    if answer.status == 403:
        raise Rejected("person_unreachable", words=words(answer))
    if not answer.ok:
        _refuse(answer, public=True)
    return Sent(f"{convo}/{one(answer.object().get('id'), changes=True, what='message id')}")


def find(ours: "Bluesky", draft: Draft, convo: str, since: datetime) -> Sent:
    """Our message of these words. Raises `Temporary` where it is not there (yet): a person looks in the end."""
    told = _ask(ours, "getMessages", {"convoId": convo, "limit": MESSAGES})
    for each in things(told.get("messages", []), "id"):
        same = bare(str(each.get("text"))) == bare(draft.text) and _sender(each) == ours.account.remote_id
        if same and _time(each) >= since - CLOCK_MARGIN:
            return Sent(f"{convo}/{each['id']}")
    raise Temporary("look_there", url=f"https://bsky.app/messages/{quote(convo, safe='')}")


# Calling -----------------------------------------------------------------------------------------


def _ask(ours: "Bluesky", method: str, params: Mapping[str, str | int]) -> dict[str, Any]:
    answer = ours.get(f"chat.bsky.convo.{method}", params, headers=PROXY)
    if answer.status == 403:
        raise ConnectorError("permission_missing", words=words(answer))
    return answer.object() if answer.ok else _refuse(answer, public=False)


def _refuse(answer: Answer, *, public: bool) -> Any:
    """The server's word for an app password without this access looks like that for a worn token.

    Source: packages/pds/src/pipethrough.ts of bluesky-social/atproto, "Bad token method", read 2026-08.
    """
    if answer.status in (400, 401) and "bad token method" in words(answer).lower():
        raise ConnectorError("dm_permission_missing", detail=words(answer))
    session.refuse_call(answer, public=public)
