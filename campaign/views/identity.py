"""*My security*: how one signs in, where one is signed in; and the candidate's phone."""

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import clock
from campaign.access import allow, may
from campaign.errors import Refused
from campaign.http import Request, answer
from campaign.identity import devices, phones, qr, second_factor, sessions, signals
from campaign.identity.forms import UsePhoneForm
from campaign.models import Member, Phone, PhoneLink, User

PHONE_PAGE = "campaign/identity_phone.html"
QR = "phone_qr"  # in the session: the QR code that is being shown


# My security -------------------------------------------------------------------------------------


@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Everything about one's own sign-in on one page."""
    user = _me(request)
    steps = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))
    by_type = {kind: [step for step in steps if step.type == kind] for kind in Authenticator.Type}
    codes = next((step.wrap() for step in by_type[Authenticator.Type.RECOVERY_CODES]), None)
    members = list(Member.objects.of(user).active().select_related("campaign", "user").order_by("campaign__name"))
    demands = [member for member in members if member.role in second_factor.ROLES]
    context = {
        "passkeys": by_type[Authenticator.Type.WEBAUTHN],
        "app": next(iter(by_type[Authenticator.Type.TOTP]), None),
        "codes": codes,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "has_step": bool(by_type[Authenticator.Type.WEBAUTHN] or by_type[Authenticator.Type.TOTP]),
        "is_demanded": any(second_factor.is_demanded(member) for member in demands),
        "is_suggested": bool(demands),
        "phones": user.phones.valid(clock.now()).select_related("member__campaign").order_by("-made_at"),
        "enrols": [member for member in members if may(member, "phone.enrol")],
        "places": sessions.of(user, request),
        "by_phone": second_factor.phone_of(request),
        "members": members,
    }
    return render(request, "campaign/identity_security.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out on another device; ending this one signs out here."""
    user = _me(request)
    if not sessions.end(user, pk=pk):
        raise Http404("no such session of theirs")
    signals.record("person.end_session", user)
    if not request.session.exists(request.session.session_key or ""):
        logout(request)
        return redirect("campaign:start")
    messages.success(request, _("That device is signed out."))
    return redirect("campaign:security")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    user = _me(request)
    ended = sessions.end_others(user, request)
    signals.record("person.end_session", user, ended=ended)
    messages.success(request, _("You are signed in only here now. Enrolled phones are released one by one below."))
    return redirect("campaign:security")


@require_POST
def release_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The phone signs in no more."""
    phone = get_object_or_404(Phone.objects.select_related("user", "member"), pk=pk, user_id=request.user.pk)
    phones.release(phone, by=phone.member)
    messages.success(request, _("The phone is released. It can sign in no more."))
    return redirect("campaign:security" if request.user.is_authenticated else "campaign:start")


@never_cache
@require_safe
def second_step(request: HttpRequest) -> HttpResponse:
    """Leads to the second step: proves it where there is one, else asks to set one up; then on to `next`."""
    user, next_ = _me(request), request.GET.get("next", "")
    if not second_factor.safe(request, next_):
        next_ = reverse("campaign:start")
    phone = second_factor.phone_of(request)
    if phone is not None:
        own = Phone.objects.filter(pk=phone).select_related("member__campaign").first()
        return render(request, "campaign/identity_phone_only.html", {"phone": own}, status=403)
    if second_factor.is_proven(request):
        return redirect(next_)
    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    if kinds & set(second_factor.TYPES):
        way = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
        return redirect(f"{reverse(way)}?{urlencode({'next': next_}, safe='/')}")
    request.session[second_factor.ONWARD] = next_
    is_candidate = Member.objects.of(user).active().filter(role="candidate").exists()
    return render(request, "campaign/identity_second_step.html", {"is_candidate": is_candidate})


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the middleware has asked
    return request.user


# The candidate's phone, seen from the desk -------------------------------------------------------


@allow("phone.enrol")
@never_cache
@require_safe
def candidate_phone(request: Request) -> HttpResponse:
    """The phones that are enrolled, and the QR code being shown."""
    return answer(request, PHONE_PAGE, "phone", _of_candidates(request))


@allow("phone.enrol")
@require_POST
def enrol_phone(request: Request) -> HttpResponse:
    """Show a QR code for ten minutes."""
    pk = request.POST.get("candidate", "")
    people = phones.candidates(request.member)
    candidate = people.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
    if candidate is None:
        refusals = [_("Choose whose phone it is.")]
        return answer(request, PHONE_PAGE, "phone", _of_candidates(request) | {"refusals": refusals}, status=422)
    raise_if_reauthentication_required(request, app="")
    try:
        link, token = phones.invite(candidate, by=request.member)
    except Refused as refusal:
        return answer(
            request, PHONE_PAGE, "phone", _of_candidates(request) | {"refusals": [refusal.message]}, status=422
        )
    request.session[QR] = [link.pk, token]
    return answer(request, PHONE_PAGE, "phone", _of_candidates(request), to=_phone_page(request.member))


@allow("phone.enrol")
@require_POST
def release_candidate_phone(request: Request, pk: int) -> HttpResponse:
    """The phone signs in no more, from this moment on."""
    people = phones.candidates(request.member)
    phone = get_object_or_404(Phone.objects.select_related("user", "member"), pk=pk, member__in=people)
    phones.release(phone, by=request.member)
    messages.success(request, _("The phone is released. It can sign in no more."))
    return redirect(_phone_page(request.member)) if request.user.is_authenticated else redirect("campaign:start")


def _of_candidates(request: Request) -> dict[str, object]:
    people = list(phones.candidates(request.member).filter(suspended_at=None))
    now = clock.now()
    shown = Phone.objects.valid(now).filter(member__in=people).select_related("user", "made_by__user")
    link, url = _shown_link(request)
    return {
        "candidates": people,
        "phones": shown.order_by("-made_at"),
        "link": link,
        "is_open": link is not None and phones.is_open(link),
        "url": url,
        "picture": qr.data_uri(url) if url else "",
        "is_own": request.member in people,
    }


def _shown_link(request: Request) -> tuple[PhoneLink | None, str]:
    """The QR code this session made for this campaign, and what it says while it can be used."""
    pk, token = request.session.get(QR, (0, ""))
    found = PhoneLink.objects.select_related("member__user", "phone", "made_by")
    link = found.filter(pk=pk, made_by=request.member, expires_at__gt=clock.now()).first()
    if link is None or not phones.is_open(link):
        return link, ""
    return link, settings.BASE_URL + reverse("campaign:use_phone", args=[token])


def _phone_page(member: Member) -> str:
    return reverse("campaign:candidate_phone", args=[member.campaign.slug])


# The candidate's phone, held in the hand ---------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use_phone(request: HttpRequest, token: str) -> HttpResponse:
    """Says whose phone this would be and asks; looking at it uses nothing up, for previews fetch it first."""
    link = phones.link_of(token)
    if link is None or not phones.is_open(link):
        mine = link is not None and link.phone_id is not None and phones.of_cookie(request) == link.phone
        context = {"link": link, "is_mine": mine}
        return render(request, "campaign/identity_phone_over.html", context, status=200 if mine else 410)
    name = devices.describe(request.headers.get("User-Agent", ""))
    form = UsePhoneForm(request.POST or None, asks_code=bool(link.code_hash), initial={"name": name})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            phone, secret = phones.use(link, token=token, name=told["name"], code=told.get("code", ""))
        except Refused as refusal:
            if not phones.is_open(link):
                return render(request, "campaign/identity_phone_over.html", {"link": link}, status=410)
            form.add_error("code" if link.code_hash else None, str(refusal.message))
        else:
            phones.sign_in(request, phone)
            messages.success(request, _("This phone is enrolled. It signs in by itself for 90 days."))
            done = redirect(phone.member.campaign)
            phones.keep_cookie(done, phone, secret)
            return done
    status = 422 if form.errors else 200
    return render(request, "campaign/identity_phone_use.html", {"link": link, "form": form}, status=status)
