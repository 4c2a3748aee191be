"""Films, answers, reading and webhooks on Telegram."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.base import Ability, ConnectorError, Reconnect, Rejected, Temporary, Unsure
from platforms.contents import Happened, Place, To
from platforms.hooks import Forged, Unreadable
from platforms.telegram import Telegram
from platforms.telegram.hooks import TelegramHook
from tests.platforms.make import KEY, TOKEN, draft, film, keeping, payload, speaker
from tests.platforms.servers import hangs, routes, says, serving

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
DATE = int(NOW.timestamp())
CHANNEL = {"id": -1001234, "type": "channel", "title": "Kabar Ratna", "username": "kabarratna"}
GROUP = {"id": -1005678, "type": "supergroup", "title": "Diskusi"}
SRI = {"id": 9, "is_bot": False, "first_name": "Sri", "last_name": "Lestari", "username": "srilestari"}
BOT = {"id": 6, "is_bot": True, "first_name": "Posko"}
ORIGIN = {"type": "channel", "chat": CHANNEL, "message_id": 45, "date": DATE}
COPY = {
    "message_id": 12, "date": DATE, "chat": GROUP, "is_automatic_forward": True, "forward_origin": ORIGIN,
    "sender_chat": CHANNEL, "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "text": "Kabar",
}  # fmt: skip


def ok(result: Any) -> Any:
    return says({"ok": True, "result": result})


def refusal(words: str, status: int = 400) -> Any:
    return says({"ok": False, "error_code": status, "description": words}, status)


def message(number: int, text: str = "Kapan?", chat: Any = GROUP, **more: Any) -> dict[str, Any]:
    return {"message_id": number, "date": DATE, "chat": chat, "from": SRI, "text": text, **more}


BY_A_BOT = message(1) | {"from": BOT}
PRIVATE = {"id": 9, "type": "private", "first_name": "Sri"}
COMMENT = message(13, reply_to_message=COPY, message_thread_id=12)
DEEPER = message(14, "Setuju", reply_to_message=message(13), message_thread_id=12)


# Films and answers -------------------------------------------------------------------------------


def test_a_film_goes_out_in_one_call_with_its_caption_and_size():
    with serving(ok({"message_id": 45})) as server:
        sent = speaker("telegram", server).publish(draft("Halo", video=film()), key=KEY, handle="", keep=keeping()[1])
    asked = server.asked[0]
    assert sent.remote_id == "-1001234:45"
    assert asked.path.endswith("/sendVideo")
    assert b'name="video"; filename="' in asked.body
    assert b"ftypisom" in asked.body
    for name, value in {
        "chat_id": "-1001234",
        "caption": "Halo",
        "width": "320",
        "height": "240",
        "duration": "3",
    }.items():
        assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in asked.body


def test_a_film_whose_answer_is_lost_may_be_public():
    with serving(hangs) as server, pytest.raises(Unsure):
        speaker("telegram", server, seconds=0.3).publish(draft(video=film()), key=KEY, handle="", keep=keeping()[1])


def test_films_have_fifty_megabytes_and_a_short_caption():
    big = film(size=50 * 1024 * 1024 + 1, mime="video/webm")
    assert [p.code for p in Telegram.problems(draft(video=big), {})] == ["film_type", "film_too_big"]
    assert [p.code for p in Telegram.problems(draft("a" * 1025, video=film()), {})] == ["too_long"]


@pytest.mark.parametrize(
    ("to", "chat", "url"),
    [
        (To(Place.COMMENT, "-1001234:45"), "-1001234", "/caleg/46"),
        (To(Place.COMMENT, "-1001234:45,46"), "-1001234", "/caleg/46"),
        (To(Place.COMMENT, "-1005678:12", root="-1001234:45"), "-1005678", "/c/5678/46"),
        (To(Place.MESSAGE, "9:45", person="9"), "9", ""),
    ],
    ids=["a thread in the channel", "below an album", "a comment in the group", "to a person"],
)
def test_an_answer_goes_to_the_chat_of_what_it_answers(to, chat, url):
    with serving(ok({"message_id": 46})) as server:
        sent = speaker("telegram", server).publish(draft("Ya", to=to), key=KEY, handle="", keep=keeping()[1])
    asked = server.asked[0].json
    assert asked["chat_id"] == chat
    assert json.loads(asked["reply_parameters"]) == {"message_id": int(to.remote_id.split(":")[1].split(",")[0])}
    assert sent.remote_id == f"{chat}:46"
    assert sent.url == (f"{server.url}{url}" if url else "")


def test_a_person_is_written_to_without_a_message_to_quote():
    with serving(ok({"message_id": 1})) as server:
        speaker("telegram", server).publish(
            draft(to=To(Place.MESSAGE, "", person="9")), key=KEY, handle="", keep=keeping()[1]
        )
    assert server.asked[0].json == {"chat_id": "9", "text": draft().text}


@pytest.mark.parametrize(
    "to", [To(Place.COMMENT, "-1005678:12", root="-1001234:45"), To(Place.MESSAGE, "9:5", person="9")]
)
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Forbidden: bot is not a member of the supergroup chat", 403),
        ("Bad Request: chat not found", 400),
        ("Bad Request: not enough rights to send text messages to the chat", 400),
        ("Forbidden: something new", 403),
    ],
)
@pytest.mark.parametrize("more", [{}, {"video": film()}])
def test_trouble_in_another_chat_does_not_put_the_channel_out_of_use(to, words, status, more):
    with serving(refusal(words, status)) as server, pytest.raises(Rejected):
        speaker("telegram", server).publish(draft(to=to, **more), key=KEY, handle="", keep=keeping()[1])
    with serving(refusal(words, status)) as server, pytest.raises(Reconnect):
        speaker("telegram", server).publish(draft(**more), key=KEY, handle="", keep=keeping()[1])


@pytest.mark.parametrize(
    ("words", "status", "expected", "code"),
    [
        ("Forbidden: bot was blocked by the user", 403, Rejected, "person_unreachable"),
        ("Forbidden: user is deactivated", 403, Rejected, "person_unreachable"),
        ("Forbidden: bot can't initiate conversation with a user", 403, Rejected, "person_unreachable"),
        ("Bad Request: message to be replied not found", 400, Rejected, "parent_gone"),
    ],
)
def test_one_person_who_does_not_hear_us_does_not_put_the_channel_out_of_use(words, status, expected, code):
    to = To(Place.MESSAGE, "9:45", person="9")
    with serving(refusal(words, status)) as server, pytest.raises(ConnectorError) as caught:
        speaker("telegram", server).publish(draft(to=to), key=KEY, handle="", keep=keeping()[1])
    assert (type(caught.value), caught.value.code) == (expected, code)


def test_comments_are_offered_only_where_the_bot_may_write_in_the_group():
    first = To(Place.COMMENT, "-1005678:12", root="-1001234:45")
    assert Telegram.problems(draft(to=first), {"group": -1005678}) == []
    for limits in ({"group": 0}, {}, {"group": -100999}):
        assert [p.code for p in Telegram.problems(draft(to=first), limits)] == ["comments_closed"]
    assert Telegram.problems(draft(to=To(Place.COMMENT, "-1001234:45", root="-1001234:45")), {}) == []


@pytest.mark.parametrize(
    ("member", "group"),
    [
        (ok({"status": "administrator", "can_post_messages": True}), -1005678),
        (refusal("Bad Request: chat not found"), 0),
        (refusal("Forbidden: bot is not a member of the supergroup chat", 403), 0),
        (ok({"status": "left"}), 0),
    ],
)
def test_connecting_finds_out_whether_there_is_a_group_for_comments(member, group):
    chat = ok({**payload("telegram", "chat")["result"], "linked_chat_id": -1005678})
    ours = ok({"status": "administrator", "can_post_messages": True})

    def members(connection: Any, asked: Any) -> Any:
        return (member if asked.query["chat_id"] == ["-1005678"] else ours)(connection, asked)

    answers = routes(getMe=says(payload("telegram", "me")), getChat=chat, getChatMember=members)
    with serving(answers) as server:
        account = Telegram.connect(speaker("telegram", server).door, server.url, TOKEN, "@kabarratna")
    assert account.limits == {"group": group}


# Reading -----------------------------------------------------------------------------------------


def update(number: int, kind: str, body: Any) -> dict[str, Any]:
    return {"update_id": number, kind: body}


def test_one_queue_serves_every_place_and_what_is_kept_is_confirmed():
    told = [
        update(70, "message", COPY),
        update(71, "message", COMMENT),
        update(72, "message", message(5, "/mulai", chat=PRIVATE)),
        update(73, "channel_post", message(46, chat=CHANNEL, sender_chat=CHANNEL)),
    ]
    with serving(ok(told), ok([])) as server:
        ours = speaker("telegram", server)
        found = ours.messages(Place.MESSAGE, "")
        again = ours.messages(Place.COMMENT, found.cursor)
    assert [(entry.place, entry.remote_id) for entry in found.entries] == [
        (Place.COMMENT, "-1005678:13"),
        (Place.MESSAGE, "9:5"),
    ]
    assert (found.cursor, again.cursor) == ("73", "73")
    assert "offset" not in server.asked[0].query
    assert server.asked[1].query["offset"] == ["74"]
    assert "message" in json.loads(server.asked[0].query["allowed_updates"][0])


def test_a_comment_names_the_post_it_stands_under_and_its_talk():
    with serving(ok([update(1, "message", COMMENT), update(2, "message", DEEPER)])) as server:
        first, deeper = speaker("telegram", server).messages(Place.COMMENT, "").entries
        site = server.url
    assert (first.about, first.parent, first.thread) == ("-1001234:45", "-1005678:12", "-1005678:12")
    assert (deeper.about, deeper.parent, deeper.thread) == ("", "-1005678:13", "-1005678:12")
    assert (first.author_id, first.author_name, first.author_handle) == ("9", "Sri Lestari", "@srilestari")
    assert first.url == f"{site}/c/5678/13"
    assert first.at == NOW
    assert first.to == To(Place.COMMENT, "-1005678:13", root="-1001234:45", person="9", at=NOW)


@pytest.mark.parametrize(
    "body",
    [
        BY_A_BOT,
        message(1, sender_chat=GROUP),
        message(1, sender_chat=CHANNEL, reply_to_message=COPY),
        {key: value for key, value in message(1, new_chat_members=[SRI]).items() if key != "text"},
    ],
    ids=["a bot", "an anonymous administrator", "the channel itself", "somebody joined"],
)
def test_who_is_no_voter_is_not_read(body):
    with serving(ok([update(1, "message", body)])) as server:
        found = speaker("telegram", server).messages(Place.COMMENT, "")
    assert (found.entries, found.cursor) == ((), "1")


def test_an_odd_update_does_not_hold_up_those_that_follow():
    told = [update(1, "message", {"chat": "?"}), update(2, "message", COMMENT), update(3, "new_thing", {})]
    with serving(ok(told)) as server:
        found = speaker("telegram", server).messages(Place.COMMENT, "")
    assert (len(found.entries), found.cursor) == (1, "3")


def test_while_a_webhook_is_set_nothing_can_be_fetched():
    hooked = (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    with serving(refusal(hooked, 409)) as server, pytest.raises(ConnectorError) as caught:
        speaker("telegram", server).messages(Place.COMMENT, "")
    assert (type(caught.value), caught.value.code) == (ConnectorError, "telegram_hooked")
    twice = "Conflict: terminated by other getUpdates request"
    with serving(refusal(twice, 409)) as server, pytest.raises(Temporary):
        speaker("telegram", server).messages(Place.COMMENT, "")


def test_listening_sets_the_webhook_and_stops_it():
    with serving(ok(True)) as server:
        ours = speaker("telegram", server)
        assert isinstance(ours, Telegram)
        ours.listen("https://posko.example/hooks/telegram/", "kata-rahasia")
        ours.listen("", "")
    assert [asked.path.rpartition("/")[2] for asked in server.asked] == ["setWebhook", "deleteWebhook"]
    asked = server.asked[0].json
    assert (asked["url"], asked["secret_token"]) == ("https://posko.example/hooks/telegram/", "kata-rahasia")
    assert "message_reaction_count" in asked["allowed_updates"], "told only to those who name them"


def test_the_profile_is_what_people_see_and_holds_no_token():
    with serving(ok({**CHANNEL, "description": "Kabar dari lapangan", "photo": {"big_file_id": "x"}})) as server:
        shown = speaker("telegram", server).profile()
    assert (shown.name, shown.handle, shown.bio) == ("Kabar Ratna", "@kabarratna", "Kabar dari lapangan")
    assert TOKEN not in repr(shown)


def test_what_telegram_lacks_is_not_offered():
    assert not {Ability.HIDE, Ability.TIMELINE, Ability.MEASURE_POSTS} & Telegram.can


# Webhook -----------------------------------------------------------------------------------------

SECRETS = {"token": "kata-rahasia"}


@pytest.mark.parametrize(
    "given", [{}, {"x-telegram-bot-api-secret-token": ""}, {"x-telegram-bot-api-secret-token": "lain"}]
)
def test_an_update_without_the_agreed_word_is_forged(given):
    with pytest.raises(Forged):
        TelegramHook.verify(given, b"{}", SECRETS, NOW)
    with pytest.raises(Forged):
        TelegramHook.verify({"x-telegram-bot-api-secret-token": ""}, b"{}", {}, NOW)


def test_the_agreed_word_proves_an_update():
    TelegramHook.verify({"x-telegram-bot-api-secret-token": "kata-rahasia"}, b"{}", SECRETS, NOW)


def events(kind: str, body: Any) -> list[Any]:
    return TelegramHook.events(json.dumps(update(77, kind, body)).encode())


def test_the_channels_post_in_the_group_tells_where_its_comments_go():
    (event,) = events("message", COPY)
    assert (event.id, event.happened, event.account) == ("77", Happened.PUBLISHED, "-1001234")
    assert (event.about, event.thread) == ("-1001234:45", "-1005678:12")


def test_what_people_write_and_change_is_told_with_its_words():
    (new,) = events("message", COMMENT)
    (changed,) = events("edited_message", message(13, "Kapan mulai?", edit_date=DATE + 9))
    assert (new.happened, new.about, new.incoming.text) == (Happened.INCOMING, "-1001234:45", "Kapan?")
    assert (changed.happened, changed.about) == (Happened.CHANGED, "-1005678:13")
    assert changed.incoming.text == "Kapan mulai?"


def test_posts_reactions_and_the_loss_of_our_place_are_told():
    (post,) = events("channel_post", message(46, chat=CHANNEL))
    assert (post.happened, post.about) == (Happened.PUBLISHED, "-1001234:46")
    counts = [{"type": {"type": "emoji", "emoji": e}, "total_count": n} for e, n in (("👍", 4), ("❤", 3))]
    (liked,) = events("message_reaction_count", {"chat": CHANNEL, "message_id": 45, "date": DATE, "reactions": counts})
    assert (liked.happened, liked.about, liked.figures[0].value) == (Happened.FIGURES, "-1001234:45", 7)
    for chat, member, expected in (
        (CHANNEL, {"status": "kicked"}, Happened.REVOKED),
        (CHANNEL, {"status": "administrator", "can_post_messages": False}, Happened.REVOKED),
        (CHANNEL, {"status": "administrator", "can_post_messages": True}, Happened.OTHER),
        (PRIVATE, {"status": "kicked"}, Happened.OTHER),
    ):
        (event,) = events("my_chat_member", {"chat": chat, "date": DATE, "new_chat_member": member})
        assert event.happened == expected


def test_what_does_not_concern_us_is_nothing_and_unknown_shapes_are_unreadable():
    assert events("callback_query", {"id": "1"}) == []
    assert events("message", BY_A_BOT) == []
    odd = [
        b"",
        b"[]",
        b"{}",
        b'{"update_id":"7"}',
        b'{"update_id":7,"message":{}}',
        b'{"update_id":7,"message":[]}',
        b"[" * 99_999,
    ]
    for body in odd:
        with pytest.raises(Unreadable):
            TelegramHook.events(body)
