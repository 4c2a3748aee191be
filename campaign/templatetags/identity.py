"""`{% second_step_hint %}`: one calm line for pages of a practice campaign."""

from typing import Any

from django import template

from campaign.identity import second_factor
from campaign.models import Member

register = template.Library()


@register.inclusion_tag("campaign/_second_step_hint.html", takes_context=True)
def second_step_hint(context: dict[str, Any]) -> dict[str, bool]:
    """Shown in practice to those whose role needs a second step in a live campaign and who have none; one query."""
    member: Member | None = context.get("member")
    is_meant = member is not None and member.role in second_factor.ROLES and member.campaign.is_practice
    is_meant = is_meant and member is not None and not member.campaign.is_demo  # whose people never sign in
    return {"is_shown": is_meant and member is not None and not second_factor.has_any(member.user)}
