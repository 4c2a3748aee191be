"""What this app adds to others' pages: a line on a boosted post, a card on *Hari ini*, the record's sentences."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from campaign.access import may
from campaign.models import Member, Post
from campaign.registry import Acts, Card, Page, Panel, Thing, acts, home_cards, navigation, post_panels
from fundraising.models import Ad
from fundraising.recording import PART
from fundraising.register import BADGES, Register, sum_of

MOST = 3


def of_post(post: Post, member: Member) -> dict[str, object]:
    """`panel.ads`: the valid boosts of a post, for those who may see them."""
    if not may(member, "ad.see") or PART not in member.campaign.parts:
        return {"ads": []}
    rows = list(Ad.objects.visible_to(member).valid().filter(post=post).order_by("-last_day", "-pk"))
    for row in rows:
        row.campaign = member.campaign
    return {"ads": [(row, BADGES[row.state]) for row in rows]}  # type: ignore[index]  # a state is one of them


def today(member: Member, now: datetime) -> dict[str, object] | None:
    """`card` of `_ads_card.html`; None while there is nothing to look at."""
    if not may(member, "ad.see") or PART not in member.campaign.parts:
        return None
    register = Register(member.campaign, now)
    # A missing receipt stands among what is told to the treasurer; here it is only counted.
    entries = [entry for entry in register.entries if any(flaw.code != "no_receipt" for flaw in entry.flaws)]
    late = sum(entry.lacks_receipt for entry in register.entries)
    if not entries and not late:
        return None
    month = f"{register.today:%Y-%m}"
    spent = sum_of("", (entry for entry in register.entries if f"{entry.ad.counts_on:%Y-%m}" == month))
    return {
        "waits": may(member, "ad.write"),
        "entries": entries[:MOST],
        "more": max(len(entries) - MOST, 0),
        "late": late,
        "month": spent,
    }


def _ads(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    if not may(member, "ad.see"):
        return {}
    rows = Ad.objects.visible_to(member).filter(pk__in=numbers).values_list("pk", flat=True)
    return {pk: reverse("fundraising:ad", args=[member.campaign.slug, pk]) for pk in rows}


post_panels.add(Panel("fundraising/_post_ads.html", of_post, order=20))
home_cards.add(Card("fundraising/_ads_card.html", today, order=45))
acts.add(
    Acts(
        "ad",
        lazy("Advertisements"),
        {
            "ad.record": lazy("%(who)s wrote an advertisement down that was bought elsewhere"),
            "ad.correct": lazy("%(who)s corrected what is written down of an advertisement"),
            "ad.receipt": lazy("%(who)s added the receipt of an advertisement"),
            "ad.cancel": lazy("%(who)s cancelled an advertisement that was written down"),
            "ad.export": lazy("%(who)s saved the list of advertisements, %(rows)s lines"),
        },
        {"ad": Thing(lazy("Advertisement %(number)s"), _ads)},
    )
)
navigation.add(
    Page(
        lazy("Advertisements"),
        "megaphone",
        "fundraising:ads",
        "ad.see",
        order=55,
        hint=lazy("What the campaign bought elsewhere: ads and boosts, with what they cost and their receipts."),
        part=PART,
    )
)
