"""Conversations with the Page. Source: Messenger Platform, "Send Messages", Conversations API, read 2026-09."""

from typing import Any

from sandbox import accounts, clock, graph, posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World

from . import ids, news, shapes
from .visit import PLATFORM, Visit

WINDOW, HUMAN_WINDOW = 24 * 3600, 7 * 24 * 3600
MOST_CHARS = 2000
OUTSIDE = "(#10) This message is sent outside of allowed window."
FIELDS = frozenset({
    "id", "link", "updated_time", "participants", "messages", "message_count", "unread_count", "snippet", "can_reply",
})  # fmt: skip


def by_voter(world: World, page: Account, voter: Account, text: str) -> Post:
    """A voter writes to the Page alone."""
    with world.store.write():
        post = _add(world, page, voter, voter, text, "voter")
        news.of_message(world, page, voter, post, is_echo=False)
    return post


def goes_on(world: World, post: Post, text: str) -> Post:
    """The person to whom a message of the Page went writes once more."""
    page = accounts.by_remote(world.store, PLATFORM, post.extra["page"])
    person = accounts.by_remote(world.store, PLATFORM, post.place.removeprefix("dm:"))
    if page is None or person is None:
        raise LookupError(post.remote_id)
    return by_voter(world, page, person, text)


def _add(world: World, page: Account, person: Account, author: Account, text: str, by: posts.MadeBy) -> Post:
    return posts.add(
        world.store, account=author, remote_id=ids.message_id(), text=text, made_by=by,
        place=f"dm:{person.remote_id}", extra={"page": page.remote_id},
    )  # fmt: skip


def _talk(world: World, page: Account, person: str) -> list[Post]:
    """All messages between the Page and one person, newest first."""
    rows = world.store.all(
        "SELECT id FROM posts WHERE platform = ? AND place = ? AND deleted_at IS NULL"
        " AND json_extract(extra, '$.page') = ? ORDER BY id DESC",
        *(PLATFORM, f"dm:{person}", page.remote_id),
    )
    return [posts.get(world.store, row["id"]) for row in rows]


def send(visit: Visit) -> dict[str, Any]:
    """POST /{page}/messages: recipient {id} or {comment_id}, message {text}, messaging_type, tag."""
    page = visit.own_page()
    visit.needs("pages_messaging")
    recipient, message = visit.params.nested("recipient"), visit.params.nested("message")
    text = str(message.get("text") or "") if isinstance(message, dict) else ""
    if not isinstance(recipient, dict) or not text.strip():
        graph.bad("You must provide a recipient and a message")
    if len(text) > MOST_CHARS:
        graph.bad(f"Length of param message[text] must be less than or equal to {MOST_CHARS}")
    person = _recipient(visit, page, recipient)
    _window(visit, page, person)
    with visit.store.write():
        post = _add(visit.world, page, person, page, text, "api")
        posts.log(visit.store, "publish", post)
        news.of_message(visit.world, page, person, post, is_echo=True)
    return {"recipient_id": person.remote_id, "message_id": post.remote_id}


def _recipient(visit: Visit, page: Account, told: dict[str, Any]) -> Account:
    if told.get("comment_id"):
        comment = posts.find(visit.store, PLATFORM, str(told["comment_id"]))
        if comment is None or not comment.root or posts.get(visit.store, comment.root).account_id != page.id:
            graph.bad("Invalid comment_id")
        return accounts.get(visit.store, comment.account_id)
    person = accounts.by_remote(visit.store, PLATFORM, str(told.get("id")))
    if person is None or not person.is_voter:
        graph.bad("No matching user found", subcode=2_018_001)
    return person


def _window(visit: Visit, page: Account, person: Account) -> None:
    """Refuse outside the 24 hours since the person last wrote, or seven days where a human answers."""
    if isinstance(visit.params.nested("recipient"), dict) and visit.params.nested("recipient").get("comment_id"):
        return
    theirs = [each.at for each in _talk(visit.world, page, person.remote_id) if each.account_id == person.id]
    is_tagged = visit.params.text("messaging_type") == "MESSAGE_TAG"
    if is_tagged and visit.params.text("tag") != "HUMAN_AGENT":
        graph.bad("This message tag is no longer supported")
    allowed = HUMAN_WINDOW if is_tagged else WINDOW
    if not theirs or clock.now() - theirs[0] > allowed:
        graph.stop(400, 10, OUTSIDE, subcode=2_018_278)


def conversations(visit: Visit) -> dict[str, Any]:
    """GET /{page}/conversations: the newest first; `user_id` for the one with that person."""
    page = visit.own_page()
    visit.needs("pages_messaging")
    if visit.params.text("platform", "messenger").lower() != "messenger":
        graph.bad("Only platform messenger is part of the sandbox")
    rows = visit.store.all(
        "SELECT place, max(id) AS last FROM posts WHERE platform = ? AND place LIKE 'dm:%' AND deleted_at IS NULL"
        " AND json_extract(extra, '$.page') = ? GROUP BY place ORDER BY last DESC",
        *(PLATFORM, page.remote_id),
    )
    people = [str(row["place"]).removeprefix("dm:") for row in rows]
    if wanted := visit.params.text("user_id"):
        people = [each for each in people if each == wanted]
    return graph.page(visit.world, visit.path, (_conversation(visit, page, each) for each in people), visit.params)


def _conversation(visit: Visit, page: Account, person_id: str) -> dict[str, Any]:
    asked = visit.asked
    shapes.known(asked, FIELDS, "UnifiedThread")
    talk, person = _talk(visit.world, page, person_id), accounts.by_remote(visit.store, PLATFORM, person_id)
    people = [shapes.person(each) for each in (person, page) if each]
    full: dict[str, Any] = {
        "id": f"t_{page.remote_id}{person_id}", "link": f"/{page.remote_id}/inbox/{person_id}/",
        "updated_time": graph.when(talk[0].at), "participants": {"data": people}, "message_count": len(talk),
        "snippet": talk[0].text[:100], "can_reply": True, "unread_count": 0,
    }  # fmt: skip
    if "messages" in asked:
        inner = asked["messages"]
        shown = [shapes.message(visit.world, each, inner.inside) for each in talk[: inner.limit]]
        full["messages"] = {"data": shown}
    usual = set(asked) or {"link", "updated_time"}
    return {name: value for name, value in full.items() if name == "id" or name in usual}
