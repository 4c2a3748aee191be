"""Campaigns, channels and due envelopes in bulk, as the verbs would have left them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from django.db.models import F

from campaign import clock, drafting
from campaign.models import Channel, Delivery, Role
from tests import make

CHANNELS = 200
CAMPAIGNS = 25
_numbers = count(1)


def channels(platform: str = "mastodon", number: int = CHANNELS, campaigns: int = CAMPAIGNS) -> list[Channel]:
    """Accounts spread over practice campaigns, with token buckets that never run dry."""
    owners = [make.campaign() for _ in range(campaigns)]
    rows = [make.channel(of=owners[at % campaigns], platform=platform) for at in range(number)]
    Channel.objects.filter(pk__in=[row.pk for row in rows]).update(pace_burst=30_000)
    return rows


def texts(number: int) -> list[str]:
    """So many texts of usual length, each of its own."""
    told = "Jalan desa harus bisa dilalui sepanjang tahun, dan biayanya boleh dilihat siapa saja."
    return [f"{told} Kabar {next(_numbers)}." for _ in range(number)]


def envelopes_for(on: Sequence[Channel], wanted: Sequence[str], due: Sequence[datetime] = ()) -> None:
    """One cleared envelope per text, dealt to the channels in turn; due now unless `due` says when each is."""
    now = clock.now()
    moments = due or [now] * len(wanted)
    owners = {row.campaign_id: make.someone(row.campaign, Role.STAFF) for row in on}
    made = Delivery.objects.bulk_create(
        [
            Delivery(
                campaign_id=on[at % len(on)].campaign_id,
                channel=on[at % len(on)],
                slot=f"bench:{next(_numbers)}",
                kind="campaign",
                draft=drafting.draft_json(text, []),
                send_at=moment,
                not_after=moment + timedelta(hours=2),
                owner=owners[on[at % len(on)].campaign_id],
                made_at=now,
            )
            for at, (text, moment) in enumerate(zip(wanted, moments, strict=True))
        ],
        batch_size=1_000,
    )
    Delivery.objects.filter(pk__in=[row.pk for row in made]).update(cleared=F("fingerprint"))
