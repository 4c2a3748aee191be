"""What every page of a campaign shows: who I am here, what I may, what is wrong with the machine."""

from typing import Any

from django.http import HttpRequest

from campaign import parts, pulse
from campaign.access import May


def campaign(request: HttpRequest) -> dict[str, Any]:
    """`member`, `campaign`, `may`, `navigation`, `alarms` on pages under `/c/<campaign>/`; nothing elsewhere."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    pages = [page for page in parts.pages(member) if parts.is_used(member.campaign, page)]
    return {
        "member": member,
        "campaign": member.campaign,
        "may": May(member),
        "navigation": pages,
        "alarms": pulse.alarms(),
    }
