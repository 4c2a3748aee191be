"""Direct messages. Source: "Send Messages", "Conversations API" and messaging webhooks, read 2026-09."""

from aiohttp import web

from sandbox import accounts, clock, containers, graph, posts
from sandbox.accounts import Account
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import shapes

LONGEST = 1000
"""Bytes."""
WINDOW, LONG_WINDOW = 24 * 3600, 7 * 24 * 3600


def said(world: World, account: Account, voter: Account) -> list[Post]:
    """All of a talk, oldest first."""
    rows = world.store.all(
        "SELECT id FROM posts WHERE platform = 'instagram' AND place = ? AND deleted_at IS NULL ORDER BY id",
        _place(account, voter),
    )
    return [posts.get(world.store, row["id"]) for row in rows]


def _place(account: Account, voter: Account) -> str:
    return f"dm:{account.remote_id}:{voter.remote_id}"


def partners(world: World, account: Account) -> list[Account]:
    """With whom the account talks, the newest talk first."""
    rows = world.store.all(
        "SELECT place, max(id) AS last FROM posts WHERE platform = 'instagram' AND place LIKE ? AND deleted_at IS NULL"
        " GROUP BY place ORDER BY last DESC",
        f"dm:{account.remote_id}:%",
    )
    found = [accounts.by_remote(world.store, "instagram", row["place"].rsplit(":", 1)[1]) for row in rows]
    return [each for each in found if each]


async def conversations(request: web.Request, account: Account) -> web.Response:
    """GET /{ig}/conversations."""
    world, params = request.app[WORLD], await read_params(request)
    if params.text("platform", "instagram") != "instagram":
        graph.bad("platform must be instagram")
    wanted, asked = params.text("user_id"), graph.fields(params.text("fields") or "id,updated_time")
    people = [each for each in partners(world, account) if wanted in ("", each.remote_id)]
    things = [shapes.talk(world, account, each, said(world, account, each), asked) for each in people]
    return graph.send(request, graph.page(world, request.path, things, params), account=account.remote_id)


async def send(request: web.Request, account: Account) -> web.Response:
    """POST /{ig}/messages."""
    world, params = request.app[WORLD], await read_params(request)
    recipient, message = params.nested("recipient"), params.nested("message")
    if not isinstance(recipient, dict) or not isinstance(message, dict) or not str(message.get("text") or "").strip():
        graph.bad("Param recipient and message[text] are required")
    voter = accounts.by_remote(world.store, "instagram", str(recipient.get("id") or ""))
    if voter is None or not voter.is_voter:
        graph.bad("No matching user found", subcode=2534014)
    text = str(message["text"])
    if len(text.encode()) > LONGEST:
        graph.bad(f"Length of param message[text] must be less than or equal to {LONGEST} bytes", subcode=2534039)
    _check_window(world, account, voter, params)
    with world.store.write():
        post = posts.add(
            world.store, account=account, remote_id=new_mid(), text=text, made_by="api", place=_place(account, voter)
        )
        posts.log(world.store, "publish", post)
        _push(world, account, voter, post)
    body = {"recipient_id": voter.remote_id, "message_id": post.remote_id}
    return graph.send(request, body, account=account.remote_id, kind="messenger")


def _check_window(world: World, account: Account, voter: Account, params: Params) -> None:
    theirs = [each.at for each in said(world, account, voter) if each.account_id == voter.id]
    window = LONG_WINDOW if params.text("tag") == "HUMAN_AGENT" else WINDOW
    if not theirs or clock.now() - theirs[-1] > window:
        words = "This message is sent outside of allowed window."
        graph.stop(403, 10, f"(#10) {words}", subcode=2534022)


def new_mid() -> str:
    """A message's id."""
    return "aWdfZAG1faXRlbToxOk" + containers.new_id()


def hear(world: World, account: Account, voter: Account, text: str) -> Post:
    """A voter writes to our account, in a write of its own."""
    with world.store.write():
        post = posts.add(
            world.store, account=voter, remote_id=new_mid(), text=text, made_by="voter", place=_place(account, voter)
        )
        _push(world, account, voter, post)
    return post


def _push(world: World, account: Account, voter: Account, post: Post) -> None:
    is_echo = post.account_id == account.id
    here, there = (account, voter) if is_echo else (voter, account)
    message: dict[str, object] = {"mid": post.remote_id, "text": post.text} | ({"is_echo": True} if is_echo else {})
    told = {
        "sender": {"id": here.remote_id}, "recipient": {"id": there.remote_id}, "timestamp": int(post.at * 1000),
        "message": message,
    }  # fmt: skip
    if hears(account, "messages"):
        graph.push(world, "instagram", "instagram", account.remote_id, messaging=[told])


def hears(account: Account, field: str) -> bool:
    """Whether the account itself was subscribed to that field; the app's address alone is not enough."""
    return field in account.extra.get("subscribed", [])
