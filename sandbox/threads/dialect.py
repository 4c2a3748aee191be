"""Threads as the rest of the sandbox sees it."""

from aiohttp import web

from sandbox import accounts, containers, graph, long_lived, oauth, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.posts import Post
from sandbox.world import World

from . import news, nodes, shapes

P = shapes.PREFIX
SCOPES = {
    "threads_basic": "melihat profil dan kiriman",
    "threads_content_publish": "menerbitkan kiriman",
    "threads_manage_insights": "melihat angka-angka",
    "threads_read_replies": "membaca balasan warga",
    "threads_manage_replies": "menjawab dan menyembunyikan balasan",
    "threads_manage_mentions": "membaca sebutan",
    "threads_delete": "menghapus kiriman",
}
STEPS = {"threads": "media", "threads_publish": "publish"}


def routes() -> list[web.RouteDef]:
    """Every address, with a version in front and without."""
    found = [
        web.get(f"{P}/web/oauth/authorize", _ask),
        web.post(f"{P}/web/oauth/authorize", _decide),
        web.post(f"{P}/oauth/access_token", _redeem),
        web.get(f"{P}/access_token", _lengthen),
        web.get(f"{P}/refresh_access_token", _renew),
    ]
    for start in (f"{P}/{{version:v\\d+\\.\\d+}}", P):
        node = f"{start}/{{node:me|\\d+}}"
        found += [
            web.get(f"{start}/debug_token", nodes.debug_token),
            web.get(node, nodes.show),
            web.delete(node, nodes.remove),
            web.get(f"{node}/{{edge:\\w+}}", nodes.edge),
            web.post(f"{node}/{{edge:\\w+}}", nodes.edge),
        ]
    # Meta's own SDK ends addresses with a slash, and the networks do not mind.
    return found + [web.route(each.method, f"{each.path}/", each.handler) for each in found]


async def _ask(request: web.Request) -> web.Response:
    return await oauth.ask(request, platform="threads", network="Threads", scopes=SCOPES, meaning=SCOPES)


async def _decide(request: web.Request) -> web.StreamResponse:
    return await oauth.decide(request, platform="threads")


async def _redeem(request: web.Request) -> web.Response:
    short = await long_lived.redeem(request, "threads")
    owner = short.account
    assert owner
    return web.json_response({"access_token": short.value, "user_id": int(owner.remote_id)})


async def _lengthen(request: web.Request) -> web.Response:
    return await long_lived.lengthen(request, "threads", "th_exchange_token")


async def _renew(request: web.Request) -> web.Response:
    return await long_lived.renew(request, "threads", "th_refresh_token")


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    return await long_lived.describe(world, request, "threads", STEPS)


# What people do ----------------------------------------------------------------------------------


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make an account; ours with a long-lived token that may do everything."""
    secret = "" if is_voter else long_lived.secret("threads", handle)
    with world.store.write():
        account = accounts.create(
            world.store, platform="threads", handle=handle, name=name, secret=secret, is_voter=is_voter,
            remote_id=graph.number_of("threads", handle, digits=17),
        )  # fmt: skip
        if not is_voter:
            long_lived.give(world, account, frozenset(SCOPES))
    return account


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in the app would."""
    with world.store.write():
        post = _add(world, account, text, made_by, pictures=[picture] if picture else [])
        posts.log(world.store, "publish", post, by=made_by)
        news.of_ours(world, post, "publish")
    return post


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter answers a post or an answer."""
    with world.store.write():
        made = _add(world, voter, text, "voter", reply_to=post)
        news.of_reply(world, made, post)
    return made


def mention_as_voter(world: World, account: Account, voter: Account, text: str) -> Post:
    """A voter speaks of us in a post of their own."""
    with world.store.write():
        made = _add(world, voter, f"@{account.handle} {text}", "voter", extra={"mentions": account.id})
        news.of_mention(world, made, account)
    return made


def _add(
    world: World,
    account: Account,
    text: str,
    made_by: posts.MadeBy,
    *,
    reply_to: Post | None = None,
    pictures: list[Picture] | None = None,
    extra: dict[str, object] | None = None,
) -> Post:
    return posts.add(
        world.store, account=account, remote_id=containers.new_id(), text=text, made_by=made_by, reply_to=reply_to,
        pictures=pictures or [], extra=extra,
    )  # fmt: skip


def shown_at(world: World, path: str) -> Account | Post | None:
    """What stands at `@name` and `@name/post/<code>`."""
    handle, _, code = path.strip("/").removeprefix("@").partition("/post/")
    account = accounts.by_handle(world.store, "threads", handle)
    if account is None or not code:
        return account
    every = posts.of(world.store, account, limit=1000)
    return next((each for each in every if shapes.shortcode(each.remote_id) == code), None)


THREADS = Dialect(
    platform="threads",
    label="Threads",
    server=lambda world: f"{world.base}{P}",
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=graph.plain,
    refuse=graph.refuse,
    open_account=open_account,
    secrets=lambda world, account: {"token": account.secret},
    profile_url=shapes.page,
    permalink=shapes.permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=lambda world, post: nodes.delete(world, post, "hand"),
    reply_as_voter=reply_as_voter,
    counts_changed=lambda world, post: None,
    reposts="Repost",
    shown_at=shown_at,
    mention_as_voter=mention_as_voter,
)
