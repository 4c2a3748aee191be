"""A web server of ours that networks push to, with everything it heard."""

import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

type Shake = Callable[[Mapping[str, str]], tuple[str, str] | None]


class Ear:
    """Listens on loopback. `shake` answers handshakes; what it raises is a 403."""

    def __init__(self, shake: Shake) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    told = shake(dict(parse_qsl(urlsplit(self.path).query)))
                except Exception:  # noqa: BLE001 - whatever it is, the network is not let in
                    told = None
                self.send_response(200 if told else 403)
                self.end_headers()
                self.wfile.write((told[0] if told else "").encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, number: int) -> list[tuple[dict[str, str], bytes]]:
        """What was heard, once it is `number` pushes."""
        until = time.monotonic() + 8
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.02)
        return self.heard

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
