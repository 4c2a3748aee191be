"""SIGKILL at every step of a film's way into TikTok's inbox: one draft each, none lost, and nobody is asked."""

import os
import signal
import time
from datetime import timedelta
from typing import Any

import pytest

from campaign import channels, clock, delivering, drafting, envelopes, settling
from campaign.models import Channel, Delivery, PostMedia, Role, State
from platforms.tiktok import TikTok, sending
from tests import make
from tests.chaos.dying import ended, run_worker, stopped
from tests.chaos.stage import Stage, outlast

pytestmark = pytest.mark.chaos

SIZE = 2 * sending.CHUNK
# Requests: 1 begins, 2 and 3 send the chunks, 4 asks how far it is. The gate is asked before the first three.
STEPS = [
    *(("after_claim", 1), ("after_begin", 1)),
    *((point, step) for step in (1, 2, 3, 4) for point in ("request_written", "accepted_unread")),
    *(("between_steps", step) for step in (1, 2, 3)),
    ("answered_unclosed", 1),
]
TWICE = [("request_written", 1), ("accepted_unread", 1)]
"""Where the publish id was lost before it was kept: no bytes were sent to it, so it never becomes a draft."""


@pytest.fixture
def films(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A TikTok that is asked again at once."""
    monkeypatch.setattr(sending, "PROCESSING", timedelta(milliseconds=200))
    return stage


def channel(stage: Stage, number: int) -> Channel:
    told = stage.sandbox.account("tiktok", handle=f"ratna{number}")
    door = channels.door(stage.campaign)
    account = TikTok.connect(door, told["server"], told["secrets"], {})
    return channels.save(stage.campaign, account, by=make.someone(stage.campaign, Role.MANAGER))


def sealed(stage: Stage, number: int) -> Delivery:
    """An envelope with a film of its own length, on an account of its own."""
    film = make.film(of=stage.campaign, size=SIZE + number)
    row = envelopes.seal(
        channel=channel(stage, number),
        slot=f"film:{number}",
        kind="campaign",
        draft=drafting.draft_json("Jalan desa selesai", [PostMedia(media=film)]),
        send_at=clock.now(),
        not_after=clock.now() + timedelta(hours=2),
        owner=make.someone(stage.campaign, Role.STAFF),
    )
    envelopes.clear([row.slot], fingerprints=[row.fingerprint], send_at=row.send_at, not_after=row.not_after)
    return row


DONE = (State.SENT, State.HANDED)
"""A draft waits for a person there."""


def recover(rows: list[Delivery], *, is_there: bool | None = None) -> None:
    """Workers that nobody disturbs bring everything to an end. Where only a person can tell, they find it `is_there`.

    With None nobody may be asked: every doubt can be settled by asking TikTok.
    """
    until = time.monotonic() + 40
    mine = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    while mine.exclude(state__in=DONE).exists() and time.monotonic() < until:
        outlast()
        settling.sweep()
        delivering.drain("tiktok")
        settling.settle("tiktok")
        for row in mine.filter(asks_person=True):
            assert is_there is not None, "every doubt can be settled by asking TikTok"
            by = make.someone(row.campaign, Role.STAFF)
            if is_there:
                envelopes.decide_is_out(row, by=by, link="")
            else:
                envelopes.decide_is_not_out(row, by=by, again=True)
        time.sleep(0.1)
    assert [str(row) for row in mine.exclude(state__in=DONE)] == [], "lost"


def drafts(stage: Stage, number: int) -> list[dict[str, Any]]:
    told = {"platform": "tiktok", "account": f"ratna{number}", "act": "finish"}
    found: list[dict[str, Any]] = stage.sandbox.control("POST", "hand", **told)
    return found


def test_a_worker_killed_at_any_step_leaves_one_draft(films: Stage):
    rows = []
    for number, (point, step) in enumerate(STEPS):
        rows.append(sealed(films, number))
        assert ended(run_worker("tiktok", point, step=step)) == signal.SIGKILL, f"{point} {step} was not reached"
    recover(rows)
    for number, row in enumerate(rows):
        row.refresh_from_db()
        (draft,) = drafts(films, number)
        assert draft["remote_id"] == row.remote_id, STEPS[number]
        assert draft["pictures"][0]["size"] == SIZE + number
    begun = [each for each in films.sandbox.requests() if each["path"].endswith("/init/")]
    assert len(begun) == len(STEPS) + len(TWICE)
    assert films.sandbox.log() == [], "nothing is public before a person posts it"


def test_a_worker_stopped_past_its_lease_and_woken_makes_no_second_draft(films: Stage):
    for number, step in enumerate((2, 3)):  # at each chunk
        row = sealed(films, number)
        pid = run_worker("tiktok", "accepted_unread", signal.SIGSTOP, step)
        stopped(pid)
        time.sleep(4.2)
        settling.sweep()
        settling.settle("tiktok")
        os.kill(pid, signal.SIGCONT)
        ended(pid)
        recover([row])
        row.refresh_from_db()
        assert [each["remote_id"] for each in drafts(films, number)] == [row.remote_id]


# Photos: one call, and TikTok fetches them -------------------------------------------------------------

PHOTO_STEPS = [
    *(("after_claim", 1), ("after_begin", 1), ("between_steps", 1)),
    *((point, step) for step in (1, 2) for point in ("request_written", "accepted_unread")),
    ("answered_unclosed", 1),
]
"""Requests: 1 tells of the photos, 2 asks how far it is."""


def test_a_worker_killed_at_any_step_of_photos_leaves_one_draft(films: Stage, files: dict[str, str]):
    begun = 0
    for number, (point, step) in enumerate(PHOTO_STEPS):
        row = films.envelope(channel(films, number), pictures=2)
        files.update({item["sha256"]: item["file"] for item in row.pictures})
        assert ended(run_worker("tiktok", point, step=step)) == signal.SIGKILL, f"{point} {step} was not reached"
        time.sleep(0.5)  # what was written arrives, whatever became of its writer
        recover([row], is_there=photos_told(films) > begun)
        begun = photos_told(films)
        row.refresh_from_db()
        (draft,) = drafts(films, number)
        assert row.remote_id in (draft["remote_id"], ""), (point, step)  # "" where a person found it there
    assert begun == len(PHOTO_STEPS), "none was told of twice"
    assert films.sandbox.log() == [], "nothing is public before a person posts it"


def photos_told(stage: Stage) -> int:
    return sum(each["path"].endswith("/content/init/") for each in stage.sandbox.requests())
