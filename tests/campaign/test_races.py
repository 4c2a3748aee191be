"""Edit, withdraw, approve and stop against a worker that claims, two hundred times each, on real Postgres.

What the network received must be what was cleared when its begin was committed, whoever won.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from campaign import delivering, publishing, stopping
from campaign.approving import agreeing
from campaign.approving.needs import Terms
from campaign.errors import Refused
from campaign.lending import lender
from campaign.models import Approval, Campaign, Channel, Delivery, Member, Post, PostState, Role, State
from tests import make
from tests.network import Network

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("POSKO_RACES", "60"))  # 200 in .ci/run, where it may take longer
RULE_ROUNDS = 25


@dataclass
class Stage:
    """One campaign in which every round plays."""

    network: Network
    channel: Channel
    staff: Member
    candidate: Member
    manager: Member


@pytest.fixture
def stage(network: Network) -> Stage:
    channel = make.channel()
    Channel.objects.filter(pk=channel.pk).update(pace_burst=30_000)
    people = {role: make.someone(channel.campaign, role) for role in (Role.STAFF, Role.CANDIDATE, Role.MANAGER)}
    network.before = lambda draft, keep: approved_now(draft.text)
    return Stage(network, channel, people[Role.STAFF], people[Role.CANDIDATE], people[Role.MANAGER])


def approved_now(text: str) -> None:
    """Called where the request would be written: this text must be cleared and approved in committed rows."""
    with lender.lend():
        row = Delivery.objects.get(state=State.SENDING, draft__text=text)
        assert row.cleared == row.fingerprint and row.begun_at
        assert Approval.objects.filter(post=row.post_pk or 0).exists()


@pytest.fixture
def two() -> Iterator[ThreadPoolExecutor]:
    """Two threads with database connections of their own, closed at the end."""
    with ThreadPoolExecutor(2) as pool:
        yield pool
        barrier = Barrier(2)

        def close() -> None:
            barrier.wait()
            connection.close()

        for _ in range(2):
            pool.submit(close)


def race(two: ThreadPoolExecutor, verb: Callable[[], None]) -> bool:
    """A worker and `verb` at nearly the same moment, so that either may win; whether `verb` went through."""
    barrier = Barrier(2)
    head_start = random.uniform(0, 0.03)  # a claim takes a few milliseconds, a verb more

    def worker() -> None:
        barrier.wait()
        time.sleep(head_start)
        for row in delivering.claim("mastodon", 5):
            delivering.send(row)

    def person() -> bool:
        barrier.wait()
        try:
            verb()
        except Refused:
            return False
        return True

    sending, acting = two.submit(worker), two.submit(person)
    sending.result()
    return acting.result()


def scheduled(stage: Stage, number: int) -> Post:
    return make.post_scheduled(on=[stage.channel], by=stage.staff, text=f"Putaran {number}.")


def state_of(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def test_edit_against_claim(stage: Stage, two: ThreadPoolExecutor):
    won = 0
    for number in range(ROUNDS):
        post = scheduled(stage, number)
        new = make.content(on=[stage.channel], text=f"Putaran {number}, diubah.")
        edited = race(two, lambda: publishing.edit(post, new, by=stage.staff, version=post.version))  # noqa: B023
        out = f"Putaran {number}." in stage.network.texts
        assert edited != out, "an edit that went through and a sent old text exclude each other"
        assert state_of(post) == (PostState.DRAFT if edited else PostState.PUBLISHED)
        won += edited
    assert not any("diubah" in text for text in stage.network.texts)
    assert 0 < won < ROUNDS, "nobody raced"


def test_withdraw_against_claim(stage: Stage, two: ThreadPoolExecutor):
    for number in range(ROUNDS):
        post = scheduled(stage, number)
        withdrawn = race(two, lambda: publishing.withdraw(post, by=stage.staff, version=post.version))  # noqa: B023
        assert withdrawn != (f"Putaran {number}." in stage.network.texts)


def test_approve_against_claim(stage: Stage, two: ThreadPoolExecutor):
    for number in range(ROUNDS):
        post = make.post_in_review(on=[stage.channel], by=stage.staff, text=f"Putaran {number}.")
        assert race(two, lambda: publishing.approve(post, by=stage.candidate, version=post.version))  # noqa: B023
        delivering.drain("mastodon")
        assert stage.network.texts.count(f"Putaran {number}.") == 1


def test_approve_against_a_tightening_of_the_rules(stage: Stage, two: ThreadPoolExecutor):
    """Whoever wins: nothing is cleared that the rules as they are now would not let leave."""
    campaign = stage.channel.campaign
    scheduled_before = 0
    for number in range(RULE_ROUNDS):
        agreeing.ask(campaign, Terms(frozenset({"campaign"})), by=stage.candidate)
        post = make.post_in_review(on=[stage.channel], by=stage.staff, text=f"Putaran {number}.")
        barrier = Barrier(2)

        def tighten() -> int:
            barrier.wait()  # noqa: B023
            time.sleep(random.uniform(0, 0.03))
            return agreeing.ask(campaign, Terms(), by=stage.candidate).reopened

        def approve() -> None:
            barrier.wait()  # noqa: B023
            time.sleep(random.uniform(0, 0.03))
            publishing.approve(post, by=stage.manager, version=1)  # noqa: B023

        tightening, approving = two.submit(tighten), two.submit(approve)
        approving.result()
        scheduled_before += tightening.result()
        assert state_of(post) == PostState.IN_REVIEW
        assert not Delivery.objects.current().filter(cleared__isnull=False).exists()
        publishing.withdraw(post, by=stage.staff, version=1)
    assert 0 < scheduled_before < RULE_ROUNDS, "nobody raced"


def test_stop_against_claim(stage: Stage, two: ThreadPoolExecutor):
    campaign = stage.channel.campaign
    began: list[float] = []
    stopped_at = 0.0

    def stop() -> None:
        nonlocal stopped_at
        stopping.stop(campaign, by=stage.manager, reason="uji")
        stopped_at = time.monotonic()

    for number in range(ROUNDS):
        row = make.delivery(on=stage.channel, text=f"Putaran {number}.")
        stage.network.before = lambda draft, keep: began.append(time.monotonic())
        began.clear()
        race(two, stop)
        delivering.drain("mastodon")
        assert all(moment < stopped_at + 1 for moment in began)
        row.refresh_from_db()
        assert (row.state == State.SENT) == (f"Putaran {number}." in stage.network.texts)
        Campaign.objects.filter(pk=campaign.pk).update(stopped_at=None)
        Delivery.objects.filter(pk=row.pk, state=State.WAITING).update(state=State.CANCELLED)


def test_a_person_never_waits_for_what_the_engine_holds(stage: Stage, two: ThreadPoolExecutor):
    """The engine locks envelope, then post; a person's verb the other way round: waiting would be a deadlock."""
    post = scheduled(stage, 1)
    held, done = Event(), Event()

    def engine() -> None:
        with transaction.atomic():
            Delivery.objects.select_for_update().get(slot=post.slot(stage.channel))
            held.set()
            done.wait(10)
            Post.objects.select_for_update().get(pk=post.pk)

    working = two.submit(engine)
    held.wait(10)
    with pytest.raises(Refused, match="sebentar"):
        publishing.withdraw(post, by=stage.staff, version=post.version)
    done.set()
    working.result()
