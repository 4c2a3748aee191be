"""SIGKILL at each step of films, answers and messages: one post, known fate, or a named person's question."""

import signal
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign import channels, drafting
from campaign.models import Campaign, Channel
from platforms.base import Connector
from platforms.contents import Draft, Place, To
from tests.chaos.dying import ended, run_worker
from tests.chaos.stage import Stage
from tests.platforms.make import KEY, draft, keeping

pytestmark = pytest.mark.chaos

BYTES = 40_000
STATUS, RECORD = "POST .*/api/v1/statuses", "POST .*putRecord"
STEPS: dict[tuple[str, str], list[str]] = {
    ("mastodon", "film"): [
        "keep:1",
        "answered:POST .*/media",
        "answered:GET .*/media/.*",
        "keep:2",
        f"answered:{STATUS}",
    ],
    ("mastodon", "answer"): ["answered:GET .*/statuses/.*", "keep:1", f"answered:{STATUS}"],
    ("mastodon", "message"): ["keep:1", f"answered:{STATUS}"],
    ("bluesky", "film"): [
        "answered:GET .*getUploadLimits",
        "keep:1",
        "answered:POST .*uploadVideo",
        "keep:2",
        "answered:GET .*getJobStatus",
        "keep:3",
        f"answered:{RECORD}",
    ],
    ("bluesky", "answer"): ["answered:GET .*getRecord", "keep:1", f"answered:{RECORD}"],
    ("bluesky", "message"): ["keep:1", "answered:POST .*sendMessage"],
    ("telegram", "film"): ["request_written", "answered:POST .*sendVideo"],
    ("telegram", "answer"): ["request_written", "answered:POST .*sendMessage"],
    ("telegram", "message"): ["request_written", "answered:POST .*sendMessage"],
}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker sees the network through its work on a film."""
    monkeypatch.setattr("platforms.mastodon.media.FILM_WAIT", timedelta(seconds=0.5))
    monkeypatch.setattr("platforms.bluesky.film.WAIT", timedelta(seconds=0.5))


@pytest.mark.parametrize(("platform", "what"), STEPS)
def test_a_worker_killed_at_any_step_neither_doubles_nor_loses(
    stage: Stage, platform: str, what: str, monkeypatch: pytest.MonkeyPatch
):
    channel = stage.channel(platform)
    more = carrying(stage, channel, what)
    plain = drafting.draft_of

    def draft_of(content: dict[str, Any], *of: Campaign) -> Draft:
        made = plain(content, *of)
        return replace(made, **more) if made.text in stage.wanted else made

    monkeypatch.setattr(drafting, "draft_of", draft_of)
    sent: list[str] = []
    for point in STEPS[platform, what]:
        row = stage.envelope(channel, text=text(stage, more), film=BYTES if what == "film" else 0)
        sent += [row.film["sha256"]] if row.film else []
        assert ended(run_worker(platform, point)) == signal.SIGKILL, f"{point} was not reached"
        stage.recover()  # one after the other: what waits would be the next worker's first
    stage.assert_each_once()
    if what == "film":
        public = [line for line in stage.sandbox.log() if line["text"] in stage.wanted]
        assert sorted(line["media"] for line in public) == sorted([each] for each in sent)


def carrying(stage: Stage, channel: Channel, what: str) -> dict[str, Any]:
    """What the drafts have besides their text."""
    if what == "film":
        return {}
    ours = channels.ready_connector(channel)
    return {"to": below_a_post(ours) if what == "answer" else to_a_person(stage, ours)}


def below_a_post(ours: Connector) -> To:
    sent = ours.publish(draft("Kabar pertama"), key=KEY, handle="", keep=keeping()[1])
    return To(Place.COMMENT, sent.remote_id)


def to_a_person(stage: Stage, ours: Connector) -> To:
    account = ours.account.handle.removeprefix("@").partition("@")[0]
    stage.sandbox.control("POST", "voters", platform=ours.kind, account=account, act="message", text="Halo", voter=1)
    return ours.messages(Place.MESSAGE, "").entries[-1].to


def text(stage: Stage, more: dict[str, Any]) -> str:
    """A text of its own, which names whom it answers where the network needs that."""
    to: To | None = more.get("to")
    greeting = f"@{to.person} " if to and "@" in to.person else ""
    return f"{greeting}Kabar {len(stage.wanted)} dari lapangan."
