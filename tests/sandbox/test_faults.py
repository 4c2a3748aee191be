"""Every fault that can be switched on, seen by a plain client; and what the log says about what really happened."""

import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.sandbox.conftest import REDIRECT, Poster, authorise
from tests.sandbox.running import Sandbox

LOST = requests.ConnectionError


def public(poster: Poster) -> list[str]:
    """The texts that became public."""
    return [line["text"] for line in poster.box.log() if line["action"] == "publish"]


def last(poster: Poster) -> dict[str, object]:
    """The newest request in the journal, once it has ended."""
    until = time.monotonic() + 3
    while (entry := poster.box.requests()[-1])["accepted"] is None and time.monotonic() < until:
        time.sleep(0.01)
    return dict(entry)


def test_latency_comes_before_a_good_answer(poster: Poster) -> None:
    poster.box.fault("latency", ms=300)
    begun = time.monotonic()
    assert poster.say("Halo").status_code == 200
    assert time.monotonic() - begun >= 0.3
    assert public(poster) == ["Halo"]


@pytest.mark.parametrize("part", ["body", "headers"])
def test_a_drip_comes_byte_by_byte(box: Sandbox, http: requests.Session, part: str) -> None:
    poster = Poster(box, http, "telegram")
    box.fault("drip", part=part, interval=0.001)
    begun = time.monotonic()
    answer = poster.say("Halo")
    assert time.monotonic() - begun >= len(answer.content) * 0.001
    assert answer.json()
    assert public(poster) == ["Halo"]


def test_a_slow_drip_outlives_a_read_timeout(poster: Poster) -> None:
    poster.box.fault("drip", part="headers", interval=0.05)
    with pytest.raises(requests.RequestException):
        poster.say("Halo", timeout=0.02)
    assert public(poster) == ["Halo"]


def test_hang_gives_no_answer_and_does_nothing(poster: Poster) -> None:
    poster.box.fault("hang", seconds=0.6)
    with pytest.raises(requests.ReadTimeout):
        poster.say("Halo", timeout=0.2)
    assert public(poster) == []
    assert last(poster)["accepted"] is False


def test_a_status_comes_instead_of_doing_it(poster: Poster) -> None:
    poster.box.fault("status", code=429, headers={"Retry-After": "7"}, step="publish")
    answer = poster.say("Halo")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "7"
    assert answer.json()
    assert public(poster) == []
    assert last(poster)["accepted"] is False


def test_a_status_can_have_any_body(poster: Poster) -> None:
    poster.box.fault("status", code=502, body="<h1>Bad Gateway</h1>")
    assert poster.say("Halo").text == "<h1>Bad Gateway</h1>"
    poster.box.fault("status", code=500, body={"a": 1})
    assert poster.say("Halo").json() == {"a": 1}


def test_html_comes_with_status_200(poster: Poster) -> None:
    poster.box.fault("html")
    answer = poster.say("Halo")
    assert answer.status_code == 200
    assert "text/html" in answer.headers["Content-Type"]
    assert "<html>" in answer.text
    poster.box.fault("html", accept=True)
    assert "<html>" in poster.say("Halo lagi").text
    assert public(poster) == ["Halo lagi"]


def test_cut_before_does_nothing(poster: Poster) -> None:
    poster.box.fault("cut_before")
    with pytest.raises(LOST):
        poster.say("Halo")
    assert public(poster) == []
    assert last(poster)["accepted"] is False


def test_cut_after_has_done_it(poster: Poster) -> None:
    poster.box.fault("cut_after")
    with pytest.raises(LOST):
        poster.say("Halo")
    assert public(poster) == ["Halo"]
    assert last(poster)["accepted"] is True


def test_accept_then_status_has_done_it(poster: Poster) -> None:
    poster.box.fault("accept_then_status", code=503)
    assert poster.say("Halo").status_code == 503
    assert public(poster) == ["Halo"]


def test_what_the_network_refuses_is_not_covered_up(poster: Poster) -> None:
    poster.box.fault("accept_then_status", code=503)
    assert poster.say("x" * 5000).status_code in {400, 422}
    assert public(poster) == []


def test_accept_then_delay_answers_too_late(poster: Poster) -> None:
    poster.box.fault("accept_then_delay", seconds=0.6)
    with pytest.raises(requests.ReadTimeout):
        poster.say("Halo", timeout=0.2)
    assert public(poster) == ["Halo"]


def test_expired_token_is_refused_until_there_is_a_newer_one(poster: Poster) -> None:
    fault = poster.box.fault("expired_token", times=None)
    answer = poster.say("Halo")
    assert answer.status_code == (400 if poster.platform == "bluesky" else 401)
    if poster.platform == "bluesky":
        assert answer.json()["error"] == "ExpiredToken"
        poster.head = {"Authorization": f"Bearer {poster.session['refreshJwt']}"}
        new = poster.xrpc("com.atproto.server.refreshSession", {}).json()
        poster.head = {"Authorization": f"Bearer {new['accessJwt']}"}
    else:
        poster.box.control("DELETE", f"faults/{fault}")
    assert poster.say("Lagi").status_code == 200
    assert public(poster) == ["Lagi"]


def test_revoked_token_is_refused_every_time(poster: Poster) -> None:
    poster.box.fault("revoked_token", times=None)
    assert {poster.say("Halo").status_code for _ in range(3)} <= {400, 401}
    if poster.platform == "bluesky":
        poster.head = {"Authorization": f"Bearer {poster.session['refreshJwt']}"}
        assert poster.xrpc("com.atproto.server.refreshSession", {}).json()["message"] == "Token has been revoked"
        body = {"identifier": poster.secrets["identifier"], "password": poster.secrets["app_password"]}
        assert poster.xrpc("com.atproto.server.createSession", body).status_code == 401
    assert public(poster) == []


def test_no_permission_is_a_403(poster: Poster) -> None:
    poster.box.fault("no_permission")
    answer = poster.say("Halo")
    assert answer.status_code == 403
    assert answer.json()
    assert public(poster) == []


def test_skew_puts_the_date_header_off(poster: Poster) -> None:
    poster.box.fault("skew", seconds=-120)
    answer = poster.say("Halo")
    off = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert -123 < off < -117
    assert answer.status_code == 200
    assert abs(parsedate_to_datetime(poster.say("Lagi").headers["Date"]).timestamp() - time.time()) < 3


def test_forgotten_keys_make_a_second_post(box: Sandbox, http: requests.Session) -> None:
    poster = Poster(box, http, "mastodon")
    first = poster.say("Halo", key="k").json()["id"]
    assert poster.say("Halo", key="k").json()["id"] == first
    box.fault("forget_keys")
    second = poster.say("Halo", key="k").json()["id"]
    assert second != first
    assert public(poster) == ["Halo", "Halo"]
    assert poster.say("Halo", key="k").json()["id"] == second


def test_a_fault_hits_only_what_was_named(box: Sandbox, http: requests.Session) -> None:
    posters = [Poster(box, http, name) for name in ("mastodon", "telegram")]
    box.account("mastodon", "budi")
    box.fault("status", platform="mastodon", account="budi", times=None)
    assert posters[0].say("Halo").status_code == 200
    box.fault("status", platform="mastodon", account="ratna", step="publish", times=2)
    assert http.get(f"{posters[0].server}/api/v1/accounts/verify_credentials", headers=posters[0].head).ok
    assert [posters[0].say("x").status_code for _ in range(3)] == [503, 503, 200]
    assert posters[1].say("Halo").status_code == 200


def test_a_new_sign_in_works_while_old_tokens_are_revoked(box: Sandbox, http: requests.Session) -> None:
    poster = Poster(box, http, "mastodon")
    box.fault("revoked_token", platform="mastodon", account="@ratna", times=None)
    assert poster.say("Halo").json()["error"] == "The access token was revoked"
    code, app = authorise(poster, "read write", verifier="v" * 43)
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": "v" * 43}
    token = http.post(f"{poster.server}/oauth/token", data=app | grant).json()["access_token"]
    poster.head = {"Authorization": f"Bearer {token}"}
    assert poster.say("Lagi").status_code == 200


def test_faults_are_listed_and_switched_off(box: Sandbox) -> None:
    first, second = box.fault("hang", times=None), box.fault("latency", ms=5, times=3)
    listed = box.control("GET", "faults")
    assert [(each["id"], each["fault"], each["times"]) for each in listed] == [
        (first, "hang", None), (second, "latency", 3),
    ]  # fmt: skip
    box.control("DELETE", f"faults/{first}")
    assert [each["id"] for each in box.control("GET", "faults")] == [second]
    box.control("DELETE", "faults")
    assert box.control("GET", "faults") == []


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "nonsense"},
        {"fault": "hang", "seconds": "long"},
        {"fault": "hang", "minutes": 1},
        {"fault": "status", "code": 99},
        {"fault": "drip", "part": "tail"},
        {"fault": "hang", "step": "sometimes"},
        {"fault": "hang", "platform": "nowhere"},
        {"fault": "hang", "times": 0},
    ],
)
def test_a_wish_that_makes_no_sense_is_explained(box: Sandbox, http: requests.Session, wish: dict[str, object]) -> None:
    answer = http.post(f"{box.url}/_control/faults", json=wish)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert box.control("GET", "faults") == []
