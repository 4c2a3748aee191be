"""What a person does on the pages: act as a voter, delete by hand, publish by hand."""

from collections.abc import Callable

from aiohttp import web

from sandbox import accounts, crowd, dialects, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.near import is_same_site
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from .frame import page

LONGEST = 2000


async def on_post(request: web.Request) -> web.StreamResponse:
    """POST: like, pass on, answer or delete one post, then back to where the person was."""
    world, params = request.app[WORLD], await _trusted(request)
    post = wanted(world, int(request.match_info["id"]))
    ACTS[request.match_info["act"]](world, post, params)
    anchor = "" if request.match_info["act"] == "hapus" else f"#k{post.root or post.id}"
    raise web.HTTPSeeOther(_back(params) + anchor)


def _reply(world: World, post: Post, params: Params) -> None:
    crowd.reply(world, post, params.text("jenis", "tanya"), params.text("teks")[:LONGEST], number=post.replies)


def _delete(world: World, post: Post, params: Params) -> None:
    for each in posts.album(world.store, post):
        dialects.ALL[post.platform].delete_by_hand(world, each)


ACTS: dict[str, Callable[[World, Post, Params], object]] = {
    "suka": lambda world, post, params: crowd.like(world, post),
    "sebar": lambda world, post, params: crowd.repost(world, post),
    "balas": _reply,
    "hapus": _delete,
}


async def publish(request: web.Request) -> web.StreamResponse:
    """POST: publish on our account as somebody who does not use Posko would."""
    world, params = request.app[WORLD], await _trusted(request)
    account = owner(world, request.match_info["platform"], request.match_info["handle"])
    text, picture = params.text("teks").strip()[:LONGEST], _picture(world, params)
    if not text and picture is None:
        return page("Belum ada isi", "<main><p>Tulis sesuatu atau pilih gambar, lalu ulangi.</p></main>", status=422)
    dialects.ALL[account.platform].post_by_hand(world, account, text, picture, "hand")
    raise web.HTTPSeeOther(_back(params))


async def finish(request: web.Request) -> web.StreamResponse:
    """POST: do what waits for a person in the network's own app."""
    world, params = request.app[WORLD], await _trusted(request)
    account = owner(world, request.match_info["platform"], request.match_info["handle"])
    act = dialects.ALL[account.platform].finish
    if act is None:
        raise web.HTTPNotFound
    try:
        act(world, account, params.text("kiriman"), params.text("teks").strip()[:LONGEST])
    except LookupError as error:
        raise web.HTTPNotFound from error
    raise web.HTTPSeeOther(_back(params))


def _picture(world: World, params: Params) -> Picture | None:
    file = params.file("gambar")
    return world.blobs.picture(file.data) if file and file.data else None


async def _trusted(request: web.Request) -> Params:
    """The form, unless a page of another site sent it."""
    if not is_same_site(request):
        raise web.HTTPForbidden
    return await read_params(request)


def _back(params: Params) -> str:
    """Where the form says it stood, if that is a path of ours."""
    back = params.text("kembali", "/")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"


def wanted(world: World, row_id: int) -> Post:
    """The live post; 404 without one."""
    try:
        post = posts.get(world.store, row_id)
    except LookupError as error:
        raise web.HTTPNotFound from error
    if post.is_deleted:
        raise web.HTTPNotFound
    return post


def owner(world: World, platform: str, handle: str) -> Account:
    """Our account of that handle; 404 without one."""
    account = accounts.by_handle(world.store, platform, handle)
    if account is None or account.is_voter:
        raise web.HTTPNotFound
    return account
