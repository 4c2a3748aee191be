"""Our accounts on the networks: how they are, connecting them, and letting them go."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaign import channels as accounts
from campaign import practice, signing_in, wording
from campaign.access import allow, may
from campaign.errors import Refused
from campaign.forms_channels import FORMS, ConnectForm, PasswordlessForm, Permissions, SecretForm, steps
from campaign.http import Request, answer, row_number
from campaign.models import Channel, Delivery, Member, State
from platforms.base import ConnectorError
from platforms.contents import Account
from platforms.registry import KINDS

LIST = "campaign/channels.html"
CONNECT = "campaign/channel_connect.html"
REMOVE = "campaign/channel_remove.html"
LOST = "campaign/channel_lost.html"


@allow("channel.see")
@require_GET
def channels(request: Request) -> HttpResponse:
    """Every account in use, and what can be connected."""
    rows = Channel.objects.visible_to(request.member).kept().select_related("owner__user")
    listed = [
        (row, wording.problem(row.problem, row.problem_params) if row.problem else "")
        for row in rows.order_by("platform", "handle")
    ]
    have = {row.platform for row, _words in listed}
    kinds = [(kind, connector.label, kind in have) for kind, connector in KINDS.items() if kind in FORMS]
    new = [(kind, label) for kind, label, has_one in kinds if not has_one] if _practises(request) else []
    return answer(request, LIST, "channels", {"channels": listed, "kinds": kinds, "practises": new})


def _practises(request: Request) -> bool:
    return may(request.member, "channel.connect") and practice.is_offered(request.member.campaign)


# Connecting --------------------------------------------------------------------------------------


@allow("channel.connect")
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password", "token")
def connect_channel(request: Request, platform: str) -> HttpResponse:
    """Ask for what the network wants. `?again=7` begins with what is known of an account."""
    if platform not in FORMS:
        raise Http404("no such network")
    campaign, kind = request.member.campaign, FORMS[platform]
    if request.method != "POST":
        again = row_number(request.GET.get("again", ""))
        mine = Channel.objects.visible_to(request.member).kept().filter(platform=platform)
        known = mine.filter(pk=again).first() if again else None
        return answer(request, CONNECT, "connect", _connect_page(request, platform, kind(campaign, again=known)))
    form = kind(campaign, request.POST)
    leave_for = ""
    if form.is_valid():
        try:
            if isinstance(form, SecretForm):
                return _connected(request, accounts.save(campaign, form.connect(), by=request.member))
            leave_for = _leave(request, platform, form)
        except (ConnectorError, Refused) as error:
            _tell(form, platform, error)
    page = _connect_page(request, platform, form, leave_for=leave_for)
    return answer(request, CONNECT, "connect", page, status=422 if form.errors else 200)


def _leave(request: Request, platform: str, form: ConnectForm) -> str:
    server = accounts.server_for(request.member.campaign, platform, form.typed_server)
    anew = bool(form.cleaned_data.get("anew"))
    return signing_in.leave(request.session, request.member, server, anew=anew)


def _tell(form: ConnectForm, platform: str, error: ConnectorError | Refused) -> None:
    if isinstance(error, Refused):
        words = str(error.message)
    else:
        words = wording.connecting(error.code, error.params)
    form.add_error(signing_in.field_of(platform, error, form.fields), words)


def _connected(request: HttpRequest, channel: Channel) -> HttpResponse:
    messages.success(request, _("%(channel)s is connected.") % {"channel": channel})
    return answer(request, LIST, "channels", {}, to=channel.get_absolute_url())  # type: ignore[arg-type]  # after @allow


def _connect_page(request: Request, platform: str, form: ConnectForm, **shown: Any) -> dict[str, Any]:
    campaign = request.member.campaign
    return {
        "form": form,
        "platform": platform,
        "label": KINDS[platform].label,
        "permissions": Permissions.WORDS[platform],
        "steps": steps(platform, campaign),
        "sandbox": settings.SANDBOX_URL if campaign.is_practice else "",
        "practises": _practises(request) and platform in practice.PLATFORMS,
        "leaves": issubclass(FORMS[platform], PasswordlessForm),
        "leave_for": "",
    } | shown


@allow("channel.connect")
@require_POST
def practice_account(request: Request, platform: str) -> HttpResponse:
    """Open a practice account in the sandbox and connect it; the first one leads on to the first post."""
    if platform not in practice.PLATFORMS:
        raise Http404("no such network")
    member = request.member
    was_first = not Channel.objects.visible_to(member).kept().exists()
    try:
        channel = practice.connect(member.campaign, platform, by=member)
    except Refused as refusal:
        page = _connect_page(request, platform, FORMS[platform](member.campaign), refused=str(refusal.message))
        return answer(request, CONNECT, "connect", page, status=422)
    messages.success(request, _("%(channel)s is connected.") % {"channel": channel})
    to = member.campaign.get_absolute_url() if was_first else reverse("campaign:channels", args=[member.campaign.slug])
    return answer(request, LIST, "channels", {}, to=to)


@require_GET
def oauth_back(request: HttpRequest, platform: str) -> HttpResponse:
    """A person comes back from their server. Whoever did not leave from this session finds nothing to finish."""
    if platform != "mastodon":
        raise Http404("nobody comes back from there")
    journey = signing_in.arrive(request.session, request.GET.get("state", ""))
    member = _traveller(request, journey)
    if journey is None or member is None:
        return render(request, LOST, {}, status=422)
    request.member = member  # type: ignore[attr-defined]  # as @allow does; the page is one of the campaign's
    code, said = request.GET.get("code", ""), request.GET.get("error", "")
    if not code:
        words = (
            _("You said no, so nothing was connected. You can begin again.")
            if said == "access_denied"
            else _("The server did not let Posko in. Begin again; if it says so once more, choose *Register anew*.")
        )
        return _not_connected(request, platform, words)
    try:
        account: Account = signing_in.finish(journey, member, code)
        channel = accounts.save(member.campaign, account, by=member)
    except ConnectorError as error:
        words = (
            _("This sign-in is not valid any more. Begin again.")
            if error.code == "wrong_login"
            else wording.connecting(error.code, error.params)
        )
        return _not_connected(request, platform, words)
    except Refused as refusal:
        return _not_connected(request, platform, str(refusal.message))
    messages.success(request, _("%(channel)s is connected.") % {"channel": channel})
    return redirect(channel)


def _traveller(request: HttpRequest, journey: signing_in.Journey | None) -> Member | None:
    if journey is None:
        return None
    mine = Member.objects.of(request.user).active().select_related("campaign", "user")
    member = mine.filter(pk=journey.member, campaign__slug=journey.campaign).first()
    return member if member and may(member, "channel.connect") else None


def _not_connected(request: HttpRequest, platform: str, words: str) -> HttpResponse:
    form = FORMS[platform](request.member.campaign)  # type: ignore[attr-defined]  # set above
    page = _connect_page(request, platform, form, refused=words)  # type: ignore[arg-type]  # has its member now
    return render(request, CONNECT, page, status=422)


# Letting go --------------------------------------------------------------------------------------


@allow("channel.connect")
@require_http_methods(["GET", "POST"])
def remove_channel(request: Request, pk: int) -> HttpResponse:
    """Ask, then forget the tokens."""
    channel = get_object_or_404(Channel.objects.visible_to(request.member).kept(), pk=pk)
    if request.method == "POST":
        accounts.remove(channel, by=request.member)
        messages.success(request, _("%(channel)s is no longer connected.") % {"channel": channel})
        return answer(
            request, LIST, "channels", {}, to=reverse("campaign:channels", args=[request.member.campaign.slug])
        )
    still = Delivery.objects.filter(channel=channel, state__in=(State.WAITING, State.HELD, State.SENDING, State.UNSURE))
    return answer(request, REMOVE, "remove", {"channel": channel, "still": still.count()})
