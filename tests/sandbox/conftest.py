"""One running sandbox for all tests of a file; each test begins with it empty."""

import base64
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image

from tests.sandbox.ears import Ear, Shake
from tests.sandbox.running import Sandbox, start_sandbox

REDIRECT = "http://localhost:9/oauth/mastodon/"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The process."""
    with start_sandbox(tmp_path_factory.mktemp("state")) as sandbox:
        yield sandbox


@pytest.fixture
def box(running: Sandbox) -> Sandbox:
    """The sandbox, emptied."""
    running.reset()
    return running


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A plain client that asks no proxy."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), colour: str = "plum") -> bytes:
    """A small picture as a file's bytes."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


class Poster:
    """Posts on one network with a plain client, in that network's own way."""

    def __init__(self, box: Sandbox, http: requests.Session, platform: str) -> None:
        """Sign in to a fresh account."""
        self.box, self.http, self.platform = box, http, platform
        self.account = box.account(platform)
        self.server, self.secrets = self.account["server"], self.account["secrets"]
        self.head: dict[str, str] = {}
        if platform == "mastodon":
            self.head = {"Authorization": f"Bearer {self.secrets['token']}"}
        if platform == "bluesky":
            self.sign_in()

    def sign_in(self) -> None:
        """Get a new pair of tokens (Bluesky)."""
        body = {"identifier": self.secrets["identifier"], "password": self.secrets["app_password"]}
        self.session = self.http.post(f"{self.server}/xrpc/com.atproto.server.createSession", json=body).json()
        self.head = {"Authorization": f"Bearer {self.session['accessJwt']}"}

    def xrpc(self, name: str, body: dict[str, Any] | None = None, **query: Any) -> requests.Response:
        """Call a method of Bluesky's: POST with a body, GET without."""
        url = f"{self.server}/xrpc/{name}"
        if body is None:
            return self.http.get(url, params=query, headers=self.head, timeout=10)
        return self.http.post(url, json=body, headers=self.head, timeout=10)

    def record(self, text: str, rkey: str = "", **more: Any) -> dict[str, Any]:
        """The body of createRecord or putRecord."""
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-22T13:00:00.000Z"} | more
        body = {"repo": self.account["remote_id"], "collection": "app.bsky.feed.post", "record": record}
        return body | ({"rkey": rkey} if rkey else {})

    def bot(self, method: str, timeout: float = 10, **values: Any) -> requests.Response:
        """Call a method of the bot."""
        return self.http.post(f"{self.server}/bot{self.secrets['token']}/{method}", json=values, timeout=timeout)

    def say(self, text: str, *, key: str = "", timeout: float = 10) -> requests.Response:
        """Publish a text."""
        if self.platform == "bluesky":
            url = f"{self.server}/xrpc/com.atproto.repo.createRecord"
            return self.http.post(url, json=self.record(text, key), headers=self.head, timeout=timeout)
        if self.platform == "telegram":
            return self.bot("sendMessage", chat_id=self.secrets["chat"], text=text, timeout=timeout)
        head = self.head | ({"Idempotency-Key": key} if key else {})
        return self.http.post(f"{self.server}/api/v1/statuses", json={"status": text}, headers=head, timeout=timeout)


@pytest.fixture(params=["mastodon", "bluesky", "telegram"])
def poster(request: pytest.FixtureRequest, box: Sandbox, http: requests.Session) -> Poster:
    """A poster on each network in turn."""
    return Poster(box, http, request.param)


def authorise(poster: Poster, scope: str, *, verifier: str) -> tuple[str, dict[str, str]]:
    """(code, client id and secret) after a person said yes, with PKCE."""
    wish = {"client_name": "Posko", "redirect_uris": REDIRECT, "scopes": "read write"}
    app = poster.http.post(f"{poster.server}/api/v1/apps", data=wish).json()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    form = {
        "client_id": app["client_id"], "redirect_uri": REDIRECT, "response_type": "code", "scope": scope,
        "code_challenge": challenge, "code_challenge_method": "S256", "account": "ratna", "answer": "yes",
    }  # fmt: skip
    sent = poster.http.post(f"{poster.server}/oauth/authorize", data=form, allow_redirects=False)
    code = parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]
    return code, {"client_id": app["client_id"], "client_secret": app["client_secret"]}


@pytest.fixture
def ear() -> Iterator[Callable[[Shake], Ear]]:
    """Opens an ear that is closed after the test."""
    open_ears: list[Ear] = []

    def listen(shake: Shake) -> Ear:
        open_ears.append(Ear(shake))
        return open_ears[-1]

    yield listen
    for each in open_ears:
        each.close()
