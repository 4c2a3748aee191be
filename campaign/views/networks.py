"""*Jejaring*: Posko's own registration at each network, told step by step, and its id and secret."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaign import hook_secrets, permissions
from campaign import networks as known_networks
from campaign.access import allow
from campaign.forms_channels import AppForm, form_for
from campaign.http import Request, answer
from campaign.models import Campaign, Channel, NetworkApp
from campaign.network_steps import GUIDES
from campaign.network_telling import FROM_NOW, TELLING

LIST = "campaign/networks.html"
APP = "campaign/network_app.html"


@allow("network.set_up")
@require_GET
def networks(request: Request) -> HttpResponse:
    """Which networks want a registration, and where there is one."""
    mine = {row.platform: row for row in NetworkApp.objects.filter(campaign=request.member.campaign)}
    listed = [
        {
            "kind": each.kind,
            "label": known_networks.label(each.kind),
            "takes": GUIDES[each.kind].takes,
            "mine": mine.get(each.kind),
            "is_shared": each.kind in settings.NETWORK_APPS,
            "is_spoken": form_for(each.kind) is not None,
        }
        for each in known_networks.NETWORKS
        if each.kind in GUIDES
    ]
    others = [each for each in known_networks.NETWORKS if each.kind not in GUIDES]
    return answer(request, LIST, "networks", {"listed": listed, "others": others})


@allow("network.set_up")
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("client_secret", "consumer_key", "consumer_secret")
def network_app(request: Request, platform: str) -> HttpResponse:
    """The steps, and the id and secret they end with. A secret is never drawn again."""
    if platform not in GUIDES:
        raise Http404("nothing to register there")
    campaign = request.member.campaign
    row = NetworkApp.objects.filter(campaign=campaign, platform=platform).first()
    form = AppForm(platform, row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and campaign.is_practice:
        form.add_error(None, _("A practice campaign needs no registration: the practice networks know Posko."))
    if form.is_valid():
        told = form.cleaned_data
        known_networks.register(
            campaign,
            platform,
            client_id=told["client_id"],
            client_secret=told["client_secret"],
            allowed=form.granted,
            more=form.secrets,
            by=request.member,
        )
        messages.success(request, _("Saved. Accounts can be connected now."))
        connected = Channel.objects.kept().filter(campaign=campaign, platform=platform)
        if row and row.allowed != form.granted and connected.exists():
            messages.info(request, _("Connect the accounts there again, so that they may use what is allowed now."))
        return answer(request, LIST, "networks", {}, to=_next(request, platform))
    return answer(request, APP, "app", _page(request, platform, form, row), status=422 if form.errors else 200)


def _next(request: Request, platform: str) -> str:
    """On to the account, where Posko can connect one; else back to the list."""
    slug = request.member.campaign.slug
    if form_for(platform):
        return reverse("campaign:connect_channel", args=[slug, platform])
    return reverse("campaign:networks", args=[slug])


def _page(request: Request, platform: str, form: AppForm, row: NetworkApp | None) -> dict[str, Any]:
    return {
        "form": form,
        "platform": platform,
        "label": known_networks.label(platform),
        "guide": GUIDES[platform],
        "back": known_networks.back(platform),
        "permissions": permissions.asked(platform),
        "scopes": permissions.names(platform),
        "row": row,
        "is_shared": platform in settings.NETWORK_APPS,
        "is_spoken": form_for(platform) is not None,
        **_telling(request.member.campaign, platform),
    }


def _telling(campaign: Campaign, platform: str) -> dict[str, Any]:
    """How the network is brought to tell us; without an address where it could not reach us."""
    is_reached = hook_secrets.reaches(campaign.mode)
    is_shown = is_reached and not campaign.is_practice and TELLING[platform].has_address
    return {
        "telling": TELLING[platform],
        "from_now": FROM_NOW,
        "is_reached": is_reached,
        "ear": hook_secrets.entered(campaign, platform) if is_shown else None,
    }


@allow("network.set_up")
@require_POST
def forget_network_app(request: Request, platform: str) -> HttpResponse:
    """Forget id and secret; accounts that are connected go on."""
    if platform not in GUIDES:
        raise Http404("nothing to forget there")
    known_networks.forget(request.member.campaign, platform, by=request.member)
    label = known_networks.label(platform)
    messages.success(request, _("Posko's registration at %(network)s is forgotten here.") % {"network": label})
    return answer(request, LIST, "networks", {}, to=reverse("campaign:networks", args=[request.member.campaign.slug]))
