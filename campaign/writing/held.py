"""What somebody sent whose session was over: it survives the way over the sign-in page, without JavaScript too.

A short text travels in a signed cookie that only the composer gets back. A long one stays in the browser's history:
going back brings it up, and `csrf_failure` draws it anew with a token that is good again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.dateparse import parse_datetime
from django.views.csrf import csrf_failure as plain_page

from campaign import clock
from campaign.http import Request
from campaign.writing import typing
from campaign.writing.typing import Typed

COOKIE, SALT = "posko_typed", "posko.typed"
LASTS = 3600  # seconds
MOST = 3600  # bytes: browsers keep 4096 with the name and the rest
COMPOSER = ("campaign:write_post", "campaign:edit_post")


@dataclass(frozen=True)
class Held:
    """What was sent, when, and what it was a change of."""

    typed: Typed
    at: datetime
    based_on: int


class HoldTypedMiddleware:
    """Sends whoever is not signed in to the sign-in page as ever, and gives what they had typed along.

    After the session and the check of the form's token, before the one that demands a sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        if request.method != "POST" or request.user.is_authenticated or not match or match.view_name not in COMPOSER:
            return None
        response = redirect_to_login(request.get_full_path())
        content = signing.dumps(
            {
                "typed": {name: values for name, values in typing.sent(request.POST).items() if values},
                "writer": request.POST.get("writer", "")[:20],
                "of": _name(kwargs.get("pk"), request.POST.get("form_id", "")),
                "based_on": request.POST.get("based_on", "")[:10],
                "at": clock.now().isoformat(),
            },
            salt=SALT,
            compress=True,
        )
        if len(content) <= MOST:
            response.set_cookie(
                COOKIE,
                content,
                max_age=LASTS,
                path=_path(kwargs["campaign"]),
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


def of(request: Request, *, post: int | None = None, form_id: object = "") -> Held | None:
    """What `request.member` had sent of this post or form, if their browser still holds it."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    at = parse_datetime(told["at"])
    if told["of"] != _name(post, str(form_id)) or told["writer"] != str(request.member.pk) or at is None:
        return None
    typed = {name: [] for name in typing.NAMES} | told["typed"]
    return Held(typed, at, int(told["based_on"]) if told["based_on"].isdecimal() else 0)


def let_go(request: Request, response: HttpResponse) -> HttpResponse:
    """It is saved, or not wanted."""
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=_path(request.member.campaign.slug), samesite="Lax")
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is from before the last sign-in: the composer's is drawn anew, whole; nothing is done."""
    from campaign.views.writing import draw_again

    try:
        match = resolve(request.path)
    except Resolver404:
        return plain_page(request, reason)
    if request.method == "POST" and match.view_name in COMPOSER and request.user.is_authenticated:
        return draw_again(request, **match.kwargs)
    return plain_page(request, reason)


def _name(post: int | None, form_id: str) -> str:
    return f"post:{post}" if post else f"form:{form_id[:40]}"


def _path(slug: str) -> str:
    return reverse("campaign:posts", args=[slug])
