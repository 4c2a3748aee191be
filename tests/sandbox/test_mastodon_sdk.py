"""Mastodon.py does its ordinary work against the sandbox."""

import re
import time
from html import unescape

import pytest
import requests
from mastodon import Mastodon
from mastodon.errors import (
    MastodonAPIError,
    MastodonIllegalArgumentError,
    MastodonNotFoundError,
    MastodonUnauthorizedError,
)

from tests.platforms.make import mp4
from tests.sandbox.conftest import REDIRECT, picture
from tests.sandbox.running import Sandbox

SCOPES = ["read", "write"]


def press(http: requests.Session, address: str, answer: str) -> str:
    """Open the page that asks and press a button; where the browser is sent."""
    page = http.get(address).text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    account = re.search(r'name="account" value="(.*?)"', page)
    assert account
    assert "Izinkan" in page
    form = fields | {"account": account[1], "answer": answer}
    reply = http.post(address.partition("?")[0], data=form, allow_redirects=False)
    assert reply.status_code == 302
    return reply.headers["Location"]


@pytest.fixture
def app(box: Sandbox) -> Mastodon:
    """An app registered with the server, not yet allowed by anybody."""
    box.account("mastodon")
    base = f"{box.url}/mastodon"
    client_id, secret = Mastodon.create_app("Posko", redirect_uris=REDIRECT, scopes=SCOPES, api_base_url=base)
    return Mastodon(client_id, secret, api_base_url=base)


@pytest.fixture
def api(app: Mastodon, http: requests.Session) -> Mastodon:
    """The app, after a person said yes."""
    address = app.auth_request_url(redirect_uris=REDIRECT, scopes=SCOPES, state="xyz", allow_http=True)
    sent_to = press(http, address, "yes")
    code = re.search(r"code=([\w-]+)", sent_to)
    assert code
    assert sent_to.startswith(REDIRECT)
    assert "state=xyz" in sent_to
    app.log_in(code=code[1], redirect_uri=REDIRECT, scopes=SCOPES, allow_http=True)
    return app


def test_the_code_flow_ends_in_a_working_token(api: Mastodon) -> None:
    me = api.account_verify_credentials()
    assert me.username == "ratna"
    assert me.display_name == "Ratna Wijaya"


def test_no_is_told_to_the_app(app: Mastodon, http: requests.Session) -> None:
    address = app.auth_request_url(redirect_uris=REDIRECT, scopes=SCOPES, allow_http=True)
    assert "error=access_denied" in press(http, address, "no")


def test_a_made_up_code_is_refused(app: Mastodon) -> None:
    with pytest.raises(MastodonIllegalArgumentError, match="invalid_grant"):
        app.log_in(code="made-up", redirect_uri=REDIRECT, scopes=SCOPES, allow_http=True)


def test_a_post_with_a_picture_is_shown_as_it_was_sent(api: Mastodon, box: Sandbox) -> None:
    media = api.media_post(picture(), mime_type="image/png", description="Pasar pagi")
    status = api.status_post("Besok ke pasar https://posko.example/s/abc #Pasar", media_ids=[media])
    seen = api.status(status.id)
    assert "Besok ke pasar" in seen.content
    assert seen.tags[0].name == "pasar"
    assert seen.media_attachments[0].description == "Pasar pagi"
    assert seen.media_attachments[0].meta.original.width == 64
    assert [each.id for each in api.account_statuses(api.me().id)] == [status.id]
    line = box.log()[-1]
    assert line["text"].startswith("Besok")
    assert line["alt"] == ["Pasar pagi"]
    assert line["remote_id"] == str(status.id)


def test_counts_move_when_voters_act(api: Mastodon, box: Sandbox) -> None:
    status = api.status_post("Halo")
    for act in ("like", "repost", "reply"):
        box.control("POST", "voters", platform="mastodon", remote_id=str(status.id), act=act, text="Kapan mulai?")
    seen = api.statuses([status.id])[0]
    assert (seen.favourites_count, seen.reblogs_count, seen.replies_count) == (1, 1, 1)
    assert "Kapan mulai?" in api.notifications(types=["mention"])[0].status.content
    assert "Kapan mulai?" in api.status_context(status.id).descendants[0].content


def test_a_key_is_honoured_and_a_deleted_post_is_gone(api: Mastodon, box: Sandbox) -> None:
    first = api.status_post("Sekali saja", idempotency_key="k1")
    assert api.status_post("Sekali saja", idempotency_key="k1").id == first.id
    assert len(box.log()) == 1
    assert box.log()[0]["key"] == "k1"
    api.status_delete(first.id)
    with pytest.raises(MastodonNotFoundError):
        api.status(first.id)
    assert [line["action"] for line in box.log()] == ["publish", "delete"]


def test_an_edit_is_shown(api: Mastodon, box: Sandbox) -> None:
    status = api.status_post("Sabtu")
    assert "Minggu" in api.status_update(status, "Minggu").content
    assert [line["action"] for line in box.log()] == ["publish", "edit"]


def test_paging_walks_through_everything_once(api: Mastodon) -> None:
    made = [api.status_post(f"Nomor {number}").id for number in range(7)]
    page = api.account_statuses(api.me().id, limit=3)
    seen = [each.id for each in api.fetch_remaining(page)]
    assert seen == made[::-1]


def test_too_long_is_refused_in_the_servers_words(api: Mastodon, box: Sandbox) -> None:
    with pytest.raises(MastodonAPIError, match="Text character limit of 500 exceeded"):
        api.status_post("a" * 501)
    api.status_post("b" * 476 + " https://posko.example/" + "c" * 200)
    assert len(box.log()) == 1


def test_a_revoked_token_is_refused(api: Mastodon) -> None:
    token = api.access_token
    api.revoke_access_token(allow_http=True)
    with pytest.raises(MastodonUnauthorizedError):
        Mastodon(access_token=token, api_base_url=api.api_base_url).account_verify_credentials()


def test_a_film_is_at_work_before_it_can_be_posted(api: Mastodon, box: Sandbox) -> None:
    media = api.media_post(
        mp4(width=640, height=360), mime_type="video/mp4", description="Jalan desa", synchronous=False
    )
    assert (media.type, media.url) == ("video", None)
    with pytest.raises(MastodonAPIError, match="not finished processing"):
        api.status_post("Terlalu cepat", media_ids=[media])
    until = time.monotonic() + 5
    while api.media(media).url is None and time.monotonic() < until:
        pass
    status = api.status_post("Kabar lapangan", media_ids=[media])
    shown = api.status(status.id).media_attachments[0]
    assert (shown.type, shown.meta.original.width, shown.description) == ("video", 640, "Jalan desa")
    with pytest.raises(MastodonAPIError, match="File is invalid"):
        api.media_post(b"no film", mime_type="video/mp4", synchronous=False)
    assert [line["text"] for line in box.log()] == ["Kabar lapangan"]


def test_direct_words_are_told_to_those_they_name_and_seen_by_nobody_else(api: Mastodon, box: Sandbox) -> None:
    box.control("POST", "voters", platform="mastodon", account="ratna", act="message", text="Ini nomor saya", voter=3)
    (told,) = api.notifications(types=["mention"])
    assert told.status.visibility == "direct"
    assert [each.acct for each in told.status.mentions] == ["ratna"]
    answer = api.status_reply(told.status, "Kami hubungi.")
    assert (answer.visibility, answer.in_reply_to_id) == ("direct", told.status.id)
    assert [each.id for each in api.status_context(told.status).descendants] == [answer.id]
    stranger = Mastodon(
        access_token=box.account("mastodon", "lain", "Lain")["secrets"]["token"], api_base_url=api.api_base_url
    )
    with pytest.raises(MastodonNotFoundError):
        stranger.status(answer.id)
    assert stranger.notifications() == []


def test_notifications_are_walked_forward_by_min_id(api: Mastodon, box: Sandbox) -> None:
    for number in range(7):
        box.control(
            "POST", "voters", platform="mastodon", account="ratna", act="mention", text=f"n{number}", voter=number
        )
    seen: list[str] = []
    last = "0"
    while page := api.notifications(types=["mention"], min_id=last, limit=3):
        seen += [each.status.content for each in reversed(page)]
        last = str(page[0].id)
    assert [re.sub(r"\D", "", each) for each in seen] == [str(number) for number in range(7)]
