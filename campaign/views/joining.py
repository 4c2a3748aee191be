"""From an invitation's link to the first page; and back in with name and PIN."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from campaign import clock
from campaign.access import allow
from campaign.errors import Refused
from campaign.http import Request, answer, client_ip
from campaign.models import Campaign, Invitation, Member, Role, User
from campaign.team import declaration, inviting, joining, pins, welcoming
from campaign.team.forms import (
    AccountJoinForm,
    AddressForm,
    DeclaredForm,
    NewPinForm,
    OwnJoinForm,
    OwnPinJoinForm,
    PinJoinForm,
    PinSignInForm,
)

JOIN = "campaign/team/join.html"
GONE = "campaign/team/gone.html"
NEW_PIN = "campaign/team/new_pin.html"
SIGN_IN = "campaign/team/pin_sign_in.html"
FIND = "campaign/team/find_campaign.html"
WELCOME = "campaign/team/welcome.html"
LAST = "posko_masuk"  # the cookie that remembers where this phone signs in with a PIN
KEPT = 180 * 24 * 3600  # seconds


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "pin")
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens. Looking at it uses nothing up: messengers look before people do."""
    invitation = inviting.find(token)
    if invitation is None:
        return render(request, GONE, {}, status=404)
    mine = _membership(request, invitation)
    if mine and mine.invitation_id == invitation.pk:
        return redirect("campaign:welcome", mine.campaign.slug)  # the same press twice
    why = _why_closed(invitation)
    if why:
        return render(request, GONE, {"why": why, "invitation": invitation}, status=410)
    if invitation.is_new_pin:
        return _new_pin(request, invitation)
    if mine:
        return render(request, GONE, {"mine": mine, "invitation": invitation}, status=409)
    apart = _why_apart(request, invitation)
    if apart:
        return render(request, GONE, {"why": apart, "invitation": invitation}, status=403)
    return _join(request, invitation)


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if isinstance(request.user, User) and not request.user.email and invitation.role != Role.VOLUNTEER:
        page: dict[str, Any] = {"invitation": invitation, "needs_email": True}
        return render(request, JOIN, page, status=422 if request.method == "POST" else 200)
    form = _form(request, invitation)
    if request.method == "POST" and form.is_valid():
        try:
            member = joining.join(invitation, form.newcomer())
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            if not request.user.is_authenticated:
                joining.sign_in(request, member, how="invitation")
            elif pins.OF in request.session:
                pins.opened(request, member)
            return _remember(redirect("campaign:welcome", member.campaign.slug), member)
    page = {
        "invitation": invitation,
        "form": form,
        "wording": declaration.WORDING,
        "may_choose": _may_choose(request, invitation),
    }
    return render(request, JOIN, page, status=422 if form.errors else 200)


def _form(request: HttpRequest, invitation: Invitation) -> DeclaredForm:
    """The form for this person: their own account, a PIN, or a new account."""
    typed = request.POST if request.method == "POST" else None
    is_volunteer = invitation.role == Role.VOLUNTEER
    if isinstance(request.user, User):
        kind = OwnPinJoinForm if is_volunteer and not request.user.email else OwnJoinForm
        return kind(request.user, typed)
    by_email = (request.POST if typed is not None else request.GET).get("how") == "email"
    has_pin = is_volunteer and not (by_email and _may_choose(request, invitation))
    return PinJoinForm(typed) if has_pin else AccountJoinForm(typed)


def _may_choose(request: HttpRequest, invitation: Invitation) -> bool:
    """Whether a volunteer may come with e-mail and password as well as with a PIN."""
    is_open = invitation.role == Role.VOLUNTEER and not request.user.is_authenticated
    return is_open and not invitation.campaign.is_demo


def _new_pin(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = NewPinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            member = joining.take_new_pin(invitation, form.cleaned_data["pin"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            joining.sign_in(request, member, how="invitation")
            return _remember(redirect("campaign:welcome", member.campaign.slug), member)
    return render(request, NEW_PIN, {"invitation": invitation, "form": form}, status=422 if form.errors else 200)


def _membership(request: HttpRequest, invitation: Invitation) -> Member | None:
    """What this person is in the invitation's campaign already."""
    if not request.user.is_authenticated:
        return None
    mine = Member.objects.of(request.user).select_related("campaign", "user")
    return mine.filter(campaign=invitation.campaign_id).first()


def _why_closed(invitation: Invitation) -> str:
    """`used`, `revoked` or `over`; empty while the link works."""
    if invitation.used_at:
        return "used"
    if invitation.revoked_at:
        return "revoked"
    return "over" if invitation.expires_at <= clock.now() else ""


def _why_apart(request: HttpRequest, invitation: Invitation) -> str:
    """`demo` where it invites real people into one, `of_demo` where a demo's person would come in; else empty."""
    if invitation.campaign.is_demo:
        return "demo" if invitation.role != Role.VOLUNTEER or request.user.is_authenticated else ""
    is_of_demo = isinstance(request.user, User) and joining.is_of_demo(request.user)
    return "of_demo" if is_of_demo else ""


@allow("campaign.see")
@require_safe
def welcome(request: Request) -> HttpResponse:
    """What one does here, in three sentences, and where to begin."""
    member = request.member
    page: dict[str, Any] = {"welcome": welcoming.of(member)}
    if member.pin:
        page["address"] = settings.BASE_URL + reverse("campaign:pin_sign_in", args=[member.campaign.slug])
    return answer(request, WELCOME, "welcome", page)


# Signing in with a PIN ---------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("pin")
@never_cache
def pin_sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Name and PIN, for volunteers without e-mail."""
    place = get_object_or_404(Campaign, slug=slug)
    form = PinSignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            member = pins.enter(place, form.cleaned_data["name"], form.cleaned_data["pin"], address=client_ip(request))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            joining.sign_in(request, member, how="pin")
            return _remember(redirect(member.campaign), member)
    return render(request, SIGN_IN, {"place": place, "form": form}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def find_campaign(request: HttpRequest) -> HttpResponse:
    """Which campaign does a volunteer want to sign in to?"""
    form = AddressForm(
        request.GET if "address" in request.GET else None, initial={"address": request.COOKIES.get(LAST, "")}
    )
    if form.is_bound and form.is_valid():
        return redirect("campaign:pin_sign_in", form.cleaned_data["address"])
    return render(request, FIND, {"form": form}, status=422 if form.errors else 200)


def _remember(response: HttpResponse, member: Member) -> HttpResponse:
    """Let this phone know where its volunteer signs in."""
    if member.pin:
        response.set_cookie(
            LAST,
            member.campaign.slug,
            max_age=KEPT,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
