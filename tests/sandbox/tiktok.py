"""A creator on the sandbox's TikTok, an ear for its webhooks, and files for it to fetch."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from sandbox import oauth
from tests.sandbox.running import Sandbox

CLIENT, SECRET = oauth.app("tiktok")
BACK = "http://localhost:9/oauth/tiktok/"
MB = 1024 * 1024
HEAD = b"\0\0\0\x18ftypmp42"


class Creator:
    """A signed-in creator, and the calls their app may make."""

    def __init__(self, box: Sandbox, http: requests.Session, handle: str = "ratna") -> None:
        self.box, self.http, self.handle = box, http, handle
        told = box.account("tiktok", handle=handle)
        self.server, self.secrets, self.open_id = told["server"], told["secrets"], told["remote_id"]
        self.token = self.secrets["access_token"]

    def post(self, path: str, body: Any = None, *, fields: str = "") -> requests.Response:
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json; charset=UTF-8"}
        url = f"{self.server}/v2/{path}/" + (f"?fields={fields}" if fields else "")
        return self.http.post(url, data=json.dumps(body or {}), headers=head, timeout=10)

    def data(self, path: str, body: Any = None, *, fields: str = "") -> Any:
        answer = self.post(path, body, fields=fields)
        assert answer.json()["error"]["code"] == "ok", answer.text
        return answer.json()["data"]

    def code(self, path: str, body: Any = None, *, fields: str = "") -> tuple[int, str]:
        answer = self.post(path, body, fields=fields)
        return answer.status_code, answer.json()["error"]["code"]

    def begin(self, size: int, *, chunk: int = 0, info: dict[str, Any] | None = None) -> dict[str, str]:
        chunk = chunk or size
        told: dict[str, Any] = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk}
        body = {"source_info": told | {"total_chunk_count": size // chunk}} | ({"post_info": info} if info else {})
        found: dict[str, str] = self.data(f"post/publish/{'' if info else 'inbox/'}video/init", body)
        return found

    def put(self, url: str, data: bytes, first: int, total: int) -> int:
        head = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{first + len(data) - 1}/{total}"}
        return self.http.put(url, data=data, headers=head, timeout=10).status_code

    def send(self, *, info: dict[str, Any] | None = None, data: bytes = HEAD + b"film") -> str:
        begun = self.begin(len(data), info=info)
        assert self.put(begun["upload_url"], data, 0, len(data)) == 201
        return begun["publish_id"]

    def status(self, publish_id: str) -> dict[str, Any]:
        told: dict[str, Any] = self.data("post/publish/status/fetch", {"publish_id": publish_id})
        return told

    def finish(self, publish_id: str, text: str = "Selesai") -> str:
        self.status(publish_id)  # TikTok has done what it could by now
        told = {"platform": "tiktok", "account": self.handle, "act": "finish", "remote_id": publish_id, "text": text}
        return str(self.box.control("POST", "hand", **told)["remote_id"])


class Ear:
    """Listens for webhooks; keeps those that prove themselves."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.times: list[int] = []
        self.raw: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = dict(part.split("=", 1) for part in self.headers["TikTok-Signature"].split(","))
                made = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                assert made == parts["s"]
                ear.times.append(int(parts["t"]))
                ear.raw.append(({name.lower(): value for name, value in self.headers.items()}, body))
                ear.heard.append(json.loads(body))
                self.send_response(ear.answers.pop(0) if ear.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/tiktok/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, number: int) -> list[str]:
        """The names of what was heard, once it is so many."""
        until = time.monotonic() + 8
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.02)
        return [each["event"] for each in self.heard]


class Files:
    """A web server with pictures, as Posko would be."""

    def __init__(self, files: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path in files else 404)
                self.end_headers()
                self.wfile.write(files.get(self.path, b""))

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
