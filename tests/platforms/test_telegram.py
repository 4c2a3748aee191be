"""What Telegram's connector asks for."""

import json

import pytest

from platforms.base import Ability, Halted, Reconnect, Rejected, Temporary, Unknowable
from platforms.contents import Account, Sent
from platforms.http import Door
from platforms.telegram import Telegram
from tests.platforms.make import KEY, TOKEN, draft, keeping, payload, speaker
from tests.platforms.servers import routes, says, serving

MESSAGE, ME = says(payload("telegram", "message")), says(payload("telegram", "me"))
CHAT, MEMBER = payload("telegram", "chat"), payload("telegram", "member")


def refusal(words: str, status: int = 400):
    return says({"ok": False, "error_code": status, "description": words}, status)


def test_a_text_is_one_request():
    kept, keep = keeping()
    with serving(MESSAGE) as server:
        sent = speaker("telegram", server).publish(draft("a <b> *c*"), key=KEY, handle="", keep=keep)
    assert sent == Sent("-1001234:45", f"{server.url}/caleg/45")
    assert kept == []
    assert server.asked[0].path == f"/bot{TOKEN}/sendMessage"
    assert server.asked[0].json == {"chat_id": "-1001234", "text": "a <b> *c*"}, "no markup is read from the text"


def test_real_channels_are_read_at_telegrams_own_address():
    door = Door(1)
    for handle, expected in (("@kabar", "kabar/45"), ("", "c/1234/45")):
        account = Account("telegram", "https://api.telegram.org", "-1001234", "Kabar", handle, {"token": TOKEN})
        assert Telegram(account, door)._page("45") == f"https://t.me/{expected}"


def test_one_picture_carries_the_text_as_its_caption():
    kept, keep = keeping()
    with serving(MESSAGE) as server:
        speaker("telegram", server).publish(draft("Halo", pictures=1), key=KEY, handle="", keep=keep)
    asked = server.asked[0]
    assert asked.path.endswith("/sendPhoto")
    assert b'name="caption"\r\n\r\nHalo' in asked.body
    assert b'name="photo"; filename="0.png"' in asked.body
    assert len(kept) == 1, "the gate is asked after the reading"


def test_several_pictures_are_one_album_with_one_receipt():
    album = says({"ok": True, "result": [{"message_id": 45}, {"message_id": 46}, {"message_id": 47}]})
    with serving(album) as server:
        sent = speaker("telegram", server).publish(draft("Halo", pictures=3), key=KEY, handle="", keep=keeping()[1])
    assert sent.remote_id == "-1001234:45,46,47"
    media = json.loads(server.asked[0].body.split(b'name="media"\r\n\r\n')[1].split(b"\r\n")[0])
    assert [m["media"] for m in media] == ["attach://p0", "attach://p1", "attach://p2"]
    assert [m.get("caption") for m in media] == ["Halo", None, None]


def test_when_the_gate_closes_while_pictures_are_read_nothing_is_sent():
    def keep(_: str) -> None:
        raise Halted

    with serving(MESSAGE) as server, pytest.raises(Halted):
        speaker("telegram", server).publish(draft(pictures=1), key=KEY, handle="", keep=keep)
    assert server.asked == []


def test_nobody_can_look_a_post_up():
    with serving() as server, pytest.raises(Unknowable, match="telegram_blind"):
        speaker("telegram", server).find(draft(), key=KEY, handle="", since=KEY.made_at)
    assert server.asked == []


def test_an_album_is_taken_down_whole_and_what_is_gone_is_no_error():
    answers = [says({"ok": True, "result": True}), refusal("Bad Request: message to delete not found")]
    with serving(*answers) as server:
        speaker("telegram", server).take_down("-1001234:45,46")
    assert [asked.json for asked in server.asked] == [
        {"chat_id": "-1001234", "message_id": "45"},
        {"chat_id": "-1001234", "message_id": "46"},
    ]
    with serving(refusal("Bad Request: message can't be deleted")) as server, pytest.raises(Rejected):
        speaker("telegram", server).take_down("-1001234:45")


def test_subscribers_are_counted_and_posts_have_no_numbers():
    with serving(says({"ok": True, "result": 812})) as server:
        ours = speaker("telegram", server)
        assert [(f.metric, f.value) for f in ours.measure_account()] == [("followers", 812)]
        assert Ability.MEASURE_POSTS not in ours.can
    with serving(says({"ok": True, "result": {}})) as server, pytest.raises(Temporary):
        speaker("telegram", server).measure_account()


# Connecting --------------------------------------------------------------------------------------


def connected(*, chat=None, member=None, typed="@kabarratna"):
    """The account after connecting, and what the server was asked for."""
    member = MEMBER | {"result": MEMBER["result"] | (member or {})}
    chat = CHAT | {"result": CHAT["result"] | (chat or {})}
    with serving(routes(getMe=ME, getChat=says(chat), getChatMember=says(member))) as server:
        door = speaker("telegram", server).door
        return Telegram.connect(door, server.url, f" {TOKEN}\n", typed), server


@pytest.mark.parametrize("typed", ["@kabarratna", "kabarratna", "https://t.me/kabarratna", "t.me/kabarratna/"])
def test_a_channel_is_found_by_any_of_its_names(typed):
    account, server = connected(typed=typed)
    assert (account.remote_id, account.name, account.handle) == ("-1001234", "Kabar Ratna", "@kabarratna")
    assert account.url == f"{server.url}/kabarratna"
    assert account.secrets == {"token": TOKEN}
    assert server.asked[1].query["chat_id"] == ["@kabarratna"]
    assert TOKEN not in repr(account)


def test_a_private_channel_has_addresses_for_its_members():
    account, _ = connected(chat={"username": None}, typed="-1001234")
    assert account.handle == ""
    assert account.url == ""
    with serving(MESSAGE) as server:
        ours = Telegram(account, speaker("telegram", server).door)
        ours.account = type(account)(**{**account.__dict__, "server": server.url})
        assert ours.publish(draft(), key=KEY, handle="", keep=keeping()[1]).url == f"{server.url}/c/1234/45"


@pytest.mark.parametrize(
    ("chat", "member"),
    [
        ({}, {"can_post_messages": False}),
        ({}, {"status": "member"}),
        ({}, {"status": "left"}),
        ({"type": "supergroup"}, {"status": "kicked"}),
        ({"type": "supergroup"}, {"status": "restricted", "can_send_messages": False, "is_member": True}),
    ],
)
def test_a_bot_without_the_right_to_post_is_refused(chat, member):
    with pytest.raises(Reconnect, match="no_right_to_post"):
        connected(chat=chat, member=member)


def test_in_a_group_an_ordinary_member_may_write():
    account, _ = connected(chat={"type": "supergroup"}, member={"status": "member"})
    assert account.remote_id == "-1001234"


def test_a_wrong_token_or_channel_is_named():
    with serving(refusal("Unauthorized", 401)) as server:
        door = speaker("telegram", server).door
        with pytest.raises(Reconnect, match="signed_out"):
            Telegram.connect(door, server.url, TOKEN, "@kabarratna")
        for token in ("", "abc", "123:abc/../getMe"):
            with pytest.raises(Reconnect, match="wrong_login"):
                Telegram.connect(door, server.url, token, "@kabarratna")
        with pytest.raises(Exception, match="chat_not_found"):
            Telegram.connect(door, server.url, TOKEN, "kabar ratna?")
    unknown = routes(getMe=ME, getChat=refusal("Bad Request: chat not found"))
    with serving(unknown) as server, pytest.raises(Reconnect, match="chat_not_found"):
        Telegram.connect(speaker("telegram", server).door, server.url, TOKEN, "@kabarratna")
