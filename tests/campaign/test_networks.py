"""The networks that want a registration, and the nine on the page of accounts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import networks
from campaign.models import Mode, Role
from platforms.registry import KINDS, SIGN_INS
from tests import make
from tests.campaign.doors import HTMX, url, words
from tests.campaign.letting_in import FacebookLike, open_way

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NINE = ("Facebook", "Instagram", "Threads", "X", "TikTok", "YouTube", "Telegram", "Mastodon", "Bluesky")


@pytest.fixture
def real(sign_in):
    campaign = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=campaign)
    return campaign


def test_all_stand_on_the_page_of_accounts_and_whatsapp_with_its_reason(client, real):
    shown = words(client.get(url("channels", real)))
    assert all(f"<h3>{label}</h3>" in shown for label in (*NINE, "WhatsApp"))
    assert "closes its Business Platform to candidates" in shown
    assert tuple(each.label for each in networks.NETWORKS) == (*NINE, "WhatsApp")


def test_every_network_that_posko_knows_has_its_place():
    assert set(KINDS) | set(SIGN_INS) <= set(networks.ORDER)


def test_one_that_waits_for_its_registration_says_so_and_leads_there(client, real, monkeypatch):
    open_way(monkeypatch)
    page = client.get(url("channels", real))
    (offer,) = [each for each in page.context["closed"] if each.kind == "facebook"]
    assert "Posko has to be registered there first" in offer.why_not
    assert offer.set_up == url("network_app", real, "facebook")
    manager = real.members.get(role=Role.MANAGER)
    networks.register(real, "facebook", client_id="1", client_secret="s", allowed={}, by=manager)
    assert "facebook" in {each.kind for each in client.get(url("channels", real)).context["ready"]}


def test_a_network_that_nothing_signs_in_to_breaks_nothing(client, real, monkeypatch):
    monkeypatch.setitem(KINDS, "facebook", FacebookLike)
    monkeypatch.delitem(SIGN_INS, "facebook", raising=False)
    page = client.get(url("channels", real))
    (offer,) = [each for each in page.context["closed"] if each.kind == "facebook"]
    assert "Posko cannot speak to this network yet." in offer.why_not
    assert client.get(url("connect_channel", real, "facebook")).status_code == 404
    assert client.get("/oauth/facebook/").status_code == 404
    assert client.get(url("networks", real)).status_code == 200
    assert client.get(url("network_app", real, "facebook")).status_code == 200


def test_practice_needs_no_registration(client, campaign, sign_in, monkeypatch):
    open_way(monkeypatch)
    sign_in(Role.MANAGER)
    assert "facebook" in {each.kind for each in client.get(url("channels", campaign)).context["ready"]}


def test_connected_ones_stand_in_the_order_of_the_networks(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    for platform in ("bluesky", "mastodon", "telegram"):
        make.channel(of=campaign, platform=platform)
    rows = client.get(url("channels", campaign)).context["rows"]
    assert [row.channel.platform for row in rows] == ["telegram", "mastodon", "bluesky"]


def test_the_list_asks_the_database_as_much_for_six_as_for_none(client, real):
    manager = real.members.get(role=Role.MANAGER)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            shown = words(client.get(url("networks", real)))
        asked.append(len(queries))
        for kind in ("x", "tiktok", "facebook"):
            networks.register(real, kind, client_id="1", client_secret="s", allowed={}, by=manager)
    assert asked[0] == asked[1] <= 7
    assert "registered" in shown


def test_htmx_gets_the_part(client, real):
    assert "<html" not in words(client.get(url("networks", real), headers=HTMX))
