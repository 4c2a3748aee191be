"""*Kotak surat*: mail as it would arrive, on a machine without a mail server."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign import mailbox as post_office


@login_not_required
@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """All letters; whoever has no way in yet finds the code for it here."""
    if not post_office.is_open():
        raise Http404("mail is sent, not kept")
    return render(request, "campaign/mailbox.html", {"letters": post_office.letters()})


@login_not_required
@require_safe
@never_cache
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter."""
    found = post_office.letter(name)
    if found is None:
        raise Http404("no such letter")
    return render(request, "campaign/letter.html", {"letter": found})
