"""Ten thousand pushes of all networks, doubled and mixed up, each proven as its network proves it."""

import random
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, Queue

import pytest
from django.db import connection

from campaign import hook_secrets
from campaign.models import Channel
from engagement import receiving
from engagement.models import Incoming, Push, PushState, Told
from platforms.registry import HOOKS
from tests.engagement import pushes
from tests.engagement.pushes import ALL, WITH_APP, headers, said

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
NUMBERS = {"facebook": 500, "instagram": 300, "threads": 300, "x": 300, "telegram": 300, "tiktok": 50, "youtube": 50}
DOUBTED, SURE = True, False
type Expected = dict[tuple[str, str], tuple[str, bool]]


def weather(ours: Mapping[str, Channel], part: int = 1) -> tuple[list[tuple[str, bytes]], Expected]:
    """What the networks tell, each thing once, and what is to stand in the inbox then; a `part`th of it all."""
    told: list[tuple[str, bytes]] = []
    expected: Expected = {}
    for platform, number in NUMBERS.items():
        account = ours[platform].remote_id
        for each in range(number // part):
            name, at = str(1000 + each), NOW - timedelta(hours=2) + timedelta(seconds=each)
            seconds, text = int(at.timestamp()), f"Tanya {each}"
            told.append((platform, said(platform, account, name, text, at)))
            if platform in ("tiktok", "youtube"):
                continue
            kept, state = (f"9:{name}" if platform == "telegram" else name), SURE
            if each % 3 == 0 and platform == "facebook":  # told without saying how
                changed = pushes.fb_comment(name, text, seconds, verb=("edited", "remove")[each % 2])
                told.append((platform, pushes.facebook(account, seconds + 5, changed)))
                state = DOUBTED
            if each % 3 == 0 and platform == "telegram":
                text = f"{text} ya"
                told.append((platform, pushes.telegram(int(name), text, seconds, edited=5)))
            if each % 3 == 0 and platform == "instagram":
                told.append((platform, pushes.message(account, f"m{name}", text, seconds)))
                told.append((platform, pushes.deleted_message(account, f"m{name}", seconds + 5)))
                expected[platform, f"m{name}"] = text, DOUBTED
            expected[platform, kept] = text, state
    return told, expected


def inbox() -> Expected:
    rows = Incoming.objects.select_related("channel")
    return {(row.channel.platform, row.remote_id): (row.text, bool(row.doubted_at)) for row in rows}


def test_ten_thousand_pushes_doubled_and_shuffled_leave_exactly_the_right_rows(campaign, monkeypatch):
    chance = random.Random(7)
    ours = {platform: pushes.channel_on(platform, campaign) for platform in ALL}
    for platform in WITH_APP:
        pushes.sandbox_knows_posko(platform)
    told, expected = weather(ours)
    single = list(told)
    for platform in ("facebook", "instagram"):  # Meta gathers many entries in one body
        mine = [body for kind, body in single if kind == platform]
        told += [(platform, pushes.batch(chance.sample(mine, 5))) for _ in range(250)]
    sent = told + chance.choices(told, k=10_000 - len(told))
    chance.shuffle(sent)
    where = {platform: ("" if platform in WITH_APP or platform == "youtube" else campaign.slug) for platform in ALL}
    proofs = {platform: hook_secrets.of(platform, where[platform]) for platform in ALL}  # asked once, for speed
    monkeypatch.setattr(hook_secrets, "of", lambda platform, _campaign: proofs[platform])
    keys = {platform: pushes.key(channel) for platform, channel in ours.items()}
    begun = time.process_time()  # the machine may be busy with other tests
    for number, (platform, body) in enumerate(sent):
        proof = {name.lower(): value for name, value in headers(platform, body, keys[platform]).items()}
        receiving.store(platform, receiving.prove(HOOKS[platform], where[platform], proof, body), body)
        if number % 2_500 == 0:
            receiving.read_all()
    receiving.read_all()
    took = time.process_time() - begun
    assert len(sent) == 10_000
    assert Told.objects.count() == len(single)
    assert not Push.objects.exclude(state=PushState.READ).exists()
    assert inbox() == expected
    assert took < 25


@pytest.mark.django_db(transaction=True)
def test_several_workers_that_read_while_it_storms_leave_the_same_rows(campaign, monkeypatch):
    """Each thing in two bodies, so that workers meet at the same rows, in any order."""
    chance = random.Random(11)
    ours = {platform: pushes.channel_on(platform, campaign) for platform in ALL}
    for platform in WITH_APP:
        pushes.sandbox_knows_posko(platform)
    told, expected = weather(ours, part=5)
    gathered = []
    for platform in ("facebook", "instagram"):
        mine = [body for kind, body in told if kind == platform]
        gathered += [(platform, pushes.batch(chance.sample(mine, 8))) for _ in range(60)]
    sent = told + gathered
    chance.shuffle(sent)
    proofs = {p: hook_secrets.of(p, "" if p in WITH_APP else campaign.slug)[0] for p in ALL}
    monkeypatch.setattr(receiving, "BATCH", 10)
    halves: Queue[tuple[str, bytes]] = Queue()

    def work() -> None:
        try:
            while not halves.empty():
                with suppress(Empty):
                    platform, body = halves.get_nowait()
                    receiving.store(platform, proofs[platform], body)
                receiving.read_all()
        finally:
            connection.close()

    for platform, body in sent[: len(sent) // 2]:
        receiving.store(platform, proofs[platform], body)
    for each in sent[len(sent) // 2 :]:
        halves.put(each)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result()
    receiving.read_all()
    assert not Push.objects.exclude(state=PushState.READ).exists()
    assert Told.objects.count() == len(told)
    assert inbox() == expected
