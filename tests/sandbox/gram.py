"""What tests of Instagram and Threads share: pictures at an address, a person who consents, a connector, an ear."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import requests

from platforms.base import Connector, Later
from platforms.contents import Account, Draft, Key, Picture, Place, Sent, To, Video
from platforms.http import Door
from platforms.oauth import App, Consent, SignIn
from platforms.registry import connector
from sandbox import oauth
from tests.platforms.servers import Asked, Server, raw, says, serving
from tests.sandbox.conftest import picture as picture_bytes
from tests.sandbox.running import Sandbox

BACK = "http://localhost:9/kembali/"
KEY = Key(UUID("3f2c9a1e-5d4b-4c6a-8e7f-0123456789ab"), datetime(2026, 11, 22, tzinfo=UTC))
FILM = b"\0\0\0\x18ftypmp42" + b"film" * 200


def jpeg(colour: str = "plum", size: tuple[int, int] = (400, 400)) -> bytes:
    return picture_bytes("JPEG", size, colour)


@contextmanager
def files(**contents: bytes) -> Iterator[Callable[[str], str]]:
    """A server that holds these files; gives their addresses by name."""

    def reply(connection: Any, asked: Asked) -> bool:
        found = contents.get(asked.path.strip("/").partition(".")[0])
        connection.sendall(raw(200, found) if found is not None else raw(404, b"no"))
        return True

    with serving(reply) as server:
        yield lambda name: f"{server.url}/{name}.bin"


def shot(link: str, data: bytes, alt: str = "Pasar pagi") -> Picture:
    digest = sha256(data).hexdigest()
    return Picture(digest, "image/jpeg", 400, 400, len(data), alt, read=lambda: data, link=lambda: link)


def film(link: str, **changed: Any) -> Video:
    facts: dict[str, Any] = {
        "sha256": sha256(FILM).hexdigest(), "mime": "video/mp4", "width": 720, "height": 1280, "size": len(FILM),
        "seconds": 12.0, "rate": 30.0, "codec": "AVC", "sound": "AAC",
    }  # fmt: skip
    return Video(**facts | changed, part=lambda start, size: FILM[start : start + size], link=lambda: link)


def door(box: Sandbox) -> Door:
    return Door(10, 5.0, frozenset({urlsplit(box.url).netloc}))


def speaker(box: Sandbox, platform: str, handle: str = "ratna") -> Connector:
    """Our account there, connected with the token that it has from the beginning."""
    told = box.account(platform, handle=handle)
    bare = Account(platform, told["server"], "", "", "", told["secrets"])
    way = connector(platform)(bare, door(box))
    return type(way)(way.check(), way.door)


def publish(way: Connector, draft: Draft) -> Sent:
    """All steps to the end, without the waits in between."""
    handle = ""
    for _ in range(20):
        try:
            return way.publish(draft, key=KEY, handle=handle, keep=lambda _: None)
        except Later as later:
            handle = later.handle
    raise AssertionError("never ready")


def consent(http: requests.Session, address: str, *, without: str = "") -> str:
    """Open the page that asks, untick one permission, press yes; the code that comes back."""
    page = http.get(address).text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    boxes = [unescape(each) for each in re.findall(r'name="grant" value="(.*?)"', page)]
    account = re.search(r'name="account" value="(.*?)"', page)
    assert account
    granted = [each for each in boxes if each != without]
    form: dict[str, Any] = {**fields, "account": account[1], "answer": "yes", "grant[]": granted}
    reply = http.post(address.partition("?")[0], data=form, allow_redirects=False)
    assert reply.headers["Location"].startswith(BACK)
    told = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert told["state"] == ["xyz"]
    return told["code"][0]


def sign_in(box: Sandbox, http: requests.Session, way: type[SignIn], *, without: str = "") -> Consent:
    """A person lets Posko in."""
    client_id, secret = oauth.app(way.kind)
    app = App(f"{box.url}/{way.kind}", client_id, secret, BACK)
    code = consent(http, way.authorize_url(app, state="xyz", verifier="v" * 43), without=without)
    return way.exchange(door(box), app, code=f"{code}#_", verifier="v" * 43)


def voter(box: Sandbox, platform: str, act: str, text: str, **more: Any) -> str:
    """Something a voter does; the id of what they wrote."""
    told = box.control("POST", "voters", platform=platform, act=act, text=text, **more)
    return str(told["remote_id"])


def to_post(sent: Sent) -> To:
    """Below a post of ours."""
    return To(Place.COMMENT, sent.remote_id, root=sent.remote_id)


@contextmanager
def listening(box: Sandbox, platform: str) -> Iterator[Server]:
    """An app that takes what the network pushes."""
    with serving(says({})) as server:
        box.control("POST", "hooks", platform=platform, url=f"{server.url}/hook/")
        yield server
