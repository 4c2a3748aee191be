"""WebSub: who subscribed to a channel hears of new, changed and removed films.

Source: W3C WebSub; YouTube Data API, "Subscribe to Push Notifications"; RFC 6721 (deleted entries).
"""

import asyncio
import hashlib
import hmac
import secrets
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from sandbox import accounts, clock, fetching, pushing
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import ids

HUB = "https://pubsubhubbub.appspot.com"
_verifying: set[asyncio.Task[None]] = set()


async def subscribe(request: web.Request) -> web.Response:
    """POST /subscribe: 202, then the callback is asked whether it meant it."""
    params = await read_params(request)
    callback, topic = params.text("hub.callback"), params.text("hub.topic")
    if params.text("hub.mode") not in {"subscribe", "unsubscribe"} or not _channel_of(topic):
        return web.Response(status=400, text="Invalid value for hub.mode or hub.topic")
    if not fetching.is_near(callback):
        return web.Response(status=400, text="The sandbox calls addresses on this machine only.")
    if len(params.text("hub.secret").encode()) >= 200:
        return web.Response(status=400, text="Invalid value for hub.secret: it must be less than 200 bytes")
    task = asyncio.create_task(_verify(request.app[WORLD], params))
    _verifying.add(task)
    task.add_done_callback(_verifying.discard)
    return web.Response(status=202)


def _channel_of(topic: str) -> str:
    parts = urlsplit(topic)
    fits = parts.hostname == "www.youtube.com" and parts.path.endswith("/feeds/videos.xml")
    return parse_qs(parts.query).get("channel_id", [""])[0] if fits else ""


async def _verify(world: World, params: Params) -> None:
    """Ask the callback, and remember it when it echoes the challenge."""
    callback, topic, mode = params.text("hub.callback"), params.text("hub.topic"), params.text("hub.mode")
    word = secrets.token_urlsafe(12)
    asked = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": word}
    asked["hub.lease_seconds"] = params.text("hub.lease_seconds", "432000")
    if params.text("hub.verify_token"):
        asked["hub.verify_token"] = params.text("hub.verify_token")
    glue = "&" if urlsplit(callback).query else "?"
    if await fetching.fetch(f"{callback}{glue}{urlencode(asked)}", 1000) != word.encode():
        return
    known = pushing.hook(world, "youtube").get("topics", {})
    known.pop(_channel_of(topic), None)
    if mode == "subscribe":
        known[_channel_of(topic)] = {"topic": topic, "secret": params.text("hub.secret")}
    with world.store.write():
        pushing.set_hook(world, "youtube", callback if known else "", topics=known)


def tell(world: World, post: Post, *, is_gone: bool = False) -> None:
    """Push the news of a public film to who subscribed to its channel, inside an open write."""
    channel = accounts.get(world.store, post.account_id)
    known = pushing.hook(world, "youtube").get("topics", {}).get(channel.remote_id)
    if not known:
        return
    entry = (
        _deleted(channel.remote_id, channel.name, post) if is_gone else _entry(channel.remote_id, channel.name, post)
    )
    body = _feed(known["topic"], entry).encode()
    headers = {"Content-Type": "application/atom+xml", "Link": f"<{known['topic']}>; rel=self, <{HUB}/>; rel=hub"}
    if known["secret"]:
        made = hmac.new(known["secret"].encode(), body, hashlib.sha1).hexdigest()
        headers["X-Hub-Signature"] = f"sha1={made}"
    pushing.push(world, "youtube", body, headers)


def _feed(topic: str, entry: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
        ' xmlns="http://www.w3.org/2005/Atom">'
        f'<link rel="hub" href="{HUB}"/><link rel="self" href="{escape(topic)}"/>'
        f"<title>YouTube video feed</title><updated>{clock.iso(clock.now())}</updated>{entry}</feed>\n"
    )


def _entry(channel: str, name: str, post: Post) -> str:
    link = f"https://www.youtube.com/watch?v={post.remote_id}"
    return (
        f"<entry><id>yt:video:{post.remote_id}</id><yt:videoId>{post.remote_id}</yt:videoId>"
        f"<yt:channelId>{channel}</yt:channelId><title>{escape(ids.title(post))}</title>"
        f'<link rel="alternate" href="{link}"/><author><name>{escape(name)}</name>'
        f"<uri>https://www.youtube.com/channel/{channel}</uri></author>"
        f"<published>{clock.iso(post.at)}</published><updated>{clock.iso(clock.now())}</updated></entry>"
    )


def _deleted(channel: str, name: str, post: Post) -> str:
    link = f"https://www.youtube.com/watch?v={post.remote_id}"
    return (
        f'<at:deleted-entry ref="yt:video:{post.remote_id}" when="{clock.iso(clock.now())}"><link href="{link}"/>'
        f"<at:by><name>{escape(name)}</name><uri>https://www.youtube.com/channel/{channel}</uri></at:by>"
        "</at:deleted-entry>"
    )
