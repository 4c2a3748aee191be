"""What a browser needs to put Posko on a phone's home screen, and into the list that a gallery shares with."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.access import may
from campaign.models import Member

PAPER = "#f4f2ee"


def of(member: Member) -> dict[str, Any]:
    """The manifest of a member's campaign. Source: W3C, Web Application Manifest and Web Share Target."""
    campaign = member.campaign
    home = campaign.get_absolute_url()
    told: dict[str, Any] = {
        "id": home,
        "name": f"Posko {campaign.candidate_name}",
        "short_name": "Posko",
        "start_url": home,
        "scope": "/",  # signing in lies outside of the campaign
        "display": "standalone",
        "lang": "id",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": _icons(),
    }
    if may(member, "idea.send"):
        told["shortcuts"] = [{"name": _("From the field"), "url": reverse("campaign:send_idea", args=[campaign.slug])}]
        told["share_target"] = {
            "action": reverse("campaign:share_idea", args=[campaign.slug]),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"title": "title", "text": "text", "files": [{"name": "picture", "accept": ["image/*"]}]},
        }
    return told


def _icons() -> list[dict[str, str]]:
    icons = [{"src": static("img/posko.svg"), "sizes": "any", "type": "image/svg+xml"}]
    for side in (192, 512):
        png = {"src": static(f"img/posko-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        icons += [png, png | {"purpose": "maskable"}]
    return icons
