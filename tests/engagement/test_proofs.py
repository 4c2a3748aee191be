"""Each network's proof, as it signs: only its own bytes are taken, only for whom they speak, and once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign import hook_secrets, networks
from campaign.models import Campaign, Mode, NetworkApp
from engagement import receiving
from engagement.models import Incoming, Push, Refusal, Told
from platforms.hooks import Ear
from platforms.registry import HOOKS
from tests import make
from tests.engagement import pushes
from tests.engagement.pushes import ALL, SECRET, WITH_APP, headers, said

pytestmark = pytest.mark.django_db


def now() -> datetime:
    """When the test runs, not when it was collected."""
    return datetime.now(UTC).replace(microsecond=0)


APP = {"client_id": "777", "client_secret": "rahasia-server"}


def post(client: Any, path: str, body: bytes, proof: dict[str, str]) -> int:
    kind = "application/atom+xml" if body.startswith(b"<") else "application/json"
    return int(client.post(path, body, content_type=kind, headers=proof).status_code)


@pytest.fixture
def ours(request: pytest.FixtureRequest, campaign: Campaign) -> Any:
    platform = request.getfixturevalue("platform")
    if platform in WITH_APP:
        pushes.sandbox_knows_posko(platform)
    return pushes.channel_on(platform, campaign)


@pytest.fixture
def live(settings: Any) -> Campaign:
    settings.BASE_URL = "https://posko.example"
    return make.campaign(slug="sungguhan", mode=Mode.LIVE)


def test_every_network_that_pushes_is_read():
    assert set(HOOKS) == set(ALL)


@pytest.mark.parametrize("platform", ALL)
def test_only_the_networks_own_bytes_are_taken_and_once(client, ours, platform):
    body, path, key = said(platform, ours.remote_id, "71", "Kapan, Bu?", now()), pushes.address(ours), pushes.key(ours)
    good = headers(platform, body, key)
    name = next(iter(good))
    wrong = {
        "another secret": headers(platform, body, "tebakan"),
        "none": {},
        "empty": {name: ""},
        "cut": {name: good[name][:-1]},
        "an empty secret": headers(platform, body, ""),
    }
    if platform != "telegram":  # which signs nothing and only says its word
        wrong["of other bytes"] = headers(platform, body + b" ", key)
    if platform == "tiktok":
        wrong["old"] = headers(platform, body, key, at=now() - timedelta(minutes=6))
        wrong["of the future"] = headers(platform, body, key, at=now() + timedelta(minutes=6))
    for why, proof in wrong.items():
        assert post(client, path, body, proof) == 403, why
    assert not Push.objects.exists()
    assert Refusal.objects.get().number == len(wrong)
    assert [post(client, path, body, good) for _ in range(3)] == [200] * 3
    receiving.read_all()
    assert post(client, path, body, good) == 200, "a replay"
    receiving.read_all()
    assert (Push.objects.count(), Told.objects.count()) == (1, 1)
    assert Incoming.objects.count() == (platform not in ("tiktok", "youtube"))
    assert all(row.channel == ours for row in Incoming.objects.all())


@pytest.mark.parametrize("platform", ALL)
def test_without_an_app_there_nothing_proves_anything(client, campaign, platform):
    channel = pushes.channel_on(platform, campaign)
    body = said(platform, channel.remote_id, "71", "Palsu", now())
    for key in ("", SECRET, "None"):
        for path in (f"/hooks/{platform}/", f"/hooks/{platform}/{campaign.slug}/", f"/hooks/{platform}/tidak-ada/"):
            assert post(client, path, body, headers(platform, body, key)) == 403
    assert not Push.objects.exists()


@pytest.mark.parametrize("platform", WITH_APP)
def test_a_campaigns_own_app_is_proven_by_its_row_and_speaks_of_its_accounts_alone(client, live, platform):
    other = make.campaign(mode=Mode.LIVE)
    mine, theirs = (make.channel(of=each, platform=platform, remote_id="55") for each in (live, other))
    networks.register(live, platform, client_id="9", client_secret=SECRET, allowed={}, by=make.someone(live, "manager"))
    body = said(platform, "55", "71", "Kapan, Bu?", now())
    assert post(client, f"/hooks/{platform}/sungguhan/", body, headers(platform, body, SECRET)) == 200
    for path in (f"/hooks/{platform}/", f"/hooks/{platform}/{other.slug}/"):
        assert post(client, path, body, headers(platform, body, SECRET)) == 403, path
    receiving.read_all()
    assert Told.objects.get().campaign_id == live.pk
    assert not Incoming.objects.filter(channel=theirs).exists()
    assert Incoming.objects.filter(channel=mine).exists() == (platform != "tiktok")


@pytest.mark.parametrize("platform", WITH_APP)
def test_poskos_own_app_is_proven_by_the_settings_and_never_in_practice(client, live, settings, platform):
    settings.NETWORK_APPS = {platform: APP}
    practising = make.channel(platform=platform, remote_id="55")
    channel = make.channel(of=live, platform=platform, remote_id="55")
    body = said(platform, "55", "71", "Kapan, Bu?", now())
    assert post(client, f"/hooks/{platform}/", body, headers(platform, body, APP["client_secret"])) == 200
    receiving.read_all()
    assert not Incoming.objects.filter(channel=practising).exists()
    assert Incoming.objects.filter(channel=channel).exists() == (platform != "tiktok")


@pytest.mark.parametrize("platform", WITH_APP)
def test_the_practice_networks_well_known_secret_proves_nothing_on_a_public_posko(client, live, platform):
    pushes.sandbox_knows_posko(platform)
    body = said(platform, "55", "71", "Palsu", now())
    assert post(client, f"/hooks/{platform}/", body, headers(platform, body, SECRET)) == 403


def test_a_practice_campaigns_row_of_an_app_proves_nothing(client, campaign):
    NetworkApp.objects.create(
        campaign=campaign, platform="facebook", client_id="1", secrets={"client_secret": SECRET}, saved_at=now()
    )
    body = said("facebook", "55", "71", "Palsu", now())
    assert post(client, "/hooks/facebook/ratna/", body, headers("facebook", body, SECRET)) == 403


def test_x_is_proven_by_its_consumer_secret_where_there_is_one(client, live):
    by = make.someone(live, "manager")
    more = {"consumer_key": "ck", "consumer_secret": "rahasia-konsumen"}
    networks.register(live, "x", client_id="9", client_secret=SECRET, allowed={}, more=more, by=by)
    body = said("x", "55", "71", "Halo", now())
    assert post(client, "/hooks/x/sungguhan/", body, headers("x", body, SECRET)) == 403
    assert post(client, "/hooks/x/sungguhan/", body, headers("x", body, "rahasia-konsumen")) == 200
    shaken = client.get("/hooks/x/sungguhan/", {"crc_token": "abc"}).json()
    signed = headers("x", b"abc", "rahasia-konsumen")["X-Twitter-Webhooks-Signature"]
    assert shaken == {"response_token": signed}


def test_whoever_challenges_x_s_address_gets_nothing_that_they_could_push(client, live):
    networks.register(live, "x", client_id="9", client_secret=SECRET, allowed={}, by=make.someone(live, "manager"))
    for body in (said("x", "55", "71", "Palsu", now()), b"abc"):
        answer = client.get("/hooks/x/sungguhan/", {"crc_token": body.decode()})
        proof = answer.json()["response_token"] if answer.status_code == 200 else headers("x", body, "")
        proof = {"X-Twitter-Webhooks-Signature": proof} if isinstance(proof, str) else proof
        assert post(client, "/hooks/x/sungguhan/", body, proof) == 403
    assert not Push.objects.exists()


@pytest.mark.parametrize("platform", ["facebook", "instagram", "threads"])
def test_the_word_of_a_campaigns_address_shakes_hands_before_the_app_is_known(client, live, platform):
    ear = hook_secrets.entered(live, platform)
    path = ear.url.removeprefix("https://posko.example")
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    assert client.get(path, {**asked, "hub.verify_token": ear.word}).content == b"1158201444"
    assert client.get(f"/hooks/{platform}/", {**asked, "hub.verify_token": ear.word}).status_code == 403


def test_a_telegram_bot_speaks_for_its_own_account_where_it_names_none(client, campaign):
    one, two = (pushes.channel_on("telegram", campaign, f"-100{number}") for number in (1, 2))
    body = pushes.telegram(7, "Halo", int(now().timestamp()))
    for channel in (one, two):
        sent = body.replace(b"Halo", f"Halo {channel.remote_id}".encode())
        assert post(client, pushes.address(channel), sent, headers("telegram", sent, pushes.key(channel))) == 200
    receiving.read_all()
    assert {(row.channel, row.text) for row in Incoming.objects.all()} == {
        (one, f"Halo {one.remote_id}"),
        (two, f"Halo {two.remote_id}"),
    }, "numbers of updates are each bot's own"


def test_a_removed_accounts_word_proves_nothing(client, campaign):
    channel = pushes.channel_on("telegram", campaign)
    path, word = pushes.address(channel), pushes.key(channel)
    make.remove(channel)
    body = pushes.telegram(7, "Halo", int(now().timestamp()))
    assert post(client, path, body, headers("telegram", body, word)) == 403


@pytest.mark.parametrize("platform", ALL)
def test_a_push_is_taken_in_two_queries_whatever_the_network(client, ours, platform, django_assert_num_queries):
    body = said(platform, ours.remote_id, "71", "Kapan, Bu?", now())
    path, proof = pushes.address(ours), headers(platform, body, pushes.key(ours))
    with django_assert_num_queries(2):
        assert post(client, path, body, proof) == 200
    with django_assert_num_queries(2):
        assert post(client, path, body, {}) == 403


def test_words_differ_by_network_side_campaign_and_account():
    told = [
        hook_secrets.word(platform, mode, campaign, channel)
        for platform in ("telegram", "youtube")
        for mode in (Mode.LIVE, Mode.PRACTICE)
        for campaign, channel in ((None, None), (1, None), (1, 2), (12, None), (2, 1))
    ]
    assert len(set(told)) == len(told)
    assert "rahasia" not in repr(Ear("https://posko.example", "rahasia"))
