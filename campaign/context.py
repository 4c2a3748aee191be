"""What every page of a campaign shows: who I am here, what I may, what is wrong with the machine."""

from typing import Any

from django.http import HttpRequest

from campaign import mailbox, parts, pulse
from campaign.access import May


def campaign(request: HttpRequest) -> dict[str, Any]:
    """`keeps_mail` everywhere; under `/c/<campaign>/` also `member`, `campaign`, `may`, `navigation` and `alarms`."""
    member = getattr(request, "member", None)
    if member is None:
        return {"keeps_mail": mailbox.is_open()}
    pages = [page for page in parts.pages(member) if parts.is_used(member.campaign, page)]
    return {
        "member": member,
        "campaign": member.campaign,
        "may": May(member),
        "navigation": pages,
        "alarms": pulse.alarms(),
        "keeps_mail": mailbox.is_open(),
    }
