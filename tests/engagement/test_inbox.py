"""`…/masuk/`: what people wrote, newest first."""

from datetime import UTC, datetime, timedelta

import pytest

from campaign.models import Channel, Health, Role
from engagement.models import Incoming
from platforms.base import Ability
from tests import make
from tests.campaign import doors
from tests.engagement.conftest import Shown

pytestmark = pytest.mark.usefixtures("english")
NOW = datetime.now(UTC)


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/masuk/"


@pytest.fixture
def channel(campaign, side):
    return make.channel(of=campaign)


def test_only_manager_staff_and_volunteers_see_it(client, sign_in, address):
    doors.only(client, sign_in, address, {Role.MANAGER, Role.STAFF, Role.VOLUNTEER})


def test_the_newest_stands_first_with_its_link(client, sign_in, address, channel):
    sign_in(Role.STAFF)
    for minutes, text in ((9, "Lama"), (1, "Baru")):
        make.message(on=channel, text=text, at=NOW - timedelta(minutes=minutes))
    page = doors.words(client.get(address))
    assert page.index("Baru") < page.index("Lama")
    assert f'href="{Incoming.objects.get(text="Baru").url}"' in page
    assert "<html" not in doors.words(client.get(address, headers=doors.HTMX))


def test_one_account_can_be_chosen_and_another_campaigns_never(client, sign_in, address, channel, campaign):
    sign_in(Role.STAFF)
    second, theirs = make.channel(of=campaign), make.channel()
    for on, text in ((channel, "Satu"), (second, "Dua"), (theirs, "Rahasia")):
        make.message(on=on, text=text)
    page = doors.words(client.get(address, {"akun": second.pk}))
    assert "Dua" in page
    assert "Satu" not in page
    for asked in (theirs.pk, "x", 10**30):
        assert "Rahasia" not in doors.words(client.get(address, {"akun": asked}))


def test_further_ones_follow_by_key_and_a_spoilt_key_shows_the_first_page(client, sign_in, address, channel):
    sign_in(Role.STAFF)
    for number in range(35):
        make.message(on=channel, text=f"Tanya-{number:02}", at=NOW - timedelta(minutes=number // 2))
    first = client.get(address)
    assert len(first.context["rows"]) == 30
    second = client.get(address, {"before": first.context["older"]})
    assert len(second.context["rows"]) == 5
    seen = {row.pk for row, _channel in (*first.context["rows"], *second.context["rows"])}
    assert len(seen) == 35
    for spoilt in ("x", "2026-01-01_1", f"{NOW.isoformat()}_x", "9999-12-31T23:59:59-12:00_1"):
        assert len(client.get(address, {"before": spoilt}).context["rows"]) == 30


def test_volunteers_read_first_names_only(client, sign_in, address, channel):
    make.message(on=channel, author_name="Siti Aminah", author_handle="@siti.aminah")
    sign_in(Role.VOLUNTEER)
    page = doors.words(client.get(address))
    assert "Siti" in page
    assert "Aminah" not in page
    assert "@siti.aminah" not in page
    sign_in(Role.STAFF)
    assert "Siti Aminah" in doors.words(client.get(address))


def test_hostile_words_and_links_are_shown_harmless(client, sign_in, address, channel):
    sign_in(Role.STAFF)
    make.message(on=channel, text="<script>alert(1)</script>", url="javascript:alert(1)", author_name="<b>x</b>")
    page = doors.words(client.get(address))
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "<b>x</b>" not in page


def test_what_was_removed_there_says_so(client, sign_in, address, channel):
    sign_in(Role.STAFF)
    make.message(on=channel, text="Rahasia")
    Incoming.objects.update(
        text="", author_id="", author_name="", author_handle="", removed_at=NOW, as_of=NOW + timedelta(minutes=1)
    )
    page = doors.words(client.get(address))
    assert "removed on the network" in page


def test_an_empty_inbox_says_what_will_happen(client, sign_in, address, channel, monkeypatch):
    sign_in(Role.MANAGER)
    assert "every few minutes" in doors.words(client.get(address))
    make.message(on=channel)
    other = make.channel(of=channel.campaign)
    assert "Nobody has written on this account" in doors.words(client.get(address, {"akun": other.pk}))
    Incoming.objects.all().delete()
    monkeypatch.setattr(Shown, "can", frozenset({Ability.PUBLISH}))
    page = doors.words(client.get(address))
    assert "No connected account lets Posko read" in page
    assert "/akun/" in page


def test_it_asks_the_database_as_much_for_thirty_as_for_one(
    client, sign_in, address, channel, django_assert_max_num_queries
):
    sign_in(Role.STAFF)
    for _ in range(30):
        make.message(on=channel)
    client.get(address)
    with django_assert_max_num_queries(12) as asked:
        client.get(address)
    many = len(asked)
    Incoming.objects.filter(pk__gt=Incoming.objects.order_by("pk")[0].pk).delete()
    with django_assert_max_num_queries(many):
        client.get(address)


def test_a_removed_account_keeps_its_messages(client, sign_in, address, channel):
    sign_in(Role.STAFF)
    make.message(on=channel, text="Masih ada")
    Channel.objects.update(health=Health.REMOVED)
    assert "Masih ada" in doors.words(client.get(address))
