"""python-telegram-bot does its ordinary work against the sandbox."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import Bot, InputMediaPhoto, ReplyParameters
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter

from tests.platforms.make import mp4
from tests.sandbox.conftest import picture
from tests.sandbox.running import Sandbox


class Desk:
    """Runs what a bot does, from a test that is not async."""

    def __init__(self, box: Sandbox, token: str) -> None:
        self._base, self._token = f"{box.url}/telegram", token

    def do(self, work: Callable[[Bot], Awaitable[Any]]) -> Any:
        """What `work` gives for a fresh bot."""

        async def run() -> Any:
            bot = Bot(self._token, base_url=f"{self._base}/bot", base_file_url=f"{self._base}/file/bot")
            async with bot:
                return await work(bot)

        return asyncio.run(run())


@pytest.fixture
def desk(box: Sandbox) -> Desk:
    """Our bot."""
    return Desk(box, box.account("telegram")["secrets"]["token"])


def test_the_bot_knows_itself_and_its_channel(desk: Desk, box: Sandbox) -> None:
    async def look(bot: Bot) -> Any:
        chat = await bot.get_chat("@ratna")
        member = await bot.get_chat_member("@ratna", bot.id)
        return chat, member, await bot.get_chat_member_count("@ratna"), await bot.get_chat_administrators(chat.id)

    chat, member, count, administrators = desk.do(look)
    assert chat.username == "ratna"
    assert chat.type == "channel"
    assert chat.linked_chat_id
    assert member.status == "administrator"
    assert member.can_post_messages
    assert administrators[0].user == member.user
    assert count == box.account("telegram")["followers"]


def test_a_message_is_shown_as_it_was_sent(desk: Desk, box: Sandbox) -> None:
    text = "Besok <b>ke pasar</b> &amp; sekolah"
    sent = desk.do(lambda bot: bot.send_message("@ratna", text, parse_mode="HTML"))
    assert sent.text == "Besok ke pasar & sekolah"
    assert sent.entities[0].type == "bold"
    assert sent.parse_entity(sent.entities[0]) == "ke pasar"
    line = box.log()[-1]
    assert (line["text"], line["raw"], line["remote_id"]) == (sent.text, text, str(sent.message_id))


def test_photo_and_album_come_back_whole(desk: Desk, box: Sandbox) -> None:
    data = picture("JPEG")

    async def work(bot: Bot) -> Any:
        one = await bot.send_photo("@ratna", data, caption="Satu")
        file = await bot.get_file(one.photo[-1].file_id)
        again = await bot.send_photo("@ratna", one.photo[-1].file_id)
        album = await bot.send_media_group("@ratna", [InputMediaPhoto(data, caption="Dua"), InputMediaPhoto(picture())])
        return one, bytes(await file.download_as_bytearray()), again, album

    one, back, again, album = desk.do(work)
    assert one.caption == "Satu"
    assert one.photo[-1].width == 64
    assert back == data
    assert again.photo[-1].file_unique_id == one.photo[-1].file_unique_id
    assert len(album) == 2
    assert album[0].media_group_id == album[1].media_group_id
    assert album[0].caption == "Dua"
    lines = box.log()
    assert [len(line["media"]) for line in lines] == [1, 1, 2]
    assert lines[-1]["remote_ids"] == [str(each.message_id) for each in album]


def test_a_message_is_changed_and_deleted(desk: Desk, box: Sandbox) -> None:
    async def work(bot: Bot) -> Any:
        sent = await bot.send_message("@ratna", "Sabtu")
        changed = await bot.edit_message_text("Minggu", "@ratna", sent.message_id)
        return changed, await bot.delete_message("@ratna", sent.message_id)

    changed, gone = desk.do(work)
    assert changed.text == "Minggu"
    assert changed.edit_date
    assert gone is True
    assert [line["action"] for line in box.log()] == ["publish", "edit", "delete"]


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda bot: bot.send_message("@nobody", "x"), BadRequest, "[Cc]hat not found"),
        (lambda bot: bot.send_message("@ratna", "x" * 4097), BadRequest, "too long"),
        (lambda bot: bot.send_message("@ratna", "😀" * 2049), BadRequest, "too long"),
        (lambda bot: bot.send_message("@ratna", " "), BadRequest, "text is empty"),
        (lambda bot: bot.send_message("@ratna", "<b>x", parse_mode="HTML"), BadRequest, "an't parse entities"),
        (lambda bot: bot.send_message("@ratna", "1.", parse_mode="MarkdownV2"), BadRequest, "is reserved"),
        (lambda bot: bot.send_photo("@ratna", b"no picture"), BadRequest, "[Ii]mage_process_failed"),
        (lambda bot: bot.send_photo("@ratna", picture(), caption="x" * 1025), BadRequest, "caption is too long"),
        (lambda bot: bot.delete_message("@ratna", 4711), BadRequest, "to delete not found"),
        (lambda bot: bot.send_message("@budi", "x"), Forbidden, "not a member"),
    ],
)
def test_errors_are_the_ones_the_package_knows(
    desk: Desk, box: Sandbox, work: Callable[[Bot], Awaitable[Any]], error: type[Exception], words: str
) -> None:
    box.account("telegram", "budi", "Budi Santoso")
    with pytest.raises(error, match=words):
        desk.do(work)
    assert box.log() == []


def test_a_wrong_token_is_refused(box: Sandbox) -> None:
    with pytest.raises(InvalidToken):
        Desk(box, "123:wrong").do(lambda bot: bot.get_me())


def test_a_flood_is_refused_with_a_time_to_wait(desk: Desk, box: Sandbox) -> None:
    box.control("POST", "settings", rate_limits=True)

    async def work(bot: Bot) -> None:
        for number in range(21):
            await bot.send_message("@ratna", f"Nomor {number}")

    with pytest.raises(RetryAfter) as caught:
        desk.do(work)
    assert 0 < caught.value._retry_after.total_seconds() <= 61
    assert len(box.log()) == 20


def test_comments_and_posts_by_hand_are_fetched_once(desk: Desk, box: Sandbox) -> None:
    sent = desk.do(lambda bot: bot.send_message("@ratna", "Halo"))
    box.control("POST", "voters", platform="telegram", remote_id=str(sent.message_id), act="reply", text="Kapan mulai?")
    box.control("POST", "hand", platform="telegram", account="ratna", text="Ditulis sendiri")

    async def work(bot: Bot) -> Any:
        updates = await bot.get_updates(timeout=5)
        comment = updates[1].message
        assert comment is not None
        answer = await bot.send_message(
            comment.chat.id, "Bulan depan.", reply_parameters=ReplyParameters(comment.message_id)
        )
        return updates, answer, await bot.get_updates(offset=updates[-1].update_id + 1)

    updates, answer, rest = desk.do(work)
    forward, comment, by_hand = updates
    assert forward.message.is_automatic_forward
    assert forward.message.forward_origin.message_id == sent.message_id
    assert comment.message.text == "Kapan mulai?"
    assert comment.message.reply_to_message.is_automatic_forward
    assert by_hand.channel_post.text == "Ditulis sendiri"
    assert not rest
    assert answer.reply_to_message.text == "Kapan mulai?"
    assert [line["by"] for line in box.log()] == ["api", "hand", "api"]


def test_reactions_are_told_to_those_who_ask(desk: Desk, box: Sandbox) -> None:
    async def work(bot: Bot) -> Any:
        await bot.get_updates(allowed_updates=["message_reaction_count"])
        sent = await bot.send_message("@ratna", "Halo")
        for number in (3, 4):
            await asyncio.to_thread(
                box.control,
                "POST",
                "voters",
                platform="telegram",
                remote_id=str(sent.message_id),
                act="like",
                number=number,
            )
        return await bot.get_updates(timeout=5)

    updates = desk.do(work)
    assert len(updates) == 1
    assert updates[0].message_reaction_count.reactions[0].total_count == 7


def test_a_film_is_shown_as_it_was_sent(desk: Desk, box: Sandbox) -> None:
    data = mp4(width=640, height=360, seconds=7)

    async def work(bot: Bot) -> Any:
        sent = await bot.send_video("@ratna", data, caption="Kabar lapangan", supports_streaming=True)
        assert sent.video
        file = await bot.get_file(sent.video.file_id)
        return sent, bytes(await file.download_as_bytearray())

    sent, back = desk.do(work)
    assert (sent.caption, sent.video.width, sent.video._duration.total_seconds()) == ("Kabar lapangan", 640, 7)
    assert back == data
    assert len(box.log()[-1]["media"]) == 1
    with pytest.raises(BadRequest):
        desk.do(lambda bot: bot.send_video("@ratna", b"no film"))


def test_a_person_who_wrote_first_is_answered_alone(desk: Desk, box: Sandbox) -> None:
    box.control("POST", "voters", platform="telegram", account="ratna", act="message", text="Halo bot", voter=3)

    async def work(bot: Bot) -> Any:
        (update,) = await bot.get_updates()
        assert update.message
        answer = await update.message.reply_text("Silakan", do_quote=True)
        return update.message, answer, await bot.get_chat(update.message.chat.id)

    said, answer, chat = desk.do(work)
    assert (said.text, said.chat.type, said.chat.id) == ("Halo bot", "private", said.from_user.id)
    assert (answer.text, answer.reply_to_message.text, answer.chat.id) == ("Silakan", "Halo bot", said.chat.id)
    assert chat.username == said.from_user.username
    assert box.log()[-1]["place"].startswith("dm:")


def test_nobody_is_written_to_who_has_not_written_first(desk: Desk, box: Sandbox) -> None:
    box.control("POST", "voters", platform="telegram", account="ratna", act="message", text="Halo", voter=3)
    person = desk.do(lambda bot: bot.get_updates())[0].message.chat.id
    other = Desk(box, box.account("telegram", "lain", "Lain")["secrets"]["token"])
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        other.do(lambda bot: bot.send_message(person, "Halo"))


def test_a_first_comment_stands_below_the_copy_in_the_group(desk: Desk, box: Sandbox) -> None:
    async def work(bot: Bot) -> Any:
        sent = await bot.send_message("@ratna", "Kabar")
        (update,) = await bot.get_updates()
        copy = update.message
        assert copy
        comment = await bot.send_message(
            copy.chat.id, "Komentar pertama", reply_parameters=ReplyParameters(copy.message_id)
        )
        return sent, copy, comment

    sent, copy, comment = desk.do(work)
    assert copy.is_automatic_forward
    assert copy.forward_origin.message_id == sent.message_id
    assert comment.message_thread_id == copy.message_id
    assert [line["text"] for line in box.log()] == ["Kabar", "Komentar pertama"]
