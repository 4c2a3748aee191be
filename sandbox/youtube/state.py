"""What Google has allowed Posko's app, and which films the public does not see yet."""

from typing import Any

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.params import read_json
from sandbox.posts import MadeBy, Post
from sandbox.world import WORLD, World

from . import hub

PRIVATE = "dm:studio"
"""The place of films that only their channel sees: as with messages, feeds and voters leave them alone."""


def is_audited(world: World) -> bool:
    """Whether the app has passed YouTube's audit; films of one that has not stay private."""
    return bool((world.store.get("youtube") or {}).get("audited"))


def is_testing(world: World) -> bool:
    """Whether the consent screen is in testing, so that refresh tokens end after seven days."""
    return bool((world.store.get("youtube") or {}).get("testing"))


def find(world: World, remote_id: str) -> Post | None:
    """The live film or comment of that id, private films too."""
    found = posts.find(world.store, "youtube", remote_id)
    return found or posts.find(world.store, "youtube", remote_id, PRIVATE)


def is_private(post: Post) -> bool:
    """Whether only its channel sees the film."""
    return post.place == PRIVATE


def open_to_all(world: World, post: Post, *, by: MadeBy = "hand") -> Post:
    """A person makes the film public in Studio, inside an open write. Twice is once."""
    if not is_private(post):
        return post
    world.store.run("UPDATE posts SET place = '', at = ? WHERE id = ?", clock.now(), post.id)
    post = posts.put_extra(world.store, post, privacy="public")
    posts.log(world.store, "publish", post, by=by)
    hub.tell(world, post)
    return post


async def control(request: web.Request) -> web.Response:
    """GET or POST /_control/youtube {"audited"?, "testing"?, "public"?: remote id}: as it is now, with private films.

    `public` is what a person does in Studio.
    """
    world = request.app[WORLD]
    body: Any = await read_json(request) if request.method == "POST" else {}
    if not isinstance(body, dict) or not all(isinstance(body.get(n, False), bool) for n in ("audited", "testing")):
        raise ValueError("audited and testing must be true or false.")
    if "public" in body:
        post = find(world, str(body["public"]))
        if post is None or post.reply_to:
            raise LookupError("There is no such film.")
        with world.store.write():
            open_to_all(world, post)
    now = {"audited": False, "testing": False} | (world.store.get("youtube") or {})
    now |= {name: body[name] for name in ("audited", "testing") if name in body}
    with world.store.write():
        world.store.put("youtube", now)
    return web.json_response(now | {"private": [each.remote_id for each in private(world)]})


def private(world: World) -> list[Post]:
    """All films that only their channels see, oldest first."""
    rows = world.store.all(
        "SELECT id FROM posts WHERE platform = 'youtube' AND place = ? AND deleted_at IS NULL ORDER BY id", PRIVATE
    )
    return [posts.get(world.store, row["id"]) for row in rows]


def owner_handle(world: World, post: Post) -> str:
    """Whose film it is."""
    return accounts.get(world.store, post.account_id).handle
