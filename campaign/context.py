"""What every page of a campaign shows: who I am here, what I may, what is wrong with the machine."""

from typing import Any

from django.http import HttpRequest

from campaign import pulse, registry
from campaign.access import May, may


def campaign(request: HttpRequest) -> dict[str, Any]:
    """`member`, `campaign`, `may`, `navigation`, `alarms` on pages under `/c/<campaign>/`; nothing elsewhere."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    pages = sorted((page for page in registry.navigation if may(member, page.action)), key=lambda page: page.order)
    return {
        "member": member,
        "campaign": member.campaign,
        "may": May(member),
        "navigation": pages,
        "alarms": pulse.alarms(),
    }
