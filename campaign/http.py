"""Requests as our views see them, and the one way they answer."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
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


def client_ip(request: HttpRequest) -> str | None:
    """Where the request came from, for the record."""
    return request.META.get("REMOTE_ADDR") or None
