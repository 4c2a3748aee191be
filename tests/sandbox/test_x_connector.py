"""Our connector against the running sandbox: from consent to taking down, and through every interruption."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests

from platforms import oauth
from platforms.base import Halted, Later, Reconnect, Rejected, Stale, Temporary, Unsure
from platforms.contents import Account, Draft, Key, Place, Sent, To, Video
from platforms.http import Door
from platforms.oauth import App, Consent
from platforms.x import X, XSignIn
from platforms.x import connector as module
from platforms.x.media import SEGMENT
from sandbox import oauth as practice
from tests.platforms.make import draft, keeping, picture
from tests.sandbox.running import Sandbox

BACK = "http://localhost:9/oauth/x/"


def door(box: Sandbox) -> Door:
    return Door(10, 5, frozenset({f"localhost:{box.port}"}))


def app(box: Sandbox) -> App:
    client_id, secret = practice.app("x")
    return App(f"{box.url}/x", client_id, secret, BACK)


def consent(box: Sandbox, http: requests.Session, *, without: str = "", answer: str = "yes") -> dict[str, list[str]]:
    """What a person brings back who opens the page, perhaps unticks a permission, and presses a button."""
    address = XSignIn.authorize_url(app(box), state="s3cret", verifier="v" * 50)
    page = http.get(address, timeout=10).text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    grants = [unescape(each) for each in re.findall(r'name="grant" value="(.*?)"', page)]
    account = re.search(r'name="account" value="(.*?)"', page)
    assert account
    form: dict[str, Any] = fields | {"account": account[1], "answer": answer}
    form["grant"] = [each for each in grants if each != without]
    sent = http.post(address.partition("?")[0], data=form, allow_redirects=False, timeout=10)
    assert sent.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(sent.headers["Location"]).query)


def sign_in(box: Sandbox, http: requests.Session, *, without: str = "") -> Consent:
    box.account("x")
    back = consent(box, http, without=without)
    assert back["state"] == ["s3cret"]
    return XSignIn.exchange(door(box), app(box), code=back["code"][0], verifier="v" * 50)


@pytest.fixture
def ours(box: Sandbox, http: requests.Session) -> X:
    """The connector of a person who has let us in."""
    return X(sign_in(box, http).accounts[0], door(box))


def key() -> Key:
    return Key(uuid4(), datetime.now(UTC))


def say(ours: X, what: Draft, handle: str = "") -> Sent:
    ours.door.permit()
    return ours.publish(what, key=key(), handle=handle, keep=keeping()[1])


def voter(box: Sandbox, act: str, **more: Any) -> str:
    return str(box.control("POST", "voters", platform="x", act=act, **more)["remote_id"])


def film(size: int = 2 * SEGMENT + 5) -> Video:
    data = b"\0\0\0\x18ftypmp42" + b"x" * (size - 12)
    return Video(
        "f" * 64, "video/mp4", 1280, 720, size, 12.0, 30.0, "AVC", "AAC", lambda start, most: data[start : start + most]
    )


# Signing in --------------------------------------------------------------------------------------


def test_a_person_lets_us_in_with_all_permissions(box: Sandbox, http: requests.Session) -> None:
    found = sign_in(box, http)
    (account,) = found.accounts
    assert found.missing == frozenset()
    assert (account.handle, account.name, account.server) == ("@ratna", "Ratna Wijaya", f"{box.url}/x")
    assert account.secrets["refresh"]
    assert http.get(account.url, timeout=10).status_code == 200


def test_what_a_person_did_not_allow_is_told(box: Sandbox, http: requests.Session) -> None:
    found = sign_in(box, http, without="dm.read")
    assert found.missing == {"dm.read"}
    with pytest.raises(Reconnect, match="not_allowed"):
        X(found.accounts[0], door(box)).messages(Place.MESSAGE, "")


def test_no_and_a_stale_code_let_nobody_in(box: Sandbox, http: requests.Session) -> None:
    box.account("x")
    assert consent(box, http, answer="no")["error"] == ["access_denied"]
    code = consent(box, http)["code"][0]
    with pytest.raises(Reconnect, match="wrong_login"):
        XSignIn.exchange(door(box), app(box), code=code, verifier=oauth.verifier())
    with pytest.raises(Reconnect, match="wrong_login"):
        XSignIn.exchange(door(box), app(box), code="made-up", verifier="v" * 50)


def test_refresh_tokens_work_once(ours: X) -> None:
    renewed = ours.renew()
    assert renewed["refresh"] != ours.account.secrets["refresh"]
    assert X(replace(ours.account, secrets=renewed), ours.door).check().handle == "@ratna"
    with pytest.raises(Reconnect, match="signed_out"):
        ours.renew()


def test_an_expired_token_is_renewed_and_a_revoked_one_asks_for_a_person(box: Sandbox, ours: X) -> None:
    box.fault("expired_token", platform="x", times=None)
    with pytest.raises(Stale):
        ours.check()
    renewed = X(replace(ours.account, secrets=ours.renew()), ours.door)
    assert renewed.check().handle == "@ratna"
    box.fault("revoked_token", platform="x", times=None)
    renewed.door.permit()
    with pytest.raises(Reconnect, match="signed_out"):
        renewed.renew()
    with pytest.raises(Reconnect, match="signed_out"):
        renewed.check()


# A post's life -----------------------------------------------------------------------------------


def test_from_a_post_with_a_picture_to_its_taking_down(box: Sandbox, ours: X, http: requests.Session) -> None:
    since = datetime.now(UTC)
    what = draft("Besok ke pasar & balai: posko.id/a #Pasar", pictures=[picture(alt="Pasar pagi")])
    sent = say(ours, replace(what, ai_made=True))
    line = box.log()[-1]
    assert (line["text"], line["alt"], line["remote_id"]) == (what.text, ["Pasar pagi"], sent.remote_id)
    assert "Besok ke pasar" in http.get(sent.url, timeout=10).text
    assert [seen.remote_id for seen in ours.timeline(since - timedelta(minutes=1))] == [sent.remote_id]

    voter(box, "like", remote_id=sent.remote_id, number=30)
    numbers = {figure.metric: figure.value for figure in ours.measure([sent.remote_id, "12345"])[sent.remote_id]}
    assert numbers["likes"] == 30
    assert numbers["views"] > 0
    assert numbers["clicks"] > 0

    voter(box, "reply", remote_id=sent.remote_id, text="Kapan mulai?")
    asked = voter(box, "reply", remote_id=sent.remote_id, text="Jam berapa, @ratna?")
    comments = ours.messages(Place.COMMENT, "")
    assert [(each.text, each.may_answer) for each in comments.entries] == [
        ("Kapan mulai?", False), ("Jam berapa, @ratna?", True),
    ]  # fmt: skip
    assert {each.about for each in comments.entries} == {sent.remote_id}
    answer = say(ours, replace(draft("Pukul delapan"), to=comments.entries[1].to))
    assert box.log()[-1]["reply_to"] == asked
    with pytest.raises(Rejected, match="x_not_summoned") as no:
        say(ours, replace(draft("Besok"), to=comments.entries[0].to))
    assert comments.entries[0].url == no.value.params["url"]
    assert ours.messages(Place.COMMENT, comments.cursor).entries == ()

    ours.hide(comments.entries[0].remote_id, hidden=True)
    ours.hide(comments.entries[0].remote_id, hidden=False)
    for gone in (answer, sent, sent):
        ours.take_down(gone.remote_id)
    assert ours.measure([sent.remote_id]) == {}
    assert [line["action"] for line in box.log()] == ["publish", "publish", "delete", "delete"]


def test_a_person_answers_at_x_where_an_app_may_not(box: Sandbox, ours: X, http: requests.Session) -> None:
    sent = say(ours, draft("Halo warga"))
    voter(box, "reply", remote_id=sent.remote_id, text="Kapan mulai?")
    (comment,) = ours.messages(Place.COMMENT, "").entries
    assert "Kapan mulai?" in http.get(comment.url, timeout=10).text
    form = {"in_reply_to": comment.remote_id, "account": "ratna", "text": "Besok pagi"}
    assert http.post(comment.url.partition("?")[0], data=form, timeout=10).status_code == 200
    assert (box.log()[-1]["text"], box.log()[-1]["by"]) == ("Besok pagi", "hand")


def test_a_thread_answers_ourselves(box: Sandbox, ours: X) -> None:
    first = say(ours, draft("Satu"))
    second = say(ours, replace(draft("Dua"), to=To(Place.COMMENT, first.remote_id)))
    say(ours, replace(draft("Tiga"), to=To(Place.COMMENT, second.remote_id)))
    assert [line["reply_to"] for line in box.log()] == [None, first.remote_id, second.remote_id]


def test_messages_are_read_and_answered(box: Sandbox, ours: X) -> None:
    voter(box, "message", account="ratna", text="Lihat posko.id, ya?")
    page = ours.messages(Place.MESSAGE, "")
    assert [each.text for each in page.entries] == ["Lihat http://posko.id, ya?"]
    sent = say(ours, replace(draft("Terima kasih"), to=page.entries[0].to))
    assert ours.messages(Place.MESSAGE, page.cursor).entries == ()
    assert box.log()[-1]["place"].startswith("dm:")
    assert ours.timeline(datetime.now(UTC) - timedelta(minutes=5)) == []
    ours.take_down(sent.remote_id)
    assert box.log()[-1]["action"] == "delete"


def test_mentions_begin_where_the_last_reading_ended(box: Sandbox, ours: X) -> None:
    for number in range(3):
        voter(box, "mention", account="ratna", text=f"Pertanyaan {number}", voter=number)
    page = ours.messages(Place.MENTION, "")
    assert [each.text[-12:] for each in page.entries] == [f"Pertanyaan {number}" for number in range(3)]
    assert all(each.may_answer for each in page.entries)
    voter(box, "mention", account="ratna", text="Satu lagi")
    assert [each.text for each in ours.messages(Place.MENTION, page.cursor).entries] == ["@ratna Satu lagi"]


def test_long_lists_are_read_to_their_end(box: Sandbox, ours: X) -> None:
    for number in range(103):
        box.control("POST", "hand", platform="x", account="ratna", text=f"Nomor {number}")
    assert len(ours.timeline(datetime.now(UTC) - timedelta(hours=1))) == 103


def test_x_refuses_what_our_limits_foresee(box: Sandbox, ours: X) -> None:
    for words in ("a" * 281, "🙂" * 141, "$BBCA $TLKM"):
        assert X.problems(draft(words), {})
        with pytest.raises(Rejected, match="refused"):
            say(ours, draft(words))
    say(ours, draft("🙂" * 140))
    say(ours, draft("a" * 256 + " https://posko.id/" + "b" * 200))
    assert len(box.log()) == 2


def test_used_up_credit_stops_the_account(box: Sandbox, ours: X) -> None:
    box.fault("status", platform="x", code=402)
    with pytest.raises(Reconnect, match="x_no_credit"):
        say(ours, draft("Halo"))
    assert box.log() == []


def test_a_used_up_limit_says_when_to_come_back(box: Sandbox, ours: X) -> None:
    box.control("POST", "settings", rate_limits=True)
    for _ in range(75):
        ours.check()
    with pytest.raises(Temporary, match="rate_limited") as caught:
        ours.check()
    assert caught.value.retry_after is not None
    assert timedelta(minutes=13) < caught.value.retry_after <= timedelta(minutes=16)


# Interruptions -----------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is gone."""


def die_at(step: int, *, before: bool) -> tuple[list[str], Callable[[str], None]]:
    """A `keep` that dies at its `step`-th call: `before` the handle is saved, or right after."""
    kept: list[str] = []

    def keep(handle: str) -> None:
        if before and len(kept) == step:
            raise Killed
        kept.append(handle)
        if len(kept) == step + 1:
            raise Killed

    return kept, keep


@pytest.mark.parametrize("before", [True, False], ids=["before it is kept", "after it is kept"])
@pytest.mark.parametrize("step", range(6))
def test_a_film_is_public_once_wherever_its_worker_died(
    box: Sandbox, ours: X, step: int, *, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SETTLES", 0)
    what, same, (kept, keep) = Draft("Film dari lapangan", video=film()), key(), die_at(step, before=before)
    with pytest.raises(Killed):
        ours.publish(what, key=same, handle="", keep=keep)
    handle = kept[-1] if kept else ""
    assert ours.find(what, key=same, handle=handle, since=same.made_at) is None
    finish(ours, what, same, handle)
    assert [line["text"] for line in box.log()] == [what.text]


def finish(ours: X, what: Draft, same: Key, handle: str) -> Sent:
    """Go on as a worker does, until it is out."""
    for _ in range(5):
        try:
            return ours.publish(what, key=same, handle=handle, keep=lambda _: None)
        except Later as later:
            handle = later.handle
    raise AssertionError("not finished")


@pytest.mark.parametrize("answered", range(1, 7))
def test_a_film_is_public_once_whichever_answer_was_lost(
    box: Sandbox, ours: X, answered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SETTLES", 0)
    what, same, (kept, keep) = Draft("Film dari lapangan", video=film()), key(), keeping()
    call, left = ours.door.call, iter(range(answered - 1, -1, -1))

    def lose(*args: Any, **options: Any) -> Any:
        found = call(*args, **options)
        if options["changes"] and next(left, -1) == 0:
            raise Killed
        return found

    monkeypatch.setattr(ours.door, "call", lose)
    with pytest.raises(Killed):
        ours.publish(what, key=same, handle="", keep=keep)
    monkeypatch.setattr(ours.door, "call", call)
    if ours.find(what, key=same, handle=kept[-1], since=same.made_at) is None:
        finish(ours, what, same, kept[-1])
    assert [line["text"] for line in box.log()] == [what.text]
    assert json.loads(kept[-1]).get("tries", 0) == (1 if answered == 6 else 0)


def test_an_answer_that_was_lost_is_found_by_the_refusal_of_the_same_words(box: Sandbox, ours: X) -> None:
    kept, keep = keeping()
    box.fault("accept_then_status", platform="x", step="publish", code=503)
    with pytest.raises(Unsure):
        ours.publish(draft("Sekali saja"), key=key(), handle="", keep=keep)
    again = say(ours, draft("Sekali saja"), kept[-1])
    assert [line["remote_id"] for line in box.log()] == [again.remote_id]
    with pytest.raises(Rejected, match="x_duplicate"):
        say(ours, draft("Sekali saja"))


def test_a_film_that_x_cannot_use_is_refused_in_its_words(box: Sandbox, ours: X) -> None:
    bad = replace(film(20), part=lambda start, most: b"no film, only words."[start : start + most])
    with pytest.raises(Rejected, match="film_failed") as caught:
        say(ours, Draft("Film", video=bad))
    assert caught.value.params["words"] == "Unsupported video format"


def test_while_x_works_on_a_film_it_is_left_alone(box: Sandbox, ours: X) -> None:
    box.control("POST", "settings", media_delay_s=60)
    with pytest.raises(Later) as later:
        say(ours, Draft("Film", video=film()))
    assert json.loads(later.value.handle)["whole"] == 1
    assert box.log() == []


def test_a_gate_that_closes_sends_nothing_further(box: Sandbox, ours: X) -> None:
    def keep(_: str) -> None:
        raise Halted("stopped")

    with pytest.raises(Halted):
        ours.publish(draft("Halo", pictures=1), key=key(), handle="", keep=keep)
    assert box.log() == []
    assert not [each for each in box.requests() if "/media/" in each["path"]]


def test_a_token_from_the_settings_page_works_too(box: Sandbox) -> None:
    told = box.account("x")
    account = X(Account("x", told["server"], "", "", "", told["secrets"]), door(box)).check()
    assert account.remote_id == told["remote_id"]
    assert account.url == told["url"]
