"""What follows a post: approved with it, sent once the part before it is out, and never alone."""

import pytest
from django.db import DatabaseError, transaction

from campaign import (
    afterwards,
    chaining,
    clock,
    delivering,
    drafting,
    envelopes,
    handing,
    publishing,
    settling,
    stopping,
)
from campaign.approving.needs import Terms
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Channel, Delivery, Follow, Notice, Part, Post, PostState, Role, State
from platforms.base import Rejected, Unsure
from platforms.contents import Draft, Place, Sent, To
from platforms.registry import KINDS
from tests import make
from tests.campaign.lives import fails_for, fresh
from tests.campaign.test_settling import _clock_back  # noqa: F401  # a fixture
from tests.network import FakeConnector, Network

pytestmark = pytest.mark.django_db(transaction=True)

CHAIN = (
    Follow(Part.THREAD, "Kedua: anggarannya ada."),
    Follow(Part.THREAD, "Ketiga: mulai bulan depan."),
    Follow(Part.COMMENT, "Baca selengkapnya di laman kami."),
)
TEXTS = ["Jalan desa.", *(follow.text for follow in CHAIN)]


@pytest.fixture
def answered(network: Network) -> list[To | None]:
    """What each post that reached the network answers, in order."""
    told: list[To | None] = []
    network.before = lambda draft, keep: told.append(draft.to)
    return told


def scheduled(**options: object) -> Post:
    return make.post_scheduled(text=TEXTS[0], follows=CHAIN, **options)


def rows_of(post: Post) -> list[Delivery]:
    return list(Delivery.objects.of_post(post.pk).order_by("pk"))


def states(post: Post) -> list[str]:
    return [str(row.state) for row in rows_of(post)]


def problems(post: Post) -> list[str]:
    return [row.problem for row in rows_of(post)]


def staff(post: Post):
    return make.someone(post.campaign, Role.STAFF)


def manager(post: Post):
    return make.someone(post.campaign, Role.MANAGER)


# Going out ---------------------------------------------------------------------------------------


def test_each_part_leaves_after_the_one_before_it_and_answers_it(network: Network, answered: list[To | None]):
    post = scheduled()
    delivering.drain("mastodon")
    assert network.texts == TEXTS
    first, second, third, _comment = (row.remote_id for row in rows_of(post))
    assert answered == [
        None,
        To(Place.COMMENT, first, root=first),
        To(Place.COMMENT, second, root=first),
        To(Place.COMMENT, third, root=first),
    ]
    assert fresh(post).state == PostState.PUBLISHED


def test_a_network_without_threads_gets_the_first_comment_only(network: Network, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(FakeConnector, "can", KINDS["facebook"].can)
    post = scheduled()
    delivering.drain("mastodon")
    assert network.texts == [TEXTS[0], CHAIN[2].text]
    assert rows_of(post)[1].slot.endswith("/then:comment")


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        *(("mastodon", 3), ("bluesky", 3), ("x", 3), ("threads", 3)),
        *(("facebook", 1), ("instagram", 1), ("youtube", 1), ("telegram", 0), ("tiktok", 0)),
    ],
)
def test_networks_carry_what_their_connector_can(kind: str, parts: int):
    from campaign.writing.follow_ups import of_channel

    assert len(of_channel(CHAIN, Channel(pk=1, platform=kind))) == parts


def test_an_account_with_parts_of_its_own_has_only_those(network: Network):
    one = make.channel()
    two = make.channel(of=one.campaign)
    own = (Follow(Part.THREAD, "Umum."), Follow(Part.THREAD, "Khusus.", two.pk))
    post = make.post_scheduled(on=[one, two], text="Halo.", follows=own)
    delivering.drain("mastodon")
    told = {row.channel_id: row.text for row in rows_of(post) if row.after}
    assert told == {one.pk: "Umum.", two.pk: "Khusus."}


def test_the_approval_covers_what_follows(network: Network):
    post = make.post_in_review(text=TEXTS[0], follows=CHAIN)
    before = publishing.fingerprint_of(post)
    author = staff(post)
    content = make.content(on=list(post.channels.all()), text=TEXTS[0], follows=CHAIN[:2])
    publishing.edit(post, content, by=author, version=post.version)
    publishing.submit(fresh(post), by=author, version=2)
    assert publishing.fingerprint_of(fresh(post)) != before
    assert [row.cleared for row in rows_of(post) if row.state == State.WAITING] == [None, None, None]


def test_whom_a_part_follows_is_covered_too():
    draft = drafting.draft_json("Halo.", [])
    made = [make.delivery().channel]
    rows = [
        envelopes.seal(
            channel=made[0],
            slot=f"test:{after}/then:2",
            kind="campaign",
            draft=drafting.following(draft, after=after, root=after),
            send_at=clock.now(),
            not_after=make.in_an_hour(),
            owner=None,
        )
        for after in ("a", "b")
    ]
    assert rows[0].fingerprint != rows[1].fingerprint


def test_the_database_sends_nothing_before_what_it_follows_is_out(network: Network):
    post = scheduled()
    follower = rows_of(post)[1]
    with pytest.raises(DatabaseError, match="what it follows is not out"), transaction.atomic():
        Delivery.objects.filter(pk=follower.pk).update(
            state=State.SENDING, token=follower.key, lease_until=make.in_an_hour()
        )
    assert [row.slot for row in delivering.claim("mastodon", 50)] == [post.slot(follower.channel)]
    assert delivering.claim("mastodon", 50) == []


def test_what_follows_does_not_wake_the_drains_while_it_waits(network: Network):
    post = scheduled()
    delivering.claim("mastodon", 1)
    assert delivering.due_platforms() == []
    assert [row.state for row in rows_of(post)[1:]] == [State.WAITING] * 3


def test_it_has_time_after_the_last_moment_of_what_it_follows(network: Network):
    first, second, *_ = rows_of(scheduled())
    assert second.not_after == first.not_after + chaining.LATER


def test_an_edit_cancels_all_of_it(network: Network):
    post = scheduled()
    make.edit(post)
    assert set(states(post)) == {State.CANCELLED}


# When the one before does not go out -------------------------------------------------------------


def test_after_a_failure_what_follows_is_held_and_goes_on_with_the_next_try(network: Network):
    fails_for(network, 1, Rejected("refused", words="no"))
    post = scheduled()
    delivering.drain("mastodon")
    assert states(post) == [State.FAILED, State.HELD, State.HELD, State.HELD]
    assert problems(post)[1:] == ["above_failed", "above_held", "above_held"]
    assert Notice.objects.open().exclude(kind="approve").count() == len({"owner", "manager"}), "one thing, told once"
    afterwards.try_again(rows_of(post)[0], fresh(post), by=manager(post))
    assert states(post) == [State.WAITING] * 4
    delivering.drain("mastodon")
    assert network.texts == TEXTS and fresh(post).state == PostState.PUBLISHED


def test_while_nobody_knows_it_waits_and_proof_lets_it_go(network: Network):
    fails_for(network, 1, Unsure("timed_out", host="x"))
    post = scheduled()
    delivering.drain("mastodon")
    assert states(post) == [State.UNSURE, *[State.WAITING] * 3]
    network.find = lambda key: Sent("r-found")
    Delivery.objects.filter(state=State.UNSURE).update(look_at=clock.now())
    settling.settle("mastodon")
    delivering.drain("mastodon")
    assert states(post) == [State.SENT] * 4 and network.texts == TEXTS[1:]


def test_declared_not_out_holds_what_follows(network: Network):
    fails_for(network, 1, Unsure("timed_out", host="x"))
    post = scheduled()
    delivering.drain("mastodon")
    first = rows_of(post)[0]
    Delivery.objects.filter(pk=first.pk).update(asks_person=True)
    envelopes.decide_is_not_out(fresh_row(first), by=staff(post), again=False)
    assert problems(post) == ["not_out", "above_held", "above_held", "above_held"]


def test_declared_out_without_a_name_there_leaves_the_rest_to_a_hand(network: Network):
    fails_for(network, 1, Unsure("timed_out", host="x"))
    post = scheduled()
    delivering.drain("mastodon")
    first = rows_of(post)[0]
    Delivery.objects.filter(pk=first.pk).update(asks_person=True)
    envelopes.decide_is_out(fresh_row(first), by=staff(post), link="")
    delivering.drain("mastodon")
    assert network.texts == []
    assert states(post) == [State.SENT, State.HANDED, State.HELD, State.HELD]
    assert problems(post)[1:] == ["follow_by_hand", "above_handed", "above_held"]
    handing.finish(rows_of(post)[1], by=staff(post), link="")
    delivering.drain("mastodon")
    assert states(post) == [State.SENT, State.SENT, State.HANDED, State.HELD]


def test_what_a_person_must_publish_holds_what_follows_until_the_network_shows_it(network: Network, monkeypatch):
    monkeypatch.setattr(FakeConnector, "publish", lambda *args, **_: Sent("draft", waits_for="youtube_private"))
    post = scheduled()
    delivering.drain("mastodon")
    assert problems(post) == ["youtube_private", "above_handed", "above_held", "above_held"]
    monkeypatch.undo()
    monkeypatch.setitem(KINDS, "mastodon", FakeConnector)
    monkeypatch.setattr(FakeConnector, "network", network)
    monkeypatch.setattr(FakeConnector, "is_public", lambda self, remote_id: Sent("film"), raising=False)
    Delivery.objects.filter(state=State.HANDED).update(look_at=clock.now())
    handing.look()
    delivering.drain("mastodon")
    assert states(post) == [State.SENT] * 4 and network.texts == TEXTS[1:]


def test_what_a_person_gave_up_is_what_holds_the_rest_from_then_on(network: Network, monkeypatch):
    monkeypatch.setattr(FakeConnector, "publish", lambda *args, **_: Sent("draft", waits_for="youtube_private"))
    post = scheduled()
    delivering.drain("mastodon")
    assert problems(post)[1] == "above_handed"
    handing.give_up(rows_of(post)[0], by=staff(post), reason="Videonya buram")
    assert problems(post) == ["given_up", "above_failed", "above_held", "above_held"]


def test_what_was_published_by_hand_in_time_and_told_days_later_lets_nothing_go(network: Network, monkeypatch):
    monkeypatch.setattr(FakeConnector, "publish", lambda *args, **_: Sent("film", waits_for="youtube_private"))
    post = scheduled()
    delivering.drain("mastodon")
    monkeypatch.undo()
    monkeypatch.setitem(KINDS, "mastodon", FakeConnector)
    monkeypatch.setattr(FakeConnector, "network", network)
    make.clock_moved("interval '3 days'")
    handing.finish(rows_of(post)[0], by=staff(post), link="", was_before=True)
    delivering.drain("mastodon")
    settling.sweep()
    assert network.texts == [] and problems(post) == ["", "late", "above_held", "above_held"]


def test_every_part_has_as_long_as_the_next_one(network: Network):
    fails_for(network, 1, Rejected("refused", words="Tidak."))
    post = scheduled()
    delivering.drain("mastodon")
    afterwards.try_again(rows_of(post)[0], fresh(post), by=manager(post))
    first, *others = rows_of(post)
    assert {row.not_after for row in others[:1]} == {first.not_after + chaining.LATER}
    delivering.drain("mastodon")
    assert {row.not_after for row in rows_of(post)[1:]} == {first.not_after + chaining.LATER}


def test_late_posts_hold_what_follows_with_them(network: Network):
    post = scheduled(planned_at=make.in_an_hour())
    make.clock_moved("interval '5 hours'")
    settling.sweep()
    assert network.texts == [] and states(post) == [State.HELD] * 4
    assert problems(post) == ["late", "above_held", "above_held", "above_held"]
    publishing.reschedule(fresh(post), by=staff(post), version=post.version, to=None)
    delivering.drain("mastodon")
    assert network.texts == TEXTS


def test_a_comment_does_not_leave_a_day_later(network: Network):
    fails_for(network, 1, Unsure("timed_out", host="x"))
    post = scheduled()
    delivering.drain("mastodon")
    make.clock_moved("interval '25 hours'")
    settling.sweep()
    assert states(post) == [State.UNSURE, State.HELD, State.HELD, State.HELD]
    assert problems(post)[1] == "late"


@pytest.mark.parametrize("is_claimed", [False, True])
def test_a_quiet_period_that_begins_between_two_parts_holds_the_rest(network: Network, is_claimed: bool):
    post = scheduled()
    (first,) = delivering.claim("mastodon", 1)
    delivering.send(first)
    second = delivering.claim("mastodon", 1) if is_claimed else []
    Campaign.objects.filter(pk=post.campaign_id).update(closed={"campaign": [["-infinity", "infinity"]]})
    for row in second:
        delivering.send(row)
    delivering.drain("mastodon")
    settling.sweep()
    assert network.texts == TEXTS[:1]
    assert problems(post) == ["", "phase", "above_held", "above_held"]


def test_stop_keeps_it_back_and_resuming_holds_it(network: Network):
    post = scheduled()
    (first,) = delivering.claim("mastodon", 1)
    delivering.send(first)
    stopping.stop(post.campaign, by=manager(post), reason="uji")
    delivering.drain("mastodon")
    assert network.texts == TEXTS[:1]
    stopping.resume(post.campaign, by=manager(post))
    delivering.drain("mastodon")
    assert network.texts == TEXTS[:1]
    assert problems(post)[1:] == ["stopped", "above_held", "above_held"]
    assert fresh(post).state == PostState.PARTLY
    publishing.reschedule(fresh(post), by=staff(post), version=post.version, to=None)
    delivering.drain("mastodon")
    assert network.texts == TEXTS and fresh(post).state == PostState.PUBLISHED


def test_what_fails_in_the_middle_makes_the_post_partly_out(network: Network):
    post = scheduled()

    def second_fails(draft: Draft, _keep: object) -> None:
        if draft.text == TEXTS[1]:
            raise Rejected("refused", words="no")

    network.before = second_fails
    delivering.drain("mastodon")
    assert states(post) == [State.SENT, State.FAILED, State.HELD, State.HELD]
    assert fresh(post).state == PostState.PARTLY


def test_the_sweep_mends_what_changed_in_nobodys_hearing(network: Network):
    post = scheduled()
    first = rows_of(post)[0]
    Delivery.objects.filter(pk=first.pk).update(state=State.HELD, problem="late")
    settling.sweep()
    assert states(post) == [State.HELD] * 4
    Delivery.objects.filter(pk=first.pk).update(state=State.WAITING, problem="")
    settling.sweep()
    assert states(post) == [State.WAITING] * 4


# Leaving out, taking down --------------------------------------------------------------------------


def test_what_is_held_can_be_left_out_with_all_that_follows_it(network: Network):
    fails_for(network, 1, Rejected("refused", words="no"))
    post = scheduled()
    delivering.drain("mastodon")
    third = rows_of(post)[2]
    afterwards.leave_out(third, by=staff(post))
    afterwards.leave_out(third, by=staff(post))
    assert states(post) == [State.FAILED, State.HELD, State.CANCELLED, State.CANCELLED]
    afterwards.try_again(rows_of(post)[0], fresh(post), by=manager(post))
    delivering.drain("mastodon")
    assert network.texts == TEXTS[:2] and fresh(post).state == PostState.PUBLISHED
    assert AuditRow.objects.filter(verb="delivery.leave_out").count() == 2


def test_a_post_itself_is_not_left_out(network: Network):
    fails_for(network, 1, Rejected("refused", words="no"))
    post = scheduled()
    delivering.drain("mastodon")
    with pytest.raises(Refused):
        afterwards.leave_out(rows_of(post)[0], by=staff(post))


def test_taking_down_takes_the_parts_down_the_last_first(network: Network):
    post = scheduled()
    delivering.drain("mastodon")
    ids = [row.remote_id for row in rows_of(post)]
    afterwards.take_down(fresh(post), by=manager(post), version=post.version, reason="Keliru.")
    make.clock_moved("interval '10 seconds'")
    while delivering.drain("mastodon"):
        pass
    assert sorted(network.removed) == sorted(ids)
    assert fresh(post).state == PostState.TAKEN_DOWN
    removals = Delivery.objects.filter(slot__endswith="/take_down").order_by("send_at")
    assert [row.draft["remote_id"] for row in removals] == ids[::-1]


def test_comments_go_with_their_post(network: Network, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(FakeConnector, "can", KINDS["facebook"].can)
    post = scheduled()
    delivering.drain("mastodon")
    afterwards.take_down(fresh(post), by=manager(post), version=post.version, reason="Keliru.")
    delivering.drain("mastodon")
    assert network.removed == [rows_of(post)[0].remote_id]
    assert fresh(post).state == PostState.TAKEN_DOWN


def test_what_has_not_left_is_cancelled_when_the_post_is_taken_down(network: Network):
    post = scheduled()
    (first,) = delivering.claim("mastodon", 1)
    delivering.send(first)
    afterwards.take_down(fresh(post), by=manager(post), version=post.version, reason="Keliru.")
    delivering.drain("mastodon")
    assert network.texts == TEXTS[:1]
    assert [row.state for row in rows_of(post)[1:4]] == [State.CANCELLED] * 3
    assert fresh(post).state == PostState.TAKEN_DOWN


def test_reopening_seals_all_of_it_anew(network: Network):
    from campaign.approving import agreeing

    post = scheduled(planned_at=make.in_an_hour())
    terms = Terms(frozenset(), True, frozenset(), None)
    agreeing.ask(post.campaign, terms, by=make.someone(post.campaign, Role.CANDIDATE))
    assert fresh(post).state == PostState.IN_REVIEW
    assert states(post) == [State.CANCELLED] * 4 + [State.WAITING] * 4


def fresh_row(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def test_where_nothing_follows_one_question_is_asked(campaign, django_assert_num_queries):
    make.post_scheduled(of=campaign, text="Tanpa apa-apa di belakangnya.")
    row = Delivery.objects.get()
    with django_assert_num_queries(1):
        assert chaining.keep_up([row.slot]) == []
