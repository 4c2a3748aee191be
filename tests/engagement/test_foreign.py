"""What stands on our accounts without Posko, and what has gone from them: found, told, and not told wrongly."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from campaign import clock
from campaign.models import Action, Delivery, Notice, Role, State
from engagement import foreign as foreign_posts
from engagement import happening, receiving
from engagement.matching import words
from engagement.models import ForeignPost, ForeignState, Strange, Told
from platforms.base import Ability
from platforms.contents import Happened, Seen
from tests import make
from tests.analytics.conftest import publish
from tests.engagement.conftest import Shown, event, listen

SOON = timedelta(minutes=10)


@pytest.fixture
def channel(campaign, side, team):
    return make.channel(of=campaign)


def ago(**span):
    return datetime.now(UTC) - timedelta(**span)


def foreign(text="Kirim pulsa ke nomor ini", name="asing-1", **span):
    return Seen(name, text, ago(**(span or {"minutes": 2})), f"https://jejaring.example/{name}")


def sent(channel, name="r-1", **span):
    """A post that Posko published so long ago, with its receipt."""
    (row,) = publish(make.post_scheduled(on=[channel]), remote_id=name)
    Delivery.objects.filter(pk=row.pk).update(sent_at=ago(**(span or {"hours": 1})))
    row.refresh_from_db()
    return row


def shown(row):
    return Seen(row.remote_id, row.text, row.sent_at, row.remote_url)


def on_the_way(channel, state=State.SENDING, text="Halo warga Sukamaju.", **fields):
    row = make.delivery(on=channel, text=text)
    Delivery.objects.filter(pk=row.pk).update(
        state=State.SENDING, token=uuid4(), lease_until=clock.now() + SOON, begun_at=clock.now(), tries=1
    )
    if state != State.SENDING:
        Delivery.objects.filter(pk=row.pk).update(state=state, **fields)
    return row


# Foreign -----------------------------------------------------------------------------------------


def test_a_post_that_posko_did_not_send_is_told_to_manager_and_candidate_once(side, channel, team):
    side.posts = [foreign()]
    listen()
    listen()
    row = ForeignPost.objects.get()
    assert (row.strange, row.state, row.text) == (Strange.FOREIGN, ForeignState.OPEN, "Kirim pulsa ke nomor ini")
    assert row.link == "https://jejaring.example/asing-1"
    told = Notice.objects.filter(kind="foreign_post")
    assert {notice.member.role for notice in told} == {Role.MANAGER, Role.CANDIDATE}
    assert "Kirim pulsa" in told[0].params["text"]


def test_what_posko_sent_is_not_foreign(side, channel):
    side.posts = [shown(sent(channel))]
    listen()
    assert not ForeignPost.objects.exists()


@pytest.mark.parametrize("state", [State.SENDING, State.UNSURE])
def test_one_on_its_way_explains_the_same_words_and_only_one_post(side, channel, state):
    on_the_way(channel, state, text="Halo warga Sukamaju. https://posko.example/p/1")
    same = "Halo  warga Sukamaju. https://t.co/x1"
    side.posts = [foreign(same, "r-1", minutes=3), foreign(same, "r-2", minutes=1)]
    listen()
    assert ForeignPost.objects.get().remote_id == "r-2"


def test_one_on_its_way_explains_no_other_words(side, channel):
    on_the_way(channel)
    side.posts = [foreign()]
    listen()
    assert ForeignPost.objects.get().remote_id == "asing-1"


def test_what_was_approved_and_has_not_begun_explains_nothing(side, channel):
    make.delivery(on=channel, text="Halo warga Sukamaju.", send_at=make.in_an_hour())
    side.posts = [foreign("Halo warga Sukamaju.")]
    listen()
    assert ForeignPost.objects.exists()


def test_what_a_person_found_published_is_explained_by_its_words(side, channel):
    row = on_the_way(channel, State.UNSURE)
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=clock.now(), doubtful=False)
    side.posts = [foreign("Halo warga Sukamaju.")]
    listen()
    assert not ForeignPost.objects.exists()


def test_what_a_person_has_to_finish_there_is_explained_under_its_public_id(side, channel):
    row = on_the_way(channel)
    Delivery.objects.filter(pk=row.pk).update(state=State.HANDED, remote_id="konsep-1", problem="finish_there")
    side.posts = [foreign("Halo warga Sukamaju.", "r-5")]
    listen()
    assert not ForeignPost.objects.exists()


def test_a_receipt_that_comes_while_the_network_is_read_is_seen(side, channel):
    row = on_the_way(channel)
    side.posts = [foreign("Halo warga (diubah jejaring)", "r-7")]
    side.meanwhile = lambda: Delivery.objects.filter(pk=row.pk).update(
        state=State.SENT, sent_at=clock.now(), remote_id="r-7"
    )
    listen()
    assert not ForeignPost.objects.exists()


def test_a_receipt_that_comes_after_the_alarm_ends_it(side, channel):
    row = on_the_way(channel)
    side.posts = [foreign("Teks yang diubah jejaring", "r-7")]
    listen()
    assert ForeignPost.objects.get().state == ForeignState.OPEN
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=clock.now(), remote_id="r-7")
    listen()
    assert ForeignPost.objects.get().state == ForeignState.SETTLED
    assert not Notice.objects.open().filter(kind="foreign_post").exists()


def test_what_stood_there_before_posko_read_is_not_foreign(side, channel):
    side.posts = [foreign(hours=9)]
    listen(since=timedelta(hours=3))
    assert not ForeignPost.objects.exists()


def test_another_campaigns_post_on_a_shared_account_is_foreign_here(side, channel):
    other = make.channel(remote_id=channel.remote_id)
    row = sent(channel)
    side.posts = [shown(row)]
    listen()
    assert ForeignPost.objects.get().channel == other


def test_words_are_compared_as_networks_change_them():
    assert words("Halo,  @ratna@jejaring.example!\nBaca https://a.example/b") == words("halo @ratna baca")
    assert words("Halo") != words("Hulu")


# Vanished ----------------------------------------------------------------------------------------


def test_a_post_missing_from_two_readings_has_vanished(side, channel, team):
    row = sent(channel)
    side.posts = [shown(row)]
    listen()
    side.posts = []
    listen()
    assert ForeignPost.objects.get().state == ForeignState.DOUBTED
    assert not Notice.objects.filter(kind="vanished_post").exists()
    ForeignPost.objects.update(found_at=ago(minutes=3))
    listen()
    told = ForeignPost.objects.get()
    assert (told.strange, told.state, told.delivery) == (Strange.VANISHED, ForeignState.OPEN, row)
    assert Notice.objects.filter(kind="vanished_post").count() == 2


def test_one_that_is_back_settles_it(side, channel):
    row = sent(channel)
    for _ in range(2):
        listen()
        ForeignPost.objects.update(found_at=ago(minutes=3))
    assert ForeignPost.objects.get().state == ForeignState.OPEN
    side.posts = [shown(row)]
    listen()
    assert ForeignPost.objects.get().state == ForeignState.SETTLED


@pytest.mark.parametrize("is_told", [False, True])
def test_one_that_was_back_and_goes_again_is_told_again(push, side, channel, team, is_told):
    row = sent(channel)
    for posts in ([], [], [shown(row)]):
        side.posts = posts
        listen()
        ForeignPost.objects.update(found_at=ago(minutes=3))
    assert ForeignPost.objects.get().state == ForeignState.SETTLED
    side.posts = []
    if is_told:
        push(event(Happened.REMOVED, channel, clock.now(), about=row.remote_id))
        receiving.read_all()
    else:
        listen()
        assert ForeignPost.objects.get().state == ForeignState.DOUBTED
        ForeignPost.objects.update(found_at=ago(minutes=3))
        listen()
    assert ForeignPost.objects.get().state == ForeignState.OPEN
    assert Notice.objects.open().filter(kind="vanished_post").count() == 2


def test_what_a_person_has_dealt_with_is_not_raised_again_by_its_absence(side, channel, team):
    sent(channel)
    for _ in range(2):
        listen()
        ForeignPost.objects.update(found_at=ago(minutes=3))
    row, manager = ForeignPost.objects.get(), make.someone(channel.campaign, "manager")
    foreign_posts.not_ours(row, by=manager)
    foreign_posts.finish(row, by=manager)
    listen()
    assert ForeignPost.objects.get().state == ForeignState.SETTLED


def test_an_answer_given_at_the_same_moment_does_not_spoil_the_reading(side, channel, team, monkeypatch):
    row = on_the_way(channel)
    side.posts = [foreign("Teks yang diubah jejaring", "r-7")]
    listen()
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=clock.now(), remote_id="r-7")
    settle, manager = foreign_posts._settle, make.someone(channel.campaign, "manager")

    def late(found, *, by):
        foreign_posts.ours(ForeignPost.objects.get(), by=manager, who=manager, reason="Lewat aplikasi")
        settle(found, by=by)

    monkeypatch.setattr(foreign_posts, "_settle", late)
    assert all(listen())
    assert ForeignPost.objects.get().state == ForeignState.OURS


@pytest.mark.parametrize(("name", "span"), [("just sent", {"minutes": 1}), ("a day old", {"hours": 25})])
def test_an_absence_that_proves_nothing_is_not_told(side, channel, name, span):
    sent(channel, **span)
    listen(since=timedelta(days=3))
    assert not ForeignPost.objects.exists(), name


def test_what_we_take_down_has_not_vanished(side, channel, push):
    row = sent(channel)
    make.delivery(on=channel)
    Delivery.objects.create(
        campaign=channel.campaign, channel=channel, slot=f"{row.slot}/take_down", action=Action.TAKE_DOWN,
        kind="campaign", draft={"remote_id": row.remote_id}, send_at=clock.now(), not_after=make.in_an_hour(),
        made_at=clock.now(),
    )  # fmt: skip
    for _ in range(2):
        listen()
        ForeignPost.objects.update(found_at=ago(minutes=3))
    push(event(Happened.REMOVED, channel, datetime.now(UTC), about=row.remote_id))
    receiving.read_all()
    assert not ForeignPost.objects.exists()


# Pushed ------------------------------------------------------------------------------------------


def test_a_push_that_a_post_is_gone_is_told_at_once(push, side, channel):
    row = sent(channel)
    push(event(Happened.REMOVED, channel, datetime.now(UTC), about=row.remote_id))
    receiving.read_all()
    assert ForeignPost.objects.get().strange == Strange.VANISHED


def test_a_push_that_a_post_went_out_has_the_timeline_read_soon(push, side, channel):
    listen()
    push(event(Happened.PUBLISHED, channel, datetime.now(UTC), about="asing-1"))
    receiving.read_all()
    assert channel.polls.get(place="timeline").next_at <= datetime.now(UTC)
    assert not ForeignPost.objects.exists()


@pytest.fixture
def blind(monkeypatch):
    """The network lets nobody read its timelines."""
    monkeypatch.setattr(Shown, "can", frozenset(Ability) - {Ability.TIMELINE})


def test_without_a_timeline_the_push_itself_is_the_alarm(push, side, channel, blind):
    known = sent(channel)
    for name in (known.remote_id, "asing-1"):
        push(event(Happened.PUBLISHED, channel, datetime.now(UTC), about=name))
    receiving.read_all()
    assert ForeignPost.objects.get().remote_id == "asing-1"


def test_without_a_timeline_a_post_on_its_way_is_waited_for(push, side, channel, blind):
    row = on_the_way(channel)
    push(event(Happened.PUBLISHED, channel, datetime.now(UTC), about="r-9"))
    receiving.read_all()
    assert not ForeignPost.objects.exists()
    assert Told.objects.waiting().count() == 1
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=clock.now(), remote_id="r-9")
    Told.objects.update(again_at=ago(seconds=1))
    happening.look_again()
    assert not Told.objects.waiting().exists()
    assert not ForeignPost.objects.exists()
