"""`…/asing/<id>/`: what Posko did not send, and the two ways out."""

import pytest

from campaign import clock
from campaign.models import AuditRow, Delivery, Notice, Role
from engagement.models import ForeignPost, ForeignState, Poll, Push, Refusal
from tests import make
from tests.campaign import doors
from tests.engagement.conftest import PUSH, SignedHook

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def post(campaign, team, side):
    return make.foreign_post(on=make.channel(of=campaign), text="Kirim pulsa ke nomor ini")


@pytest.fixture
def address(post):
    return post.get_absolute_url()


def state():
    return ForeignPost.objects.get().state


def test_manager_staff_and_candidate_see_it(client, sign_in, address):
    doors.only(client, sign_in, address, {Role.MANAGER, Role.STAFF, Role.CANDIDATE})


@pytest.mark.parametrize("way", ["dari-kami", "bukan-dari-kami", "beres"])
def test_only_manager_and_candidate_answer(client, sign_in, address, way):
    doors.only(client, sign_in, f"{address}{way}/", doors.DECIDERS, "post")


def test_it_shows_the_words_the_link_and_both_ways(client, sign_in, address):
    sign_in(Role.CANDIDATE)
    page = doors.words(client.get(address))
    for part in ("Kirim pulsa ke nomor ini", "https://jejaring.example/asing-", "dari-kami/", "bukan-dari-kami/"):
        assert part in page
    sign_in(Role.STAFF)
    page = doors.words(client.get(address))
    assert "dari-kami/" not in page
    assert "tell them now" in page


def test_it_burns_on_the_first_page_and_on_the_operations_page_until_answered(client, sign_in, address, campaign):
    home, operations = campaign.get_absolute_url(), f"{campaign.get_absolute_url()}operasi/"
    for role in (Role.MANAGER, Role.STAFF, Role.CANDIDATE):
        sign_in(role)
        for page in (home, operations):
            shown = doors.words(client.get(page))
            assert address in shown, (role, page)
            assert "Kirim pulsa ke nomor ini" in shown
    manager = sign_in(Role.MANAGER)
    assert Notice.objects.open().filter(member=manager, kind="foreign_post").exists()
    client.post(f"{address}dari-kami/", {"who": manager.pk, "reason": "Dari ponsel, di lapangan"})
    assert address not in doors.words(client.get(home))
    assert not Notice.objects.open().filter(kind="foreign_post").exists()


def test_the_notice_cannot_be_put_away_unanswered(client, sign_in, address, campaign):
    manager = sign_in(Role.MANAGER)
    notice = Notice.objects.get(member=manager, kind="foreign_post")
    answer = client.post(f"{campaign.get_absolute_url()}kabar/{notice.pk}/selesai/")
    assert answer.status_code == 422


def test_ours_keeps_who_and_why_and_is_on_the_record(client, sign_in, address, team):
    manager = sign_in(Role.MANAGER)
    answer = client.post(f"{address}dari-kami/", {"who": team["candidate"].pk, "reason": "Dari ponsel"})
    assert answer.status_code == 303
    row = ForeignPost.objects.get()
    assert (row.state, row.who, row.decided_by, row.reason) == (
        ForeignState.OURS, team["candidate"], manager, "Dari ponsel"
    )  # fmt: skip
    assert AuditRow.objects.filter(verb="foreign.ours", member_id=manager.pk).exists()
    assert not AuditRow.objects.filter(details__contains="Dari ponsel").exists()
    assert "Dari ponsel" in doors.words(client.get(address))


def test_ours_without_a_reason_or_by_a_stranger_is_refused_and_nothing_typed_is_lost(client, sign_in, address, team):
    sign_in(Role.MANAGER)
    answer = client.post(f"{address}dari-kami/", {"who": team["candidate"].pk, "reason": " "})
    assert answer.status_code == 422
    assert "Say in a few words why" in doors.words(answer)
    assert f'value="{team["candidate"].pk}" selected' in doors.words(answer)
    answer = client.post(f"{address}dari-kami/", {"who": make.member().pk, "reason": "Dari ponsel"})
    assert answer.status_code == 422
    assert 'value="Dari ponsel"' in doors.words(answer)
    assert state() == ForeignState.OPEN


def test_not_ours_leads_to_the_stop_with_its_reason_chosen_and_says_what_to_do(client, sign_in, address, campaign):
    sign_in(Role.CANDIDATE)
    answer = client.post(f"{address}bukan-dari-kami/", follow=True)
    assert state() == ForeignState.NOT_OURS
    assert answer.request["PATH_INFO"] == f"{campaign.get_absolute_url()}berhenti/"
    page = doors.words(answer)
    assert (
        'value="hijacked" id="id_why_0" checked' in page
        or 'value="hijacked" checked' in page
        or (answer.context["form"]["why"].value() == "hijacked")
    )
    assert "change the password" in page
    assert "Somebody else has this account" in doors.words(client.get(campaign.get_absolute_url()))
    client.post(f"{address}bukan-dari-kami/")
    assert AuditRow.objects.filter(verb="foreign.not_ours").count() == 1, "pressed twice"


def test_dealt_with_ends_it(client, sign_in, address, campaign):
    sign_in(Role.MANAGER)
    assert client.post(f"{address}beres/").status_code == 422, "nobody has said yet that it is not ours"
    client.post(f"{address}bukan-dari-kami/")
    assert client.post(f"{address}beres/").status_code == 303
    assert state() == ForeignState.SETTLED
    assert address not in doors.words(client.get(campaign.get_absolute_url()))


def test_who_answers_second_is_told(client, sign_in, address, team):
    sign_in(Role.MANAGER)
    client.post(f"{address}dari-kami/", {"reason": "Dari ponsel"})
    answer = client.post(f"{address}bukan-dari-kami/")
    assert answer.status_code == 422
    assert "answered this meanwhile" in doors.words(answer)
    assert state() == ForeignState.OURS


def test_hostile_words_and_links_are_shown_harmless(client, sign_in, address):
    ForeignPost.objects.update(text="<script>alert(1)</script>", url="javascript:alert(1)")
    sign_in(Role.MANAGER)
    page = doors.words(client.get(address))
    assert "<script>alert" not in page
    assert "javascript:" not in page


# The operations page -----------------------------------------------------------------------------


@pytest.fixture
def lines(client, sign_in, campaign):
    def told():
        sign_in(Role.MANAGER)
        seen = client.get(f"{campaign.get_absolute_url()}operasi/").context["seen"]
        return {line.title: line for line in seen.networks}

    return told


def test_the_operations_page_tells_of_pushes_and_of_refusals(pushing, post, lines, client):
    assert "told nothing" in lines()["Mastodon: notices"].told
    client.post(PUSH, b"x", content_type="application/json")
    line = lines()["Mastodon: notices"]
    assert "1 request without proof was refused" in line.told
    assert line.state == "warn"
    assert Refusal.objects.exists()
    Push.objects.create(
        platform=SignedHook.kind, is_practice=True, body=b"", digest="0" * 64, received_at=clock.now(), state="odd"
    )
    line = lines()["Mastodon: notices"]
    assert "1 notice in the last 24 hours" in line.told
    assert line.state == "note"


def test_the_operations_page_tells_of_an_account_that_cannot_be_read(post, lines):
    row = Poll.objects.create(
        channel=post.channel, place="timeline", since=clock.now(), next_at=clock.now(), fails=3,
        failed_at=clock.now(), problem="server_error",
    )  # fmt: skip
    title = f"{post.channel}: reading"
    assert lines()[title].state == "warn"
    Poll.objects.filter(pk=row.pk).update(fails=2)
    assert title not in lines()


def test_a_demo_with_all_of_it_can_be_deleted(post):
    Delivery.objects.all().delete()
    post.campaign.delete()
    assert not ForeignPost.objects.exists()
