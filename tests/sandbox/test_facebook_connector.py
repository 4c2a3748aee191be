"""Our connector and the practice Facebook, from the first consent to the last comment."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from platforms.base import Later, Reconnect, Rejected, Temporary, Unsure
from platforms.contents import Account, Draft, Happened, Place, To, Video
from platforms.facebook import Facebook, FacebookHook, FacebookSignIn
from platforms.graph import TOO_FAST_WAIT
from platforms.http import Door
from platforms.oauth import App, Consent
from sandbox import oauth
from tests.platforms.make import KEY, draft, keeping, picture
from tests.sandbox.conftest import picture as image
from tests.sandbox.ears import Ear
from tests.sandbox.running import Sandbox

BACK = "http://localhost:9/back/"


def app_of(box: Sandbox) -> App:
    client_id, secret = oauth.app("facebook")
    return App(f"{box.url}/facebook", client_id, secret, BACK)


def door_to(box: Sandbox) -> Door:
    return Door(10, 5.0, frozenset({f"localhost:{box.port}"}))


def consent(
    box: Sandbox, http: requests.Session, pages: tuple[str, ...] = ("ratna",), without: tuple[str, ...] = ()
) -> str:
    """Open the page, tick, press yes; the code."""
    address = FacebookSignIn.authorize_url(app_of(box), state="s1", verifier="")
    page = http.get(address)
    assert page.status_code == 200
    hidden = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page.text)}
    grants = [each for each in re.findall(r'name="grant" value="(.*?)"', page.text) if each not in without]
    form: list[tuple[str, str]] = [*hidden.items(), *[("grant", each) for each in grants]]
    form += [("account", each) for each in pages] + [("answer", "yes")]
    reply = http.post(address.partition("?")[0], data=form, allow_redirects=False)
    query = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert query["state"] == ["s1"]
    return query["code"][0]


def signed_in(box: Sandbox, http: requests.Session, **more: Any) -> Consent:
    return FacebookSignIn.exchange(door_to(box), app_of(box), code=consent(box, http, **more), verifier="")


@pytest.fixture
def page(box: Sandbox, http: requests.Session) -> Facebook:
    """The Page of Ratna, connected as a person would."""
    box.account("facebook")
    (account,) = signed_in(box, http).accounts
    return Facebook(account, door_to(box))


def voters(box: Sandbox, act: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = box.control("POST", "voters", platform="facebook", act=act, **more)
    return found


def film(size: int, *, tall: bool) -> Video:
    data = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * (size // 256)
    shape = (1080, 1920) if tall else (1920, 1080)
    digest = sha256(data).hexdigest()
    return Video(
        digest, "video/mp4", *shape, len(data), 30.0, 30.0, "AVC", "AAC", part=lambda at, most: data[at : at + most]
    )


def test_a_person_lets_us_into_several_pages_and_what_they_untick_is_told(box: Sandbox, http: requests.Session):
    for handle in ("ratna", "budi", "sari"):
        box.account("facebook", handle=handle, name=handle.title())
    found = signed_in(box, http, pages=("ratna", "budi"), without=("pages_messaging", "read_insights"))
    assert [(each.handle, each.name) for each in found.accounts] == [("@ratna", "Ratna"), ("@budi", "Budi")]
    assert found.missing == {"pages_messaging", "read_insights"}
    assert len({each.secrets["token"] for each in found.accounts}) == 2
    for account in found.accounts:
        assert Facebook(account, door_to(box)).check() == account


def test_without_the_list_of_pages_there_is_none(box: Sandbox, http: requests.Session):
    box.account("facebook")
    assert signed_in(box, http, without=("pages_show_list",)).accounts == ()


def test_the_whole_way_from_a_picture_to_taking_it_down(box: Sandbox, page: Facebook):
    text = "Besok ke pasar Sukamaju #pasar"
    sent = page.publish(draft(text, pictures=1), key=KEY, handle="", keep=keeping()[1])
    assert sent.url.startswith(f"{box.url}/facebook/web/")
    assert requests.get(sent.url, timeout=5).text.count("Besok ke pasar") >= 1
    (line,) = box.log()
    assert (line["text"], line["alt"], line["remote_id"]) == (text, ["Warga di balai desa"], sent.remote_id)

    voters(box, "like", remote_id=sent.remote_id, number=7)
    voters(box, "repost", remote_id=sent.remote_id, number=2)
    voters(box, "reply", remote_id=sent.remote_id, text="Jam berapa?")
    figures = {each.metric: each.value for each in page.measure([sent.remote_id, "1_2"])[sent.remote_id]}
    assert (figures["likes"], figures["reposts"], figures["replies"]) == (7, 2, 1)
    assert figures["views"] > figures["reach"] > 0
    assert list(page.measure(["1_2"])) == []
    assert {"followers", "views"} <= {each.metric for each in page.measure_account()}

    (comment,) = page.messages(Place.COMMENT, "").entries
    assert (comment.text, comment.about, comment.may_answer) == ("Jam berapa?", sent.remote_id, True)
    answer = page.publish(Draft("Jam enam.", to=comment.to), key=KEY, handle="", keep=keeping()[1])
    assert box.log()[-1]["reply_to"] == comment.remote_id
    page.hide(comment.remote_id, hidden=True)
    page.hide(comment.remote_id, hidden=True)
    assert page.messages(Place.COMMENT, "").entries[0].is_hidden
    page.take_down(answer.remote_id)
    page.take_down(sent.remote_id)
    page.take_down(sent.remote_id)
    assert page.timeline(datetime.now(UTC) - timedelta(days=1)) == []
    assert page.measure([sent.remote_id]) == {}


def test_several_pictures_are_shown_by_one_last_step(box: Sandbox, page: Facebook):
    kept, keep = keeping()
    sent = page.publish(draft("Tiga foto", pictures=3), key=KEY, handle="", keep=keep)
    (line,) = box.log()
    assert len(line["media"]) == 3
    assert line["remote_id"] == sent.remote_id
    assert len(kept) == 4


def test_a_first_comment_and_a_comment_with_a_picture_stand_below_our_own_post(box: Sandbox, page: Facebook):
    post = page.publish(draft(), key=KEY, handle="", keep=keeping()[1])
    to = To(Place.COMMENT, post.remote_id)
    page.publish(Draft("Sumber: https://posko.example/s", (picture(),), to=to), key=KEY, handle="", keep=keeping()[1])
    line = box.log()[-1]
    assert (line["reply_to"], len(line["media"])) == (post.remote_id, 1)
    assert page.messages(Place.COMMENT, "").entries == (), "our own comment is no news"
    found = page.find(Draft("Sumber: https://posko.example/s", to=to), key=KEY, handle="", since=datetime.now(UTC))
    assert found is not None and found.remote_id == line["remote_id"]


@pytest.mark.parametrize("tall", [True, False], ids=["a reel", "a plain video"])
def test_a_film_goes_up_in_parts_and_is_public_after_the_last_step(box: Sandbox, page: Facebook, tall: bool):
    shot = film(9 * 1024 * 1024, tall=tall)
    box.control("POST", "settings", media_delay_s=3600)
    kept, keep = keeping()
    with pytest.raises(Later) as later:
        page.publish(Draft("Kilas kegiatan", video=shot), key=KEY, handle="", keep=keep)
    assert box.log() == []
    assert len(kept) == (3 if tall else 5)
    box.control("POST", "settings", media_delay_s=0)
    sent = page.publish(Draft("Kilas kegiatan", video=shot), key=KEY, handle=later.value.handle, keep=keep)
    (line,) = box.log()
    assert (line["remote_id"], line["media"], line["text"]) == (sent.remote_id, [shot.sha256], "Kilas kegiatan")
    assert sent.url.endswith(f"/facebook/web/{sent.remote_id}")
    paths = [each["path"] for each in box.requests() if each["method"] == "POST"]
    assert sum("video-upload" in each for each in paths) == int(tall)


@pytest.mark.parametrize(("tall", "step"), [(True, n) for n in range(3)] + [(False, n) for n in range(5)])
def test_a_film_broken_off_at_any_step_is_taken_up_and_public_once(box: Sandbox, page: Facebook, tall: bool, step: int):
    shot, given = film(9 * 1024 * 1024, tall=tall), list[str]()

    class Killed(BaseException):
        pass

    def keep(handle: str) -> None:
        given.append(handle)
        if len(given) == step + 1:
            raise Killed

    with pytest.raises(Killed):
        page.publish(Draft("Kilas", video=shot), key=KEY, handle="", keep=keep)
    assert box.log() == []
    kept, keep_on = keeping()
    sent = page.publish(Draft("Kilas", video=shot), key=KEY, handle=given[-1], keep=keep_on)
    again = page.publish(Draft("Kilas", video=shot), key=KEY, handle=kept[-1], keep=keep_on)
    assert again == sent == page.find(Draft("Kilas", video=shot), key=KEY, handle=kept[-1], since=datetime.now(UTC))
    assert [line["media"] for line in box.log()] == [[shot.sha256]]


def test_a_message_is_answered_within_a_day_only(box: Sandbox, page: Facebook):
    voters(box, "message", account="ratna", text="Boleh minta brosur?")
    read = page.messages(Place.MESSAGE, "")
    (asked,) = read.entries
    assert (asked.text, asked.may_answer, asked.thread) == ("Boleh minta brosur?", True, asked.author_id)
    sent = page.publish(Draft("Boleh, di posko.", to=asked.to), key=KEY, handle="", keep=keeping()[1])
    assert (box.log()[-1]["remote_id"], box.log()[-1]["place"]) == (sent.remote_id, f"dm:{asked.author_id}")
    assert page.messages(Place.MESSAGE, read.cursor).entries == ()
    found = page.find(Draft("Boleh, di posko.", to=asked.to), key=KEY, handle="", since=datetime.now(UTC))
    assert found is not None and found.remote_id == sent.remote_id
    late = To(Place.MESSAGE, asked.remote_id, person=asked.author_id, at=datetime.now(UTC) - timedelta(hours=25))
    with pytest.raises(Rejected, match="window_closed"):
        page.publish(Draft("Terlambat", to=late), key=KEY, handle="", keep=keeping()[1])
    assert len(box.log()) == 1
    granted = Facebook(_granted(page.account), page.door)
    granted.publish(Draft("Masih sempat", to=late), key=KEY, handle="", keep=keeping()[1])
    assert box.log()[-1]["text"] == "Masih sempat"


def _granted(account: Account) -> Account:
    return replace(account, app={**account.app, "human_agent": "1"})


def test_a_mention_is_read_and_answered_below_it(box: Sandbox, page: Facebook):
    voters(box, "mention", account="ratna", text="kapan ke desa kami?")
    (mention,) = page.messages(Place.MENTION, "").entries
    assert "kapan ke desa kami?" in mention.text
    page.publish(Draft("Minggu depan.", to=mention.to), key=KEY, handle="", keep=keeping()[1])
    assert box.log()[-1]["reply_to"] == mention.remote_id


def test_the_inbox_goes_on_where_it_was(box: Sandbox, page: Facebook):
    sent = page.publish(draft(), key=KEY, handle="", keep=keeping()[1])
    for number in range(120):
        voters(box, "reply", remote_id=sent.remote_id, text=f"Tanya {number}")
    first = page.messages(Place.COMMENT, "")
    assert {each.text for each in first.entries} == {f"Tanya {number}" for number in range(120)}
    assert [each.at for each in first.entries] == sorted(each.at for each in first.entries)
    assert page.messages(Place.COMMENT, first.cursor).entries == ()
    voters(box, "reply", remote_id=sent.remote_id, text="Satu lagi")
    assert [each.text for each in page.messages(Place.COMMENT, first.cursor).entries] == ["Satu lagi"]


def test_what_was_posted_by_hand_is_found_on_the_timeline(box: Sandbox, page: Facebook):
    box.control("POST", "hand", platform="facebook", account="ratna", text="Dari ponsel")
    assert [each.text for each in page.timeline(datetime.now(UTC) - timedelta(hours=1))] == ["Dari ponsel"]


def test_news_is_pushed_with_a_signature_our_hook_accepts(box: Sandbox, page: Facebook, ear: Callable[..., Ear]):
    words = {"client_secret": page.account.app["client_secret"], "token": "kata-kunci"}
    hook = ear(lambda query: FacebookHook.shake(query, words))
    app = app_of(box)
    asked = {
        "object": "page", "callback_url": hook.url, "verify_token": "kata-kunci", "fields": "feed,messages",
        "access_token": f"{app.client_id}|{app.client_secret}",
    }  # fmt: skip
    url = f"{app.server}/v26.0/{app.client_id}/subscriptions"
    wrong = requests.post(url, data=asked | {"verify_token": "lain"}, timeout=10)
    assert wrong.status_code == 400
    assert requests.post(url, data=asked, timeout=10).json() == {"success": True}
    page.listen()
    sent = page.publish(draft("Halo"), key=KEY, handle="", keep=keeping()[1])
    voters(box, "reply", remote_id=sent.remote_id, text="Kapan? \u00e4")
    voters(box, "message", account="ratna", text="Halo Bu")
    heard = hook.wait(3)
    events = []
    for head, body in heard:
        FacebookHook.verify(head, body, words, datetime.now(UTC))
        events += FacebookHook.events(body)
    assert [each.happened for each in events] == [Happened.PUBLISHED, Happened.INCOMING, Happened.INCOMING]
    comment, message = events[1].incoming, events[2].incoming
    assert comment is not None and message is not None
    (read,) = page.messages(Place.COMMENT, "").entries
    assert (comment.remote_id, comment.text, comment.about) == (read.remote_id, read.text, read.about)
    (told,) = page.messages(Place.MESSAGE, "").entries
    assert (message.remote_id, message.thread, message.author_id) == (told.remote_id, told.thread, told.author_id)
    assert abs(message.at - told.at) < timedelta(seconds=2)


def test_a_picture_that_is_none_is_refused(page: Facebook):
    broken = picture(read=lambda: image("PNG")[:40])
    with pytest.raises(Rejected, match="refused"):
        page.publish(draft("Foto", pictures=[broken]), key=KEY, handle="", keep=keeping()[1])


@pytest.mark.parametrize(
    ("fault", "code"),
    [("expired_token", "signed_out"), ("revoked_token", "signed_out"), ("no_permission", "not_allowed")],
)
def test_a_dead_token_asks_for_a_new_sign_in(box: Sandbox, page: Facebook, fault: str, code: str):
    box.fault(fault, platform="facebook")
    with pytest.raises(Reconnect, match=code):
        page.publish(draft(), key=KEY, handle="", keep=keeping()[1])
    assert box.log() == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_went_out_without_an_answer_is_found_and_its_repeat_refused(box: Sandbox, page: Facebook, count: int):
    kept, keep = keeping()
    begun = datetime.now(UTC)
    box.fault("accept_then_status", platform="facebook", step="publish", code=503)
    with pytest.raises(Unsure):
        page.publish(draft(pictures=count), key=KEY, handle="", keep=keep)
    (line,) = box.log()
    found = page.find(draft(pictures=count), key=KEY, handle=kept[-1], since=begun)
    assert found is not None and found.remote_id == line["remote_id"]
    if count != 1:
        with pytest.raises(Unsure, match="said_before"):
            page.publish(draft(pictures=count), key=KEY, handle=kept[-1], keep=keep)
        assert len(box.log()) == 1


def test_who_posts_too_fast_is_asked_to_rest(box: Sandbox, page: Facebook):
    box.control("POST", "settings", rate_limits=True)
    for number in range(25):
        page.publish(draft(f"Nomor {number}"), key=KEY, handle="", keep=keeping()[1])
    with pytest.raises(Temporary, match="rate_limited") as caught:
        page.publish(draft("Satu lagi"), key=KEY, handle="", keep=keeping()[1])
    assert caught.value.retry_after == TOO_FAST_WAIT
    assert len(box.log()) == 25


def test_a_voter_answers_in_the_same_conversation(box: Sandbox, page: Facebook):
    voters(box, "message", account="ratna", text="Halo")
    (asked,) = page.messages(Place.MESSAGE, "").entries
    sent = page.publish(Draft("Ya?", to=asked.to), key=KEY, handle="", keep=keeping()[1])
    voters(box, "reply", remote_id=sent.remote_id, place=f"dm:{asked.author_id}", text="Boleh brosur?")
    talk = page.messages(Place.MESSAGE, "").entries
    assert [each.text for each in talk] == ["Halo", "Boleh brosur?"]
    assert {each.thread for each in talk} == {asked.thread}


def test_the_profile_is_told(page: Facebook):
    profile = page.profile()
    assert (profile.name, profile.handle) == ("Ratna Wijaya", "@ratna")
    assert profile.picture_url.startswith("http://")


@pytest.mark.parametrize("tall", [True, False], ids=["a reel", "a plain video"])
def test_a_part_whose_answer_was_lost_is_not_uploaded_twice(box: Sandbox, page: Facebook, tall: bool):
    shot = film(9 * 1024 * 1024, tall=tall)
    handle, (kept, keep) = json.dumps(begun(page, shot)), keeping()
    box.fault("accept_then_status", platform="facebook", step="media", code=503)
    with pytest.raises(Temporary):
        page.publish(Draft("Kilas", video=shot), key=KEY, handle=handle, keep=keep)
    page.publish(Draft("Kilas", video=shot), key=KEY, handle=kept[-1], keep=keep)
    assert [line["media"] for line in box.log()] == [[shot.sha256]]


def begun(page: Facebook, shot: Video) -> dict[str, Any]:
    """The handle of a film for which there is a place."""
    kind = "reel" if shot.height > shot.width else "video"
    return {"kind": kind, **page._film._begin(kind, shot)}
