"""The demonstration's ads: invented, one of each state, one without its receipt."""

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from campaign import registry
from campaign.models import Campaign, Member, Post, PostState, Role
from fundraising import recording
from fundraising.law import Law
from fundraising.models import AdState, Medium
from fundraising.recording import Facts
from platforms.registry import BY_HAND

PAYER = "DPC Partai Contoh Nusa Tengah"
LINE = "Iklan kampanye. Dibayar oleh DPC Partai Contoh Nusa Tengah."


@registry.demo_samples.add
def write(campaign: Campaign, team: Mapping[str, Member], now: datetime) -> None:
    """A boost that ran too early, as happens; a billboard; and a plan for the window. The treasurer wrote them down."""
    treasurer, today = team[Role.TREASURER], now.astimezone(campaign.tz).date()
    published = Post.objects.filter(campaign=campaign, state=PostState.PUBLISHED)
    # Nobody boosts a group's message.
    boosted = published.exclude(channels__platform__in=BY_HAND).order_by("-pk").first()
    recording.add(
        Facts(
            state=AdState.RAN,
            medium=Medium.FACEBOOK,
            first_day=today - timedelta(days=3),
            last_day=today - timedelta(days=2),
            payer=PAYER,
            account="Ratna Wijayanti",
            post=boosted,
            spend=350_000,
            paid_on=today - timedelta(days=3),
            disclaimer=LINE,
            is_disclaimer_shown=True,
            receipt_number="FB-1180",
            note=_("An example. It ran before the window, so it is shown as against the rules."),
        ),
        by=treasurer,
        file=_receipt(),
    )
    recording.add(
        Facts(
            state=AdState.RAN,
            medium=Medium.OUTDOOR,
            outlet="Simpang Pasar Lama",
            first_day=today - timedelta(days=5),
            last_day=today - timedelta(days=4),
            payer=PAYER,
            spend=2_750_000,
            disclaimer=LINE,
            is_disclaimer_shown=True,
            note=_("An example without a receipt: Posko reminds the treasurer."),
        ),
        by=treasurer,
    )
    window = Law(campaign).window
    if window is None or window[0] < today:
        return
    first = window[0] + timedelta(days=2)
    recording.add(
        Facts(
            state=AdState.PLANNED,
            medium=Medium.PRINT,
            outlet="Harian Nusa Contoh",
            first_day=first,
            last_day=first,
            payer=PAYER,
            spend=1_500_000,
            disclaimer=LINE,
        ),
        by=treasurer,
    )


def _receipt() -> SimpleUploadedFile:
    """A picture of an invented receipt."""
    picture = Image.new("RGB", (640, 420), "#fbfaf5")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(("CONTOH / EXAMPLE", "FB-1180", "Rp350.000", PAYER)):
        draw.text((40, 40 + number * 60), line, fill="#3a3a3a", font_size=26)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("bukti.png", out.getvalue(), content_type="image/png")
