"""Users, and what voters and people at X's own pages do."""

from html import escape

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.near import is_same_site
from sandbox.pages.frame import page
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import errors, hooks, messages, shapes, text, tokens
from . import posts as own
from .shapes import Wish
from .tokens import PLATFORM


async def me(request: web.Request) -> web.Response:
    """GET /2/users/me."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "users.read", "tweet.read")
    allowance, wish = tokens.spend(request, caller, "me"), Wish.of(await read_params(request))
    body = {"data": shapes.user(world, caller, wish.users)}
    return tokens.send(shapes.renamed(body) if wish.is_new else body, allowance)


async def show(request: web.Request) -> web.Response:
    """GET /2/users/:id and /2/users/by/username/:username."""
    world, info = request.app[WORLD], request.match_info
    caller = tokens.caller(request, "users.read", "tweet.read")
    allowance, wish = tokens.spend(request, caller, "me"), Wish.of(await read_params(request))
    if "id" in info:
        found = accounts.by_remote(world.store, PLATFORM, info["id"])
    else:
        found = accounts.by_handle(world.store, PLATFORM, info["username"].lower())
    if found is None:
        return tokens.send({"errors": [errors.missing(info.get("id") or info["username"], "user")]}, allowance)
    return tokens.send({"data": shapes.user(world, found, wish.users)}, allowance)


# By hand -----------------------------------------------------------------------------------------


def post_by_hand(world: World, account: Account, words: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in X's own app would."""
    with world.store.write():
        one = own.add(world.store, account, words, made_by, pictures=[picture] if picture else [])
        posts.log(world.store, "publish", one, by=made_by)
        hooks.tell_post(world, "post.create", account, one)
    return one


def delete_by_hand(world: World, one: Post) -> None:
    """Delete as a person in X's own app would."""
    with world.store.write():
        own.remove(world, one, "hand")


def reply_as_voter(world: World, one: Post, voter: Account, words: str) -> Post:
    """A voter's answer under a post; named in its words, the account above is summoned."""
    owner = accounts.get(world.store, one.account_id)
    with world.store.write():
        made = own.add(world.store, voter, words, "voter", above=one)
        if not owner.is_voter:
            hooks.tell_post(world, "post.reply.create", owner, made)
        _tell_named(world, made)
    return made


def mention_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter names our account in a post of their own."""
    words = words if account.handle in text.names(words) else f"@{account.handle} {words}"
    with world.store.write():
        made = own.add(world.store, voter, words, "voter")
        _tell_named(world, made)
    return made


def _tell_named(world: World, made: Post) -> None:
    for name in text.names(made.text):
        named = accounts.by_handle(world.store, PLATFORM, name)
        if named and not named.is_voter:
            hooks.tell_post(world, "post.mention.create", named, made)


def message_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter writes to our account alone."""
    with world.store.write():
        return messages.add(world, voter, account, words, "voter")


def counts_changed(world: World, one: Post) -> None:
    """Somebody liked it."""
    with world.store.write():
        hooks.tell_liked(world, one)


def shown_at(world: World, path: str) -> Account | Post | None:
    """What stands at /handle, /handle/status/id and /i/web/status/id."""
    parts = path.strip("/").split("/")
    if len(parts) >= 3 and parts[-2] == "status":
        return posts.find(world.store, PLATFORM, parts[-1])
    return accounts.by_handle(world.store, PLATFORM, parts[0].lower()) if len(parts) == 1 else None


# X's page to answer by hand ----------------------------------------------------------------------


async def intent(request: web.Request) -> web.Response:
    """GET /web/intent/post?in_reply_to=&text=: a person answers here what an app may not."""
    world, query = request.app[WORLD], request.query
    above = posts.find(world.store, PLATFORM, query.get("in_reply_to", ""))
    if above is None:
        return page("Tidak ada", '<main class="consent"><h1>Kiriman ini tidak ada</h1></main>', status=404)
    author = accounts.get(world.store, above.account_id)
    ours = "".join(f'<option value="{escape(a.handle)}">@{escape(a.handle)}</option>' for a in _ours(world))
    body = f"""<main class="consent"><p class="eyebrow">X · latihan</p><h1>Balas @{escape(author.handle)}</h1>
<p>{escape(above.text)}</p><form method="post"><label>Sebagai <select name="account">{ours}</select></label>
<input type="hidden" name="in_reply_to" value="{escape(above.remote_id)}">
<label>Isi <textarea name="text" rows="3">{escape(query.get("text", ""))}</textarea></label>
<button>Balas</button></form></main>"""
    return page("Balas", body)


def _ours(world: World) -> list[Account]:
    return accounts.ours(world.store, PLATFORM)


async def answer_by_hand(request: web.Request) -> web.StreamResponse:
    """POST /web/intent/post: the answer, then to where it stands."""
    if not is_same_site(request):
        raise web.HTTPForbidden
    world, params = request.app[WORLD], await read_params(request)
    above = posts.find(world.store, PLATFORM, params.text("in_reply_to"))
    account = next((each for each in _ours(world) if each.handle == params.text("account")), None)
    if above is None or account is None or not params.text("text").strip():
        raise web.HTTPBadRequest
    with world.store.write():
        one = own.add(world.store, account, params.text("text").strip(), "hand", above=above)
        posts.log(world.store, "publish", one, by="hand")
    raise web.HTTPSeeOther(f"/kiriman/{one.root or one.id}#k{one.id}")
