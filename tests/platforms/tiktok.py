"""A TikTok of our own for tests: it answers as recorded, takes chunks, and remembers what it was asked."""

import json
import time
from dataclasses import replace
from typing import Any

from platforms.base import (
    ConnectorError,
    Halted,
    Keep,
    Later,
)
from platforms.contents import Draft
from platforms.tiktok import TikTok
from platforms.tiktok.sending import CHUNK
from tests.platforms.make import KEY, keeping, long_film, payload, sendable, speaker
from tests.platforms.servers import Asked, Reply, Server, raw, routes, says, says_raw, serving

SIZE = 3 * CHUNK + 1234
FILM = Draft("Jalan desa selesai", video=long_film(SIZE), ai_made=True)
PHOTOS = sendable("tiktok", text="Jalan desa selesai", pictures=sendable("tiktok").pictures * 2)
DIRECT = {"scope": "user.info.basic,video.list,video.upload,video.publish", "access": "act.secretaccess"}
CREATOR = says(payload("tiktok", "creator"))
MORE, DONE = (says_raw(raw(code, b"", Connection="close")) for code in (206, 201))


def paths(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in server.asked]


def chunks(server: Server) -> list[str]:
    return [asked.headers["content-range"] for asked in server.asked if asked.method == "PUT"]


def ours(server: Server, *, app: dict[str, str] | None = None, secrets: dict[str, str] | None = None) -> TikTok:
    made = speaker("tiktok", server, seconds=5)
    made.account = replace(made.account, app=app or {}, secrets=secrets or made.account.secrets)
    assert isinstance(made, TikTok)
    return made


def begins(server_url: list[str]) -> Reply:
    """The answer to `init` with an upload address on our own server."""

    def reply(connection: Any, asked: Asked) -> bool | None:
        told = payload("tiktok", "init_film")
        told["data"]["upload_url"] = f"{server_url[0]}/upload?upload_id=67890&upload_token=Xza123"
        return says(told)(connection, asked)

    return reply


def takes(*answers: Reply, **more: Reply) -> tuple[Reply, list[str]]:
    """A network that answers the chunks in turn, 206 until the last."""
    left, address = list(answers), list[str]()

    def upload(connection: Any, asked: Asked) -> bool | None:
        if left:
            return left.pop(0)(connection, asked)
        end, total = asked.headers["content-range"].rpartition("-")[2].split("/")
        return (DONE if int(end) + 1 == int(total) else MORE)(connection, asked)

    return routes(video_init_=begins(address), upload=upload, creator_info_query_=CREATOR, **more), address


def publishing(
    network: tuple[Reply, list[str]], draft: Draft, handle: str = "", *, keep: Keep | None = None, **more: Any
) -> tuple[Any, Server]:
    """What `publish` raises or gives, and what was asked. HERE in the handle stands for the network's address."""
    with serving(network[0]) as server:
        network[1].append(server.url)
        known, keep = handle.replace("HERE", server.url), keep or keeping()[1]
        try:
            return ours(server, **more).publish(draft, key=KEY, handle=known, keep=keep), server
        except (ConnectorError, Later, Halted) as raised:
            return raised, server


def status(name: str = "", **data: Any) -> dict[str, Any]:
    told: dict[str, Any] = payload("tiktok", name) if name else {"data": data, "error": {"code": "ok"}}
    return told


def handle(**more: Any) -> str:
    return json.dumps({"way": "inbox", "id": "v_inbox_file~v2.1", "at": int(time.time())} | more)
