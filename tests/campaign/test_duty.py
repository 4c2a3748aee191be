"""`…/tenggat/<duty>/`: one duty, who looks after it, and its proof; and what each account has done of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from campaign import clock
from campaign.duties import deeds, kinds, reading
from campaign.errors import Refused
from campaign.models import AuditRow, ChannelFiling, Duty, Notice, Proof, Role
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

MONEY, PLAIN = "ladk", "accounts-register"


def kind(campaign, key):
    found = kinds.find(campaign, key)
    assert found
    return found


def verbs(prefix="duty."):
    return list(AuditRow.objects.filter(verb__startswith=prefix).order_by("pk").values_list("verb", flat=True))


# The page ----------------------------------------------------------------------------------------


def test_it_tells_what_to_do_who_must_and_where_the_date_comes_from(client, campaign, sign_in):
    sign_in(Role.STAFF)
    page = words(client.get(url("duty", campaign, MONEY)))
    for text in ("2 days left", "sign the candidate", "The party at the level", "38 days", "UU 7/2017 Ps. 334(2)-(3)"):
        assert text in page
    assert "Confirm that it is done" not in page


def test_an_unknown_duty_is_not_found(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert client.get(url("duty", campaign, "pajak")).status_code == 404
    assert client.post(url("finish_duty", campaign, "pajak"), {"number": "1"}).status_code == 404


def test_an_owner_who_may_not_confirm_is_told_whom_to_give_the_proof(client, campaign, team, sign_in):
    deeds.assign(kind(campaign, PLAIN), by=team["manager"], to=team["staff"])
    sign_in(Role.STAFF)
    assert "give the proof to the campaign manager" in words(client.get(url("duty", campaign, PLAIN)))
    sign_in(Role.CANDIDATE)
    assert "give the proof to the campaign manager" not in words(client.get(url("duty", campaign, PLAIN)))


# Who looks after it ------------------------------------------------------------------------------


def test_the_manager_chooses_who_looks_after_it(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    address = url("assign_duty", campaign, PLAIN)
    answer = client.post(address, {"owner": team["staff"].pk})
    assert answer.status_code == 303 and answer["Location"] == url("duty", campaign, PLAIN)
    assert reading.one(campaign, kind(campaign, PLAIN), clock.now()).owner == team["staff"]
    assert client.post(address, {"owner": team["staff"].pk}, headers=HTMX).status_code == 200
    assert verbs() == ["duty.assign"]


@pytest.mark.parametrize("who", ["volunteer", "suspended", "stranger", "nobody", "odd", "huge"])
def test_only_somebody_of_the_team_who_sees_duties_can_look_after_one(client, campaign, team, sign_in, who):
    sign_in(Role.MANAGER)
    owner = {
        "volunteer": lambda: team["volunteer"].pk,
        "suspended": lambda: make.member(of=campaign, suspended_at=clock.now()).pk,
        "stranger": lambda: make.member().pk,
        "nobody": lambda: "",
        "odd": lambda: "\0",
        "huge": lambda: 10**30,
    }[who]()
    assert client.post(url("assign_duty", campaign, PLAIN), {"owner": owner}).status_code == 422
    assert not Duty.objects.exists()


# Confirming --------------------------------------------------------------------------------------


def test_a_receipts_number_or_a_link_or_a_file_confirms_it(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    for key, proof in ((PLAIN, {"number": "12/KPU"}), ("rkdk", {"link": "https://kpu.go.id/1"}),
                       (MONEY, {"file": make.picture_file()})):  # fmt: skip
        answer = client.post(url("finish_duty", campaign, key), proof | {"note": "Diantar langsung."})
        assert answer.status_code == 303, key
        row = Duty.objects.get(key=key)
        assert (row.done_by, row.note) == (team["manager"], "Diantar langsung.")
        page = words(client.get(url("duty", campaign, key)))
        assert "Manager confirmed this" in page and "Diantar langsung." in page
    assert verbs() == ["duty.finish"] * 3


def test_the_treasurer_confirms_what_is_of_money_and_nothing_else(client, campaign, team, sign_in):
    sign_in(Role.TREASURER)
    assert client.post(url("finish_duty", campaign, MONEY), {"number": "1"}).status_code == 303
    for name, data in (
        ("finish_duty", {"number": "1"}),
        ("assign_duty", {"owner": team["staff"].pk}),
        ("undo_duty", {}),
    ):
        assert client.post(url(name, campaign, PLAIN), data).status_code == 403
    assert "It is done" not in words(client.get(url("duty", campaign, PLAIN)))
    for role in ("staff", "candidate", "volunteer"):
        with pytest.raises(PermissionDenied):
            deeds.undo(kind(campaign, MONEY), by=team[role])


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"note": "Sudah."},
        {"number": "   "},
        {"link": "javascript:alert(1)"},
        {"link": "kpu"},
        {"link": "ftp://kpu.go.id/x"},
        {"number": "1" * 121},
        {"number": "1\0"},
    ],
)
def test_without_a_sound_proof_nothing_is_confirmed_and_what_was_typed_stays(client, campaign, sign_in, typed):
    sign_in(Role.MANAGER)
    answer = client.post(url("finish_duty", campaign, PLAIN), {"note": "Kata partai sudah."} | typed)
    assert answer.status_code == 422
    if "note" not in typed:
        assert "Kata partai sudah." in answer.content.decode()
    assert not Duty.objects.done().exists()
    assert verbs() == []


def test_pressing_twice_is_pressing_once_and_another_person_is_told(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    for _press in range(2):
        assert client.post(url("finish_duty", campaign, MONEY), {"file": make.picture_file()}).status_code == 303
    assert (verbs(), Proof.objects.count()) == (["duty.finish"], 1)
    sign_in(Role.TREASURER)
    answer = client.post(url("finish_duty", campaign, MONEY), {"number": "2"})
    assert answer.status_code == 422 and "confirmed this already" in words(answer)


def test_taking_it_back_keeps_the_proof_and_a_new_file_replaces_the_old(
    client, campaign, sign_in, settings, django_capture_on_commit_callbacks
):
    sign_in(Role.MANAGER)
    make.duty_done(of=campaign, key=MONEY, file=make.picture_file())
    old = Proof.objects.get()
    assert client.post(url("undo_duty", campaign, MONEY)).status_code == 303
    assert client.post(url("undo_duty", campaign, MONEY)).status_code == 303
    page = words(client.get(url("duty", campaign, MONEY)))
    assert "File handed in before" in page and old.get_absolute_url() in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("finish_duty", campaign, MONEY), {"file": make.picture_file()})
    new = Proof.objects.get()
    assert new.pk != old.pk
    assert [file.name for file in (settings.MEDIA_ROOT / "proofs").iterdir()] == [Path(str(new.file.name)).name]
    assert verbs() == ["duty.finish", "duty.undo", "duty.finish"]


def test_taken_back_the_file_of_before_is_proof_enough(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.duty_done(of=campaign, key=MONEY, number="", file=make.picture_file())
    client.post(url("undo_duty", campaign, MONEY))
    assert client.post(url("finish_duty", campaign, MONEY), {}).status_code == 303
    assert Duty.objects.done().get().proof == Proof.objects.get()


def test_the_database_refuses_a_duty_done_by_nobody_or_without_proof(campaign, team):
    now = clock.now()
    for fields in ({"done_by": team["manager"]}, {"number": "1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Duty.objects.create(campaign=campaign, key="rkdk", changed_at=now, done_at=now, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(campaign=campaign, key="x", changed_at=now, done_at=now, done_by=team["manager"])


def test_who_may_press(client, campaign, sign_in):
    for name in ("assign_duty", "finish_duty", "undo_duty"):
        only(client, sign_in, url(name, campaign, MONEY), {Role.MANAGER, Role.TREASURER}, "post")


# Each account ------------------------------------------------------------------------------------


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


def typed(**fields):
    return {"step": "registered", "day": f"{clock.now():%Y-%m-%d}", "number": "7/PL"} | fields


def test_an_account_is_noted_as_registered_and_that_can_be_taken_back(client, campaign, channel, sign_in):
    sign_in(Role.MANAGER)
    page = words(client.get(url("duty", campaign, PLAIN)))
    assert (
        "Not registered yet" in page and "1 account of at most 20" in page and "1 account above is still open" in page
    )
    for _press in range(2):
        answer = client.post(url("file_channel", campaign, channel.pk), typed(file=make.picture_file()))
        assert answer.status_code == 303 and answer["Location"] == url("duty", campaign, PLAIN)
    page = words(client.get(url("duty", campaign, PLAIN)))
    assert "Registered with KPU" in page and "7/PL" in page and Proof.objects.get().get_absolute_url() in page
    assert "Not closed yet" in words(client.get(url("duty", campaign, "accounts-close")))
    for _press in range(2):
        client.post(url("unfile_channel", campaign, channel.pk), {"step": "registered"})
    assert not ChannelFiling.objects.exists() and not Proof.objects.exists()
    assert verbs("channel.")[1:] == ["channel.registered", "channel.not_registered"]


def test_closing_an_account_is_a_step_of_its_own_and_a_removed_one_still_shows(client, campaign, channel, sign_in):
    manager = sign_in(Role.MANAGER)
    today = clock.now().astimezone(campaign.tz).date()
    deeds.file_channel(channel, "registered", day=today, by=manager)
    channel.health = "removed"
    channel.save()
    answer = client.post(url("file_channel", campaign, channel.pk), typed(step="closed"))
    assert answer["Location"] == url("duty", campaign, "accounts-close")
    assert ChannelFiling.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"day": ""},
        {"day": "besok"},
        {"day": "1024-01-01"},
        {"day": "99999-01-01"},
        {"step": "dibuka"},
        {"step": ""},
        {"number": "x" * 121},
    ],
)
def test_an_odd_note_of_an_account_is_refused_and_what_was_typed_stays(client, campaign, channel, sign_in, fields):
    sign_in(Role.MANAGER)
    answer = client.post(url("file_channel", campaign, channel.pk), typed(**fields))
    assert answer.status_code == 422
    assert not ChannelFiling.objects.exists()
    if set(fields) == {"day"}:
        assert 'value="7/PL"' in answer.content.decode()


def test_a_day_to_come_and_a_second_note_are_refused(client, campaign, channel, team, sign_in):
    sign_in(Role.MANAGER)
    tomorrow = clock.now().astimezone(campaign.tz).date() + timedelta(days=1)
    answer = client.post(url("file_channel", campaign, channel.pk), typed(day=f"{tomorrow}"))
    assert answer.status_code == 422 and "still to come" in words(answer)
    other = make.member(of=campaign, role=Role.MANAGER)
    deeds.file_channel(channel, "registered", day=tomorrow - timedelta(days=3), by=other)
    answer = client.post(url("file_channel", campaign, channel.pk), typed())
    assert answer.status_code == 422 and "noted already" in words(answer)


def test_more_accounts_than_the_law_lets_stand_out(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.tightening(of=campaign, value=1)
    for _number in range(2):
        make.channel(of=campaign)
    page = client.get(url("duty", campaign, PLAIN))
    assert "2 accounts of at most 1" in words(page)
    assert [network.is_over for network in page.context["accounts"].networks] == [True]


def test_only_a_manager_notes_accounts(client, campaign, channel, sign_in):
    for name in ("file_channel", "unfile_channel"):
        only(client, sign_in, url(name, campaign, channel.pk), {Role.MANAGER}, "post")


def test_the_questions_stay_the_same_number_whatever_there_is(
    client, campaign, channel, sign_in, django_assert_num_queries, django_assert_max_num_queries
):
    manager = sign_in(Role.MANAGER)
    with django_assert_max_num_queries(20) as plain:
        client.get(url("duty", campaign, PLAIN))
    today = clock.now().astimezone(campaign.tz).date()
    for _number in range(3):
        deeds.file_channel(
            make.channel(of=campaign), "registered", day=today, file=make.picture_file(size=(9, 9)), by=manager
        )
    with django_assert_num_queries(len(plain)):
        client.get(url("duty", campaign, PLAIN))


def test_the_notice_is_closed_by_the_deed(campaign, team):
    row = Duty.objects.create(campaign=campaign, key=MONEY, changed_at=clock.now())
    notice = Notice.objects.create(
        campaign=campaign,
        member=team["treasurer"],
        kind="duty_due",
        url="/",
        about=f"duty:{row.pk}",
        made_at=clock.now(),
    )
    with pytest.raises(Refused):
        make.duty_done(of=campaign, key=MONEY, number="")
    assert Notice.objects.open().filter(pk=notice.pk).exists()
    make.duty_done(of=campaign, key=MONEY)
    assert not Notice.objects.open().exists()
