"""Posko's connector for Threads against the running sandbox, from consent to taking down."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from platforms.base import Later, Reconnect, Rejected, Unsure
from platforms.contents import Draft, Happened, Place, To
from platforms.threads import Threads, ThreadsHook, ThreadsSignIn
from sandbox import oauth
from tests.sandbox import gram
from tests.sandbox.gram import FILM, KEY, jpeg, publish, shot, speaker, to_post, voter
from tests.sandbox.running import Sandbox

RED, BLUE = jpeg("red"), jpeg("blue")


@pytest.fixture
def link() -> Iterator[Callable[[str], str]]:
    with gram.files(red=RED, blue=BLUE, film=FILM) as found:
        yield found


@pytest.fixture
def ours(box: Sandbox) -> Threads:
    found = speaker(box, "threads")
    assert isinstance(found, Threads)
    return found


def test_from_consent_to_taking_down(box: Sandbox, http: requests.Session, link: Callable[[str], str]) -> None:
    box.account("threads")
    allowed = gram.sign_in(box, http, ThreadsSignIn)
    account = allowed.accounts[0]
    assert (allowed.missing, account.handle) == (frozenset(), "@ratna")
    assert account.limits == {"posts_per_day": 250, "answers_per_day": 1000}
    ours = Threads(account, gram.door(box))
    sent = publish(ours, Draft("Ke pasar besok", (shot(link("red"), RED),)))
    assert "Ke pasar" in http.get(sent.url).text, "its address shows it"
    assert "Ratna" in http.get(account.url).text
    for act, number in (("like", 30), ("repost", 8)):
        box.control("POST", "voters", platform="threads", remote_id=sent.remote_id, act=act, number=number)
    question = voter(box, "threads", "reply", "Jam berapa?", remote_id=sent.remote_id)
    figures = {figure.metric: figure.value for figure in ours.measure([sent.remote_id, "17000"])[sent.remote_id]}
    assert figures == {"views": 669, "likes": 30, "replies": 1, "reposts": 8, "quotes": 1, "shares": 2}

    asked = ours.messages(Place.COMMENT, "")
    assert [(each.remote_id, each.text, each.about) for each in asked.entries] == [
        (question, "Jam berapa?", sent.remote_id)
    ]
    answer = publish(ours, Draft("Jam enam pagi.", to=asked.entries[0].to))
    assert box.log()[1]["reply_to"] == question
    assert ours.messages(Place.COMMENT, asked.cursor).entries == (), "our own answer is no question"
    further = voter(box, "threads", "reply", "Baik, terima kasih", remote_id=answer.remote_id)
    more = ours.messages(Place.COMMENT, asked.cursor)
    assert [(each.remote_id, each.parent) for each in more.entries] == [(further, answer.remote_id)]
    ours.hide(question, hidden=True)
    ours.hide(question, hidden=True)
    assert [each.is_hidden for each in ours.messages(Place.COMMENT, "").entries] == [True, True]
    ours.hide(question, hidden=False)
    assert not any(each.is_hidden for each in ours.messages(Place.COMMENT, "").entries)
    ours.take_down(sent.remote_id)
    ours.take_down(sent.remote_id)
    assert [line["action"] for line in box.log()] == ["publish", "publish", "delete"]
    assert ours.measure([sent.remote_id]) == {}


def test_what_a_person_unticks_is_told(box: Sandbox, http: requests.Session) -> None:
    box.account("threads")
    allowed = gram.sign_in(box, http, ThreadsSignIn, without="threads_delete")
    assert allowed.missing == {"threads_delete"}
    with pytest.raises(Reconnect, match="not_allowed"):
        Threads(allowed.accounts[0], gram.door(box)).take_down("1")


def test_a_text_is_a_container_too(box: Sandbox, ours: Threads) -> None:
    kept: list[str] = []
    ours.publish(Draft("Selamat pagi 👋"), key=KEY, handle="", keep=kept.append)
    ways = [(each["method"], each["path"].rsplit("/", 1)[-1]) for each in box.requests() if each["method"] == "POST"]
    assert ways == [("POST", "threads"), ("POST", "threads_publish")]
    assert box.log()[0]["key"] in kept[-1], "the container stood in the handle before it was published"


def test_a_thread_hangs_together(box: Sandbox, ours: Threads) -> None:
    first = publish(ours, Draft("Bagian satu"))
    second = publish(ours, Draft("Bagian dua", to=to_post(first)))
    publish(ours, Draft("Bagian tiga", to=To(Place.COMMENT, second.remote_id, root=first.remote_id)))
    assert [line["reply_to"] for line in box.log()] == [None, first.remote_id, second.remote_id]
    assert [each.text for each in ours.timeline(datetime.now(UTC) - timedelta(hours=1))] == ["Bagian satu"]


def test_several_pictures_and_a_film_become_one_carousel(
    box: Sandbox, ours: Threads, link: Callable[[str], str]
) -> None:
    pictures = (shot(link("red"), RED), shot(link("blue"), BLUE, alt="Jalan desa"))
    publish(ours, Draft("Dua gambar", pictures))
    publish(ours, Draft("Dan film", pictures, video=gram.film(link("film"))))
    publish(ours, Draft("", video=gram.film(link("film"))))
    first, second, third = box.log()
    assert (first["text"], first["alt"]) == ("Dua gambar", ["Pasar pagi", "Jalan desa"])
    assert second["media"] == [*(each.sha256 for each in pictures), gram.film("").sha256]
    assert third["media"] == [gram.film("").sha256]


def test_a_container_that_is_not_ready_frees_the_worker(box: Sandbox, ours: Threads) -> None:
    box.control("POST", "settings", media_delay_s=0.4)
    with pytest.raises(Later) as later:
        ours.publish(Draft("Pagi"), key=KEY, handle="", keep=lambda _: None)
    time.sleep(0.5)
    ours.publish(Draft("Pagi"), key=KEY, handle=later.value.handle, keep=lambda _: None)
    assert len(box.log()) == 1


@pytest.mark.parametrize("is_answer", [False, True])
def test_a_lost_answer_is_found_and_never_sent_twice(box: Sandbox, ours: Threads, is_answer: bool) -> None:
    to = to_post(publish(ours, Draft("Awal"))) if is_answer else None
    kept: list[str] = []
    box.fault("accept_then_status", platform="threads", step="publish")
    with pytest.raises(Unsure):
        ours.publish(Draft("Lanjutan", to=to), key=KEY, handle="", keep=kept.append)
    found = ours.find(Draft("Lanjutan", to=to), key=KEY, handle=kept[-1], since=datetime.now(UTC))
    assert found and found.remote_id == box.log()[-1]["remote_id"]
    again = ours.publish(Draft("Lanjutan", to=to), key=KEY, handle=kept[-1], keep=kept.append)
    assert again.remote_id == found.remote_id
    assert [line["text"] for line in box.log()].count("Lanjutan") == 1


def test_an_emoji_costs_its_bytes_there_too(box: Sandbox, ours: Threads) -> None:
    publish(ours, Draft("a" * 496 + "👍"))
    with pytest.raises(Rejected, match="500 characters"):
        publish(ours, Draft("a" * 497 + "👍"))
    with pytest.raises(Rejected, match="LINK_LIMIT"):
        publish(ours, Draft(" ".join(f"https://a.id/{number}" for number in range(6))))
    publish(ours, Draft(" ".join(["https://a.id/1"] * 6)))
    assert len(box.log()) == 2


def test_a_film_that_cannot_be_fetched_is_tried_again_and_then_refused(
    ours: Threads, link: Callable[[str], str]
) -> None:
    with pytest.raises(Rejected, match="not_fetched"):
        publish(ours, Draft("Film", video=gram.film(link("none"))))


def test_a_mention_is_read_and_answered(box: Sandbox, ours: Threads) -> None:
    mention = voter(box, "threads", "mention", "keren", account="ratna", voter=2)
    said = ours.messages(Place.MENTION, "").entries[0]
    assert (said.remote_id, said.text) == (mention, "@ratna keren")
    publish(ours, Draft("Terima kasih!", to=said.to))
    assert box.log()[0]["reply_to"] == mention


def test_only_the_first_answer_of_a_branch_can_be_hidden(box: Sandbox, ours: Threads) -> None:
    sent = publish(ours, Draft("Halo"))
    first = voter(box, "threads", "reply", "Satu", remote_id=sent.remote_id)
    second = voter(box, "threads", "reply", "Dua", remote_id=first)
    with pytest.raises(Rejected, match="top-level"):
        ours.hide(second, hidden=True)


def test_the_timeline_shows_what_a_person_posted_there(box: Sandbox, ours: Threads) -> None:
    box.control("POST", "hand", platform="threads", account="ratna", text="Di luar Posko")
    assert [each.text for each in ours.timeline(datetime.now(UTC) - timedelta(hours=1))] == ["Di luar Posko"]
    assert {f.metric for f in ours.measure_account()} == {"followers", "views"}
    assert ours.profile().handle == "@ratna"


def test_a_week_old_token_is_renewed_and_a_fresh_one_is_not(box: Sandbox, ours: Threads) -> None:
    fresh = ours.renew()
    renewed = Threads(replace(ours.account, secrets=fresh), ours.door)
    assert renewed.check().handle == "@ratna"
    with pytest.raises(Rejected, match="24 hours"):
        renewed.renew()


@pytest.mark.parametrize("fault", ["expired_token", "revoked_token", "no_permission"])
def test_a_dead_token_asks_for_a_person(box: Sandbox, ours: Threads, fault: str) -> None:
    box.fault(fault, platform="threads", times=None)
    with pytest.raises(Reconnect):
        publish(ours, Draft("Halo"))
    assert box.log() == []


def test_webhooks_tell_of_answers_mentions_and_what_became_of_our_posts(box: Sandbox, ours: Threads) -> None:
    with gram.listening(box, "threads") as ear:
        sent = publish(ours, Draft("Halo"))
        reply = voter(box, "threads", "reply", "Kapan? 🙏", remote_id=sent.remote_id)
        mention = voter(box, "threads", "mention", "setuju", account="ratna")
        ours.take_down(sent.remote_id)
        until = time.monotonic() + 8
        while len(ear.asked) < 4 and time.monotonic() < until:
            time.sleep(0.02)
    events = []
    for asked in ear.asked:
        ThreadsHook.verify(asked.headers, asked.body, {"client_secret": oauth.app("threads")[1]}, datetime.now(UTC))
        events += ThreadsHook.events(asked.body)
    assert {each.account for each in events} == {ours.account.remote_id}
    happened = {(each.happened, each.incoming.remote_id if each.incoming else each.about) for each in events}
    assert happened == {
        (Happened.PUBLISHED, sent.remote_id), (Happened.INCOMING, reply), (Happened.INCOMING, mention),
        (Happened.REMOVED, sent.remote_id),
    }  # fmt: skip
    said = next(each.incoming for each in events if each.incoming and each.incoming.place == Place.COMMENT)
    assert (said.text, said.about, said.author_handle[0]) == ("Kapan? 🙏", sent.remote_id, "@")


def test_what_webhooks_and_readings_tell_of_an_answer_is_the_same(box: Sandbox, ours: Threads) -> None:
    sent = publish(ours, Draft("Halo"))
    with gram.listening(box, "threads") as ear:
        voter(box, "threads", "reply", "Kapan?", remote_id=sent.remote_id)
        until = time.monotonic() + 8
        while not ear.asked and time.monotonic() < until:
            time.sleep(0.02)
    assert ThreadsHook.events(ear.asked[0].body)[0].incoming == ours.messages(Place.COMMENT, "").entries[0]
