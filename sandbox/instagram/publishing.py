"""Making containers and publishing them. Source: "Content Publishing", "IG User Media", 2026-09-11."""

import io
import re
from typing import Any, NoReturn

from aiohttp import web
from PIL import Image

from sandbox import containers, graph
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.containers import Container
from sandbox.params import Params, read_params
from sandbox.world import WORLD, World

CAPTION, TAGS, MENTIONS, ALT = 2200, 5, 20, 1000
CHILDREN, POSTS = 10, 100
LARGEST, WIDEST, TALLEST = 8 * 1024 * 1024, 1.91, 1.25
TAG = re.compile(r"#\w*[^\W\d]\w*")
MENTION = re.compile(r"(?<![\w.])@[\w.]+")
SUBCODES = {"IN_PROGRESS": 2207027, "ERROR": 2207032, "EXPIRED": 2207020, "PUBLISHED": 2207006}


def no(subcode: int, words: str, *, code: int = 100) -> NoReturn:
    """Leave with one of the publishing errors, which are told apart by their subcodes."""
    graph.stop(400, code, words, subcode=subcode, title="Media can't be published", advice=words)


async def make(request: web.Request, account: Account) -> web.Response:
    """POST /{ig}/media."""
    world, params = request.app[WORLD], await read_params(request)
    caption, kind = params.text("caption"), params.text("media_type") or "IMAGE"
    check_words(caption)
    is_child, extra = params.flag("is_carousel_item"), dict[str, Any]()
    pictures: list[Picture] = []
    match kind:
        case "CAROUSEL":
            pictures, extra = _children(world, account, params)
        case "REELS" | "VIDEO" | "STORIES" if params.text("video_url"):
            extra = await containers.fetch_film(world, params.text("video_url"))
        case "IMAGE" | "STORIES":
            pictures = [await _picture(world, params)]
        case _:
            graph.bad("Only photo or video can be accepted as media type.")
    extra |= {"ai": True} if params.flag("is_ai_generated") and not is_child else {}
    problem = "Error: 2207052 the film could not be fetched" if not pictures and "film" not in extra else ""
    made = containers.make(
        world, account, kind, caption, pictures=pictures, extra=extra, is_child=is_child, problem=problem
    )
    return graph.send(request, {"id": made.id}, account=account.remote_id, kind="instagram")


def check_words(text: str) -> None:
    """Refuse a caption or comment that is too long or holds too many tags."""
    if len(text) > CAPTION:
        no(2207010, f"The caption was too long. Captions have {CAPTION} characters at most.", code=36004)
    if len(TAG.findall(text)) > TAGS:
        no(2207010, f"There are more than {TAGS} hashtags in the caption.", code=36004)
    if len(MENTION.findall(text)) > MENTIONS:
        no(2207040, f"There are more than {MENTIONS} tags of people.", code=36004)


async def _picture(world: World, params: Params) -> Picture:
    """The picture that the app offers. Refuses one that cannot be fetched, is no JPEG, too large or too narrow."""
    alt = params.text("alt_text")
    if len(alt) > ALT:
        graph.bad(f"alt_text has {ALT} characters at most")
    if not params.text("image_url"):
        graph.bad("The parameter image_url is required.")
    picture = await containers.fetch_picture(world, params.text("image_url"), alt, LARGEST)
    if picture is None:
        graph.stop(400, 9004, "Only photo or video can be accepted as media type.", subcode=2207052)
    if picture.mime != "image/jpeg":
        no(2207005, "The image format is not supported. JPEG is.", code=36001)
    if picture.width > WIDEST * picture.height or picture.height > TALLEST * picture.width:
        no(2207009, "The aspect ratio must be within the range 4:5 to 1.91:1.", code=36003)
    return picture


def _children(world: World, account: Account, params: Params) -> tuple[list[Picture], dict[str, Any]]:
    ids = containers.listed(params, "children")
    found = [containers.find(world.store, account, each) for each in ids]
    ready = [each for each in found if each and each.is_child and each.state == "FINISHED"]
    if not 2 <= len(ids) <= CHILDREN or len(ready) != len(ids):
        no(2207028, f"A carousel takes 2 to {CHILDREN} finished photos or videos.")
    return containers.together(ready)


def publishable(world: World, container: Container | None, account: Account) -> Container:
    """The container of POST /{ig}/media_publish; refuses one that cannot be published now."""
    if container is None or container.is_child:
        graph.stop(400, 100, "The media with this creation_id does not exist.", subcode=2207006)
    if container.state == "IN_PROGRESS":
        graph.stop(400, 9007, "Media ID is not available", subcode=SUBCODES["IN_PROGRESS"])
    if container.state != "FINISHED":
        graph.stop(400, 100, f"The media cannot be published: {container.state}", subcode=SUBCODES[container.state])
    if containers.of_today(world.store, account, replies=False) >= POSTS:
        no(2207042, "You reached the maximum number of posts allowed for Content Publishing API.", code=9)
    return container


def shown(container: Container) -> dict[str, str]:
    """GET /{container}."""
    words = container.problem if container.state == "ERROR" else container.state.title()
    return {"id": container.id, "status_code": container.state, "status": words}


def limits(world: World, account: Account) -> dict[str, object]:
    """GET /{ig}/content_publishing_limit."""
    used = containers.of_today(world.store, account, replies=False)
    return {"quota_usage": used, "config": {"quota_total": POSTS, "quota_duration": containers.DAY_SECONDS}}


def plain_picture(world: World, text: str) -> Picture:
    """Something to look at, for what is posted by hand without a picture: Instagram has no posts without."""
    made = io.BytesIO()
    Image.new("RGB", (320, 320), "#8a6f9e").save(made, "JPEG")
    picture = world.blobs.picture(made.getvalue(), alt=text[:100])
    assert picture
    return picture
