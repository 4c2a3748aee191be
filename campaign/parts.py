"""Parts of Posko that a campaign has begun to use: the navigation shows no others, so that it grows with the work."""

from campaign.access import may
from campaign.models import Campaign, Member
from campaign.registry import Page, navigation


def use(campaign: Campaign, part: str) -> None:
    """From now on `part` stands in the navigation."""
    if part in campaign.parts:
        return
    row = Campaign.objects.select_for_update().only("pk", "parts").get(pk=campaign.pk)
    row.parts = sorted({*row.parts, part})
    row.save(update_fields=["parts"])
    campaign.parts = row.parts


def pages(member: Member) -> list[Page]:
    """Every page that `member` may open, in the order of the navigation."""
    return sorted((page for page in navigation if may(member, page.action)), key=lambda page: page.order)


def is_used(campaign: Campaign, page: Page) -> bool:
    return not page.part or page.part in campaign.parts
