"""What the database itself refuses about the team, and two people at the same moment."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from campaign import clock
from campaign.errors import Refused
from campaign.models import Invitation, Member, Role, User
from campaign.team import joining, membership
from campaign.team.joining import Newcomer
from tests import make

pytestmark = pytest.mark.django_db


def refused(constraint: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        _commit(act)


@transaction.atomic
def _commit(act: Callable[[], object]) -> None:
    """Act, and ask what would otherwise be asked when the transaction ends."""
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("change", [{"role": "staff"}, {"suspended_at": "now"}, {"access_ends_at": "now"}])
def test_a_campaign_keeps_a_manager_whose_access_does_not_end(campaign, team, change):
    change = {name: clock.now() if value == "now" else value for name, value in change.items()}
    rows = Member.objects.filter(pk=team["manager"].pk)
    refused("a campaign keeps a manager", lambda: rows.update(**change))
    make.member(of=campaign, role=Role.MANAGER)
    rows.update(**change)


def test_the_last_manager_is_not_deleted_but_a_whole_campaign_may_be(campaign, team):
    refused("a campaign keeps a manager", lambda: Member.objects.filter(pk=team["manager"].pk).delete())
    make.link(of=campaign)
    make.volunteer_with_pin(of=campaign)
    _commit(campaign.delete)
    assert not Invitation.objects.exists()


def test_one_campaign_has_one_candidate(campaign, team):
    refused("member_one_candidate", lambda: make.member(of=campaign, role=Role.CANDIDATE))
    Member.objects.filter(pk=team["candidate"].pk).update(suspended_at=clock.now())
    make.member(of=campaign, role=Role.CANDIDATE)


def test_who_came_by_invitation_has_declared(campaign):
    link = make.link(of=campaign)
    refused("member_invited_has_declared", lambda: make.member(of=campaign, invitation=link.invitation))
    refused(
        "member_invited_has_declared",
        lambda: make.member(of=campaign, invitation=link.invitation, declared_at=clock.now()),
    )


def test_one_invitation_is_one_member(campaign):
    link = make.link(of=campaign)
    declared: dict[str, Any] = {"invitation": link.invitation, "declared_at": clock.now(), "declaration": "1"}
    make.member(of=campaign, **declared)
    refused("invitation", lambda: make.member(of=campaign, **declared))


def test_pins_are_of_volunteers_and_their_names_are_written_small_and_once(campaign):
    make.volunteer_with_pin(of=campaign, name="Agus")
    wrong: list[dict[str, Any]] = [{"pin": "x"}, {"pin_name": "a"}, {"pin": "x", "pin_name": "a", "role": Role.STAFF}]
    for fields in wrong:
        whole = {"role": Role.VOLUNTEER.value, "of": campaign} | fields
        refused("member_pin_of_volunteers", partial(make.member, **whole))
    refused("member_pin_name_small", lambda: make.member(of=campaign, role="volunteer", pin="x", pin_name="Agus"))
    refused("member_pin_name_once", lambda: make.member(of=campaign, role="volunteer", pin="x", pin_name="agus"))


def test_an_invitation_is_whole(campaign):
    link = make.link(of=campaign)
    rows, now = Invitation.objects.filter(pk=link.invitation.pk), clock.now()
    refused("invitation_hash_only", lambda: rows.update(token_hash=link.token))
    refused("invitation_used_or_revoked", lambda: rows.update(used_at=now, revoked_at=now))
    refused("invitation_pin_of_whom", lambda: rows.update(kind="pin"))
    refused("invitation_lasts", lambda: rows.update(expires_at=link.invitation.made_at))


# At the same moment ------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all in threads of their own; `done`, or the name of what was raised, for each."""
    results, barrier = [""] * len(acts), Barrier(len(acts))

    def run(place: int) -> None:
        barrier.wait()
        try:
            acts[place]()
            results[place] = "done"
        except Exception as error:  # noqa: BLE001  # it is looked at below
            results[place] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_joins():
    link = make.link(of=make.campaign())
    names = ("Agus", "Bayu", "Citra")
    results = at_once(*(partial(joining.join, link.invitation, Newcomer(name=name, pin=make.PIN)) for name in names))
    assert results == ["Refused", "Refused", "done"]
    assert Member.objects.filter(role=Role.VOLUNTEER).count() == 1
    assert User.objects.filter(name__in=names).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_suspend_each_other_do_not_both_win():
    campaign = make.campaign()
    first, second = (make.member(of=campaign, role=Role.MANAGER) for _ in range(2))
    results = at_once(
        lambda: membership.suspend(first, by=second, reason="Uji"),
        lambda: membership.suspend(second, by=first, reason="Uji"),
    )
    assert results == ["PermissionDenied", "done"]
    assert Member.objects.lasting_managers().filter(campaign=campaign).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_become_the_candidate_at_once_one_does():
    campaign = make.campaign()
    manager, staff = (make.member(of=campaign, role=role) for role in (Role.MANAGER, Role.STAFF))
    link = make.link(of=campaign, role=Role.CANDIDATE)
    results = at_once(
        lambda: joining.join(link.invitation, Newcomer(name="Ratna", email="r@contoh.test", password=make.PASSWORD)),
        lambda: membership.change_role(staff, Role.CANDIDATE, by=manager),
    )
    assert results == ["Refused", "done"]


def test_two_of_one_name_are_told_apart_by_the_constraint_itself(campaign):
    make.volunteer_with_pin(of=campaign, name="Agus")
    with pytest.raises(Refused):
        make.volunteer_with_pin(of=campaign, name="AGUS")
