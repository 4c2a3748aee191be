"""Every part of Posko on one page, each with a sentence: where a phone's navigation leads on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaign import parts
from campaign.access import allow
from campaign.http import Request


@allow("campaign.see")
@require_safe
def menu(request: Request) -> HttpResponse:
    """What this member may open, used already or not."""
    pages = parts.pages(request.member)
    context = {
        "daily": [page for page in pages if page.is_daily],
        "running": [page for page in pages if not page.is_daily],
    }
    return render(request, "campaign/menu.html", context)
