"""Comments below posts: reading, answering, hiding, deleting. Source: Graph API reference, Comment, read 2026-09."""

from typing import Any

from sandbox import accounts, graph, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.posts import Post
from sandbox.world import World

from . import ids, news, publishing, shapes
from .visit import PLATFORM, Visit

MOST_CHARS = 8_000


def read(visit: Visit) -> dict[str, Any]:
    """GET /{post or comment}/comments."""
    visit.needs("pages_read_engagement", "pages_read_user_content")
    return shapes.comment_list(visit.world, visit.post(), visit.params, visit.asked, visit.path)


def write(visit: Visit) -> dict[str, Any]:
    """POST /{post or comment}/comments: message, and `attachment_id` of a waiting photo.

    An answer to an answer goes beside it.
    """
    page = visit.page
    visit.needs("pages_manage_engagement")
    text, photo = visit.params.text("message"), visit.params.text("attachment_id")
    above = visit.post()
    if not text.strip() and not photo:
        graph.stop(400, 1_705, "(#1705) There was an error posting to this wall: the comment is empty.")
    if len(text) > MOST_CHARS:
        graph.bad(f"The comment must be at most {MOST_CHARS} characters")
    if above.reply_to and posts.get(visit.store, above.reply_to).reply_to:
        above = posts.get(visit.store, above.reply_to)
    pictures = [publishing.waiting(visit.world, page, photo)] if photo else []
    post = add(visit.world, page, above, text, "api", pictures)
    if visit.asked:
        return shapes.comment(visit.world, post, visit.asked)
    return {"id": post.remote_id}


def add(
    world: World, author: Account, above: Post, text: str, by: posts.MadeBy, pictures: list[Picture] | None = None
) -> Post:
    """A comment below a post or comment, in a write of its own."""
    root = posts.get(world.store, above.root).remote_id if above.root else above.remote_id
    with world.store.write():
        post = posts.add(
            world.store, account=author, remote_id=ids.comment_id(above, root), text=text.strip(), made_by=by,
            reply_to=above, pictures=pictures or [],
        )  # fmt: skip
        publishing.mark_used(world, post)
        posts.log(world.store, "publish", post, raw=text, by=by)
        news.of_post(world, post, "add")
    return post


def change(visit: Visit) -> dict[str, Any]:
    """POST /{comment}: is_hidden; POST /{post}: message."""
    post = visit.post()
    if "is_hidden" in visit.params:
        visit.needs("pages_manage_engagement")
        return _hide(visit, post)
    visit.needs("pages_manage_posts")
    if post.account_id != visit.page.id:
        graph.stop(403, 200, "(#200) Posts that were not made by this app cannot be edited")
    with visit.store.write():
        text = visit.params.text("message")
        post = posts.edit(visit.store, post, text=text.strip(), pictures=post.pictures, extra=post.extra)
        posts.log(visit.store, "edit", post, raw=text)
        news.of_post(visit.world, post, "edited")
    return {"success": True}


def _hide(visit: Visit, post: Post) -> dict[str, Any]:
    if not post.reply_to or not is_below(visit.world, post, visit.page):
        graph.stop(403, 200, "(#200) This object cannot be hidden by this Page")
    if post.account_id == visit.page.id:
        graph.bad("You cannot hide your own comment", subcode=1_446_036)
    hidden = visit.params.flag("is_hidden")
    with visit.store.write():
        post = posts.put_extra(visit.store, post, hidden=hidden)
        news.of_post(visit.world, post, "hide" if hidden else "unhide")
    return {"success": True}


def is_below(world: World, post: Post, page: Account) -> bool:
    """Whether a comment stands below a post of this Page."""
    return bool(post.root) and posts.get(world.store, post.root or 0).account_id == page.id


def delete(visit: Visit) -> dict[str, Any]:
    """DELETE /{post or comment}: our own, or what others wrote below our posts."""
    post = visit.post()
    is_ours = post.account_id == visit.page.id
    visit.needs("pages_manage_engagement" if post.reply_to else "pages_manage_posts")
    if not is_ours and not is_below(visit.world, post, visit.page):
        graph.stop(403, 200, "(#200) This object cannot be deleted by this Page")
    remove(visit.world, post, "api")
    return {"success": True}


def remove(world: World, post: Post, by: posts.MadeBy) -> None:
    """Take it away, in a write of its own."""
    with world.store.write():
        news.of_post(world, post, "remove")
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, by=by)


def tagged(visit: Visit) -> dict[str, Any]:
    """GET /{page}/tagged: what others wrote of the Page, newest first."""
    page = visit.own_page()
    visit.needs("pages_read_user_content")
    rows = visit.store.all(
        "SELECT remote_id FROM posts WHERE platform = ? AND place = '' AND deleted_at IS NULL AND made_by = 'voter'"
        " AND json_extract(extra, '$.mentions') = ? ORDER BY id DESC LIMIT 500",
        *(PLATFORM, page.remote_id),
    )
    found = [posts.find(visit.store, PLATFORM, row["remote_id"]) for row in rows]
    shown = (shapes.post(visit.world, each, visit.asked) for each in found if each)
    return graph.page(visit.world, visit.path, shown, visit.params)


def by_voter(world: World, page: Account, voter: Account, text: str) -> Post:
    """A voter's own post that speaks of the Page."""
    with world.store.write():
        post = posts.add(
            world.store, account=voter, remote_id=ids.post_id(voter), text=f"{page.name} {text}", made_by="voter",
            extra={"mentions": page.remote_id},
        )  # fmt: skip
        news.of_mention(world, accounts.get(world.store, page.id), post)
    return post
