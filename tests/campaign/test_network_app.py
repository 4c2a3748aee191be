"""Posko's own id and secret at a network."""

import pytest
from django.db import connection

from campaign import hook_secrets
from campaign.models import AuditRow, ChannelSecret, Mode, NetworkApp, Role
from campaign.network_steps import GUIDES
from campaign.network_telling import TELLING
from tests import make
from tests.campaign.doors import only, url, words
from tests.campaign.letting_in import open_way

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TYPED = {"client_id": "aw123", "client_secret": "sangat-rahasia"}


@pytest.fixture
def real(sign_in):
    campaign = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=campaign)
    return campaign


@pytest.mark.parametrize("platform", GUIDES)
def test_every_step_is_told_with_the_address_to_enter(client, real, platform, settings):
    shown = words(client.get(url("network_app", real, platform)))
    assert f"{settings.BASE_URL}/oauth/{platform}/" in shown
    assert "https://" in shown
    assert GUIDES[platform].id_name in shown


def test_it_is_kept_encrypted_and_the_secret_is_never_drawn_again(client, real):
    answer = client.post(url("network_app", real, "tiktok"), TYPED | {"allowed": ["audited"]}, follow=True)
    assert "Saved." in words(answer)
    row = NetworkApp.objects.get()
    assert (row.client_id, row.secrets, row.allowed) == (
        "aw123", {"client_secret": "sangat-rahasia"}, {"audited": "1"},
    )  # fmt: skip
    shown = words(client.get(url("network_app", real, "tiktok")))
    assert 'value="aw123"' in shown
    assert "sangat-rahasia" not in shown
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM campaign_networkapp")
        assert b"rahasia" not in bytes(cursor.fetchone()[0])
    told = AuditRow.objects.get(verb="network.register")
    assert told.details == {"platform": "tiktok"}


def test_an_empty_secret_keeps_the_known_one_of_the_same_id_only(client, real):
    client.post(url("network_app", real, "x"), TYPED)
    assert client.post(url("network_app", real, "x"), {"client_id": "aw123"}).status_code == 303
    assert NetworkApp.objects.get().secrets == {"client_secret": "sangat-rahasia"}
    answer = client.post(url("network_app", real, "x"), {"client_id": "lain"})
    assert answer.status_code == 422
    assert "Copy the secret that belongs to this id." in words(answer)
    assert 'value="lain"' in words(answer)


@pytest.mark.parametrize("typed", ["dua kata", "tanda\u200b", "ü", ""])
def test_what_cannot_be_an_id_is_refused_at_its_field(client, real, typed):
    answer = client.post(url("network_app", real, "x"), TYPED | {"client_id": typed})
    assert answer.status_code == 422
    assert "client_id" in answer.context["form"].errors
    assert "sangat-rahasia" not in words(answer)
    assert not NetworkApp.objects.exists()


def test_a_registration_leads_on_to_connecting_where_posko_speaks_to_the_network(client, real, monkeypatch):
    open_way(monkeypatch)
    answer = client.post(url("network_app", real, "facebook"), TYPED)
    assert answer["Location"] == url("connect_channel", real, "facebook")


def test_whoever_runs_posko_may_have_done_it(client, real, settings):
    settings.NETWORK_APPS = {"x": {"client_id": "semua", "client_secret": "rahasia-semua"}}
    shown = words(client.get(url("network_app", real, "x")))
    assert "there is nothing to do" in shown
    assert "semua" not in shown
    assert "by whoever runs this Posko" in words(client.get(url("networks", real)))


def test_practice_reads_the_steps_and_keeps_nothing(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert "A practice campaign needs none of this" in words(client.get(url("network_app", campaign, "x")))
    assert client.post(url("network_app", campaign, "x"), TYPED).status_code == 422
    assert not NetworkApp.objects.exists()


def test_it_can_be_forgotten(client, real):
    client.post(url("network_app", real, "x"), TYPED)
    for _ in range(2):
        answer = client.post(url("forget_network_app", real, "x"), follow=True)
        assert "is forgotten here" in words(answer)
    assert not NetworkApp.objects.exists()
    assert AuditRow.objects.filter(verb="network.forget").count() == 1


def test_a_network_without_registration_is_not_found(client, real):
    for name in ("network_app", "forget_network_app"):
        ask = client.post if name == "forget_network_app" else client.get
        assert ask(url(name, real, "telegram")).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_manager_may(client, campaign, sign_in, method):
    only(client, sign_in, url("network_app", campaign, "x"), {Role.MANAGER}, method)
    only(client, sign_in, url("networks", campaign), {Role.MANAGER})
    only(client, sign_in, url("forget_network_app", campaign, "x"), {Role.MANAGER}, "post")


# So that the network tells us --------------------------------------------------------------------


@pytest.mark.parametrize("platform", GUIDES)
def test_what_to_enter_there_is_shown_for_copying_where_it_has_to_be_entered(client, real, platform, settings):
    settings.BASE_URL = "https://posko.example"
    shown = words(client.get(url("network_app", real, platform)))
    telling, ear = TELLING[platform], hook_secrets.entered(real, platform)
    assert (f'value="https://posko.example/hooks/{platform}/{real.slug}/"' in shown) == telling.has_address
    assert (ear.word in shown) == telling.has_word
    assert ('data-copy="hook-word"' in shown) == telling.has_word
    for event in telling.events:
        assert f"<code>{event}</code>" in shown
    assert "tells Posko at once" in shown


def test_without_a_public_address_it_says_that_posko_asks_by_itself(client, real):
    shown = words(client.get(url("network_app", real, "threads")))
    assert "Posko asks there by itself" in shown
    assert hook_secrets.entered(real, "threads").word not in shown


def test_a_practice_campaign_sees_no_word(client, sign_in):
    campaign = make.campaign()
    sign_in(Role.MANAGER, of=campaign)
    shown = words(client.get(url("network_app", campaign, "instagram")))
    assert "Configure webhooks" in shown
    assert "hook-word" not in shown
    assert "In a real campaign address and word stand here." in shown, "the steps speak of what stands below"


def test_xs_api_key_is_kept_beside_the_secret_and_both_are_wanted(client, real):
    more = {"consumer_key": "kunci-api", "consumer_secret": "rahasia-api"}
    assert client.post(url("network_app", real, "x"), TYPED | more).status_code == 303
    secrets = {"client_secret": "sangat-rahasia", **more}
    assert NetworkApp.objects.get().secrets == secrets
    assert client.post(url("network_app", real, "x"), {"client_id": "aw123"}).status_code == 303
    assert NetworkApp.objects.get().secrets == secrets
    shown = words(client.get(url("network_app", real, "x")))
    assert "kunci-api" not in shown
    assert "rahasia-api" not in shown
    answer = client.post(url("network_app", real, "x"), TYPED | {"consumer_secret": "lain"})
    assert answer.status_code == 422
    assert "Copy both" in words(answer)
    assert client.post(url("network_app", real, "x"), TYPED | more | {"consumer_key": "dua kata"}).status_code == 422
    assert NetworkApp.objects.get().secrets == secrets


def test_an_accounts_sign_in_takes_over_the_new_api_key(client, real):
    channel = make.channel(of=real, platform="x")
    ChannelSecret.objects.update(app={"client_id": "aw123", "client_secret": "lama"})
    client.post(url("network_app", real, "x"), TYPED | {"consumer_key": "k", "consumer_secret": "s"})
    app = ChannelSecret.objects.get(channel=channel).app
    assert (app["client_secret"], app["consumer_secret"]) == ("sangat-rahasia", "s")
