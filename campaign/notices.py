"""Telling a named person what they must know or decide, until it is done."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from campaign import audit, clock
from campaign.errors import Refused
from campaign.models import Campaign, Member, Notice, Role

UNTIL_DECIDED = (
    "approve", "unsure", "handed", "hand_waits", "reconnect", "rules_agree", "policy_agree", "duty_due", "duty_late",
    "foreign_post", "vanished_post", "ad_receipt",
)  # fmt: skip
"""Notices that only the deed itself closes."""


def responsible(campaign: Campaign | int, owner: Member | None) -> list[Member]:
    """Who hears of it: the owner while active, and the managers."""
    pk = campaign if isinstance(campaign, int) else campaign.pk
    managers = list(Member.objects.active().filter(campaign_id=pk, role=Role.MANAGER))
    if owner and owner.suspended_at is None and owner not in managers:
        return [owner, *managers]
    return managers


def tell(kind: str, thing: models.Model, *, to: list[Member], url: str, **params: Any) -> None:
    """One open notice of `kind` about `thing` for each of `to`; telling twice changes nothing."""
    now = clock.now()
    Notice.objects.bulk_create(
        [
            Notice(
                campaign_id=member.campaign_id,
                member=member,
                kind=kind,
                params=params,
                url=url,
                about=audit.about(thing),
                made_at=now,
            )
            for member in to
        ],
        ignore_conflicts=True,
    )


def done(kind: str, thing: models.Model) -> None:
    """Close the notices of `kind` about `thing`, whoever has them."""
    Notice.objects.open().filter(kind=kind, about=audit.about(thing)).update(done_at=clock.now())


def dismiss(notice: Notice, *, by: Member) -> None:
    """Put away what needs no decision. Raises Refused where one is still to be made."""
    if notice.kind in UNTIL_DECIDED:
        raise Refused(_("This stays until it is decided. Open it and say what is to be done."))
    Notice.objects.visible_to(by).open().filter(pk=notice.pk).update(done_at=clock.now())
