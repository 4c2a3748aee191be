"""Where a person is signed in, and ending it."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.http import client_ip
from campaign.identity import devices, mails
from campaign.models import User

SEEN = "seen_at"  # in the session: when we last wrote down that it was used, in seconds since 1970
EVERY = timedelta(minutes=5).total_seconds()  # how exactly "last seen" is kept; more exact would write at every click
KNOWN = "posko_known"  # the cookie that says who has signed in on this device before
KNOWN_LASTS = int(timedelta(days=365).total_seconds())
MOST_KNOWN = 10


# Writing down ------------------------------------------------------------------------------------


def begun(request: HttpRequest, user: User, *, by_phone: bool = False) -> None:
    """Somebody has just signed in. `user.last_login` still tells of the time before."""
    request.session[SEEN] = time.time()
    address = client_ip(request)
    if address:
        UserSession.objects.create_from_request(request)
    known = _known(request)
    if user.pk not in known:
        _keep_known(request, [*known, user.pk])
        if user.last_login and address and not by_phone:
            _tell(user, request, address)


def touch(request: HttpRequest) -> bool:
    """Note that the session is in use; whether it was time to."""
    now = time.time()
    if now - float(request.session.get(SEEN, 0)) < EVERY:
        return False
    request.session[SEEN] = now
    if client_ip(request):
        UserSession.objects.create_from_request(request)
    return True


def _tell(user: User, request: HttpRequest, address: str) -> None:
    mails.send(
        user,
        _("Somebody signed in to Posko as you on a new device"),
        _("Device: %(device)s\nFrom: %(address)s\n\nIf this was you, you need not do anything."),
        device=devices.describe(request.headers.get("User-Agent", "")),
        address=address,
    )


# Devices we know ---------------------------------------------------------------------------------


def _known(request: HttpRequest) -> list[int]:
    try:
        found = signing.loads(request.COOKIES.get(KNOWN, ""), salt=KNOWN, max_age=KNOWN_LASTS)
    except signing.BadSignature:
        return []
    return found if isinstance(found, list) else []


def _keep_known(request: HttpRequest, people: list[int]) -> None:
    request.identity_known = people[-MOST_KNOWN:]  # type: ignore[attr-defined]  # read by `write_cookie`


def write_cookie(request: HttpRequest, response: HttpResponse, *, secure: bool) -> None:
    """Remember on this device who has signed in here."""
    people = getattr(request, "identity_known", None)
    if people is not None:
        value = signing.dumps(people, salt=KNOWN)
        response.set_cookie(KNOWN, value, max_age=KNOWN_LASTS, httponly=True, secure=secure, samesite="Lax")


# Showing and ending ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One session in plain words."""

    pk: int
    device: str
    is_phone: bool
    address: str
    seen_at: datetime
    is_current: bool


def of(user: User, request: HttpRequest) -> list[Place]:
    """Where `user` is signed in, this session first; phones that sign in by themselves are listed apart."""
    rows = list(UserSession.objects.filter(user_id=user.pk, data__phone__isnull=True).order_by("-last_seen_at"))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    places = [
        Place(
            row.pk,
            devices.describe(row.user_agent),
            devices.is_phone(row.user_agent),
            row.ip,
            row.last_seen_at,
            row.session_key == request.session.session_key,
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(places, key=lambda place: not place.is_current)


def end(user: User, **which: Any) -> int:
    """End the sessions of `user` that match; how many."""
    rows = list(UserSession.objects.filter(user_id=user.pk, **which))
    for row in rows:
        row.end()
    return len(rows)


def end_others(user: User, request: HttpRequest) -> int:
    """End every session of `user` but this one; how many."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=request.session.session_key)
    for row in rows:
        row.end()
    return len(rows)
