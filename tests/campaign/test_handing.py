"""What a person publishes by hand: as approved, never twice, never while it may not go out."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from campaign import (
    by_hand,
    clock,
    delivering,
    drafting,
    envelopes,
    handing,
    lent_files,
    notices,
    settling,
    stopping,
    wording,
)
from campaign.errors import Refused
from campaign.models import AuditRow, Delivery, Notice, Post, PostState, Role, State
from platforms.base import Unsure
from platforms.contents import Problem, Sent
from tests import make
from tests.campaign.doors import HTMX, url, words
from tests.network import FakeConnector, raises

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def inbox(network, monkeypatch):
    """A network that keeps what it gets for a person to finish."""
    accept = network.accept
    monkeypatch.setattr(network, "accept", lambda *told: Sent(accept(*told).remote_id, waits_for="tiktok_inbox"))
    return network


@pytest.fixture
def row(campaign, inbox):
    make.post_scheduled(of=campaign, text="Isi amplop")
    delivering.drain("mastodon")
    return Delivery.objects.get()


@pytest.fixture
def finish(client, campaign, row):
    def send(answer, **fields):
        told = {"answer": answer, "tries": row.tries} | fields
        return client.post(url("finish_delivery", campaign, row.pk), told)

    return send


def test_what_waits_there_is_handed_to_a_named_person(row, inbox):
    assert (row.state, row.problem, len(inbox.accepted)) == (State.HANDED, "tiktok_inbox", 1)
    assert Notice.objects.open().filter(kind="handed", about=f"delivery:{row.pk}").exists()
    assert Post.objects.get().state == PostState.SCHEDULED, "nobody sees it yet"
    delivering.drain("mastodon")
    settling.sweep()
    assert len(inbox.accepted) == 1, "and it is not sent again"


def test_a_person_tells_that_it_is_out(finish, sign_in, row):
    sign_in(Role.STAFF)
    answer = finish("done", link="tiktok.example/@ratna/video/7")
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    row.refresh_from_db()
    assert (row.state, row.remote_url) == (State.SENT, "https://tiktok.example/@ratna/video/7")
    assert Post.objects.get().state == PostState.PUBLISHED
    assert not Notice.objects.open().filter(kind="handed").exists()
    assert AuditRow.objects.filter(verb="delivery.finish").count() == 1
    assert finish("done").status_code == 303, "pressed twice"
    assert AuditRow.objects.filter(verb="delivery.finish").count() == 1


def test_a_person_decides_against_it_and_says_why(finish, sign_in, row):
    sign_in(Role.STAFF)
    assert "Say in a few words why." in words(finish("not", reason=" "))
    assert finish("not", reason="Videonya buram").status_code == 303
    row.refresh_from_db()
    assert (row.state, row.problem) == (State.FAILED, "given_up")
    assert "Look again" in words(finish("done"))


@pytest.mark.parametrize(
    ("answer", "fields", "sentence"),
    [
        ("", {}, "Choose one."),
        ("perhaps", {}, "Select a valid choice"),
        ("done", {"link": "javascript:alert(1)"}, "This is no link."),
        ("done", {"tries": 99}, "Look again"),
    ],
)
def test_what_cannot_be_is_refused(finish, sign_in, row, answer, fields, sentence):
    sign_in(Role.STAFF)
    refused = finish(answer, **fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    row.refresh_from_db()
    assert row.state == State.HANDED


def test_the_network_tells_that_it_is_public(row, monkeypatch):
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(FakeConnector, "is_public", lambda *_: None)
    assert handing.look() == 1
    assert handing.look() == 0, "asked again in two minutes"
    Delivery.objects.update(look_at=clock.now())
    monkeypatch.setattr(FakeConnector, "is_public", lambda *_: Sent("v-7", "https://tiktok.example/7"))
    handing.look()
    row.refresh_from_db()
    assert (row.state, row.remote_id, row.remote_url) == (State.SENT, "v-7", "https://tiktok.example/7")
    assert row.sent_at < later


def test_what_a_person_published_gets_the_name_that_it_has_there(finish, sign_in, row, monkeypatch):
    sign_in(Role.STAFF)
    finish("done", link="tiktok.example/@ratna/video/7")
    monkeypatch.setattr(FakeConnector, "is_public", lambda *_: Sent("v-7"))
    assert handing.look() == 1
    row.refresh_from_db()
    assert (row.state, row.remote_id, row.remote_url) == (State.SENT, "v-7", "https://tiktok.example/@ratna/video/7")
    assert handing.look() == 0, "and is not asked about again"


def test_after_an_unsure_answer_it_may_turn_out_to_wait_there(campaign, inbox):
    make.post_scheduled(of=campaign)
    inbox.after = raises(Unsure("timed_out", host="jejaring.example"))
    inbox.find = lambda key: Sent("d-1", waits_for="tiktok_inbox")
    delivering.drain("mastodon")
    Delivery.objects.update(look_at="2020-01-01T00:00Z")
    settling.settle("mastodon")
    row = Delivery.objects.get()
    assert (row.state, row.problem, row.doubtful) == (State.HANDED, "tiktok_inbox", False)
    assert len(inbox.accepted) == 1


def test_the_page_gives_steps_and_while_it_may_not_go_out_says_so(client, campaign, sign_in, row):
    sign_in(Role.STAFF)
    page = words(client.get(row.get_absolute_url()))
    assert "Open TikTok on the phone" in page
    assert "Isi amplop" in page
    stopping.stop(campaign, by=make.someone(campaign, Role.MANAGER), reason="Akun dibajak")
    page = words(client.get(row.get_absolute_url(), headers=HTMX))
    assert "Do not publish this now" in page
    assert "Open TikTok on the phone" not in page


@pytest.mark.parametrize(
    ("reason", "sentence", "carries"),
    [
        ("youtube_private", "set its visibility to public", False),
        ("tiktok_private", "let everyone watch it", False),
        ("tiktok_inbox", "A message in the inbox", False),
        ("needs_public_address", "begin a new post", True),
    ],
)
def test_each_reason_has_its_own_steps(client, campaign, sign_in, row, reason, sentence, carries):
    Delivery.objects.filter(pk=row.pk).update(problem=reason)
    sign_in(Role.STAFF)
    page = client.get(row.get_absolute_url())
    assert sentence in words(page)
    assert page.context["hand"].carries == carries
    assert str(wording.problem(reason, {})) in words(page), "and why is said"


def test_where_there_is_no_way_but_a_hand_nothing_is_called(campaign, network, monkeypatch):
    monkeypatch.setattr(FakeConnector, "can", frozenset())
    make.post_scheduled(of=campaign)
    delivering.drain("mastodon")
    row = Delivery.objects.get()
    assert (row.state, row.problem) == (State.HANDED, "by_hand")
    assert network.accepted == []


def test_what_the_network_cannot_fetch_from_us_is_handed(campaign, network, monkeypatch):
    monkeypatch.setattr(FakeConnector, "fetches", True)
    monkeypatch.setattr(FakeConnector, "problems", lambda *_: [Problem("needs_public_address")])
    make.post_scheduled(of=campaign)
    delivering.drain("mastodon")
    assert Delivery.objects.get().problem == handing.NO_ADDRESS
    assert network.accepted == []


@pytest.mark.parametrize(
    ("platform", "reason", "asks"),
    [
        ("tiktok", "tiktok_inbox", True),
        ("tiktok", "tiktok_private", False),
        ("instagram", "needs_public_address", True),
        ("youtube", "youtube_private", False),
        ("facebook", "by_hand", False),
    ],
)
def test_whoever_publishes_by_hand_marks_what_ai_made(campaign, platform, reason, asks):
    channel = make.channel(of=campaign, platform=platform)
    for ai_made in (True, False):
        row = envelopes.seal(
            channel=channel,
            slot=f"a:{ai_made}",
            kind="campaign",
            draft=drafting.draft_json("A", [], ai_made=ai_made),
            send_at=clock.now(),
            not_after=clock.now() + timedelta(hours=2),
            owner=None,
        )
        row.problem = reason
        steps = by_hand.guide(row).steps
        assert any("AI" in step for step in steps) == (asks and ai_made)


def test_a_notice_of_it_stays_until_it_is_done(row):
    notice = Notice.objects.open().filter(kind="handed")[:1].get()
    with pytest.raises(Refused):
        notices.dismiss(notice, by=notice.member)


# The addresses for networks ----------------------------------------------------------------------


@pytest.fixture
def lent(campaign):
    media = make.media(of=campaign)
    return media, lent_files.address(campaign, str(media.file.name), media.mime)


def test_a_network_fetches_the_picture_without_signing_in(client, lent):
    media, address = lent
    answer = client.get(urlsplit(address).path)
    assert b"".join(answer.streaming_content) == media.file.read()
    assert answer["Content-Type"] == media.mime
    assert not answer.cookies


def test_an_address_that_is_too_old_or_changed_leads_nowhere(client, lent, set_clock, monkeypatch):
    _media, address = lent
    path = urlsplit(address).path
    assert client.get(path.replace("/berkas/", "/berkas/x")).status_code == 404
    monkeypatch.setattr(lent_files, "LASTS", timedelta(0))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("base", "reached"),
    [
        ("https://posko.ratna.example", True),
        ("http://posko.ratna.example", False),
        ("https://localhost:8000", False),
        ("https://192.168.1.7", False),
        ("https://posko.local", False),
    ],
)
def test_a_live_campaign_is_reached_at_a_public_https_name_only(base, reached):
    campaign = make.campaign(mode="live")
    with override_settings(BASE_URL=base):
        assert bool(lent_files.address(campaign, "a.jpg", "image/jpeg")) is reached
        assert bool(lent_files.address(campaign, "gambar/1.jpg", "image/jpeg")) is reached
