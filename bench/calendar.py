"""The calendar of a month with 3,000 deliveries: the server's time, also as a ratio to a month of 30, and its bytes."""

import gzip
import time
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from bench.table import Line, at_most, middle, percentile
from campaign import clock, drafting
from campaign.models import Campaign, Delivery, Post, PostState, Role
from tests import make

POSTS, TIMES, DAYS = 1_000, 60, 28
PLATFORMS = ("mastodon", "bluesky", "telegram")
TEXT = "Jalan desa harus bisa dilalui sepanjang tahun, dan biayanya boleh dilihat siapa saja. " * 8
VIEWS = ("bulan", "minggu", "daftar")
ME = "calendar"


def run() -> list[Line]:
    """Three views of the same full month, and the month alone with a filter and with few posts."""
    settings.ALLOWED_HOSTS = ["testserver"]
    month = (clock.now().date().replace(day=1) + timedelta(days=32)).replace(day=1)
    full, small = make.campaign(), make.campaign()
    _fill(full, month, POSTS)
    _fill(small, month, 10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself within a minute
    lines = []
    for view in VIEWS:
        millis, answer = _asked(full, month, lihat=view)
        few, _ = _asked(small, month, lihat=view)
        slow, ratio = percentile(millis, 0.95), middle(millis) / middle(few)
        size = len(gzip.compress(answer)) / 1024
        note = f"  (median {middle(millis):.0f}, {ratio:.1f} × a month of 30; {size:.0f} KB zipped)"
        lines.append(at_most(ME, f"3,000 deliveries, {view}: server p95", slow, 100, "ms", note))
    millis, _ = _asked(full, month, find="tidak ada")
    return [*lines, at_most(ME, "the same, searched for words: p95", percentile(millis, 0.95), 100, "ms")]


def _asked(campaign: Campaign, month: date, **query: str) -> tuple[list[float], bytes]:
    """Milliseconds of each answer but the first, and the last page."""
    client = Client()
    client.force_login(make.someone(campaign, Role.STAFF).user, backend=settings.AUTHENTICATION_BACKENDS[0])
    url = reverse("campaign:calendar", args=[campaign.slug])
    taken = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        answer = client.get(url, {"tanggal": month.isoformat()} | query)
        taken.append((time.perf_counter() - began) * 1e3)
        assert answer.status_code == 200, answer.status_code
    return taken[1:], answer.content


def _fill(campaign: Campaign, month: date, number: int) -> None:
    """So many scheduled posts on three accounts each, over all hours; every fourth was not planned, but released."""
    on = [make.channel(of=campaign, platform=platform) for platform in PLATFORMS]
    author, begin = make.someone(campaign, Role.STAFF), datetime.combine(month, datetime.min.time(), campaign.tz)
    moments = [begin + timedelta(minutes=at * DAYS * 24 * 60 // number) for at in range(number)]
    posts = Post.objects.bulk_create(
        Post(
            campaign=campaign,
            text=f"Kabar {at}. {TEXT}",
            planned_at=moment if at % 4 else None,
            state=PostState.SCHEDULED,
            author=author,
        )
        for at, moment in enumerate(moments)
    )
    links = [Post.channels.through(post=post, channel=channel) for post in posts for channel in on]
    Post.channels.through.objects.bulk_create(links)
    Delivery.objects.bulk_create(
        Delivery(
            campaign=campaign,
            channel=channel,
            slot=post.slot(channel),
            kind=post.kind,
            draft=drafting.draft_json(post.text, []),
            send_at=moment,
            not_after=moment + timedelta(hours=2),
            owner=author,
            made_at=clock.now(),
        )
        for post, moment in zip(posts, moments, strict=True)
        for channel in on
    )
    Delivery.objects.filter(campaign=campaign).update(cleared=F("fingerprint"))
