"""Coming into a campaign by an invitation, once; and signing in afterwards."""

from dataclasses import dataclass, field

from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaign import audit, clock, notices, policy
from campaign.errors import Refused
from campaign.models import Invitation, Member, PolicyChange, Post, PostState, Role, RuleOverride, User
from campaign.team import declaration, pins, sessions
from campaign.team.inviting import refuse_second_candidate

BACKEND = "django.contrib.auth.backends.ModelBackend"

CLASHES = {
    "member_pin_name_once": lambda: _(
        "Another volunteer of this campaign has this name. Add something, such as your village."
    ),
    "member_pin_name_small": lambda: _("Posko cannot tell this name from others. Type it with plain letters."),
    "member_one_candidate": lambda: _("The campaign has its candidate already. Ask whoever invited you."),
    "member_once_per_campaign": lambda: _("You are on this team already, or were. Ask the campaign manager."),
}
"""What the database's constraints mean to whom they stop."""


@dataclass(frozen=True)
class Newcomer:
    """Who joins: with an account of their own (`user`), or with what they typed."""

    user: User | None = None
    name: str = ""
    email: str = ""
    password: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)


def join(invitation: Invitation, who: Newcomer) -> Member:
    """Make `who` a member, as the invitation says; they have ticked the declaration. Raises Refused."""
    try:
        return _join(invitation, who)
    except IntegrityError as error:
        broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if broken in CLASHES:
            raise Refused(CLASHES[broken]()) from error
        if "email" in broken:
            raise Refused(
                _("Somebody here has this e-mail address already. Sign in first, then open the invitation again.")
            ) from error
        raise


@transaction.atomic
def _join(invitation: Invitation, who: Newcomer) -> Member:
    if invitation.role == Role.CANDIDATE:
        refuse_second_candidate(invitation.campaign_id)
    row = usable(invitation)
    if row.campaign.is_demo and (who.user or who.email):
        raise Refused(_("This invitation is part of a demo, which nobody joins with an account of their own."))
    if who.user and is_of_demo(who.user):
        raise Refused(_("You are signed in as somebody of a demo. Sign out, then open this link again."))
    user = who.user or User.objects.create_user(who.email or None, who.password or None, name=who.name)
    if who.user and Member.objects.filter(campaign=row.campaign_id, user=user).exists():
        raise Refused(CLASHES["member_once_per_campaign"]())
    now = clock.now()
    member = Member.objects.create(
        campaign=row.campaign,
        user=user,
        role=row.role,
        access_ends_at=row.access_ends_at,
        invitation=row,
        declared_at=now,
        declaration=declaration.VERSION,
        pin_name=pins.key_of(user.name) if who.pin else None,
        pin=make_password(who.pin) if who.pin else "",
    )
    Invitation.objects.filter(pk=row.pk).update(used_at=now)
    audit.record("member.join", member, by=member, role=row.role, invitation=row.pk, declaration=declaration.VERSION)
    greet(member)
    return member


@transaction.atomic
def take_new_pin(invitation: Invitation, pin: str) -> Member:
    """Give the invitation's volunteer this PIN, and end the sessions of before. Raises Refused."""
    members = Member.objects.active().select_for_update(of=("self",), no_key=True).select_related("user", "campaign")
    member = members.filter(pk=invitation.member_id or 0).first()
    row = usable(invitation)
    if member is None or not member.pin_name:
        raise Refused(_("Your membership is suspended or has ended. Ask your campaign manager."))
    Member.objects.filter(pk=member.pk).update(pin=make_password(pin))
    Invitation.objects.filter(pk=row.pk).update(used_at=clock.now())
    pins.forgive(member)
    sessions.end_all(member.user)
    audit.record("member.new_pin", member, by=member, invitation=row.pk)
    return member


def usable(invitation: Invitation) -> Invitation:
    """The invitation, locked for whoever came first. Raises Refused when it opens nothing (any more)."""
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("campaign")
    row = locked.get(pk=invitation.pk)
    if row.used_at:
        raise Refused(_("This link has been used already. Each link lets in one person: ask for one of your own."))
    if row.revoked_at or not Member.objects.active().filter(pk=row.made_by_id, role=Role.MANAGER).exists():
        raise Refused(_("This link was taken back. Ask for a new one."))
    if row.expires_at <= clock.now():
        raise Refused(_("This link has run out. Ask for a new one."))
    if row.access_ends_at and row.access_ends_at <= clock.now():
        raise Refused(_("The membership it was meant for is over. Ask for a new link."))
    return row


def is_of_demo(user: User) -> bool:
    """Whether `user` is one of a demo's people: whoever has begun that demo may become any of them."""
    return not user.email and Member.objects.of(user).filter(campaign__is_demo=True).exists()


def greet(member: Member) -> None:
    """Tell a candidate who is new or back of what waits for them already."""
    if member.role != Role.CANDIDATE:
        return
    campaign = member.campaign
    for change in PolicyChange.objects.waiting().filter(campaign=campaign):
        notices.tell("policy_agree", change, to=[member], url=change.get_absolute_url())
    for rule in RuleOverride.objects.of(campaign).waiting().filter(agreed_at=None).exclude(asked_as=member.role):
        notices.tell("rules_agree", rule, to=[member], url=rule.get_absolute_url(), rule=rule.key)
    for post in Post.objects.filter(campaign=campaign, state=PostState.IN_REVIEW):
        if member in policy.deciders(post):
            post.campaign = campaign
            notices.tell("approve", post, to=[member], url=post.get_absolute_url(), text=str(post)[:80])


def sign_in(request: HttpRequest, member: Member, *, how: str) -> None:
    """Sign this person in; the session remembers how: `password`, `pin` or `invitation`."""
    login(request, member.user, backend=BACKEND)
    request.session["signed_in_by"] = how
    pins.opened(request, member)
