"""Connecting an account."""

import pytest

from campaign import signing_in
from campaign.models import Channel, ChannelSecret, Mode, Role, ServerApp
from platforms import mastodon_sign_in, oauth
from platforms.base import ConnectorError, Reconnect, Temporary
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.telegram import Telegram
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

BLUESKY = {"handle": "@ratna.bsky.social", "password": "abcd-efgh-ijkl-mnop"}
TELEGRAM = {"token": "123456:ABC-rahasia", "chat": "@kabarratna"}


@pytest.fixture
def real(sign_in, settings):
    settings.INTERNAL_HOSTS = frozenset()
    campaign = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=campaign)
    return campaign


def connected(platform, server="https://jejaring.example", **fields):
    told = {"remote_id": "77", "name": "Ratna", "handle": "@ratna", "secrets": {"access": "a", "password": "p"}}
    return Account(platform=platform, server=server, **(told | fields))


def fake(monkeypatch, owner, outcome):
    asked = []

    def connect(*args):
        asked.append(args[1:])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(owner, "connect", connect)
    return asked


# With a password or a token ----------------------------------------------------------------------


def test_bluesky_with_an_app_password(client, real, monkeypatch):
    asked = fake(monkeypatch, Bluesky, connected("bluesky"))
    answer = client.post(url("connect_channel", real, "bluesky"), BLUESKY)
    assert (answer.status_code, answer["Location"]) == (303, url("channels", real))
    assert asked == [("https://bsky.social", "@ratna.bsky.social", "abcd-efgh-ijkl-mnop")]
    assert Channel.objects.filter(owner__role=Role.MANAGER).exists()


def test_telegram_with_a_token(client, real, monkeypatch):
    asked = fake(monkeypatch, Telegram, connected("telegram"))
    client.post(url("connect_channel", real, "telegram"), TELEGRAM)
    assert asked == [("https://api.telegram.org", "123456:ABC-rahasia", "@kabarratna")]
    assert Channel.objects.get().platform == "telegram"


def test_connecting_again_keeps_the_row_and_old_secrets(client, real, monkeypatch):
    fake(monkeypatch, Bluesky, connected("bluesky"))
    client.post(url("connect_channel", real, "bluesky"), BLUESKY)
    row = Channel.objects.get()
    page = words(client.get(url("connect_channel", real, "bluesky"), {"again": row.pk}))
    assert 'value="ratna"' in page
    fake(monkeypatch, Bluesky, connected("bluesky", secrets={"access": "b"}))
    client.post(url("connect_channel", real, "bluesky"), BLUESKY)
    assert Channel.objects.get() == row
    assert ChannelSecret.objects.get().secrets == {"access": "b", "password": "p"}


@pytest.mark.parametrize("number", ["x", "9" * 30, "9" * 5000], ids=["x", "30 digits", "5000 digits"])
def test_a_number_of_no_account_begins_with_an_empty_form(client, real, number):
    assert client.get(url("connect_channel", real, "bluesky"), {"again": number}).status_code == 200


def test_a_name_longer_than_we_keep_is_cut(client, real, monkeypatch):
    long = connected("bluesky", name="n" * 250, handle="@" + "h" * 250, url="https://jejaring.example/" + "u" * 300)
    fake(monkeypatch, Bluesky, long)
    assert client.post(url("connect_channel", real, "bluesky"), BLUESKY).status_code == 303
    row = Channel.objects.get()
    assert (row.name, row.handle) == ("n" * 200, "@" + "h" * 199)
    assert row.url == "", "half an address leads nowhere"


@pytest.mark.parametrize(
    ("platform", "owner", "error", "field", "sentence"),
    [
        (
            "bluesky",
            Bluesky,
            Reconnect("wrong_login", words="no"),
            "password",
            "does not accept this name and password",
        ),
        ("bluesky", Bluesky, Reconnect("use_app_password"), "password", "Use an app password"),
        ("bluesky", Bluesky, Temporary("rate_limited"), None, "Try again in some minutes"),
        ("bluesky", Bluesky, ConnectorError("private_address", host="10.0.0.1"), "server", "in a private network"),
        ("bluesky", Bluesky, ConnectorError("redirected", host="lain.example"), "server", "lain.example"),
        ("bluesky", Bluesky, Temporary("timed_out", host="bsky.social"), "server", "did not answer in time. Check"),
        ("telegram", Telegram, Reconnect("signed_out", words="Unauthorized"), "token", "does not accept this"),
        ("telegram", Telegram, Reconnect("wrong_login", words="token"), "token", "does not accept"),
        ("telegram", Telegram, ConnectorError("chat_not_found"), "chat", "does not find this channel"),
        ("telegram", Telegram, Reconnect("no_right_to_post"), "chat", "may not post there"),
        ("telegram", Telegram, Temporary("server_error", status=502), None, "server failed (502)"),
        ("telegram", Telegram, ConnectorError("never_heard_of"), None, "no words for (never_heard_of)"),
    ],
)
def test_what_goes_wrong_is_told_at_its_field(client, real, monkeypatch, platform, owner, error, field, sentence):
    fake(monkeypatch, owner, error)
    told = BLUESKY if platform == "bluesky" else TELEGRAM
    answer = client.post(url("connect_channel", real, platform), told)
    assert answer.status_code == 422
    page = words(answer)
    assert sentence in page
    assert (field or "__all__") in answer.context["form"].errors
    assert "abcd-efgh" not in page
    assert "ABC-rahasia" not in page
    assert ("@ratna.bsky.social" if platform == "bluesky" else "@kabarratna") in page
    assert not Channel.objects.exists()


def test_an_empty_form_says_what_is_missing(client, real):
    page = words(client.post(url("connect_channel", real, "telegram"), {}))
    assert "Paste the token" in page
    assert "Type the channel" in page


def test_the_way_is_told_step_by_step(client, real):
    assert "@BotFather" in words(client.get(url("connect_channel", real, "telegram")))
    assert "App passwords" in words(client.get(url("connect_channel", real, "bluesky")))


def test_an_account_elsewhere_is_refused_by_the_campaigns_mode(client, real, monkeypatch, settings):
    fake(monkeypatch, Bluesky, connected("bluesky", server=f"{settings.SANDBOX_URL}/bluesky"))
    answer = client.post(url("connect_channel", real, "bluesky"), BLUESKY)
    assert answer.status_code == 422
    assert "practice networks" in words(answer)
    assert not Channel.objects.exists()


def test_practice_asks_for_no_server_and_says_where_to_look(client, campaign, sign_in, monkeypatch, settings):
    sign_in(Role.MANAGER)
    page = words(client.get(url("connect_channel", campaign, "bluesky")))
    assert "practice networks" in page
    assert f'href="{settings.SANDBOX_URL}/"' in page
    assert 'name="server"' not in page
    asked = fake(monkeypatch, Bluesky, connected("bluesky", server=f"{settings.SANDBOX_URL}/bluesky"))
    client.post(url("connect_channel", campaign, "bluesky"), BLUESKY | {"server": "https://bsky.social"})
    assert asked[0][0] == f"{settings.SANDBOX_URL}/bluesky"


# Mastodon: by way of the server ------------------------------------------------------------------


@pytest.fixture
def registered(monkeypatch):
    asked = []

    def register(door, server, back, name):
        asked.append((server, back, name))
        return oauth.App(server, f"id{len(asked)}", "app-rahasia", back)

    monkeypatch.setattr(mastodon_sign_in, "register", register)
    return asked


@pytest.mark.parametrize(
    "server", ["jejaring.example", "https://jejaring.example/", "@ratna@jejaring.example", "ratna@Jejaring.Example"]
)
def test_mastodon_shows_the_way_out_as_a_link(client, real, registered, server):
    answer = client.post(url("connect_channel", real, "mastodon"), {"server": server})
    page = words(answer)
    assert answer.status_code == 200
    assert "https://jejaring.example/oauth/authorize?" in page
    assert "code_challenge_method=S256" in page
    assert "app-rahasia" not in page
    journey = next(iter(client.session["signing_in"].values()))
    assert journey["campaign"] == real.slug
    assert journey["verifier"] not in page


def test_a_server_is_told_of_us_once(client, real, registered):
    for _ in range(2):
        client.post(url("connect_channel", real, "mastodon"), {"server": "jejaring.example"})
    assert len(registered) == 1
    assert ServerApp.objects.get().secrets["client_id"] == "id1"
    client.post(url("connect_channel", real, "mastodon"), {"server": "jejaring.example", "anew": "on"})
    assert ServerApp.objects.get().secrets["client_id"] == "id2"


def test_few_journeys_are_remembered(client, real, registered):
    for _ in range(8):
        client.post(url("connect_channel", real, "mastodon"), {"server": "jejaring.example"})
    assert len(client.session["signing_in"]) == signing_in.MOST


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("", "Type the address of the server"),
        ("10.0.0.1", "in a private network"),
        ("http://jejaring.example", "must be reached over https"),
        ("https://tidak ada", "This address cannot be used"),
        ("localhost:4800", "in a private network"),
    ],
)
def test_a_server_that_cannot_be_is_refused_at_its_field(client, real, server, sentence):
    answer = client.post(url("connect_channel", real, "mastodon"), {"server": server})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'value="{server}"' in words(answer) or not server


def test_practice_goes_to_the_sandbox(client, campaign, sign_in, registered, settings):
    sign_in(Role.MANAGER)
    page = words(client.post(url("connect_channel", campaign, "mastodon"), {}))
    assert f"{settings.SANDBOX_URL}/mastodon/oauth/authorize?" in page


def test_htmx_gets_the_part(client, real, registered):
    answer = client.post(url("connect_channel", real, "mastodon"), {"server": "jejaring.example"}, headers=HTMX)
    assert "oauth/authorize" in words(answer)
    assert "<html" not in words(answer)
    assert client.post(url("connect_channel", real, "bluesky"), {}, headers=HTMX).status_code == 422


def test_a_network_we_do_not_speak_to_is_not_found(client, real):
    assert client.get(url("connect_channel", real, "friendster")).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_manager_may(client, campaign, sign_in, method):
    only(client, sign_in, url("connect_channel", campaign, "telegram"), {Role.MANAGER}, method)
