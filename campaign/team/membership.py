"""What a manager changes about a member: role, how long, suspended or not. Nobody does it to themselves.

Every step takes the campaign's managers and the member in one order, so that two who suspend each other never both win.
"""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaign import audit, clock, notices, policy, registry
from campaign.access import MAY, require
from campaign.errors import Refused
from campaign.identity import phones
from campaign.models import FeedKey, Member, Notice, Role
from campaign.team import inviting, joining, sessions, telling

BATCH = 100


@transaction.atomic
def change_role(member: Member, role: str, *, by: Member) -> None:
    """Give the member another role. Raises Refused; nothing happens when they have it already."""
    row = _locked(member, by, _("Ask another manager to change your own role."))
    if row.role == role:
        return
    _refuse_unless_active(row)
    if row.pin:
        raise Refused(
            _(
                "%(name)s signs in with a PIN, which is for volunteers only. "
                "Suspend this membership and invite them with a new link."
            )
            % {"name": row}
        )
    if row.role == Role.CANDIDATE:
        raise Refused(_("The candidate stays the candidate. Suspend this membership if somebody else is to be it."))
    if role == Role.CANDIDATE:
        inviting.refuse_second_candidate(row.campaign_id)
    _keep_a_manager(row)
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    audit.record("member.role", row, by=by, before=before, role=role)
    if role not in policy.APPROVERS:
        _hand_over(row)
    if Role(role) not in MAY["post.write"]:
        # They quote posts that this role does not see, and lead to pages it does not open.
        Notice.objects.open().filter(member=row).update(done_at=clock.now())
    if Role(role) not in MAY["team.invite"]:
        inviting.revoke_all_of(row)
    joining.greet(row)


@transaction.atomic
def set_access(member: Member, ends_at: datetime | None, *, by: Member) -> None:
    """Let the membership end at a moment, or not at all. Raises Refused."""
    row = _locked(member, by, _("Ask another manager to change how long your own membership lasts."))
    if row.access_ends_at == ends_at:
        return
    _refuse_unless_active(row)
    if ends_at and ends_at <= clock.now():
        raise Refused(_("Choose a day that is not over. To end the membership now, suspend it."))
    if ends_at:
        _keep_a_manager(row)
    row.access_ends_at = ends_at
    row.save(update_fields=["access_ends_at"])
    audit.record("member.access", row, by=by, ends_at=ends_at.isoformat() if ends_at else None)


@transaction.atomic
def suspend(member: Member, *, by: Member, reason: str) -> None:
    """Shut the member out from now on: their sessions end, what they had taken on goes back. Raises Refused."""
    row = _locked(member, by, _("Nobody suspends themselves. Ask another manager."))
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    if row.suspended_at:
        return
    _keep_a_manager(row)
    row.suspended_at, row.suspended_by, row.suspended_because = clock.now(), by, reason.strip()[:300]
    row.save(update_fields=["suspended_at", "suspended_by", "suspended_because"])
    audit.record("member.suspend", row, by=by)
    _leave(row, by=by)


@transaction.atomic
def resume(member: Member, *, by: Member, ends_at: datetime | None = None) -> None:
    """Let a member in again whose membership was suspended or had ended. Raises Refused."""
    row = _locked(member, by, _("Nobody suspends themselves. Ask another manager."))
    if row.suspended_at is None and not _has_ended(row):
        return
    if ends_at and ends_at <= clock.now():
        raise Refused(_("Choose a day that is not over, or leave it empty."))
    if row.role == Role.CANDIDATE and row.suspended_at:
        inviting.refuse_second_candidate(row.campaign_id)
    row.suspended_at, row.suspended_by, row.suspended_because = None, None, ""
    row.access_ends_at = ends_at
    row.save(update_fields=["suspended_at", "suspended_by", "suspended_because", "access_ends_at"])
    audit.record("member.resume", row, by=by, ends_at=ends_at.isoformat() if ends_at else None)
    joining.greet(row)


def end_due() -> int:
    """Clear up after those whose access has ended; how many. They are refused from that very moment without this."""
    due = Member.objects.filter(suspended_at=None, access_ends_at__lte=clock.Moment()).values_list("pk", flat=True)
    return sum(_end(pk) for pk in due[:BATCH])


@transaction.atomic
def _end(pk: int) -> bool:
    row = Member.objects.select_for_update(of=("self",), no_key=True).select_related("campaign", "user").get(pk=pk)
    if row.suspended_at or not _has_ended(row):
        return False  # somebody was quicker
    row.suspended_at = clock.now()
    row.save(update_fields=["suspended_at"])
    audit.record("member.end", row, by="team")
    _leave(row, by=None)
    return True


# What these have in common -----------------------------------------------------------------------


def _locked(member: Member, by: Member, to_oneself: str) -> Member:
    require(by, "team.manage")
    if member.campaign_id != by.campaign_id:
        raise PermissionDenied("a member of another campaign")
    if member.pk == by.pk:
        raise Refused(to_oneself)
    rows = Member.objects.filter(Q(pk=member.pk) | Q(campaign=by.campaign_id, role=Role.MANAGER)).order_by("pk")
    found = {
        row.pk: row for row in rows.select_for_update(of=("self",), no_key=True).select_related("campaign", "user")
    }
    me = found.get(by.pk)
    if me is None or me.suspended_at:  # meanwhile
        raise PermissionDenied("no manager any more")
    return found[member.pk]


def _refuse_unless_active(row: Member) -> None:
    if row.suspended_at or _has_ended(row):
        raise Refused(_("This membership is suspended or has ended. Resume it first."))


def _has_ended(row: Member) -> bool:
    return row.access_ends_at is not None and row.access_ends_at <= clock.now()


def _keep_a_manager(row: Member) -> None:
    """The database asks the same at commit (migrations/sql/team.sql)."""
    lasting = Member.objects.lasting_managers().filter(campaign_id=row.campaign_id)
    if row.role == Role.MANAGER and not lasting.exclude(pk=row.pk).exists():
        raise Refused(_("The campaign needs a manager whose access does not end. Make somebody else one first."))


def _leave(row: Member, *, by: Member | None) -> None:
    for give_back in registry.on_suspended:
        give_back(row)
    _hand_over(row)
    phones.release_all_of(row)
    FeedKey.objects.filter(member=row).delete()  # it would open the calendar again once they are back
    inviting.revoke_all_of(row)
    sessions.end_if_out(row)
    if row.role == Role.CANDIDATE:
        transaction.on_commit(partial(telling.candidate_is_out, row, by=by))


def _hand_over(row: Member) -> None:
    """What this member was to decide is told to the managers instead, but for what needs the candidate's own yes."""
    waiting = list(Notice.objects.open().filter(member=row, kind__in=notices.UNTIL_DECIDED))
    managers = [each for each in notices.responsible(row.campaign_id, None) if each.pk != row.pk]
    now = clock.now()
    Notice.objects.bulk_create(
        [
            Notice(
                campaign_id=row.campaign_id, member=manager, kind=each.kind, params=each.params, url=each.url,
                about=each.about, made_at=now,
            )
            for each in waiting
            for manager in managers
            if not (row.role == Role.CANDIDATE and each.kind in ("policy_agree", "rules_agree"))
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    Notice.objects.filter(pk__in=[each.pk for each in waiting]).update(done_at=now)
