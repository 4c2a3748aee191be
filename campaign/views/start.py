"""Where people arrive: choose a campaign, try the demonstration, begin one's own; and the language of the pages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import beginning, demo
from campaign.errors import Refused
from campaign.form_start import BeginForm
from campaign.identity import second_factor
from campaign.models import Member, Role

BACKEND = "django.contrib.auth.backends.ModelBackend"
DEMO = "demo"  # in the session: the demonstration this browser has begun

set_language = login_not_required(require_POST(i18n.set_language))


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Those with one campaign go straight to it; `?pilih` shows the choice all the same."""
    mine: list[Member] = []
    if request.user.is_authenticated:
        mine = list(Member.objects.of(request.user).active().select_related("campaign").order_by("campaign__name"))
        if len(mine) == 1 and "pilih" not in request.GET:
            return redirect(mine[0].campaign)
    context = {
        "memberships": mine,
        "offers_demo": settings.DEMO,
        "demo": demo.of_browser(request.session.get(DEMO)),
        "may_begin": beginning.is_first_run(),
    }
    return render(request, "campaign/start.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the campaign of this installation; once there is one, this page is no more."""
    if not beginning.is_first_run():
        messages.info(request, _("This Posko has its campaign already. Sign in, or ask its manager to add you."))
        return redirect("campaign:start")
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = beginning.begin(form.beginning())
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            login(request, member.user, backend=BACKEND)
            second_factor.prove(request, member.user, "password")  # just typed, so not asked again for the second step
            return redirect(member.campaign)
    return render(request, "campaign/begin.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_POST
def make_demo(request: HttpRequest) -> HttpResponse:
    """Make a demonstration, or take up the one this browser has."""
    if not settings.DEMO:
        raise Http404("no demo here")
    try:
        made = demo.begin(request.session.get(DEMO))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        request.session[DEMO] = made.pk
    return redirect("campaign:start")


@login_not_required
@require_POST
def demo_as(request: HttpRequest, role: str) -> HttpResponse:
    """Go on as another of the demonstration's people."""
    campaign = demo.of_browser(request.session.get(DEMO))
    member = demo.member(campaign, role) if campaign else None
    if member is None:
        raise Http404("no such person in a demo")
    login(request, member.user, backend=BACKEND)
    request.session[DEMO] = member.campaign_id
    return redirect(member.campaign)


@require_POST
def remove_demo(request: HttpRequest) -> HttpResponse:
    """Remove the demonstration whose manager asks for it, and sign out."""
    members = Member.objects.of(request.user).active().filter(campaign__is_demo=True, role=Role.MANAGER)
    member = members.select_related("campaign").first()
    if member is None or not settings.DEMO:
        raise Http404("no demo of theirs")
    demo.remove(member.campaign, by=member)
    logout(request)
    messages.success(request, _("The demo is removed."))
    return redirect("campaign:start")
