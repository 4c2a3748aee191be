"""*Tim*: who is on the team, inviting people, and what a manager changes about a member."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import clock
from campaign.access import allow, may
from campaign.errors import Refused
from campaign.http import Request, answer
from campaign.models import Invitation, Member
from campaign.team import inviting, membership, roster
from campaign.team.forms import AccessForm, InviteForm, RoleForm, SuspendForm, last_day
from campaign.team.links import Link

TEAM = "campaign/team/team.html"
INVITE = "campaign/team/invite.html"
LINK = "campaign/team/link.html"
MEMBER = "campaign/team/member.html"
SUSPEND = "campaign/team/suspend.html"
RESUME = "campaign/team/resume.html"


@allow("team.see")
@require_safe
def team(request: Request) -> HttpResponse:
    """Everybody by role, and the links that wait for somebody."""
    return answer(request, TEAM, "team", _team(request))


def _team(request: Request, **shown: Any) -> dict[str, Any]:
    now, member = clock.now(), request.member
    waiting = list(roster.waiting(member, now)) if may(member, "team.invite") else []
    return {"groups": roster.groups(member, now), "waiting": waiting, "now": now} | shown


# Inviting ----------------------------------------------------------------------------------------


@allow("team.invite")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invite(request: Request) -> HttpResponse:
    """Ask for whom; then show the link, once."""
    form = InviteForm(request.member.campaign, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _show(request, inviting.invite(by=request.member, **form.asked()))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return answer(request, INVITE, "invite", {"form": form}, status=422 if form.errors else 200)


@allow("team.invite")
@require_POST
@never_cache
def renew_invitation(request: Request, pk: int) -> HttpResponse:
    """A new link in the place of one that is lost."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.member).select_related("member__user"), pk=pk)
    try:
        return _show(request, inviting.renew(invitation, by=request.member))
    except Refused as refusal:
        return answer(request, TEAM, "team", _team(request, refusals=[refusal.message]), status=422)


@allow("team.invite")
@require_POST
def revoke_invitation(request: Request, pk: int) -> HttpResponse:
    """Take a link back."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.member), pk=pk)
    try:
        inviting.revoke(invitation, by=request.member)
    except Refused as refusal:
        return answer(request, TEAM, "team", _team(request, refusals=[refusal.message]), status=422)
    messages.success(request, _("The link for %(name)s opens nothing any more.") % {"name": invitation.for_whom})
    return answer(request, TEAM, "team", {}, to=_home(request))


@allow("team.manage")
@require_POST
@never_cache
def give_pin(request: Request, pk: int) -> HttpResponse:
    """A link by which a volunteer chooses a new PIN."""
    row = _member(request, pk)
    try:
        return _show(request, inviting.give_pin(row, by=request.member))
    except Refused as refusal:
        return answer(request, MEMBER, "member", _page(request, row, refusals=[refusal.message]), status=422)


def _show(request: Request, link: Link) -> HttpResponse:
    return answer(request, LINK, "link", {"link": link, "invitation": link.invitation})


# A member ----------------------------------------------------------------------------------------


@allow("team.manage")
@require_safe
def team_member(request: Request, pk: int) -> HttpResponse:
    """One member, and what can be changed about them."""
    row = _member(request, pk)
    return answer(request, MEMBER, "member", _page(request, row))


@allow("team.manage")
@require_POST
def change_role(request: Request, pk: int) -> HttpResponse:
    """Give the member another role."""
    row, form = _member(request, pk), RoleForm(request.POST)
    if form.is_valid():
        try:
            membership.change_role(row, form.cleaned_data["role"], by=request.member)
        except Refused as refusal:
            return answer(
                request, MEMBER, "member", _page(request, row, role_form=form, refusals=[refusal.message]), status=422
            )
    if form.errors:
        return answer(request, MEMBER, "member", _page(request, row, role_form=form), status=422)
    messages.success(request, _("%(name)s has the new role.") % {"name": row})
    return answer(request, MEMBER, "member", {}, to=_home(request, row))


@allow("team.manage")
@require_POST
def set_access(request: Request, pk: int) -> HttpResponse:
    """Let the membership end on a day, or not at all."""
    row, form = _member(request, pk), AccessForm(request.member.campaign, request.POST)
    if form.is_valid():
        try:
            membership.set_access(row, form.cleaned_data["ends"], by=request.member)
        except Refused as refusal:
            page = _page(request, row, access_form=form, refusals=[refusal.message])
            return answer(request, MEMBER, "member", page, status=422)
    if form.errors:
        return answer(request, MEMBER, "member", _page(request, row, access_form=form), status=422)
    messages.success(request, _("Saved: how long %(name)s is on the team.") % {"name": row})
    return answer(request, MEMBER, "member", {}, to=_home(request, row))


@allow("team.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def suspend_member(request: Request, pk: int) -> HttpResponse:
    """Ask why, then shut the member out."""
    row = _member(request, pk)
    form = SuspendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            membership.suspend(row, by=request.member, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("%(name)s is suspended and can open nothing here any more.") % {"name": row})
            return answer(request, SUSPEND, "suspend", {}, to=_home(request, row))
    return answer(request, SUSPEND, "suspend", {"row": row, "form": form}, status=422 if form.errors else 200)


@allow("team.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def resume_member(request: Request, pk: int) -> HttpResponse:
    """Ask until when, then let the member in again."""
    row = _member(request, pk)
    form = AccessForm(request.member.campaign, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            membership.resume(row, by=request.member, ends_at=form.cleaned_data["ends"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("%(name)s is on the team again.") % {"name": row})
            return answer(request, RESUME, "resume", {}, to=_home(request, row))
    return answer(request, RESUME, "resume", {"row": row, "form": form}, status=422 if form.errors else 200)


def _member(request: Request, pk: int) -> Member:
    rows = Member.objects.visible_to(request.member)
    rows = rows.select_related("user", "campaign", "suspended_by__user", "invitation__made_by__user")
    return get_object_or_404(rows, pk=pk)


def _page(request: Request, row: Member, **shown: Any) -> dict[str, Any]:
    kept: dict[str, forms.Form] = {
        "role_form": RoleForm(initial={"role": row.role}),
        "access_form": AccessForm(request.member.campaign, initial={"ends": last_day(row)}),
    }
    person = roster.Person(row, roster.state(row, clock.now()), row.pk == request.member.pk)
    return {"row": row, "person": person} | kept | shown


def _home(request: Request, row: Member | None = None) -> str:
    slug = request.member.campaign.slug
    if row is None:
        return reverse("campaign:team", args=[slug])
    return reverse("campaign:team_member", args=[slug, row.pk])
