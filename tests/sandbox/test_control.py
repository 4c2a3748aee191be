"""The control API: accounts, log, journal, settings, reset, and who may use it."""

import requests

from tests.sandbox.conftest import Poster
from tests.sandbox.running import Sandbox


def test_an_account_is_made_once(box: Sandbox, http: requests.Session) -> None:
    body = {"platform": "bluesky", "name": "Ratna Wijaya", "handle": "@Ratna"}
    first = http.post(f"{box.url}/_control/accounts", json=body)
    again = http.post(f"{box.url}/_control/accounts", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["handle"] == "ratna.test"
    assert first.json()["server"] == f"{box.url}/bluesky"
    assert set(first.json()["secrets"]) == {"identifier", "app_password"}


def test_an_account_made_again_after_a_reset_has_the_same_secrets(box: Sandbox) -> None:
    before = [box.account(each) for each in ("mastodon", "bluesky", "telegram")]
    box.reset()
    assert [box.account(each) for each in ("mastodon", "bluesky", "telegram")] == before
    assert box.log() == []
    assert box.requests() == []


def test_strangers_are_kept_out(box: Sandbox, http: requests.Session) -> None:
    url = f"{box.url}/_control/log"
    assert http.get(url, headers={"Host": "evil.example"}).status_code == 403
    assert http.get(url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert http.get(url.replace("localhost", "127.0.0.1")).status_code == 200


def test_the_log_has_one_line_for_each_thing_that_became_public(poster: Poster) -> None:
    assert poster.say("Halo").status_code == 200
    assert poster.say("x" * 5000).status_code in {400, 422}
    lines = poster.box.log(platform=poster.platform)
    assert [line["text"] for line in lines] == ["Halo"]
    assert poster.box.log(after=lines[-1]["seq"]) == []
    line = lines[0]
    assert line["action"] == "publish"
    assert line["account_id"] == poster.account["remote_id"]
    assert line["by"] == "api"
    assert line["account"] == poster.account["handle"]
    assert line["raw"] == "Halo"
    assert line["media"] == []


def test_the_journal_names_every_request_but_no_token(poster: Poster) -> None:
    poster.say("Halo")
    poster.say("x" * 5000)
    entries = poster.box.requests()
    assert [entry["accepted"] for entry in entries[-2:]] == [True, False]
    assert entries[-2]["at"] < entries[-1]["at"]
    assert entries[-1]["method"] == "POST"
    assert not any(secret in entry["path"] for entry in entries for secret in poster.secrets.values())
    assert poster.box.requests(after=entries[-2]["seq"]) == entries[-1:]


def test_settings_are_checked_and_kept(box: Sandbox, http: requests.Session) -> None:
    assert box.control("POST", "settings", media_delay_s=0.5)["media_delay_s"] == 0.5
    assert box.control("GET", "settings") == {
        "voters": "off",
        "media_delay_s": 0.5,
        "rate_limits": False,
        "audited": False,
    }
    for wrong in ({"voters": "many"}, {"media_delay_s": -1}, {"rate_limits": 1}, {"colour": "red"}):
        assert http.post(f"{box.url}/_control/settings", json=wrong).status_code == 400
    assert box.control("GET", "settings")["media_delay_s"] == 0.5


def test_what_is_not_there_is_a_404(box: Sandbox, http: requests.Session) -> None:
    body = {"platform": "mastodon", "remote_id": "1", "act": "like"}
    assert http.post(f"{box.url}/_control/voters", json=body).status_code == 404
    assert http.delete(f"{box.url}/_control/faults/99").status_code == 404
    assert http.post(f"{box.url}/_control/accounts", data="{").status_code == 400


def test_a_post_deleted_by_hand_is_gone_and_logged(poster: Poster) -> None:
    poster.say("Halo")
    remote_id = poster.box.log()[0]["remote_id"]
    poster.box.control("POST", "hand", platform=poster.platform, remote_id=remote_id, act="delete")
    assert [(line["action"], line["by"]) for line in poster.box.log()] == [("publish", "api"), ("delete", "hand")]


def test_every_network_names_the_one_app_it_knows(box: Sandbox, http: requests.Session) -> None:
    told = http.get(f"{box.url}/_control/apps").json()
    assert {"mastodon", "bluesky", "telegram"} <= set(told)
    assert all(each["client_id"].startswith("posko-") and len(each["client_secret"]) == 32 for each in told.values())
    assert told == http.get(f"{box.url}/_control/apps").json()


def test_a_consent_gives_a_code_only_for_an_account_of_ours(box: Sandbox, http: requests.Session) -> None:
    body = {"platform": "mastodon", "account": "ratna_izin", "scopes": ["read"], "redirect_uri": "http://localhost/b"}
    assert http.post(f"{box.url}/_control/consents", json=body).status_code == 404
    http.post(f"{box.url}/_control/accounts", json={"platform": "mastodon", "name": "R", "handle": "ratna_izin"})
    assert http.post(f"{box.url}/_control/consents", json=body | {"scopes": "read"}).status_code == 400
    given = http.post(f"{box.url}/_control/consents", json=body)
    assert given.status_code == 201
    assert given.json()["code"]
