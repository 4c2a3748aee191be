"""P1 to P3 under any order of verbs: Hypothesis plays a team, a worker, a network and the clock.

Each post has a first comment, which counts as all else does, and stands below its post or nowhere.

The network's own log is the truth. At every step: what is public was approved in exactly those words, each slot is
public at most once, and nothing became public while stopped, in the quiet period, or past its time.
"""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from campaign import afterwards, clock, delivering, envelopes, publishing, settling, stopping
from campaign.approving import agreeing, taking_back
from campaign.approving.needs import Terms
from campaign.errors import Refused
from campaign.models import (
    Approval,
    ApprovalPolicy,
    Campaign,
    Delivery,
    Follow,
    Part,
    Post,
    PostState,
    Role,
    State,
)
from platforms.base import ConnectorError, Keep, Rejected, Temporary, Unknowable, Unsure
from platforms.contents import Draft, Key, Sent
from tests import make
from tests.network import FakeConnector, KeyedConnector, Network

pytestmark = pytest.mark.django_db(transaction=True)

WEATHER = ["fair", "busy", "refuses", "cut_before", "cut_after", "worker_dies"]


class WorkerDiedError(BaseException):
    """The process is gone between the acceptance and the close."""


class Promises(RuleBasedStateMachine):
    """One campaign, one post at a time on one channel."""

    def __init__(self) -> None:
        super().__init__()
        set_offset(timedelta(0))
        FakeConnector.network = self.network = Network()
        self.network.keys_are_honoured = True
        self.weather = "fair"
        self.network.before, self.network.after, self.network.find = self.arriving, self.answering, self.find
        self.channel = make.channel()
        self.campaign = self.channel.campaign
        self.people = {role: make.someone(self.campaign, role) for role in Role}
        self.texts = 0
        self.post: Post = self.draft()
        self.offset = timedelta(0)
        self.said: dict[str, set[tuple[Role, bool]]] = {}
        """Who said yes to which words, and whether as deputy."""
        self.public: list[tuple[str, str]] = []  # (slot, text), as the network saw it

    def draft(self) -> Post:
        text = f"Teks {self.texts}."
        return make.post(on=[self.channel], by=self.people[Role.STAFF], text=text, follows=self.comment())

    def comment(self) -> list[Follow]:
        """What follows each text is told apart by it: one yes covers both."""
        return [Follow(Part.COMMENT, f"Teks {self.texts}. Komentar.")]

    # The network -------------------------------------------------------------------------------

    def arriving(self, draft: Draft, keep: Keep) -> None:
        troubles: dict[str, ConnectorError] = {
            "busy": Temporary("rate_limited"),
            "refuses": Rejected("refused", words="no"),
            "cut_before": Unsure("cut_off", host="x"),
        }
        if self.weather in troubles:
            raise troubles[self.weather]
        campaign = Campaign.objects.get(pk=self.campaign.pk)
        assert campaign.stopped_at is None, "P3: sent while stopped"
        with connection.cursor() as cursor:
            told = [json.dumps(campaign.closed)]
            cursor.execute("SELECT campaign_is_closed(%s::jsonb, 'campaign', campaign_now())", told)
            assert cursor.fetchone() == (False,), "P3: sent in a closed period"
        row = Delivery.objects.get(state=State.SENDING, channel=self.channel, draft__text=draft.text)
        if row.after:
            above = Delivery.objects.current().get(slot=row.after)
            assert above.state == State.SENT, "a comment before its post"
            assert draft.to and draft.to.remote_id == above.remote_id, "a comment below something else"
        assert clock.now() <= row.not_after + timedelta(seconds=1), "P3: sent past its time"
        assert self.may_leave(draft.text.removesuffix(" Komentar.")), "P1: sent without approval"

    def may_leave(self, text: str) -> bool:
        """Staff wrote it. The rules are read as they are now: what tightens holds for what is scheduled too."""
        row = ApprovalPolicy.objects.filter(campaign=self.campaign).first()
        said, by = self.said.get(text, set()), {role for role, _ in self.said.get(text, set())}
        if row is None:
            return Role.CANDIDATE in by
        manager_decides = Role.MANAGER in by and "campaign" in row.manager_kinds
        deputy = (Role.MANAGER, True) in said and row.deputy_id == self.people[Role.MANAGER].pk
        if row.four_eyes:  # the only other reader is the manager, so the decision is the candidate's
            return {Role.CANDIDATE, Role.MANAGER} <= by
        return Role.CANDIDATE in by or manager_decides or deputy

    def answering(self, draft: Draft) -> None:
        if self.weather == "cut_after":
            raise Unsure("cut_off", host="x")
        if self.weather == "worker_dies":
            raise WorkerDiedError

    def find(self, key: Key) -> Sent | None:
        if not self.can_look:
            raise Unknowable("telegram_blind")
        return Sent(f"r-{key.uuid}") if self.is_public(key) else None

    can_look = True

    def is_public(self, key: Key) -> bool:
        return any(known == str(key.uuid) for known, _ in self.network.accepted)

    # The team ----------------------------------------------------------------------------------

    def act(self, verb: object, *args: object, **options: object) -> bool:
        self.post.refresh_from_db()
        try:
            verb(*args, **options)  # type: ignore[operator]
        except Refused:
            return False
        finally:
            self.post.refresh_from_db()
        return True

    @rule()
    def edit(self) -> None:
        self.texts += 1
        new = make.content(on=[self.channel], text=f"Teks {self.texts}.", follows=self.comment())
        self.act(publishing.edit, self.post, new, by=self.people[Role.STAFF], version=self.post.version)

    @rule()
    def submit(self) -> None:
        self.act(publishing.submit, self.post, by=self.people[Role.STAFF], version=self.post.version)

    @rule(by=st.sampled_from([Role.CANDIDATE, Role.MANAGER]))
    def approve(self, by: Role) -> None:
        text = self.post.text
        said = self.act(publishing.approve, self.post, by=self.people[by], version=self.post.version)
        if said:
            self.said.setdefault(text, set()).add((by, False))

    @rule()
    def deputise(self) -> None:
        manager, text = self.people[Role.MANAGER], self.post.text
        if self.act(publishing.approve, self.post, by=manager, version=self.post.version, reason="Mendesak."):
            rows = Approval.objects.filter(post=self.post, version=self.post.version, as_deputy=True)
            self.said.setdefault(text, set()).add((Role.MANAGER, rows.exists()))

    @rule(by=st.sampled_from([Role.CANDIDATE, Role.MANAGER]))
    def take_back(self, by: Role) -> None:
        if self.act(taking_back.take_back, self.post, by=self.people[by], version=self.post.version):
            said = self.said.get(self.post.text, set())
            self.said[self.post.text] = {yes for yes in said if yes[0] != by and not (by == Role.CANDIDATE and yes[1])}

    @rule(
        own=st.booleans(), eyes=st.booleans(), deputy=st.booleans(), by=st.sampled_from([Role.CANDIDATE, Role.MANAGER])
    )
    def change_the_rules(self, own: bool, eyes: bool, deputy: bool, by: Role) -> None:
        kinds = frozenset({"campaign"}) if own else frozenset()
        wanted = Terms(
            kinds, eyes, frozenset({self.people[Role.STAFF].pk}), self.people[Role.MANAGER].pk * deputy or None
        )
        self.act(agreeing.ask, self.campaign, wanted, by=self.people[by])

    @rule()
    def agree_to_the_rules(self) -> None:
        change = agreeing.waiting(self.campaign)
        if change:
            self.act(agreeing.agree, change, by=self.people[Role.CANDIDATE])

    @rule()
    def withdraw(self) -> None:
        if self.act(publishing.withdraw, self.post, by=self.people[Role.STAFF], version=self.post.version):
            self.said.pop(self.post.text, None)

    @rule(verb=st.sampled_from([publishing.ask_changes, publishing.refuse]))
    def say_no(self, verb: object) -> None:
        by, version = self.people[Role.CANDIDATE], self.post.version
        if self.act(verb, self.post, by=by, version=version, reason="Kurang tepat."):
            self.said.pop(self.post.text, None)

    @rule()
    def stop(self) -> None:
        self.act(stopping.stop, self.campaign, by=self.people[Role.MANAGER], reason="uji")

    @rule()
    def resume(self) -> None:
        self.act(stopping.resume, self.campaign, by=self.people[Role.MANAGER])

    @rule(hours=st.integers(0, 48))
    def reschedule(self, hours: int) -> None:
        to = clock.now() + timedelta(hours=hours) if hours else None
        self.act(publishing.reschedule, self.post, by=self.people[Role.STAFF], version=self.post.version, to=to)

    @precondition(lambda self: self.post.state in (PostState.PUBLISHED, PostState.FAILED, PostState.REFUSED))
    @rule()
    def next_post(self) -> None:
        self.texts += 1
        self.post = self.draft()

    # The worker, the network's mood, the clock ---------------------------------------------------

    @rule(weather=st.sampled_from(WEATHER), can_look=st.booleans())
    def weather_turns(self, weather: str, can_look: bool) -> None:
        self.weather, self.can_look = weather, can_look

    @rule()
    def work(self) -> None:
        settling.sweep()
        for row in delivering.claim("mastodon", 5):
            try:
                delivering.send(row)
            except WorkerDiedError:
                Delivery.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))

    @rule()
    def settle(self) -> None:
        settling.sweep()
        Delivery.objects.filter(state=State.UNSURE).update(look_at=clock.now())
        settling.settle("mastodon")

    @rule()
    def person_looks(self) -> None:
        for row in Delivery.objects.filter(channel=self.channel, state=State.UNSURE, asks_person=True):
            if self.is_public(Key(row.key, row.made_at)):
                envelopes.decide_is_out(row, by=self.people[Role.STAFF], link="")
            else:
                envelopes.decide_is_not_out(row, by=self.people[Role.STAFF], again=True)

    @rule()
    def leave_out_what_follows(self) -> None:
        for row in Delivery.objects.filter(channel=self.channel, state__in=(State.HELD, State.FAILED)).exclude(
            after=""
        ):
            self.act(afterwards.leave_out, row, by=self.people[Role.STAFF])

    @rule(hours=st.sampled_from([1, 3, 24 * 45]))
    def time_passes(self, hours: int) -> None:
        self.offset += timedelta(hours=hours)
        set_offset(self.offset)

    # The promises --------------------------------------------------------------------------------

    @invariant()
    def each_slot_is_public_at_most_once(self) -> None:
        slots = Counter(
            row.slot
            for row in Delivery.objects.filter(channel=self.channel)
            for known, _ in self.network.accepted
            if known == str(row.key)
        )
        assert all(times == 1 for times in slots.values()), f"P2: {slots}"

    @invariant()
    def nothing_that_is_public_is_called_held_or_failed(self) -> None:
        called = Delivery.objects.filter(channel=self.channel, state__in=(State.HELD, State.FAILED, State.CANCELLED))
        assert not [row for row in called if self.is_public(Key(row.key, row.made_at))]

    @invariant()
    def what_is_called_sent_is_public(self) -> None:
        called = Delivery.objects.filter(channel=self.channel, state=State.SENT)
        assert all(self.is_public(Key(row.key, row.made_at)) for row in called)

    def teardown(self) -> None:
        set_offset(timedelta(0))


def set_offset(offset: timedelta) -> None:
    make.clock_moved(f"interval '{offset.total_seconds()} seconds'")


@pytest.mark.parametrize("connector", [FakeConnector, KeyedConnector])
def test_the_promises_hold_under_any_order_of_verbs(connector: type[FakeConnector], monkeypatch: pytest.MonkeyPatch):
    from platforms.registry import KINDS

    monkeypatch.setitem(KINDS, "mastodon", connector)
    monkeypatch.setattr(FakeConnector, "network", Network())
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
