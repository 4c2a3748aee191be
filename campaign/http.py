"""Requests as our views see them, and the one way they answer."""

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from django.shortcuts import SupportsGetAbsoluteUrl

    from campaign.models import Member


class Request(HttpRequest):
    """A request of a member: `@allow` has set `member`, django-htmx has set `htmx`."""

    member: "Member"
    htmx: HtmxDetails


def answer(
    request: Request,
    page: str,
    part: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    to: "SupportsGetAbsoluteUrl | str | None" = None,
) -> HttpResponse:
    """htmx gets the named part of `page`, everyone else the whole page or, when all went well, a redirect to `to`.

    `to` without htmx answers 303; with htmx the part is drawn anew, unless `to` is a string: the browser goes there.
    """
    response: HttpResponse
    if request.htmx and isinstance(to, str):
        response = HttpResponseClientRedirect(to)
    elif request.htmx:
        response = render(request, f"{page}#{part}", context, status=status)
    elif to is not None:
        response = redirect(to)
        response.status_code = 303
    else:
        response = render(request, page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def lead(request: HttpRequest, url: str) -> HttpResponse:
    """Send whoever asks to `url` first: a page by redirect, htmx by its header, a script by 403 with the address.

    A script would follow a redirect and take the page it ends at for a yes.
    """
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return JsonResponse({"leads_to": url}, status=403)
    response = redirect(url)
    response.status_code = 302 if request.method in ("GET", "HEAD") else 303
    return response


def client_ip(request: HttpRequest) -> str | None:
    """Where the request came from, for the record.

    Each proxy of ours adds on the right whom it was asked by, so the farthest of them tells the truth. What stands to
    the left of that came with the request, and anybody can write it.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    asker = told[-settings.PROXIES] if 0 < settings.PROXIES <= len(told) else ""
    return _address(asker) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """An IP address as the record keeps it, or None."""
    try:
        found = str(ip_address(text.strip()))
    except ValueError:
        return None
    return found if "%" not in found else None  # the database knows no zones


def row_number(typed: str) -> int | None:
    """A row's number as typed, or None for what can be none; 18 digits always fit the database."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None


def uuid_of(typed: str) -> UUID | None:
    """A form's id as it was sent, or None for what is none."""
    try:
        return UUID(typed)
    except ValueError:
        return None
