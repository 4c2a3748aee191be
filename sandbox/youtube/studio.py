"""The page on which a person makes films public that an app has uploaded, as in YouTube Studio."""

from html import escape

from aiohttp import web

from sandbox.near import is_same_site
from sandbox.pages.frame import ago, page
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import ids, state

NOTHING = '<p class="empty">Tidak ada video yang menunggu.</p>'


async def watch(request: web.Request) -> web.Response:
    """GET watch?v=: the film's page; for one that is private, Studio."""
    remote_id = request.query.get("v", "")
    found = state.find(request.app[WORLD], remote_id)
    to = f"/youtube/studio#v-{remote_id}" if found and state.is_private(found) else f"/youtube/web/shorts/{remote_id}"
    raise web.HTTPFound(to)


async def show(request: web.Request) -> web.Response:
    """GET /youtube/studio: films that only their channels see."""
    world = request.app[WORLD]
    cards = "".join(_card(world, each) for each in state.private(world)[::-1])
    head = "<h1>Video pribadi</h1><p>Aplikasi mengunggahnya; pemilik kanal menjadikannya publik di YouTube Studio.</p>"
    body = f"""<header class="top"><p><a href="/">← Semua akun</a></p>{head}</header>
<main class="single"><section class="phone" data-network="youtube">{cards or NOTHING}</section></main>"""
    return page("YouTube Studio", body)


def _card(world: World, post: Post) -> str:
    name = post.remote_id
    return f"""<article class="post" id="v-{name}"><p><b>{escape(ids.title(post))}</b><br>
<small>@{escape(state.owner_handle(world, post))} · {ago(post.at)} · pribadi</small></p>
<p class="words">{escape(post.text)}</p>
<form method="post" action="/youtube/studio/{name}"><button>Jadikan publik</button></form></article>"""


async def make_public(request: web.Request) -> web.Response:
    """POST /youtube/studio/<film>: the public sees it from now on."""
    world, found = request.app[WORLD], state.find(request.app[WORLD], request.match_info["id"])
    if not is_same_site(request):
        raise web.HTTPForbidden
    if found is None or found.reply_to:
        raise web.HTTPNotFound
    with world.store.write():
        state.open_to_all(world, found)
    raise web.HTTPSeeOther("/youtube/studio")
