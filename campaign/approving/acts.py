"""What the record says of changes of the approval rules."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from campaign import registry
from campaign.access import may
from campaign.models import Member, PolicyChange
from campaign.registry import Acts, Thing


def _changes(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    if not may(member, "approval.settings"):
        return {}
    url = reverse("campaign:approval_settings", args=[member.campaign.slug])
    rows = PolicyChange.objects.visible_to(member).filter(pk__in=numbers)
    return dict.fromkeys(rows.values_list("pk", flat=True), url)


registry.acts.add(
    Acts(
        "approval",
        lazy("Approval rules"),
        {
            "approval.ask": lazy("%(who)s asked for a change of the approval rules"),
            "approval.begin": lazy("A change of the approval rules is in force, by %(who)s"),
            "approval.refuse": lazy("%(who)s refused a change of the approval rules"),
            "approval.withdraw": lazy("%(who)s withdrew a change of the approval rules"),
        },
        {"policychange": Thing(lazy("Change of the approval rules %(number)s"), _changes)},
    )
)
