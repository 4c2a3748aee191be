"""One thing to send by hand: handed at its time to the one who sends there, told once, never while it may not go."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from campaign import afterwards, clock, delivering, election, hand_accounts, handing, publishing, settling, stopping
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Delivery, HandProof, Notice, Post, PostState, Role, State
from platforms.http import Door
from tests import make
from tests.campaign.doors import HTMX, url, words
from tests.campaign.test_pictures import with_exif

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]
TEXT = "Besok pukul 16.00 di balai desa.\nAjak tetangga & teman!"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def never(*_told, **_more):
        raise AssertionError("a network was called")

    monkeypatch.setattr(Door, "call", never)


@pytest.fixture
def agus(campaign):
    return make.someone(campaign, Role.VOLUNTEER)


@pytest.fixture
def place(campaign, agus):
    return make.place(of=campaign, owner=agus, name="Relawan Sukamaju")


@pytest.fixture
def row(campaign, place):
    picture = (make.media(of=campaign), "Balai desa")
    make.post_scheduled(on=[place], text=TEXT, pictures=[picture])
    delivering.drain("whatsapp")
    return Delivery.objects.get()


@pytest.fixture
def tell(client, row):
    def send(answer="done", **fields):
        return client.post(row.hand_url, {"answer": answer, "tries": row.tries} | fields)

    return send


def close_calendar(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(closed={"campaign": [["-infinity", "infinity"]]})


def test_at_its_time_it_is_handed_to_the_one_who_sends_there(row, agus):
    assert (row.state, row.problem, row.owner) == (State.HANDED, "by_hand", agus)
    notice = Notice.objects.open().get(kind="handed", member=agus)
    assert notice.url == row.hand_url
    delivering.drain("whatsapp")
    settling.sweep()
    assert handing.look() == 0
    assert Delivery.objects.get().tries == 1, "and once"


def test_nothing_is_handed_before_its_approval(place, campaign):
    make.post_in_review(on=[place])
    delivering.drain("whatsapp")
    assert Delivery.objects.get().state == State.WAITING


def test_the_page_has_the_text_the_pictures_and_the_way(client, sign_in, row, campaign):
    sign_in(Role.VOLUNTEER)
    page = client.get(row.hand_url)
    shown = words(page)
    assert "to the group “Relawan Sukamaju” and nowhere else" in shown
    assert f"https://wa.me/?text={quote(TEXT, safe='')}" in page.content.decode()
    assert "At the latest" in shown
    picture = url("picture", campaign, row.pictures[0]["sha256"])
    assert picture in shown
    assert client.get(picture).status_code == 200, "who is to send it sees it before it is public"
    first = words(client.get(campaign.get_absolute_url()))
    assert row.hand_url in first, "it waits on the first page"
    assert "Nothing waits for you" not in first


def test_a_film_is_saved_and_not_shared_without(client, sign_in, place, campaign):
    make.post_scheduled(on=[place], text=TEXT, pictures=[(make.film(of=campaign), "")])
    delivering.drain("whatsapp")
    sign_in(Role.VOLUNTEER)
    row = Delivery.objects.get()
    shown = words(client.get(row.hand_url))
    assert "Save the film" in shown
    assert "data-share" not in shown, "it would share the words without the film"
    film = url("picture", campaign, row.film["sha256"])
    assert film in shown and client.get(film).status_code == 200, "and the film is there"


def test_what_is_taken_down_elsewhere_is_not_sent_by_hand_any_more(client, sign_in, campaign, place, network):
    other = make.channel(of=campaign)
    post = make.post_scheduled(of=campaign, on=[place, other], text=TEXT)
    for platform in ("whatsapp", "mastodon"):
        delivering.drain(platform)
    post.refresh_from_db()
    afterwards.take_down(post, by=make.someone(campaign, Role.MANAGER), version=post.version, reason="Keliru.")
    row = Delivery.objects.get(channel=place)
    sign_in(Role.VOLUNTEER)
    shown = words(client.get(row.hand_url))
    assert "Do not publish this any more" in shown and "Share" not in shown
    assert handing.remind() == 0, "nobody is reminded to send it"
    answer = client.post(row.hand_url, {"answer": "done", "tries": row.tries, "without": "on"})
    assert answer.status_code == 422 and "say so below" in words(answer)
    delivering.drain("mastodon")
    answer = client.post(row.hand_url, {"answer": "not", "tries": row.tries, "reason": "Sudah ditarik"})
    assert (answer.status_code, answer["Location"]) == (303, campaign.get_absolute_url())
    row.refresh_from_db()
    post.refresh_from_db()
    assert (row.state, post.state) == (State.CANCELLED, PostState.TAKEN_DOWN)


def test_the_sender_tells_with_a_screenshot_and_it_is_published(client, sign_in, row, tell, agus):
    sign_in(Role.VOLUNTEER)
    answer = tell(proof=make.picture_file())
    assert (answer.status_code, answer["Location"]) == (303, row.hand_url)
    row.refresh_from_db()
    assert row.state == State.SENT
    assert Post.objects.get().state == PostState.PUBLISHED
    proof = HandProof.objects.get()
    assert (proof.delivery, proof.by) == (row, agus)
    assert not Notice.objects.open().filter(kind="handed").exists()
    assert AuditRow.objects.get(verb="delivery.finish").details["proof"] == "picture"
    assert "Sent. Thank you." in words(client.get(row.hand_url))
    assert tell(without="on").status_code == 303, "pressed twice"
    assert AuditRow.objects.filter(verb="delivery.finish").count() == 1
    sign_in(Role.STAFF)
    assert proof.media.sha256 in words(client.get(row.get_absolute_url()))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose a screenshot or paste a link"),
        ({"answer": ""}, "Choose one."),
        ({"link": "javascript:alert(1)"}, "This is no link."),
        ({"tries": 99, "without": "on"}, "Look again"),
        ({"answer": "not", "reason": " "}, "Say in a few words why."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(tell, sign_in, row, fields, sentence):
    sign_in(Role.VOLUNTEER)
    answer = tell(**fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    row.refresh_from_db()
    assert row.state == State.HANDED


def test_a_file_that_is_no_picture_is_refused(tell, sign_in, row):
    sign_in(Role.VOLUNTEER)
    file = SimpleUploadedFile("bukti.jpg", b"bukan gambar", content_type="image/jpeg")
    assert "not a picture that Posko can read" in words(tell(proof=file))
    row.refresh_from_db()
    assert row.state == State.HANDED


def test_it_is_not_sent_and_somebody_says_why(client, tell, sign_in, row):
    sign_in(Role.VOLUNTEER)
    assert tell("not", reason="Grupnya dibubarkan").status_code == 303
    row.refresh_from_db()
    assert (row.state, row.problem) == (State.FAILED, "given_up")
    assert "It will not be sent." in words(client.get(row.hand_url))


# The gate ----------------------------------------------------------------------------------------


def test_in_the_quiet_period_it_is_not_handed_and_the_page_offers_nothing(client, campaign, place, sign_in):
    make.post_scheduled(on=[place], text=TEXT)
    close_calendar(campaign)
    delivering.drain("whatsapp")
    row = Delivery.objects.get()
    assert (row.state, row.problem) == (State.HELD, "phase")
    sign_in(Role.VOLUNTEER)
    page = words(client.get(row.hand_url))
    assert "The election calendar does not allow it" in page
    assert "wa.me" not in page
    assert "balai desa" not in page


@pytest.mark.parametrize("why", ["phase", "stopped", "late", "channel"])
def test_what_was_handed_is_not_offered_once_it_may_not_go_out_any_more(client, campaign, sign_in, row, tell, why):
    if why == "phase":
        close_calendar(campaign)
    elif why == "stopped":
        stopping.stop(campaign, by=make.someone(campaign, Role.MANAGER), reason="Diretas")
    elif why == "late":
        Delivery.objects.update(not_after=clock.now() - timedelta(seconds=1))
    else:
        row.channel.health = "removed"
        row.channel.save()
    sign_in(Role.VOLUNTEER)
    page = words(client.get(row.hand_url))
    assert handing.why_closed(why) in page or "Do not publish this" in page
    assert "wa.me" not in page
    assert "balai desa" not in page
    refused = tell(without="on")
    assert refused.status_code == 422, "a page that was open before is asked again"
    assert "Do not publish this" in words(refused)
    row.refresh_from_db()
    assert row.state == State.HANDED


def test_what_was_sent_before_it_closed_can_still_be_told(campaign, sign_in, row, tell):
    close_calendar(campaign)
    sign_in(Role.VOLUNTEER)
    assert tell("before", without="on").status_code == 303
    row.refresh_from_db()
    assert row.state == State.SENT
    assert row.sent_at <= clock.now()
    assert AuditRow.objects.filter(verb="delivery.finish_before").exists()


def test_the_calendar_that_closes_by_itself_is_asked_each_time(campaign, row):
    assert handing.gate(row) == "open"
    election.seal_calendar(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(
        closed={"campaign": [[(clock.now() - timedelta(seconds=1)).isoformat(), "infinity"]]}
    )
    assert handing.gate(row) == "phase"


@pytest.mark.parametrize("why", ["phase", "stopped", "late"])
def test_the_first_page_and_the_reminder_ask_nobody_to_send_what_may_not_go_out(client, campaign, sign_in, row, why):
    agus = sign_in(Role.VOLUNTEER)
    sent = clock.now() - timedelta(minutes=31)
    Delivery.objects.update(send_at=sent)
    assert "to be sent now" in words(client.get(campaign.get_absolute_url())).lower()
    if why == "phase":
        close_calendar(campaign)
    elif why == "stopped":
        stopping.stop(campaign, by=make.someone(campaign, Role.MANAGER), reason="Diretas")
    else:
        Delivery.objects.update(not_after=clock.now() - timedelta(seconds=1))
    page = words(client.get(campaign.get_absolute_url()))
    assert "to be sent now" not in page.lower()
    assert "balai desa" not in page
    assert handing.why_closed(why) in page
    assert row.hand_url in page, "that it had been sent before can still be told"
    assert handing.remind() == 0
    assert not Notice.objects.filter(kind="hand_waits", member=agus).exists()


def test_the_reminder_comes_once_it_may_go_out_again(campaign, row):
    Delivery.objects.update(send_at=clock.now() - timedelta(minutes=31))
    as_it_was = Campaign.objects.get(pk=campaign.pk).closed
    close_calendar(campaign)
    assert handing.remind() == 0
    Campaign.objects.filter(pk=campaign.pk).update(closed=as_it_was)
    assert handing.remind() == 1


def test_a_post_that_is_taken_down_is_not_offered_to_a_hand_any_more(client, campaign, place, sign_in, network):
    post = make.post_scheduled(on=[make.channel(of=campaign), place], text=TEXT)
    for kind in ("mastodon", "whatsapp"):
        delivering.drain(kind)
    row = Delivery.objects.get(channel=place)
    assert row.state == State.HANDED
    post.refresh_from_db()
    afterwards.take_down(post, by=make.someone(campaign, Role.MANAGER), version=post.version, reason="Keliru.")
    sign_in(Role.VOLUNTEER)
    page = words(client.get(row.hand_url))
    assert "Do not publish this any more" in page
    assert "wa.me" not in page
    assert "balai desa" not in page


def test_what_was_withdrawn_is_not_promised_for_later(client, campaign, place, sign_in):
    post = make.post_scheduled(on=[place], planned_at=make.in_an_hour())
    row = Delivery.objects.get()
    sign_in(Role.VOLUNTEER)
    assert "Nothing is to be sent yet" in words(client.get(row.hand_url))
    staff = sign_in(Role.STAFF)
    publishing.withdraw(post, by=staff, version=post.version)
    page = words(client.get(row.hand_url))
    assert "it was withdrawn" in page
    assert "Nothing is to be sent yet" not in page
    sign_in(Role.VOLUNTEER)
    assert client.get(row.hand_url).status_code == 404


def test_what_is_in_a_hand_is_withdrawn_once_that_hand_says_so(campaign, place, agus):
    post = make.post_scheduled(on=[make.channel(of=campaign), place], text=TEXT)
    delivering.drain("whatsapp")
    post.refresh_from_db()
    staff = make.someone(campaign, Role.STAFF)
    with pytest.raises(Refused, match="di tangan seseorang"):
        publishing.withdraw(post, by=staff, version=post.version)
    handing.give_up(Delivery.objects.get(channel=place), by=agus, reason="Belum saya kirim")
    publishing.withdraw(post, by=staff, version=post.version)
    assert not Delivery.objects.filter(cleared__isnull=False).exists(), "and nothing of it leaves"


def test_a_screenshot_is_kept_without_place_time_and_phone(sign_in, row, tell):
    sign_in(Role.VOLUNTEER)
    taken = with_exif()
    assert Image.open(io.BytesIO(taken)).getexif(), "the test's own picture tells much"
    assert tell(proof=SimpleUploadedFile("bukti.jpg", taken, content_type="image/jpeg")).status_code == 303
    with HandProof.objects.get().media.file.open() as file:
        kept = file.read()
    assert not Image.open(io.BytesIO(kept)).getexif()
    for secret in (b"Kamera Ratna", b"catatan rahasia", "rumah".encode("utf-16le")):
        assert secret in taken
        assert secret not in kept


# Who ---------------------------------------------------------------------------------------------


def test_another_volunteer_does_not_see_it(client, campaign, row):
    other = make.member(role=Role.VOLUNTEER, of=campaign)
    make.sign_in(client, other.user)
    assert client.get(row.hand_url).status_code == 404
    assert client.get(url("picture", campaign, row.pictures[0]["sha256"])).status_code == 404
    assert row.hand_url not in words(client.get(campaign.get_absolute_url()))


def test_what_is_not_published_by_hand_is_nothing_for_a_volunteer(client, campaign, sign_in):
    agus = sign_in(Role.VOLUNTEER)
    bare = make.delivery(on=make.channel(of=campaign))
    Delivery.objects.filter(pk=bare.pk).update(owner=agus)
    assert client.get(bare.hand_url).status_code == 404


def test_whoever_is_not_asked_reads_whom_to_talk_to_first(client, sign_in, row):
    sign_in(Role.STAFF)
    page = words(client.get(row.hand_url))
    assert "is asked to send this" in page
    assert "To the sending page" in words(client.get(row.get_absolute_url(), headers=HTMX))


def test_two_who_tell_at_once_tell_once(campaign, row):
    people = [make.someone(campaign, Role.VOLUNTEER), make.someone(campaign, Role.STAFF)]
    clients = [Client(), Client()]
    for client, person in zip(clients, people, strict=True):
        make.sign_in(client, person.user)

    def tell(client):
        try:
            told = {"answer": "done", "tries": row.tries, "proof": make.picture_file()}
            return client.post(row.hand_url, told).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(tell, clients)) <= {303, 422}
    row.refresh_from_db()
    assert row.state == State.SENT
    assert HandProof.objects.count() == 1
    assert AuditRow.objects.filter(verb="delivery.finish").count() == 1


# Reminding ---------------------------------------------------------------------------------------


def test_who_has_not_sent_it_is_reminded_once_and_the_manager_too(row, agus, campaign):
    make.someone(campaign, Role.MANAGER)
    assert handing.remind() == 0, "not at once"
    Delivery.objects.update(send_at=clock.now() - timedelta(minutes=31))
    assert handing.remind() == 1
    assert handing.remind() == 0
    told = Notice.objects.open().filter(kind="hand_waits")
    assert {notice.member.role for notice in told} == {Role.VOLUNTEER, Role.MANAGER}
    handing.finish(row, by=agus, link="")
    assert not Notice.objects.open().filter(kind="hand_waits").exists()


def test_whoever_takes_over_is_reminded_and_the_one_before_let_go(row, agus, campaign, place):
    manager = make.someone(campaign, Role.MANAGER)
    Delivery.objects.update(send_at=clock.now() - timedelta(minutes=31))
    assert handing.remind() == 1
    bayu = make.member(role=Role.VOLUNTEER, of=campaign)
    told = {"sort": "group", "name": place.name, "url": "", "owner": bayu}
    hand_accounts.save(campaign, told, by=manager, again=place)
    assert not Notice.objects.open().filter(member=agus, kind="hand_waits").exists()
    assert (handing.remind(), handing.remind()) == (1, 0)
    assert Notice.objects.open().filter(member=bayu, kind="hand_waits").exists()


def test_practice_says_that_nobody_real_is_to_get_it(client, sign_in, row):
    sign_in(Role.VOLUNTEER)
    assert "send nothing to real people" in words(client.get(row.hand_url))
