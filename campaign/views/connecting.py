"""Connecting an account: asking, leaving for the network, coming back, and choosing among several."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaign import channels as accounts
from campaign import networks, permissions, practice, signing_in, wording
from campaign.access import allow, may
from campaign.errors import Refused
from campaign.forms_channels import ChooseForm, ConnectForm, LeavingForm, SecretForm, form_for, steps
from campaign.http import Request, answer, row_number
from campaign.models import Channel, Health, Member, WaitingConsent
from campaign.signing_in import Arrival
from campaign.views.channels import LIST, practises
from platforms.base import ConnectorError
from platforms.contents import Account
from platforms.registry import BY_HAND, SIGN_INS

CONNECT = "campaign/channel_connect.html"
CHOOSE = "campaign/channel_choose.html"
LOST = "campaign/channel_lost.html"


@allow("channel.connect")
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password", "token")
def connect_channel(request: Request, platform: str) -> HttpResponse:
    """Ask for what the network wants. `?again=7` begins with what is known of an account."""
    kind, campaign = form_for(platform), request.member.campaign
    if kind is None:
        raise Http404("no such network")
    if request.method != "POST":
        known = _known(request, platform, request.GET.get("again", ""))
        return answer(request, CONNECT, "connect", _connect_page(request, platform, kind(campaign, again=known)))
    form = kind(campaign, request.POST)
    leave_for = ""
    if form.is_valid():
        try:
            if isinstance(form, SecretForm):
                return _connected(request, [form.save(by=request.member)])
            leave_for = _leave(request, platform, form)
        except (ConnectorError, Refused) as error:
            _tell(form, platform, error)
    page = _connect_page(request, platform, form, leave_for=leave_for)
    return answer(request, CONNECT, "connect", page, status=422 if form.errors else 200)


def _known(request: Request, platform: str, number: str) -> Channel | None:
    """The account that is to be connected again, if it is one of ours."""
    again = row_number(number)
    mine = Channel.objects.visible_to(request.member).kept().filter(platform=platform)
    return mine.filter(pk=again).first() if again else None


def _leave(request: Request, platform: str, form: ConnectForm) -> str:
    server = accounts.server_for(request.member.campaign, platform, form.typed_server)
    anew = bool(form.cleaned_data.get("anew"))
    again = _known(request, platform, str(form.cleaned_data.get("again") or ""))
    return signing_in.leave(request.session, request.member, platform, server, anew=anew, again=again)


def _tell(form: ConnectForm, platform: str, error: ConnectorError | Refused) -> None:
    form.add_error(signing_in.field_of(platform, error, form.fields), _words(error))


def _words(error: ConnectorError | Refused) -> str:
    return str(error.message) if isinstance(error, Refused) else wording.connecting(error.code, error.params)


def _connected(request: HttpRequest, made: Sequence[Channel], again: int = 0) -> HttpResponse:
    for channel in made:
        told = _("%(channel)s is saved.") if channel.is_by_hand else _("%(channel)s is connected.")
        messages.success(request, told % {"channel": channel})
        if channel.missing:
            said = _("Not everything was allowed on %(channel)s. What that means stands beside the account.")
            messages.warning(request, said % {"channel": channel})
    other = Channel.objects.filter(pk=again, campaign=made[0].campaign, health=Health.RECONNECT).first()
    if other:  # they signed in as somebody else
        messages.warning(
            request,
            _("%(channel)s is still not signed in: you were somebody else there. Sign out there and try again.")
            % {"channel": other},
        )
    return answer(request, LIST, "channels", {}, to=made[0].get_absolute_url())  # type: ignore[arg-type]  # after @allow


def _connect_page(request: Request, platform: str, form: ConnectForm, **shown: Any) -> dict[str, Any]:
    campaign = request.member.campaign
    leaves = isinstance(form, LeavingForm)
    needs_app = not campaign.is_practice and networks.needs_app(platform)
    return {
        "form": form,
        "platform": platform,
        "label": networks.label(platform),
        "about": next((each.about for each in networks.NETWORKS if each.kind == platform), ""),
        "permissions": permissions.asked(platform),
        "steps": steps(platform, campaign),
        "by_hand": platform in BY_HAND,
        "again": form["again"].value() if "again" in form.fields else "",
        "sandbox": settings.SANDBOX_URL if campaign.is_practice and platform not in BY_HAND else "",
        "practises": practises(request) and platform in practice.platforms(),
        "leaves": leaves,
        "is_server": "server" in form.fields or platform == "mastodon",
        "set_up": needs_app and platform not in networks.ready(campaign),
        "leave_for": "",
    } | shown


# Practice ----------------------------------------------------------------------------------------


@allow("channel.connect")
@require_POST
def practice_account(request: Request, platform: str) -> HttpResponse:
    """Open a practice account in the sandbox and connect it; the first one leads on to the first post."""
    kind = form_for(platform)
    if platform not in practice.platforms() or kind is None:
        raise Http404("no such network")
    member = request.member
    was_first = not Channel.objects.visible_to(member).kept().exists()
    try:
        channel = practice.connect(member.campaign, platform, by=member)
    except Refused as refusal:
        page = _connect_page(request, platform, kind(member.campaign), refused=str(refusal.message))
        return answer(request, CONNECT, "connect", page, status=422)
    messages.success(request, _("%(channel)s is connected.") % {"channel": channel})
    to = member.campaign.get_absolute_url() if was_first else reverse("campaign:channels", args=[member.campaign.slug])
    return answer(request, LIST, "channels", {}, to=to)


@allow("channel.connect")
@require_POST
def practice_accounts(request: Request) -> HttpResponse:
    """Open a practice account on every network that has none yet."""
    campaign = request.member.campaign
    try:
        made = practice.connect_all(campaign, by=request.member)
    except Refused as refusal:
        messages.error(request, str(refusal.message))  # those before it are connected; the page shows which
    else:
        told = ngettext("%(n)s practice account is connected.", "%(n)s practice accounts are connected.", len(made))
        messages.success(request, told % {"n": len(made)})
    return answer(request, LIST, "channels", {}, to=reverse("campaign:channels", args=[campaign.slug]))


# Coming back -------------------------------------------------------------------------------------


@require_GET
@never_cache
def oauth_back(request: HttpRequest, platform: str) -> HttpResponse:
    """A person comes back from the network. Whoever did not leave from this session finds nothing to finish."""
    if platform not in SIGN_INS:
        raise Http404("nobody comes back from there")
    state = request.GET.get("state", "")
    before = signing_in.came_back(request.session, state)
    if before:  # a reload, or the way back in the browser; the accounts' page knows what became of it
        messages.info(request, _("You came back from there already. Here stands whether the account is connected."))
        return redirect("campaign:channels", before)
    journey = signing_in.arrive(request.session, platform, state)
    member = _traveller(request, journey)
    if journey is None or member is None:
        return render(request, LOST, {}, status=422)
    request.member = member  # type: ignore[attr-defined]  # as @allow does; the page is one of the campaign's
    code, said = request.GET.get("code", ""), request.GET.get("error", "")
    if not code:
        return _not_connected(request, journey, _no(platform, said))
    try:
        return _let_in(request, journey, member, signing_in.finish(journey, member, code))
    except ConnectorError as error:
        stale = _("This sign-in is not valid any more. Begin again.")
        return _not_connected(request, journey, stale if error.code == "wrong_login" else _words(error))
    except Refused as refusal:
        return _not_connected(request, journey, str(refusal.message))


def _no(platform: str, said: str) -> str:
    if said == "access_denied":
        return _("You said no, so nothing was connected. You can begin again.")
    if networks.needs_app(platform):
        return _(
            "The network did not let Posko in. Look whether Posko's registration there has the right redirect address, "
            "then begin again."
        )
    return _("The server did not let Posko in. Begin again; if it says so once more, choose *Register anew*.")


def _let_in(request: HttpRequest, journey: signing_in.Journey, member: Member, arrival: Arrival) -> HttpResponse:
    """Connect the one account, or ask which; nothing without the permissions that all of it rests on."""
    platform = journey.platform
    refused = signing_in.needed(platform, arrival)
    signing_in.remember_no(request.session, platform, is_no=bool(refused))
    if refused:
        words = _("Nothing was connected: without these permissions Posko can do nothing there.")
        return _not_connected(request, journey, words, wanted=permissions.reasons(platform, refused))
    if not arrival.accounts:
        label = networks.label(platform)
        words = _("%(network)s showed no account that you may manage. Sign in there as somebody who may.")
        return _not_connected(request, journey, words % {"network": label})
    if len(arrival.accounts) > 1:
        waiting = signing_in.wait(journey, member, arrival)
        return redirect("campaign:choose_accounts", journey.campaign, waiting.key)
    channel = accounts.save(
        member.campaign, arrival.accounts[0], by=member, granted=arrival.granted, refused=arrival.refused
    )
    return _connected(request, [channel], journey.again)


def _traveller(request: HttpRequest, journey: signing_in.Journey | None) -> Member | None:
    if journey is None:
        return None
    mine = Member.objects.of(request.user).active().select_related("campaign", "user")
    member = mine.filter(pk=journey.member, campaign__slug=journey.campaign).first()
    return member if member and may(member, "channel.connect") else None


def _not_connected(request: HttpRequest, journey: signing_in.Journey, words: str, **shown: Any) -> HttpResponse:
    platform, kind = journey.platform, form_for(journey.platform)
    if kind is None:
        raise Http404("no such network")
    member = request.member  # type: ignore[attr-defined]  # set above
    again = Channel.objects.visible_to(member).kept().filter(pk=journey.again).first()
    form = kind(member.campaign, again=again)
    page = _connect_page(request, platform, form, refused=words, **shown)  # type: ignore[arg-type]  # has its member
    return render(request, CONNECT, page, status=422)


# Choosing ----------------------------------------------------------------------------------------


@allow("channel.connect")
@require_http_methods(["GET", "POST"])
@never_cache
def choose_accounts(request: Request, key: str) -> HttpResponse:
    """Which of the accounts that a person may let us into; their tokens wait here, never in the form."""
    waiting = get_object_or_404(WaitingConsent, member=request.member, key=key)
    found = signing_in.accounts(waiting)
    if signing_in.is_chosen(waiting):
        return _chosen(request)
    if not found:
        anew = reverse("campaign:connect_channel", args=[request.member.campaign.slug, waiting.platform])
        return render(request, LOST, {"anew": anew}, status=422)
    form = ChooseForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = signing_in.choose(waiting, form.cleaned_data["account"], by=request.member)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return _connected(request, made, waiting.again) if made else _chosen(request)
    page = {"form": form, "label": networks.label(waiting.platform), "choices": _choices(request, waiting, found, form)}
    return answer(request, CHOOSE, "choose", page, status=422 if form.errors else 200)


def _chosen(request: Request) -> HttpResponse:
    """Pressed twice, or come back to: what was chosen first is connected."""
    messages.info(request, _("The choice has been made already. Here stand the accounts that are connected."))
    return redirect("campaign:channels", request.member.campaign.slug)


def _choices(
    request: Request, waiting: WaitingConsent, found: Sequence[Account], form: ChooseForm
) -> list[tuple[Account, Channel | None, bool]]:
    """Each account, the channel it is already, and whether its box is ticked: at first those we know."""
    mine = Channel.objects.visible_to(request.member).kept().filter(platform=waiting.platform)
    known = {(row.server, row.remote_id): row for row in mine}
    ticked = request.POST.getlist("account") if form.is_bound else None
    each = [(account, known.get((account.server, account.remote_id))) for account in found]
    return [
        (account, row, account.remote_id in ticked if ticked is not None else row is not None) for account, row in each
    ]
