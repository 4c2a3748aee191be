"""The second step at sign-in: who must have taken it, and whether this session has.

How a session was proven stands in the session, in allauth's records of authentication: `mfa` for an authenticator app,
a recovery code or a passkey, `phone` for an enrolled phone.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from campaign import clock
from campaign.http import lead
from campaign.models import Member, Mode, Phone, Role, User
from campaign.team import pins

ROLES = frozenset({Role.MANAGER, Role.CANDIDATE, Role.TREASURER})
TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ONWARD = "onward"  # in the session: where somebody was going when the second step was asked of them


# Who must --------------------------------------------------------------------------------------------


def is_demanded(member: Member) -> bool:
    """Whether `member` may enter only with a second step: by role, and where it is not practice."""
    return member.role in ROLES and not member.campaign.is_practice


def holds_role(user: User) -> bool:
    """Whether a second step is demanded of `user` in any campaign."""
    members = Member.objects.of(user).active()
    return members.filter(role__in=ROLES, campaign__mode=Mode.LIVE).exists()


def has_any(user: User) -> bool:
    """Whether `user` has set one up: an authenticator app or a passkey."""
    found: bool = Authenticator.objects.filter(user_id=user.pk, type__in=TYPES).exists()
    return found


def may_remove(authenticator: Authenticator) -> bool:
    """Whether another one is left, or none is demanded."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=TYPES).exclude(pk=authenticator.pk)
    has_other: bool = others.exists()
    return has_other or authenticator.type not in TYPES or not holds_role(authenticator.user)


# What a session has proven -----------------------------------------------------------------------


def is_proven(request: HttpRequest) -> bool:
    """Whether an app's code, a recovery code or a passkey was shown in this session."""
    return _has(request, "mfa")


def phone_of(request: HttpRequest) -> int | None:
    """The enrolled phone that this session came in by, and by nothing else since; None for every other session."""
    return None if _has(request, "mfa", "password", "code") else _phone(request)


def prove(request: HttpRequest, user: User, method: str, **how: Any) -> None:
    """Write into the session how `user` has just proven who they are."""
    record_authentication(request, user, method, **how)


def _phone(request: HttpRequest) -> int | None:
    found = [record.get("id") for record in _records(request) if record["method"] == "phone"]
    return found[-1] if found else None


def _has(request: HttpRequest, *methods: str) -> bool:
    return any(record["method"] in methods for record in _records(request))


def _records(request: HttpRequest) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = get_authentication_records(request, request.user)
    return found


# Asking for it -----------------------------------------------------------------------------------


def required(request: HttpRequest, member: Member) -> HttpResponse | None:
    """The answer that leads to the second step; None where it is taken or not demanded. `access.allow` asks."""
    phone = _phone(request)
    if phone is not None:
        if Phone.objects.valid(clock.now()).filter(pk=phone, member=member).exists():
            return None
        if phone_of(request) is not None:
            # A phone opens the one campaign it was enrolled for; the manager there need not be trusted elsewhere.
            return _lead(request)
    if not is_demanded(member) or is_proven(request):
        return None
    return _lead(request)


def _lead(request: HttpRequest) -> HttpResponse:
    is_htmx = bool(getattr(request, "htmx", False))
    goes = request.method in ("GET", "HEAD") and not is_htmx
    back = request.get_full_path() if goes else _came_from(request)
    return lead(request, f"{reverse('campaign:second_step')}?{urlencode({'next': back}, safe='/')}")


def _came_from(request: HttpRequest) -> str:
    """The page with the form, which is still there; what was typed goes with the browser's own back button."""
    told = urlsplit(request.headers.get("HX-Current-URL", "") or request.headers.get("Referer", ""))
    path = told.path + (f"?{told.query}" if told.query else "")
    return path if told.netloc == request.get_host() and safe(request, path) else reverse("campaign:start")


def safe(request: HttpRequest, url: str) -> bool:
    """Whether `url` is a place of ours."""
    return bool(url) and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def of_oneself(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what changes how one signs in: not from a phone that signed in by itself, which another may have enrolled,
    nor with the PIN of one campaign among several, which its manager may have given anew.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and phone_of(request) is not None:
            messages.error(
                request,
                _("This phone signs in by itself. Change how you sign in on the device where you signed in yourself."),
            )
            return redirect("campaign:security")
        if request.user.is_authenticated and pins.leaves_some_closed(request):
            messages.error(
                request,
                _("You are in several campaigns. Sign in with the PIN of each, then change how you sign in."),
            )
            return redirect("campaign:security")
        return view(request, *args, **kwargs)

    return guarded
