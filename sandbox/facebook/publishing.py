"""Posts with text, link, photos. Source: Pages posts, Page feed, Page photos, read 2026-09; error 506 from M.4."""

from typing import Any

from sandbox import clock, fetching, graph, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture, look_at
from sandbox.posts import Post
from sandbox.world import World

from . import ids, news, shapes
from .visit import PLATFORM, Visit

MOST_CHARS = 63_206
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_MIMES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp"})
MOST_PHOTOS = 30
PUBLISHED_PER_10_MINUTES = 25
SAME_SECONDS = 600


def feed(visit: Visit) -> dict[str, Any]:
    """POST /{page}/feed: message, link or attached_media."""
    page = visit.own_page()
    visit.needs("pages_manage_posts")
    if visit.params.text("published", "true") in {"false", "0"} or "scheduled_publish_time" in visit.params:
        graph.bad("Scheduled posts are not part of the sandbox")
    text, link = visit.params.text("message"), visit.params.text("link")
    pictures = _attached(visit, page)
    if not text and not link and not pictures:
        graph.bad("You must provide a message, a link or an attachment")
    check_text(text)
    if link and not link.startswith(("http://", "https://")):
        graph.stop(400, 1_609_005, "The link could not be scraped", advice="The URL you entered is not valid.")
    _pace(visit, page)
    _repeated(visit.world, page, text, link, pictures)
    post = publish(visit.world, page, text, pictures, link=link)
    return shapes.post(visit.world, post, visit.asked) if visit.asked else {"id": post.remote_id}


def check_text(text: str) -> None:
    """Refuse what is too long."""
    if len(text) > MOST_CHARS:
        graph.bad(f"The message must be at most {MOST_CHARS} characters")


def _pace(visit: Visit, page: Account) -> None:
    key = f"facebook:publish:{page.remote_id}"
    if visit.world.limits.spend(key, limit=PUBLISHED_PER_10_MINUTES, window=600).is_over:
        graph.stop(400, 368, "The action attempted is disallowed for now", subcode=1_390_008,
                   advice="You're posting too fast. Slow down.")  # fmt: skip


def _repeated(world: World, page: Account, text: str, link: str, pictures: list[Picture]) -> None:
    """Refuse what says the same as the post before it."""
    last = next((each for each in posts.of(world.store, page, limit=10) if not each.reply_to and not each.place), None)
    if last is None or pictures or last.pictures or clock.now() - last.at > SAME_SECONDS:
        return
    if (last.text, last.extra.get("link", "")) == (text.strip(), link):
        graph.stop(
            400, 506, "(#506) Duplicate status message", advice="This status update is identical to the last one."
        )


def publish(
    world: World, page: Account, text: str, pictures: list[Picture], *, link: str = "", by: posts.MadeBy = "api",
    film: dict[str, Any] | None = None,
) -> Post:  # fmt: skip
    """Make it public, in a write of its own."""
    extra: dict[str, Any] = ({"link": link} if link else {}) | (film or {})
    with world.store.write():
        post = posts.add(
            world.store, account=page, remote_id=ids.post_id(page), text=text.strip(), made_by=by, pictures=pictures,
            extra=extra,
        )  # fmt: skip
        mark_used(world, post)
        posts.log(world.store, "publish", post, raw=text, by=by)
        news.of_post(world, post, "add")
    return post


def mark_used(world: World, post: Post) -> None:
    """Tie the photos a post carries to it, inside an open write."""
    for picture in post.pictures:
        sql = "UPDATE media SET post_id = ? WHERE platform = ? AND remote_id = ?"
        world.store.run(sql, post.id, PLATFORM, picture.remote_id)


# Photos ------------------------------------------------------------------------------------------


async def photos(visit: Visit) -> dict[str, Any]:
    """POST /{page}/photos: `source` or `url`; with published=false it waits for a post to carry it."""
    page = visit.own_page()
    visit.needs("pages_manage_posts")
    picture = await _picture(visit)
    text = visit.params.text("caption") or visit.params.text("message")
    check_text(text)
    if visit.params.text("published", "true") in {"false", "0"}:
        with visit.store.write():
            _keep(visit.world, page, picture)
        return {"id": picture.remote_id}
    _pace(visit, page)
    with visit.store.write():
        _keep(visit.world, page, picture)
    post = publish(visit.world, page, text, [picture])
    return {"id": picture.remote_id, "post_id": post.remote_id}


async def _picture(visit: Visit) -> Picture:
    file, url = visit.params.file("source"), visit.params.text("url")
    data = file.data if file else await fetching.fetch(url, PHOTO_BYTES + 1) if url else b""
    if not data:
        graph.stop(400, 324, "(#324) Missing or invalid image file")
    seen = look_at(data)
    if seen is None or seen[0] not in PHOTO_MIMES or len(data) > PHOTO_BYTES:
        advice = "Photos should be less than 4 MB and saved as JPG, PNG, GIF, TIFF, HEIF or WebP files."
        graph.stop(400, 100, "Invalid parameter", subcode=1_366_046, advice=advice)
    alt = visit.params.text("alt_text_custom")
    return Picture(visit.world.blobs.keep(data), *seen, size=len(data), alt=alt, remote_id=ids.number())


def _keep(world: World, page: Account, picture: Picture) -> None:
    """Remember an upload, inside an open write."""
    at = clock.now()
    world.store.run(
        "INSERT INTO media (platform, account_id, remote_id, sha256, mime, size, width, height, alt, created_at,"
        " ready_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(PLATFORM, page.id, picture.remote_id, picture.sha256, picture.mime, picture.size, picture.width),
        *(picture.height, picture.alt, at, at),
    )


def _attached(visit: Visit, page: Account) -> list[Picture]:
    """The waiting photos that `attached_media` names; refuses foreign, unknown and used ones."""
    given = visit.params.nested("attached_media")
    if given is None:
        numbered = [visit.params.nested(f"attached_media[{n}]") for n in range(MOST_PHOTOS)]
        given = [each for each in numbered if each is not None]
    if not isinstance(given, list) or len(given) > MOST_PHOTOS:
        graph.bad("Param attached_media must be an array")
    names = [str(each.get("media_fbid")) if isinstance(each, dict) else "" for each in given]
    return [waiting(visit.world, page, name) for name in names]


def waiting(world: World, page: Account, name: str) -> Picture:
    """The photo of that id, which no post carries yet; refuses foreign, unknown and used ones."""
    row = world.store.one(
        "SELECT * FROM media WHERE platform = ? AND account_id = ? AND remote_id = ?", PLATFORM, page.id, name
    )
    if row is None:
        graph.bad(f"The media_fbid {name} does not exist")
    if row["post_id"] is not None:
        graph.stop(
            400, 100, "Photos were already posted.", subcode=1_366_051, advice="These photos were already posted."
        )
    return Picture(
        row["sha256"], row["mime"], row["width"], row["height"], row["size"], alt=row["alt"], remote_id=row["remote_id"]
    )


def photo_by(world: World, name: str) -> dict[str, Any] | None:
    """An uploaded photo as its id shows it, or None."""
    row = world.store.one("SELECT * FROM media WHERE platform = ? AND remote_id = ?", PLATFORM, name)
    return {"id": name, "created_time": graph.when(row["created_at"])} if row else None
