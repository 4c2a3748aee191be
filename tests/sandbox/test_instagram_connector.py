"""Posko's connector for Instagram against the running sandbox, from consent to taking down."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from platforms.base import ConnectorError, Later, Reconnect, Rejected, Temporary, Unsure
from platforms.contents import Draft, Happened, Place
from platforms.instagram import Instagram, InstagramHook, InstagramSignIn
from platforms.oauth import App
from sandbox import oauth
from tests.sandbox import gram
from tests.sandbox.conftest import picture
from tests.sandbox.gram import FILM, KEY, jpeg, publish, shot, speaker, to_post, voter
from tests.sandbox.running import Sandbox

RED, BLUE = jpeg("red"), jpeg("blue")


@pytest.fixture
def link() -> Iterator[Callable[[str], str]]:
    with gram.files(red=RED, blue=BLUE, film=FILM, wide=jpeg(size=(900, 300)), png=picture()) as found:
        yield found


@pytest.fixture
def ours(box: Sandbox) -> Instagram:
    found = speaker(box, "instagram")
    assert isinstance(found, Instagram)
    return found


def post(link: Callable[[str], str], text: str = "Ke pasar besok #Pasar", **more: object) -> Draft:
    return Draft(text, (shot(link("red"), RED),), **more)  # type: ignore[arg-type]


def test_from_consent_to_taking_down(box: Sandbox, http: requests.Session, link: Callable[[str], str]) -> None:
    box.account("instagram")
    allowed = gram.sign_in(box, http, InstagramSignIn)
    account = allowed.accounts[0]
    assert (allowed.missing, account.handle, account.limits["posts_per_day"]) == (frozenset(), "@ratna", 100)
    assert account.app["client_id"] == oauth.app("instagram")[0]
    ours = Instagram(account, gram.door(box))
    sent = publish(ours, post(link))
    assert "Ke pasar" in http.get(sent.url).text, "its address shows it"
    assert "Ratna" in http.get(account.url).text
    box.control("POST", "voters", platform="instagram", remote_id=sent.remote_id, act="like", number=30)
    question = voter(box, "instagram", "reply", "Jam berapa?", remote_id=sent.remote_id)
    figures = {figure.metric: figure.value for figure in ours.measure([sent.remote_id])[sent.remote_id]}
    assert (figures["likes"], figures["replies"], figures["bookmarks"]) == (30, 1, 2)
    assert figures["views"] > figures["reach"] > 0

    asked = ours.messages(Place.COMMENT, "")
    assert [(each.remote_id, each.text, each.about) for each in asked.entries] == [
        (question, "Jam berapa?", sent.remote_id)
    ]
    answer = publish(ours, Draft("Jam enam pagi.", to=asked.entries[0].to))
    assert ours.messages(Place.COMMENT, asked.cursor).entries == (), "our own answer is no question"
    ours.hide(question, hidden=True)
    ours.hide(question, hidden=True)
    hidden = ours.messages(Place.COMMENT, "").entries[0]
    assert (hidden.is_hidden, hidden.may_answer) == (True, False)
    ours.hide(question, hidden=False)
    ours.take_down(answer.remote_id)
    ours.take_down(answer.remote_id)
    assert [line["action"] for line in box.log()] == ["publish", "publish", "delete"]
    with pytest.raises(ConnectorError, match="delete_there"):
        ours.take_down(sent.remote_id)


def test_what_a_person_unticks_is_told(box: Sandbox, http: requests.Session) -> None:
    box.account("instagram")
    allowed = gram.sign_in(box, http, InstagramSignIn, without="instagram_business_manage_messages")
    assert allowed.missing == {"instagram_business_manage_messages"}
    ours = Instagram(allowed.accounts[0], gram.door(box))
    with pytest.raises(Reconnect, match="not_allowed"):
        ours.messages(Place.MESSAGE, "")


def test_a_code_works_once(box: Sandbox) -> None:
    client_id, secret = oauth.app("instagram")
    app = App(f"{box.url}/instagram", client_id, secret, gram.BACK)
    with pytest.raises(Reconnect, match="wrong_login"):
        InstagramSignIn.exchange(gram.door(box), app, code="made-up", verifier="")


def test_a_picture_arrives_with_caption_description_and_the_word_on_ai(
    box: Sandbox, ours: Instagram, link: Callable[[str], str]
) -> None:
    publish(ours, post(link, ai_made=True))
    line = box.log()[0]
    assert (line["text"], line["alt"]) == ("Ke pasar besok #Pasar", ["Pasar pagi"])
    assert line["media"] == [shot("", RED).sha256]


def test_several_pictures_and_a_film_become_one_carousel(
    box: Sandbox, ours: Instagram, link: Callable[[str], str]
) -> None:
    pictures = (shot(link("red"), RED), shot(link("blue"), BLUE, alt="Jalan desa"))
    publish(ours, Draft("Dua gambar", pictures))
    publish(ours, Draft("Dan film", pictures, video=gram.film(link("film"))))
    first, second = box.log()
    assert (first["text"], first["alt"]) == ("Dua gambar", ["Pasar pagi", "Jalan desa"])
    assert first["media"] == [each.sha256 for each in pictures]
    assert second["media"] == [*first["media"], gram.film("").sha256]


def test_a_film_becomes_a_reel(box: Sandbox, ours: Instagram, link: Callable[[str], str]) -> None:
    sent = publish(ours, Draft("Film pendek", video=gram.film(link("film"))))
    assert "/reel/" in sent.url
    assert box.log()[0]["media"] == [gram.film("").sha256]


def test_a_container_that_is_not_ready_frees_the_worker(
    box: Sandbox, ours: Instagram, link: Callable[[str], str]
) -> None:
    box.control("POST", "settings", media_delay_s=0.4)
    kept: list[str] = []
    with pytest.raises(Later) as later:
        ours.publish(post(link), key=KEY, handle="", keep=kept.append)
    with pytest.raises(Later) as again:
        ours.publish(post(link), key=KEY, handle=later.value.handle, keep=kept.append)
    assert again.value.after > later.value.after
    time.sleep(0.5)
    ours.publish(post(link), key=KEY, handle=again.value.handle, keep=kept.append)
    made = [each for each in box.requests() if each["path"].endswith("/media") and each["method"] == "POST"]
    assert (len(made), len(box.log())) == (1, 1)


@pytest.mark.parametrize("fault", ["accept_then_status", "cut_after"])
def test_a_lost_answer_is_found_and_never_sent_twice(
    box: Sandbox, ours: Instagram, link: Callable[[str], str], fault: str
) -> None:
    kept: list[str] = []
    box.fault(fault, platform="instagram", step="publish")
    with pytest.raises(Unsure):
        ours.publish(post(link), key=KEY, handle="", keep=kept.append)
    since = datetime.now(UTC) - timedelta(minutes=1)
    found = ours.find(post(link), key=KEY, handle=kept[-1], since=since)
    assert found and found.remote_id == box.log()[0]["remote_id"]
    again = ours.publish(post(link), key=KEY, handle=kept[-1], keep=kept.append)
    assert again.remote_id == found.remote_id
    assert len(box.log()) == 1


def test_what_never_arrived_is_known_to_be_absent(box: Sandbox, ours: Instagram, link: Callable[[str], str]) -> None:
    kept: list[str] = []
    box.fault("cut_before", platform="instagram", step="publish")
    with pytest.raises(Unsure):
        ours.publish(post(link), key=KEY, handle="", keep=kept.append)
    assert ours.find(post(link), key=KEY, handle=kept[-1], since=datetime.now(UTC)) is None
    publish(ours, post(link))
    assert len(box.log()) == 1


def test_a_wrong_picture_is_refused_in_the_networks_words(
    box: Sandbox, ours: Instagram, link: Callable[[str], str]
) -> None:
    for name, words in (("wide", "aspect ratio"), ("png", "JPEG")):
        draft = Draft("Halo", (shot(link(name), RED),))
        with pytest.raises(Rejected, match=words):
            publish(ours, draft)
    with pytest.raises(Rejected, match="not_fetched"):
        publish(ours, Draft("Halo", (shot(link("none"), RED),)))
    with pytest.raises(Rejected, match="not_fetched"):
        publish(ours, Draft("Halo", video=gram.film(link("none"))))
    with pytest.raises(Rejected, match="hashtags"):
        publish(ours, post(link, "#a #b #c #d #e #f"))
    assert box.log() == []


def test_the_days_posts_are_used_up_for_an_hour(box: Sandbox, ours: Instagram, link: Callable[[str], str]) -> None:
    told = {"error": {"message": "Too many", "code": 9, "error_subcode": 2207042}}
    box.fault("status", platform="instagram", step="publish", code=400, body=told)
    with pytest.raises(Temporary) as full:
        publish(ours, post(link))
    assert full.value.retry_after == timedelta(hours=1)


def test_a_message_is_read_and_answered_within_a_day(box: Sandbox, ours: Instagram) -> None:
    voter(box, "instagram", "message", "Bisa bantu?", account="ratna", voter=3)
    said = ours.messages(Place.MESSAGE, "").entries[0]
    assert (said.text, said.author_handle) == ("Bisa bantu?", "@agus_s")
    sent = publish(ours, Draft("Tentu.", to=said.to))
    found = ours.find(Draft("Tentu.", to=said.to), key=KEY, handle="", since=datetime.now(UTC))
    assert found and found.remote_id == sent.remote_id
    late = replace(said.to, at=datetime.now(UTC) - timedelta(hours=25))
    with pytest.raises(Rejected, match="window_closed"):
        publish(ours, Draft("Maaf terlambat.", to=late))
    stranger = replace(said.to, person=str(int(said.author_id) + 1))
    with pytest.raises(Rejected, match="No matching user"):
        publish(ours, Draft("Halo", to=stranger))


def test_a_mention_is_read_and_answered(box: Sandbox, ours: Instagram) -> None:
    mention = voter(box, "instagram", "mention", "keren", account="ratna", voter=2)
    said = ours.messages(Place.MENTION, "").entries[0]
    assert (said.remote_id, said.text) == (mention, "@ratna keren")
    publish(ours, Draft("Terima kasih!", to=said.to))
    assert box.log()[0]["reply_to"] == mention


def test_the_first_comment_stands_below_our_own_post(box: Sandbox, ours: Instagram, link: Callable[[str], str]) -> None:
    sent = publish(ours, post(link))
    first = Draft("Selengkapnya di profil.", to=to_post(sent))
    made = publish(ours, first)
    assert box.log()[1]["reply_to"] == sent.remote_id
    found = ours.find(first, key=KEY, handle="", since=datetime.now(UTC))
    assert found and found.remote_id == made.remote_id


def test_the_timeline_shows_what_a_person_posted_there(box: Sandbox, ours: Instagram) -> None:
    box.control("POST", "hand", platform="instagram", account="ratna", text="Di luar Posko")
    assert [each.text for each in ours.timeline(datetime.now(UTC) - timedelta(hours=1))] == ["Di luar Posko"]
    assert {f.metric for f in ours.measure_account()} == {"followers", "following", "posts", "views", "reach"}
    assert ours.profile().handle == "@ratna"


def test_a_week_old_token_is_renewed_and_the_new_one_works(box: Sandbox, ours: Instagram) -> None:
    fresh = ours.renew()
    assert fresh["token"] != ours.account.secrets["token"]
    renewed = Instagram(replace(ours.account, secrets=fresh), ours.door)
    now = datetime.now(UTC)
    assert renewed.check().handle == "@ratna"
    assert not renewed.is_stale(now)
    assert renewed.is_stale(now + timedelta(days=8))


@pytest.mark.parametrize("fault", ["expired_token", "revoked_token"])
def test_a_dead_token_asks_for_a_person(box: Sandbox, ours: Instagram, link: Callable[[str], str], fault: str) -> None:
    box.fault(fault, platform="instagram", times=None)
    with pytest.raises(Reconnect, match="signed_out"):
        publish(ours, post(link))


def test_webhooks_tell_of_comments_mentions_and_messages(
    box: Sandbox, ours: Instagram, link: Callable[[str], str]
) -> None:
    sent = publish(ours, post(link))
    ours.listen()
    with gram.listening(box, "instagram") as ear:
        comment = voter(box, "instagram", "reply", "Kapan?", remote_id=sent.remote_id)
        mention = voter(box, "instagram", "mention", "setuju", account="ratna")
        voter(box, "instagram", "message", "Halo 🙏", account="ratna", voter=1)
        until = time.monotonic() + 8
        while len(ear.asked) < 3 and time.monotonic() < until:
            time.sleep(0.02)
    events = []
    for asked in ear.asked:
        InstagramHook.verify(asked.headers, asked.body, {"client_secret": oauth.app("instagram")[1]}, datetime.now(UTC))
        events += InstagramHook.events(asked.body)
    assert {each.happened for each in events} == {Happened.INCOMING}
    assert {each.account for each in events} == {ours.account.remote_id}
    said = {each.incoming.place: each.incoming for each in events if each.incoming}
    assert (said[Place.COMMENT].remote_id, said[Place.COMMENT].about) == (comment, sent.remote_id)
    assert said[Place.MESSAGE].text == "Halo 🙏"
    assert [each.about for each in events if each.incoming is None] == [mention]
    ours.stop_listening()
    with gram.listening(box, "instagram") as ear:
        voter(box, "instagram", "message", "Halo lagi", account="ratna", voter=1)
        time.sleep(0.5)
    assert not ear.asked
    read = ours.messages(Place.COMMENT, "").entries[0]
    assert replace(read, at=said[Place.COMMENT].at, url="") == said[Place.COMMENT], "told and read alike"
