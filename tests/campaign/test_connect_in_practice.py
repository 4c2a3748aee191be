"""A manager connects one account of each network: Posko's page, the practice network's own page, and back."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from django.test import Client

from campaign.models import Campaign, Channel, Role
from platforms.registry import BY_HAND, KINDS, SIGN_INS
from tests.campaign.doors import url, words
from tests.sandbox.running import Sandbox, start_sandbox

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.server,
    pytest.mark.usefixtures("english"),
]

OPTIONAL = {
    "facebook": "read_insights",
    "instagram": "instagram_business_manage_insights",
    "threads": "threads_manage_insights",
    "x": "dm.read",
    "tiktok": "user.info.stats",
    "youtube": "https://www.googleapis.com/auth/youtube.force-ssl",
}
"""One permission of each network that can be left out there."""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def box(process: Sandbox, settings: Any) -> Sandbox:
    settings.SANDBOX_URL = process.url
    process.reset()
    return process


@pytest.fixture
def ours(campaign: Campaign, sign_in: Any) -> Campaign:
    sign_in(Role.MANAGER)
    return campaign


def consented(address: str, *, answer: str = "yes", without: str = "") -> str:
    """Open the network's page as a person does, leave one box empty and press; where it leads back to."""
    page = requests.get(address, timeout=10)
    assert page.ok, page.text[:500]
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page.text)}
    boxes = [unescape(each) for each in re.findall(r'name="grant" value="(.*?)"', page.text)]
    account = re.search(r'name="account" value="(.*?)"', page.text)
    assert account, page.text[:2000]
    assert not without or without in boxes
    form: dict[str, Any] = {**fields, "account": account[1], "answer": answer}
    form["grant"] = [each for each in boxes if each != without]
    action = re.search(r'<form[^>]* action="(.*?)"', page.text)
    to = urljoin(address, unescape(action[1])) if action else address.partition("?")[0]
    reply = requests.post(to, data=form, allow_redirects=False, timeout=10)
    assert reply.status_code in (302, 303), reply.text[:500]
    location = reply.headers["Location"]
    assert "/oauth/" in location
    return location[location.index("/oauth/") :]


def left(client: Client, campaign: Campaign, kind: str, **typed: Any) -> str:
    """The way out, as the page shows it."""
    answer = client.post(url("connect_channel", campaign, kind), typed)
    assert answer.status_code == 200, words(answer)
    found: str = answer.context["leave_for"]
    return found


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(BY_HAND)))
def test_each_network_is_connected_through_its_own_page(box, client, ours, kind):
    told = box.account(kind)
    if kind in SIGN_INS:
        answer = client.get(consented(left(client, ours, kind)), follow=True)
    else:
        typed = {"handle": told["handle"], **told["secrets"]}
        typed["password"] = typed.get("app_password", "")
        answer = client.post(url("connect_channel", ours, kind), typed, follow=True)
    assert answer.redirect_chain[-1][0] == url("channels", ours), words(answer)
    row = Channel.objects.get()
    assert (row.platform, row.remote_id, row.is_ok) == (kind, told["remote_id"], True)
    assert f"{row} is connected." in words(answer)
    assert not row.missing


@pytest.mark.parametrize("kind", OPTIONAL)
def test_what_was_left_out_there_is_told_at_once_and_given_when_asked_again(box, client, ours, kind):
    box.account(kind)
    shown = words(client.get(consented(left(client, ours, kind), without=OPTIONAL[kind]), follow=True))
    row = Channel.objects.get()
    assert row.missing == {OPTIONAL[kind]}
    assert "Not everything was allowed" in shown
    client.get(consented(left(client, ours, kind, again=row.pk)), follow=True)
    assert not Channel.objects.get().missing


@pytest.mark.parametrize("kind", sorted(SIGN_INS))
def test_a_no_there_connects_nothing(box, client, ours, kind):
    box.account(kind)
    answer = client.get(consented(left(client, ours, kind), answer="no"))
    assert answer.status_code == 422
    assert "You said no" in words(answer)
    assert not Channel.objects.exists()
