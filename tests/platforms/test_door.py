"""The door: what it lets out, how long it waits, and what it says when something goes wrong."""

import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from platforms import http, wire
from platforms.base import ConnectorError, Temporary, Unsure
from platforms.http import Door
from tests.platforms.servers import Server, cuts, drips, hangs, raw, says, says_page, says_raw, serving

SECONDS = 0.3


def door_to(server: Server, **more: Any) -> Door:
    return Door(**{"call_seconds": 3.0, "internal": frozenset({server.place}), **more})


def failure(server: Server, *, changes: bool) -> ConnectorError:
    """What a call to `server` raises, which must not take longer than it may."""
    begun = time.monotonic()
    with pytest.raises(ConnectorError) as caught:
        door_to(server, call_seconds=SECONDS).call("POST", f"{server.url}/post", json={"text": "Halo"}, changes=changes)
    assert time.monotonic() - begun < SECONDS + 10
    return caught.value


def test_a_call_sends_what_it_is_given_and_returns_the_answer():
    with serving(says({"id": "1"}, X_Thing="yes")) as server:
        answer = door_to(server).call(
            "POST",
            f"{server.url}/a?x=1",
            params={"y": ["2", "3"]},
            headers={"X-Key": "k"},
            json={"é": "🙂"},
            changes=True,
        )
    asked = server.asked[0]
    assert (answer.status, answer.json(), answer.headers["x-thing"]) == (200, {"id": "1"}, "yes")
    assert (asked.method, asked.path, asked.query) == ("POST", "/a", {"x": ["1"], "y": ["2", "3"]})
    assert asked.json == {"é": "🙂"}
    assert asked.headers["x-key"] == "k"
    assert asked.headers["host"] == server.place


def test_forms_and_files_are_sent_as_browsers_do():
    with serving() as server:
        door = door_to(server)
        door.call("POST", f"{server.url}/form", data={"a": "1 2", "b": "é"}, changes=True)
        door.call(
            "POST", f"{server.url}/file", data={"a": "1"}, files={"f": ("x.png", b"\x89PNG", "image/png")}, changes=True
        )
        door.call("POST", f"{server.url}/raw", data=b"\x00\x01", headers={"Content-Type": "image/png"}, changes=True)
    form, files, plain = server.asked
    assert form.body == b"a=1+2&b=%C3%A9"
    assert b'name="f"; filename="x.png"' in files.body
    assert b"\x89PNG" in files.body
    assert b'name="a"' in files.body
    assert plain.body == b"\x00\x01"
    assert plain.headers["content-type"] == "image/png"


def test_connections_are_kept_between_doors_and_dropped_after_idling(monkeypatch):
    with serving() as server:
        for _ in range(3):
            door_to(server).call("GET", server.url, changes=False)
        assert server.connections == 1
        monkeypatch.setattr(wire, "IDLE_SECONDS", 0.0)
        door_to(server).call("POST", server.url, changes=True)
        assert server.connections == 2


def test_a_kept_connection_that_the_server_closed_is_not_used():
    with serving(says_raw(raw(200, b"{}")), says({})) as server:  # keep-alive promised, then closed
        door_to(server).call("POST", server.url, changes=True)
        time.sleep(0.05)
        door_to(server).call("POST", server.url, changes=True)
        assert server.connections == 2


def test_close_all_leaves_no_connection_open():
    with serving() as server:
        door_to(server).call("GET", server.url, changes=False)
        assert sum(map(len, wire.store.idle.values())) == 1
        http.close_all()
        assert not wire.store.idle


def test_many_threads_share_the_door():
    with serving(says({"ok": 1})) as server:
        door, problems = door_to(server, call_seconds=5.0), []

        def work() -> None:
            try:
                for _ in range(20):
                    assert door.call("GET", server.url, changes=False).json() == {"ok": 1}
            except Exception as e:  # noqa: BLE001 - told below
                problems.append(e)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not problems
    assert len(server.asked) == 160
    assert server.connections <= 8


def test_a_forked_child_opens_its_own_connections():
    with serving() as server:
        program = f"""
import os
from platforms.http import Door
door = Door(5, internal=frozenset({{"{server.place}"}}))
door.call("GET", "{server.url}", changes=False)
if os.fork() == 0:
    door.call("GET", "{server.url}", changes=False)
    os._exit(0)
os.wait()
door.call("GET", "{server.url}", changes=False)
"""
        subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2], timeout=20)
        assert (server.connections, len(server.asked)) == (2, 3)


# Time --------------------------------------------------------------------------------------------

WHOLE = raw(200, b'{"id": "12345678901234567890"}')
HEAD = WHOLE.index(b"{")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (hangs, "timed_out"),
        (cuts, "cut_off"),
        (drips(WHOLE), "timed_out"),
        (drips(WHOLE, HEAD), "timed_out"),
        (drips(raw(200, b"", X=("y" * 300)), 20), "timed_out"),
        (says_raw(WHOLE[:-5]), "cut_off"),
        (says_raw(WHOLE[: HEAD - 10]), "cut_off"),
        (says_raw(WHOLE[: HEAD - 2]), "cut_off"),
        (says_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{'a"), "cut_off"),
        (says_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), "cut_off"),
        (says_raw(b"SSH-2.0-OpenSSH\r\n"), "broken_answer"),
        (says_raw(b"HTTP/1.1 103 Early Hints\r\n\r\n"), "broken_answer"),
        (says_raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "broken_answer"),
        (says_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n\r\n"), "answer_too_large"),
        (says_raw(raw(200, b"zip", Content_Encoding="br")), "broken_answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_after_the_first_byte_a_changing_call_is_unsure_and_a_reading_one_temporary(reply, code):
    for changes, kind in ((True, Unsure), (False, Temporary)):
        with serving(reply) as server:
            found = failure(server, changes=changes)
            assert (type(found), found.code) == (kind, code), found.detail


def test_an_endless_answer_is_cut_off(monkeypatch):
    monkeypatch.setattr(http, "MAX_ANSWER", 100_000)
    endless = says_raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 300_000)
    with serving(endless) as server:
        assert failure(server, changes=True).code == "answer_too_large"


def test_a_zipped_answer_is_unpacked_but_not_without_limit(monkeypatch):
    import gzip

    with serving(says_raw(raw(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"))) as server:
        assert door_to(server).call("GET", server.url, changes=False).json() == {"a": 1}
    monkeypatch.setattr(http, "MAX_ANSWER", 1000)
    with serving(says_raw(raw(200, gzip.compress(b"0" * 5000), Content_Encoding="gzip"))) as server:
        assert failure(server, changes=False).code == "answer_too_large"


def test_a_page_instead_of_data_is_unsure_after_a_changing_call():
    with serving(says_page()) as server:
        answer = door_to(server).call("POST", server.url, changes=True)
        with pytest.raises(Unsure, match="not_json"):
            answer.json()
        answer = door_to(server).call("GET", server.url, changes=False)
        with pytest.raises(Temporary, match="not_json"):
            answer.object()


@pytest.mark.parametrize(("changes", "kind"), [(True, Unsure), (False, Temporary)])
def test_an_answer_nested_too_deeply_is_a_broken_one(changes: bool, kind: type[ConnectorError]):
    with serving(says_raw(raw(200, b"[" * 200_000))) as server:
        answer = door_to(server).call("POST", server.url, changes=changes)
        with pytest.raises(kind, match="not_json"):
            answer.json()


def test_an_early_refusal_is_heard_out_while_we_still_send():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(raw(413, b'{"error": "too large"}'))
        time.sleep(0.1)
        connection.shutdown(socket.SHUT_RD)
        while connection.recv(1_000_000):
            pass
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    place = f"127.0.0.1:{listener.getsockname()[1]}"
    door = Door(2, internal=frozenset({place}))
    answer = door.call("POST", f"http://{place}/", data=b"x" * 20_000_000, changes=True)
    listener.close()
    assert answer.status == 413


def test_nothing_is_sent_when_nobody_listens():
    with serving() as server:
        pass
    found = failure(server, changes=True)
    assert (type(found), found.code) == (Temporary, "connect_failed")
    assert server.asked == []


def test_nothing_is_sent_when_the_name_is_unknown_or_the_lookup_hangs(monkeypatch):
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("unknown")

    def slow(*_: Any, **__: Any) -> Any:
        time.sleep(30)

    for lookup in (unknown, slow):
        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        begun = time.monotonic()
        with pytest.raises(Temporary, match="dns_failed"):
            Door(0.2).call("POST", "https://mastodon.example/", changes=True)
        assert time.monotonic() - begun < 15


def test_nothing_is_sent_when_the_other_side_does_not_take_the_connection():
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    place = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Temporary) as caught:
        Door(0.3, internal=frozenset({place})).call("POST", f"http://{place}/", changes=True)
    assert caught.value.code in ("connect_timeout", "connect_failed")
    for each in (*fillers, listener):
        each.close()


class Clock:
    """A clock that stands until it is told to go on, and may jump between two readings."""

    def __init__(self) -> None:
        self.at, self.jump_at_reading, self.by, self.readings = 100.0, 0, 0.0, 0

    def __call__(self) -> float:
        self.readings += 1
        if self.readings == self.jump_at_reading:
            self.at += self.by
        return self.at


def test_a_stopped_process_never_begins_a_call_late():
    """SIGSTOP between any two steps before the first byte: nothing leaves, whatever step it was."""
    with serving() as server:
        clock = Clock()
        door = door_to(server, clock=clock)
        door.call("POST", server.url, changes=True)
        steps = clock.readings
        assert steps >= 4
        asked_before = len(server.asked)
        for step in range(2, 7):  # permit reads first, then the call, connecting, and the two checks before sending
            http.close_all()
            clock = Clock()
            clock.jump_at_reading, clock.by = step, 3600.0
            door = door_to(server, clock=clock)
            with pytest.raises(Temporary) as caught:
                door.call("POST", server.url, changes=True)
            assert caught.value.code in ("slow_start", "connect_timeout", "dns_failed")
            assert len(server.asked) == asked_before


def test_a_changing_call_waits_for_the_gate_no_longer_than_start_seconds():
    with serving() as server:
        clock = Clock()
        door = door_to(server, clock=clock, start_seconds=1.0)
        clock.at += 1.1
        with pytest.raises(Temporary, match="slow_start"):
            door.call("POST", server.url, changes=True)
        assert server.asked == []
        door.call("GET", server.url, changes=False)  # reading needs no gate
        door.permit()
        door.call("POST", server.url, changes=True)
        assert len(server.asked) == 2


def test_a_really_stopped_process_sends_nothing_after_it_is_woken():
    with serving() as server:
        program = f"""
import os, signal
from platforms.http import Door
from platforms.base import Temporary
door = Door(5, start_seconds=0.2, internal=frozenset({{"{server.place}"}}))
os.kill(os.getpid(), signal.SIGSTOP)
try:
    door.call("POST", "{server.url}", changes=True)
except Temporary as e:
    print(e.code)
"""
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        time.sleep(1.5)
        subprocess.run(["kill", "-CONT", str(child.pid)], check=True)
        out, _ = child.communicate(timeout=10)
    assert out.decode().strip() == "slow_start"
    assert server.asked == []


def seen(door: Door) -> timedelta:
    assert door.skew is not None
    return door.skew


def test_skew_is_the_largest_difference_seen():
    def at(ahead: timedelta) -> str:
        return format_datetime(datetime.now(UTC) + ahead, usegmt=True)

    with serving(says({})) as server:
        door = door_to(server)
        door.call("GET", server.url, changes=False)
        assert door.skew is None
        for ahead, expected in ((0, 0), (30, 30), (-600, -600), (5, -600)):
            server.replies[:] = [says({}, Date=at(timedelta(seconds=ahead)))]
            door.call("GET", server.url, changes=False)
            assert abs(seen(door) - timedelta(seconds=expected)) <= timedelta(seconds=1.1)
        server.replies[:] = [says({}, Date=at(timedelta(days=3)), Age="100"), says({}, Date="yesterday")]
        door.call("GET", server.url, changes=False)
        assert abs(seen(door)) < timedelta(days=1)


def test_a_date_that_no_clock_can_show_does_not_lose_the_answer():
    with serving(says({"id": "1"}, Date="Mon, 01 Jan 99999999999999 00:00:00 GMT")) as server:
        door = door_to(server)
        assert door.call("POST", server.url, changes=True).json() == {"id": "1"}
    assert door.skew is None


# Where it goes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "changes"), [(307, True), (308, True), (301, False), (302, False), (303, False), (307, False)]
)
def test_redirects_are_not_followed(status, changes):
    with serving(says({}, status, Location="https://evil.example/x")) as server:
        found = failure(server, changes=changes)
    assert (type(found), found.code, found.params) == (ConnectorError, "redirected", {"host": "evil.example"})
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_may_mean_done_is_unsure_after_a_changing_call(status):
    with serving(says({}, status, Location="/done")) as server:
        found = failure(server, changes=True)
    assert (type(found), found.code, found.params) == (Unsure, "redirected", {"host": "127.0.0.1"})


def test_a_308_without_an_address_is_an_answer_where_it_is_expected():
    expects = frozenset({308})
    with serving(says({}, 308, Range="bytes=0-9"), says({}, 308, Location="https://evil.example/x")) as server:
        door = Door(3, internal=frozenset({server.place}))
        answer = door.call("PUT", server.url, changes=True, expects=expects)
        assert (answer.status, answer.ok, answer.headers["range"]) == (308, False, "bytes=0-9")
        with pytest.raises(ConnectorError, match="redirected"):
            door.call("PUT", server.url, changes=True, expects=expects)
    with serving(says({}, 308, Range="bytes=0-9")) as server, pytest.raises(ConnectorError, match="redirected"):
        Door(3, internal=frozenset({server.place})).call("PUT", server.url, changes=True)


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name stands for `addresses`; connecting is noted and refused."""
    connected: list[str] = []

    def lookup(host: str, port: int, **_: Any) -> Any:
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses
        ]

    class Noting(socket.socket):
        def connect(self, address: Any) -> None:
            connected.append(address[0])
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "socket", Noting)
    return connected


def test_one_private_address_condemns_a_name(monkeypatch):
    connected = answering(monkeypatch, "8.8.8.8", "127.0.0.1")
    with pytest.raises(ConnectorError, match="private_address") as caught:
        Door(1).call("GET", "https://sneaky.example/", changes=False)
    assert caught.value.params == {"host": "sneaky.example"}
    assert connected == []


def test_the_checked_address_is_the_one_connected_to(monkeypatch):
    """A name that changes its mind after the check gains nothing: it is looked up once."""
    connected = answering(monkeypatch, "8.8.8.8")
    public, asked = socket.getaddrinfo, []

    def rebinding(host: str, port: int, **more: Any) -> Any:
        asked.append(host)
        found = public(host, port, **more)
        return found if len(asked) == 1 else [(*found[0][:4], ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(Temporary, match="connect_failed"):
        Door(1).call("GET", "https://rebinding.example/", changes=False)
    assert asked == ["rebinding.example"]
    assert connected == ["8.8.8.8"]


def test_internal_hosts_are_allowed_exactly_by_host_and_port():
    with serving() as server:
        assert door_to(server).call("GET", server.url, changes=False).ok
        for internal in (frozenset(), frozenset({"127.0.0.1:1"}), frozenset({"127.0.0.1"})):
            with pytest.raises(ConnectorError, match="plain_http"):
                Door(1, internal=internal).call("GET", server.url, changes=False)
            with pytest.raises(ConnectorError, match="private_address"):
                Door(1, internal=internal).call("GET", f"https://{server.place}", changes=False)


def test_environment_proxies_are_ignored(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with serving() as server:
        assert door_to(server).call("GET", server.url, changes=False).ok


# TLS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `social.test` and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "social.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("social.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls_server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(wire, "tls", lambda: trusting)
    found = socket.getaddrinfo("127.0.0.1", 0, type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, port, **__: [(*found[0][:4], ("127.0.0.1", port))])
    with serving(tls=context) as server:
        yield server


def test_tls_is_spoken_and_the_connection_kept(tls_server):
    door = Door(2, internal=frozenset({f"social.test:{tls_server.port}"}))
    for _ in range(2):
        assert door.call("POST", f"https://social.test:{tls_server.port}/", data=b"x" * 100_000, changes=True).ok
    assert tls_server.connections == 1
    assert tls_server.asked[0].headers["host"] == f"social.test:{tls_server.port}"


def test_a_certificate_for_another_name_sends_nothing(tls_server):
    door = Door(2, internal=frozenset({f"other.test:{tls_server.port}"}))
    with pytest.raises(Temporary, match="tls_failed"):
        door.call("POST", f"https://other.test:{tls_server.port}/", changes=True)
    assert tls_server.asked == []


def test_a_server_that_never_finishes_the_handshake_is_left_in_time(tls_server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(Temporary, match="tls_failed"):
            Door(0.3, internal=frozenset({f"social.test:{port}"})).call(
                "POST", f"https://social.test:{port}/", changes=True
            )
        assert time.monotonic() - begun < 15


# Silence -----------------------------------------------------------------------------------------


def test_no_failure_tells_the_address_or_a_header():
    secret = "123456:AAHtopsecret"
    seen = []
    for reply in (hangs, cuts, says_raw(b"nonsense bot123456:AAHtopsecret\r\n"), says({}, 302, Location="/")):
        with serving(reply) as server, pytest.raises(ConnectorError) as caught:
            door_to(server).call("POST", f"{server.url}/bot{secret}/sendMessage", changes=True)
        seen.append(caught.value)
    with pytest.raises(ConnectorError) as caught:
        Door(1).call("GET", "https://x.example/", headers={"Authorization": f"Bearer {secret}\n"}, changes=False)
    seen.append(caught.value)
    for error in seen:
        assert secret not in repr(error) + str(error) + error.detail + str(error.params)
        assert error.__cause__ is None
        assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize("header", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "é"])
def test_headers_cannot_be_smuggled(header):
    with serving() as server, pytest.raises(ConnectorError, match="bad_header"):
        door_to(server).call("GET", server.url, headers={"X": header}, changes=False)
    assert server.asked == []


def test_a_path_cannot_smuggle_a_request():
    with serving() as server:
        door_to(server).call("GET", f"{server.url}/a b\u00e9/%20?q=c d", changes=False)
    assert server.asked[0].path == "/a%20b%C3%A9/%20"
