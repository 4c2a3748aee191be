"""Updates are pushed to the bot's webhook until it takes them."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Poster
from tests.sandbox.running import Sandbox


class Ear:
    """Listens for pushes. `answers` are used up one by one, then it answers 200."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[int] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.secrets.append(self.headers.get("X-Telegram-Bot-Api-Secret-Token"))
                ear.heard.append(json.loads(body))
                self.send_response(ear.answers.pop(0) if ear.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/telegram/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, number: int) -> list[dict[str, Any]]:
        """What was heard, once it is `number` pushes."""
        until = time.monotonic() + 8
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.02)
        return self.heard


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.server.shutdown()
    ear.server.server_close()


@pytest.fixture
def bot(box: Sandbox, http: requests.Session, ear: Ear) -> Poster:
    """A bot with its webhook set."""
    poster = Poster(box, http, "telegram")
    assert poster.bot("setWebhook", url=ear.url, secret_token="s3cret-1").json()["result"] is True
    return poster


def by_hand(bot: Poster, *texts: str) -> None:
    for text in texts:
        bot.box.control("POST", "hand", platform="telegram", account="ratna", text=text)


def test_an_update_comes_with_the_secret(bot: Poster, ear: Ear) -> None:
    by_hand(bot, "Satu")
    assert ear.wait(1)[0]["channel_post"]["text"] == "Satu"
    assert ear.secrets == ["s3cret-1"]
    assert bot.bot("getUpdates").status_code == 409


def test_a_push_that_was_not_taken_comes_again(bot: Poster, ear: Ear) -> None:
    ear.answers = [500, 404]
    by_hand(bot, "Satu")
    heard = ear.wait(3)
    assert len(heard) == 3
    assert len({each["update_id"] for each in heard}) == 1
    info = bot.bot("getWebhookInfo").json()["result"]
    assert info["url"] == ear.url
    assert "404" in info["last_error_message"]


def test_a_duplicate_has_the_same_number(bot: Poster, ear: Ear) -> None:
    bot.box.fault("duplicate_webhook", platform="telegram")
    by_hand(bot, "Satu", "Dua")
    numbers = [each["update_id"] for each in ear.wait(3)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_shuffled_pushes_come_in_another_order(bot: Poster, ear: Ear) -> None:
    bot.box.fault("shuffle_webhooks")
    by_hand(bot, "Satu", "Dua", "Tiga")
    numbers = [each["update_id"] for each in ear.wait(3)]
    assert len(numbers) == 3
    assert numbers != sorted(numbers)


def test_only_this_machine_is_called(bot: Poster) -> None:
    answer = bot.bot("setWebhook", url="https://example.com/hook")
    assert answer.status_code == 400
    assert "this machine" in answer.json()["description"]


def test_a_deleted_webhook_leaves_updates_to_be_fetched(bot: Poster, ear: Ear) -> None:
    assert bot.bot("deleteWebhook").json()["result"] is True
    by_hand(bot, "Satu")
    assert bot.bot("getUpdates").json()["result"][0]["channel_post"]["text"] == "Satu"
    assert not ear.heard
