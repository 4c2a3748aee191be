"""Inviting people by link, making a link anew, and taking it back."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from campaign import audit, clock
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Invitation, Member, Role
from campaign.team.links import Link, hash_of, secret

HOLDS = timedelta(days=7)
CHOICES = (1, 3, 7, 14, 30)  # days
MOST = 300  # links that wait for somebody, in one campaign
_CANDIDATE = 71_005  # the advisory lock of those who become a campaign's candidate


def find(token: str) -> Invitation | None:
    """The invitation that this link opens, whatever has become of it."""
    found = Invitation.objects.filter(token_hash=hash_of(token))
    return found.select_related("campaign", "made_by__user", "member__user", "member__campaign").first()


@transaction.atomic
def invite(
    *,
    by: Member,
    role: str,
    for_whom: str,
    access_ends_at: datetime | None = None,
    holds: timedelta = HOLDS,
    form_id: str = "",
) -> Link:
    """A link for one person. The same form sent again gives the same link. Raises Refused."""
    require(by, "team.invite")
    if role == Role.CANDIDATE:
        refuse_second_candidate(by.campaign_id)
    parts = (by.pk, form_id or get_random_string(32), role, for_whom, access_ends_at, holds)
    token = secret(*parts)
    known = Invitation.objects.filter(token_hash=hash_of(token)).select_related("campaign").first()
    if known:
        if known.is_pending:
            return Link(known, token)
        raise Refused(_("This link was made and used or taken back already. Begin a new invitation."))
    if Invitation.objects.visible_to(by).open().count() >= MOST:
        raise Refused(_("Too many invitations wait for an answer. Take some back first."))
    now = clock.now()
    if access_ends_at and access_ends_at <= now:
        raise Refused(_("The membership would be over before it begins. Choose a later day."))
    made, is_new = Invitation.objects.get_or_create(
        token_hash=hash_of(token),
        defaults={
            "campaign": by.campaign,
            "role": role,
            "for_whom": for_whom,
            "access_ends_at": access_ends_at,
            "made_by": by,
            "made_at": now,
            "expires_at": now + holds,
        },
    )
    if is_new:  # and not the same press twice at once
        audit.record("invitation.make", made, by=by, role=role)
    return Link(made, token)


@transaction.atomic
def renew(invitation: Invitation, *, by: Member) -> Link:
    """A new link in the place of one that is lost or has run out; the old one opens nothing any more."""
    require(by, "team.invite")
    if invitation.member:
        return give_pin(invitation.member, by=by)
    old = _locked(invitation)
    _revoke(old, by=by)
    holds = old.expires_at - old.made_at
    return invite(by=by, role=old.role, for_whom=old.for_whom, access_ends_at=old.access_ends_at, holds=holds)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Member) -> None:
    """Take the link back. Raises Refused when somebody has used it meanwhile."""
    require(by, "team.invite")
    if Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=False).exists():
        return  # the same press twice
    _revoke(_locked(invitation), by=by)


@transaction.atomic
def give_pin(member: Member, *, by: Member) -> Link:
    """A link by which a volunteer chooses a new PIN; an earlier one opens nothing any more."""
    require(by, "team.manage")
    row = (
        Member.objects.visible_to(by).active().select_for_update(of=("self",), no_key=True).filter(pk=member.pk).first()
    )
    if row is None or not row.pin:
        raise Refused(_("Only active volunteers who sign in with a PIN can have a new one."))
    for old in Invitation.objects.pending().filter(member=row):
        _revoke(old, by=by)
    token, now = secret(get_random_string(32)), clock.now()
    made = Invitation.objects.create(
        campaign=by.campaign,
        kind=Invitation.Kind.PIN,
        role=row.role,
        for_whom=member.user.name,
        member=row,
        token_hash=hash_of(token),
        made_by=by,
        made_at=now,
        expires_at=now + HOLDS,
    )
    audit.record("invitation.new_pin", made, by=by, member=row.pk)
    return Link(made, token)


def revoke_all_of(member: Member) -> None:
    """Take back every link that waits and that `member` has made, and their own new PIN."""
    made = Invitation.objects.pending().filter(campaign_id=member.campaign_id)
    for old in made.filter(made_by=member) | made.filter(member=member):
        _revoke(old, by="team")


def refuse_second_candidate(campaign_id: int) -> None:
    """Raises Refused when the campaign has a candidate who is not suspended; until the end of the transaction."""
    with (
        connection.cursor() as cursor
    ):  # two who become the candidate at once would break the constraint, not read this
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CANDIDATE, campaign_id % 2**31])
    if Member.objects.filter(campaign_id=campaign_id, role=Role.CANDIDATE, suspended_at=None).exists():
        raise Refused(
            _("The campaign has its candidate already; there can be only one. Suspend that membership first.")
        )


def _locked(invitation: Invitation) -> Invitation:
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("campaign", "member__user")
        .get(pk=invitation.pk)
    )
    if row.used_at:
        raise Refused(_("Somebody has joined with this link meanwhile. Look at the team."))
    if row.revoked_at:
        raise Refused(_("This link was taken back meanwhile. Begin a new invitation."))
    return row


def _revoke(invitation: Invitation, *, by: Member | str) -> None:
    if Invitation.objects.pending().filter(pk=invitation.pk).update(revoked_at=clock.now()):
        audit.record("invitation.revoke", invitation, by=by)
