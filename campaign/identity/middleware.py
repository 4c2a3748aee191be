"""What signing in asks of every request: last seen, and the enrolled phone whose session ran out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from campaign.identity import phones, second_factor, sessions


class IdentityMiddleware:
    """Stands after allauth's: it signs in and reads addresses. Browsers without our cookies cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secure = bool(settings.SESSION_COOKIE_SECURE)
        has_phone = phones.COOKIE in request.COOKIES
        if has_phone or settings.SESSION_COOKIE_NAME in request.COOKIES:
            _arrive(request, has_phone=has_phone)
        response = self.get_response(request)
        sessions.write_cookie(request, response, secure=secure)
        if getattr(request, "identity_drop_phone", False) and phones.COOKIE not in response.cookies:
            response.delete_cookie(phones.COOKIE, samesite="Lax")
        return response


def _arrive(request: HttpRequest, *, has_phone: bool) -> None:
    if not request.user.is_authenticated:
        if has_phone:
            phones.renew(request)
    elif sessions.touch(request):
        phone = second_factor.phone_of(request)
        if phone is not None:
            phones.seen(phone)
