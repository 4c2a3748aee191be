"""Instagram as the rest of the sandbox sees it."""

from aiohttp import web

from sandbox import accounts, clock, containers, graph, long_lived, oauth, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.posts import Post
from sandbox.world import World

from . import nodes, publishing, shapes, talks

P = shapes.PREFIX
SCOPES = {
    nodes.BASIC: "melihat akun dan kiriman",
    nodes.PUBLISH: "menerbitkan kiriman",
    nodes.COMMENTS: "membaca, menjawab, dan menyembunyikan komentar",
    nodes.MESSAGES: "membaca dan menjawab pesan",
    nodes.INSIGHTS: "melihat angka-angka",
}
STEPS = {"media": "media", **dict.fromkeys(("media_publish", "comments", "replies", "messages", "mentions"), "publish")}


def routes() -> list[web.RouteDef]:
    """Every address, with a version in front and without."""
    found = [
        web.get(f"{P}/web/oauth/authorize", _ask),
        web.post(f"{P}/web/oauth/authorize", _decide),
        web.post(f"{P}/login/oauth/access_token", _redeem),
        web.get(f"{P}/access_token", _lengthen),
        web.get(f"{P}/refresh_access_token", _renew),
    ]
    for start in (f"{P}/{{version:v\\d+\\.\\d+}}", P):
        node = f"{start}/{{node:me|\\d+}}"
        found += [
            web.get(node, nodes.show),
            web.post(node, nodes.change),
            web.delete(node, nodes.remove),
            web.get(f"{node}/{{edge:\\w+}}", nodes.edge),
            web.post(f"{node}/{{edge:\\w+}}", nodes.edge),
            web.delete(f"{node}/{{edge:\\w+}}", nodes.edge),
        ]
    # Meta's own SDK ends addresses with a slash, and the networks do not mind.
    return found + [web.route(each.method, f"{each.path}/", each.handler) for each in found]


async def _ask(request: web.Request) -> web.Response:
    return await oauth.ask(request, platform="instagram", network="Instagram", scopes=SCOPES, meaning=SCOPES)


async def _decide(request: web.Request) -> web.StreamResponse:
    return await oauth.decide(request, platform="instagram")


async def _redeem(request: web.Request) -> web.Response:
    short = await long_lived.redeem(request, "instagram")
    owner = short.account
    assert owner
    told = {"access_token": short.value, "user_id": owner.remote_id, "permissions": ",".join(sorted(short.scopes))}
    return web.json_response({"data": [told]})


async def _lengthen(request: web.Request) -> web.Response:
    return await long_lived.lengthen(request, "instagram", "ig_exchange_token")


async def _renew(request: web.Request) -> web.Response:
    return await long_lived.renew(request, "instagram", "ig_refresh_token")


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    return await long_lived.describe(world, request, "instagram", STEPS)


# What people do ----------------------------------------------------------------------------------


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make an account; ours with a long-lived token that may do everything."""
    secret = "" if is_voter else long_lived.secret("instagram", handle)
    with world.store.write():
        account = accounts.create(
            world.store, platform="instagram", handle=handle, name=name, secret=secret, is_voter=is_voter,
            remote_id=graph.number_of("instagram", handle, digits=17),
        )  # fmt: skip
        if not is_voter:
            long_lived.give(world, account, frozenset(SCOPES))
    return account


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in the app would; they always have a picture."""
    shown = picture or publishing.plain_picture(world, text)
    with world.store.write():
        post = _add(world, account, text, made_by, shown)
        posts.log(world.store, "publish", post, by=made_by)
    return post


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's comment below a post, or reply below a comment."""
    with world.store.write():
        made = nodes.below(world, voter, post, text, "voter")
        root = posts.get(world.store, made.root or post.id)
        account = accounts.get(world.store, root.account_id)
        if not account.is_voter:
            told: dict[str, object] = {
                "id": made.remote_id, "text": text, "from": {"id": voter.remote_id, "username": voter.handle},
                "media": {"id": root.remote_id, "media_product_type": "FEED"},
            }  # fmt: skip
            if made.reply_to != root.id:
                told["parent_id"] = posts.get(world.store, made.reply_to or root.id).remote_id
            _push(world, account, "comments", told)
    return made


def mention_as_voter(world: World, account: Account, voter: Account, text: str) -> Post:
    """A voter names and tags us in a post of their own."""
    words = f"@{account.handle} {text}"
    picture = publishing.plain_picture(world, words)
    with world.store.write():
        made = _add(world, voter, words, "voter", picture, {"mentions": account.id})
        _push(world, account, "mentions", {"media_id": made.remote_id})
    return made


def _push(world: World, account: Account, field: str, value: dict[str, object]) -> None:
    if talks.hears(account, field):
        graph.push(world, "instagram", "instagram", account.remote_id, changes=[{"field": field, "value": value}])


def _add(
    world: World,
    account: Account,
    text: str,
    made_by: posts.MadeBy,
    picture: Picture,
    extra: dict[str, object] | None = None,
) -> Post:
    return posts.add(
        world.store, account=account, remote_id=containers.new_id(), text=text, made_by=made_by, pictures=[picture],
        extra=extra, at=clock.now(),
    )  # fmt: skip


def shown_at(world: World, path: str) -> Account | Post | None:
    """What stands at `name`, `p/<code>` and `reel/<code>`."""
    way, _, code = path.strip("/").partition("/")
    if not code:
        return accounts.by_handle(world.store, "instagram", way)
    every = [each for one in accounts.ours(world.store, "instagram") for each in containers.firsts(world.store, one)]
    return next((each for each in every if shapes.shortcode(each.remote_id) == code), None)


INSTAGRAM = Dialect(
    platform="instagram",
    label="Instagram",
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
    reposts="Bagikan",
    shown_at=shown_at,
    mention_as_voter=mention_as_voter,
    message_as_voter=talks.hear,
)
