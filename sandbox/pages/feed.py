"""What is live: all accounts at a glance, one account, one post."""

from html import escape

from aiohttp import web

from sandbox import accounts, dialects, posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import acts, cards
from .frame import initials, number, page

AT_A_GLANCE, ON_A_PAGE = 5, 30
NOBODY = "Belum ada akun latihan. Hubungkan akun dari Posko dalam mode latihan; akun itu akan tampil di sini."
GONE = "<h1>Kiriman ini tidak ada</h1><p>Mungkin sudah dihapus.</p>"


async def overview(request: web.Request) -> web.Response:
    """GET /: every account as a phone of its own."""
    world = request.app[WORLD]
    ours = accounts.ours(world.store)
    columns = "".join(_phone(world, each, back="/", limit=AT_A_GLANCE) for each in ours)
    if not ours:
        columns = f'<p class="empty">{NOBODY}</p>'
    chips = "".join(f'<a href="#{each.platform}-{escape(each.handle)}">{_label(each)}</a>' for each in ours)
    body = f"""<header class="top"><p class="eyebrow">Mode latihan</p><h1>Jejaring latihan</h1>
<p>Beginilah warga melihat akun-akun kampanye. Semuanya hanya ada di komputer ini.</p><nav>{chips}</nav></header>
<main class="phones">{columns}</main>"""
    return page("Jejaring latihan", body)


def _label(account: Account) -> str:
    return f"{dialects.ALL[account.platform].label} <small>@{escape(account.handle)}</small>"


def _phone(world: World, account: Account, *, back: str, limit: int) -> str:
    found = _top(world, account, limit + 1)
    items = "".join(cards.card(world, each, back=back) for each in found[:limit])
    if not found:
        items = '<p class="empty">Belum ada kiriman.</p>'
    elif len(found) > limit and back == "/":
        items += f'<p class="more"><a href="{_path(account)}">Lihat kiriman sebelumnya</a></p>'
    place = f'id="{account.platform}-{escape(account.handle)}" data-network="{account.platform}"'
    count = f"{number(account.followers)} {dialects.ALL[account.platform].followers}"
    return f"""<section class="phone" {place}><header><p class="network">{dialects.ALL[account.platform].label}</p>
<div class="who"><span class="avatar big" aria-hidden="true">{initials(account.name)}</span>
<p><a href="{_path(account)}"><b>{escape(account.name)}</b></a><br>
<small>@{escape(account.handle)} · {count}</small></p></div></header>
{cards.publish_form(account, back)}{cards.unfinished(world, account, back)}{items}</section>"""


def _path(account: Account) -> str:
    return f"/akun/{account.platform}/{escape(account.handle)}"


def _top(world: World, account: Account, limit: int) -> list[Post]:
    """The newest posts that begin a thread; of an album only its first message, which stands for all."""
    found = [each for each in posts.of(world.store, account, limit=limit * 12) if not each.reply_to]
    if account.platform == "telegram":
        found = [each for each in found if each.place == account.remote_id]
    found = [each for each in found if not each.place.startswith("dm:")]
    firsts = {each.extra["media_group_id"]: each.id for each in found if "media_group_id" in each.extra}
    return [each for each in found if firsts.get(each.extra.get("media_group_id"), each.id) == each.id][:limit]


async def account_page(request: web.Request) -> web.Response:
    """GET /akun/…: one account's posts."""
    info = request.match_info
    return _account(request, info["platform"], info["handle"])


def _account(request: web.Request, platform: str, handle: str) -> web.Response:
    world = request.app[WORLD]
    account = acts.owner(world, platform, handle)
    phone = _phone(world, account, back=_path(account), limit=ON_A_PAGE)
    body = f'<header class="top"><p><a href="/">← Semua akun</a></p></header><main class="single">{phone}</main>'
    return page(f"{account.name} di {dialects.ALL[platform].label}", body)


async def post_page(request: web.Request) -> web.Response:
    """GET /kiriman/…: one post with every answer."""
    world = request.app[WORLD]
    return _post(request, acts.wanted(world, int(request.match_info["id"])))


def _post(request: web.Request, post: Post | None) -> web.Response:
    world = request.app[WORLD]
    if post is None:
        return page(
            "Tidak ada",
            '<main class="consent">' + GONE + "</main>",
            status=404,
        )
    root = acts.wanted(world, post.root or post.id)
    account = accounts.get(world.store, root.account_id)
    whole = cards.card(world, root, back=f"/kiriman/{root.id}", is_whole=True)
    label = dialects.ALL[root.platform].label
    body = f"""<header class="top"><p><a href="/">← Semua akun</a></p></header>
<main class="single"><section class="phone" data-network="{root.platform}">
<header><p class="network">{label}</p></header>{whole}</section></main>"""
    return page(f"{account.name} di {label}", body)


async def mastodon_account(request: web.Request) -> web.Response:
    """GET /mastodon/@handle."""
    return _account(request, "mastodon", request.match_info["handle"])


async def mastodon_post(request: web.Request) -> web.Response:
    """GET /mastodon/@handle/id: a status' permalink."""
    return _post(request, posts.find(request.app[WORLD].store, "mastodon", request.match_info["remote_id"]))


async def bluesky_account(request: web.Request) -> web.Response:
    """GET /bluesky/profile/handle-or-did."""
    world, name = request.app[WORLD], request.match_info["handle"]
    known = accounts.by_remote(world.store, "bluesky", name)
    return _account(request, "bluesky", known.handle if known else name)


async def bluesky_post(request: web.Request) -> web.Response:
    """GET /bluesky/profile/handle-or-did/post/rkey: a post's permalink."""
    world, name = request.app[WORLD], request.match_info["handle"]
    known = accounts.by_handle(world.store, "bluesky", name)
    did = known.remote_id if known else name
    return _post(
        request, posts.find(world.store, "bluesky", f"at://{did}/app.bsky.feed.post/{request.match_info['rkey']}")
    )


async def telegram_account(request: web.Request) -> web.Response:
    """GET /telegram/username."""
    return _account(request, "telegram", request.match_info["handle"])


async def telegram_post(request: web.Request) -> web.Response:
    """GET /telegram/username/message: a message's permalink."""
    world, info = request.app[WORLD], request.match_info
    account = acts.owner(world, "telegram", info["handle"])
    return _post(request, posts.find(world.store, "telegram", info["remote_id"], account.remote_id))


async def telegram_comment(request: web.Request) -> web.Response:
    """GET /telegram/c/group/message: a comment's permalink."""
    info = request.match_info
    return _post(request, posts.find(request.app[WORLD].store, "telegram", info["remote_id"], f"-100{info['group']}"))


async def web_page(request: web.Request) -> web.Response:
    """GET /<platform>/web/…: what people see at an address of that network's own site."""
    world, info = request.app[WORLD], request.match_info
    dialect = dialects.ALL.get(info["platform"])
    found = dialect.shown_at(world, info["path"]) if dialect and dialect.shown_at else None
    if isinstance(found, Account):
        return _account(request, found.platform, found.handle)
    return _post(request, found)
