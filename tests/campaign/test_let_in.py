"""Connecting an account on a network that lets apps in by OAuth: there, back, and what comes along."""

from urllib.parse import parse_qs, urlsplit

import pytest

from campaign import networks
from campaign.models import AuditRow, Channel, ChannelSecret, Mode, NetworkApp, Role
from platforms.base import Reconnect
from tests import make
from tests.campaign.doors import url, words
from tests.campaign.letting_in import HOME, open_way, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

BACK = "/oauth/facebook/"


@pytest.fixture
def way(monkeypatch):
    return open_way(monkeypatch)


@pytest.fixture
def real(sign_in, way):
    campaign = make.campaign(mode=Mode.LIVE)
    manager = sign_in(Role.MANAGER, of=campaign)
    networks.register(
        campaign, "facebook", client_id="app-1", client_secret="rahasia-app", allowed={"audited": "1"}, by=manager
    )
    return campaign


def left(client, campaign, **typed):
    """On the way: what the network's page was asked."""
    answer = client.post(url("connect_channel", campaign, "facebook"), typed)
    assert answer.status_code == 200, words(answer)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.context["leave_for"]).query).items()}


def returned(client, campaign, **typed):
    return client.get(BACK, {"code": "abc", "state": left(client, campaign, **typed)["state"]}, follow=True)


def test_the_page_tells_why_and_leads_to_the_network(client, real):
    shown = words(client.get(url("connect_channel", real, "facebook")))
    assert "only those your team has approved" in shown
    assert "Next you leave for Facebook" in shown
    answer = client.post(url("connect_channel", real, "facebook"), {})
    assert f"{HOME}/dialog?client_id=app-1" in words(answer)
    assert "Go to Facebook" in words(answer)
    assert "Register anew" not in words(answer)
    assert "rahasia-app" not in words(answer)


def test_a_network_without_a_registration_leads_to_the_steps(client, sign_in, way):
    campaign = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=campaign)
    shown = words(client.get(url("connect_channel", campaign, "facebook")))
    assert url("network_app", campaign, "facebook") in shown
    answer = client.post(url("connect_channel", campaign, "facebook"), {})
    assert answer.status_code == 422
    assert "not registered at Facebook yet" in words(answer)


def test_one_registration_for_all_campaigns_will_do(client, sign_in, way, settings):
    settings.NETWORK_APPS = {"facebook": {"client_id": "untuk-semua", "client_secret": "s", "audited": "1"}}
    campaign = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=campaign)
    assert left(client, campaign)["client_id"] == "untuk-semua"
    returned(client, campaign)
    assert way.seen[-1].allowed == {"audited": "1"}
    settings.NETWORK_APPS["facebook"]["client_secret"] = "baru"
    assert Channel.objects.get().account({}).app["client_secret"] == "baru", "changed where it is set"


def test_the_account_comes_back_with_the_app_it_lives_by(client, real, way):
    answer = returned(client, real)
    assert answer.redirect_chain[-1][0] == url("channels", real)
    assert "Facebook @halaman1 is connected." in words(answer)
    assert "rahasia" not in words(answer)
    row = Channel.objects.get()
    assert row.account({}).app == {"client_id": "app-1", "client_secret": "rahasia-app", "audited": "1"}
    assert (row.granted, row.missing) == (
        ["pages_manage_posts", "pages_messaging", "pages_show_list", "read_insights"],
        frozenset(),
    )
    assert way.seen[-1].redirect_uri.endswith(BACK)
    assert AuditRow.objects.filter(verb="channel.connect").count() == 1


def test_the_proof_never_leaves_us_before_the_code_does(client, real, way):
    asked = left(client, real)
    assert asked["code_challenge_method"] == "S256"
    client.get(BACK, {"code": "abc", "state": asked["state"]})
    assert way.verifiers[0] not in str(asked)


def test_a_state_of_one_network_is_none_of_another(client, real):
    asked = left(client, real)
    assert client.get("/oauth/mastodon/", {"code": "abc", "state": asked["state"]}).status_code == 422
    assert client.get(BACK, {"code": "abc", "state": asked["state"]}).status_code == 302, "and it is used up"
    assert not Channel.objects.exists()


def test_connecting_again_keeps_the_row_and_a_refresh_token_that_is_not_brought(client, real, way):
    way.accounts = (page(secrets={"token": "1", "refresh": "lama"}),)
    returned(client, real)
    before = Channel.objects.get()
    way.accounts = (page(secrets={"token": "2"}),)
    returned(client, real, again=before.pk)
    assert Channel.objects.get() == before
    assert ChannelSecret.objects.get().secrets == {"token": "2", "refresh": "lama"}


def test_what_was_not_allowed_is_told_at_once_with_a_button_to_ask_again(client, real, way):
    way.missing = frozenset({"read_insights", "pages_messaging"})
    shown = words(returned(client, real))
    row = Channel.objects.get()
    assert row.missing == {"read_insights", "pages_messaging"}
    assert "Not everything was allowed on Facebook @halaman1." in shown
    assert "The numbers stay empty." in shown
    assert "Messages do not arrive in Posko" in shown
    assert "Ask again" in shown
    assert f"?again={row.pk}" in shown
    assert left(client, real, again=row.pk)["auth_type"] == "rerequest"
    way.missing = frozenset()
    assert "Not everything was allowed" not in words(returned(client, real, again=row.pk))


def test_without_what_all_rests_on_nothing_is_connected_and_the_reason_is_told(client, real, way):
    way.missing = frozenset({"pages_manage_posts", "read_insights"})
    answer = returned(client, real)
    assert answer.status_code == 422
    shown = words(answer)
    assert "without these permissions Posko can do nothing there" in shown
    assert "Publish posts, pictures and films" in shown
    assert "Ask again, and leave every box ticked there." in shown
    assert not Channel.objects.exists()
    assert left(client, real)["auth_type"] == "rerequest", "or the network would not ask for it again"
    way.missing = frozenset()
    returned(client, real)
    assert "auth_type" not in left(client, real)


def test_a_permission_that_posko_asks_for_only_later_is_missing_too(client, real, way, monkeypatch):
    returned(client, real)
    monkeypatch.setattr("tests.campaign.letting_in.LetIn.scopes", ("pages_manage_posts", "pages_manage_engagement"))
    assert Channel.objects.get().missing == {"pages_manage_engagement"}
    assert "hidden in the network" in words(client.get(url("channels", real)))


def test_somebody_without_an_account_there_reads_so(client, real, way):
    way.accounts = ()
    answer = returned(client, real)
    assert answer.status_code == 422
    assert "Facebook showed no account that you may manage" in words(answer)


def test_who_comes_back_as_somebody_else_is_told(client, real, way):
    returned(client, real)
    sick = Channel.objects.get()
    Channel.objects.update(health="reconnect")
    way.accounts = (page(2),)
    shown = words(returned(client, real, again=sick.pk))
    assert "Facebook @halaman2 is connected." in shown
    assert "Facebook @halaman1 is still not signed in" in shown


def test_a_wrong_redirect_address_is_told_in_words(client, real):
    asked = left(client, real)
    answer = client.get(BACK, {"error": "invalid_request", "state": asked["state"]})
    assert "right redirect address" in words(answer)


def test_a_code_that_came_too_late_is_told_in_words(client, real, way):
    way.error = Reconnect("wrong_login", words="stale")
    answer = returned(client, real)
    assert answer.status_code == 422
    assert "Begin again" in words(answer)


def test_a_number_of_no_account_begins_anew(client, real):
    assert left(client, real, again="999999")["client_id"] == "app-1"
    assert client.post(url("connect_channel", real, "facebook"), {"again": "x"}).status_code in (200, 422)


# Posko's own app ---------------------------------------------------------------------------------


def test_a_newer_secret_reaches_the_accounts_of_that_app_alone(client, real, way):
    returned(client, real)
    manager = real.members.get(role=Role.MANAGER)
    networks.register(real, "facebook", client_id="app-1", client_secret="diganti", allowed={}, by=manager)
    assert Channel.objects.get().account({}).app == {"client_id": "app-1", "client_secret": "diganti"}
    networks.register(real, "facebook", client_id="app-2", client_secret="lain", allowed={}, by=manager)
    assert Channel.objects.get().account({}).app["client_id"] == "app-1", "its tokens belong to that app"
    networks.forget(real, "facebook", by=manager)
    assert Channel.objects.get().account({}).app["client_secret"] == "diganti"


def test_no_other_campaign_uses_it(client, real, sign_in):
    other = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=other)
    assert client.post(url("connect_channel", other, "facebook"), {}).status_code == 422
    assert NetworkApp.objects.get().campaign == real
