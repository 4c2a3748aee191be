"""The candidate's approval page: bytes over the wire on the first and the next load, and the server's time."""

import gzip
import re
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from bench.table import Line, at_most, middle, percentile
from campaign.models import Role
from tests import make

TIMES = 60
TEXT = "Jalan desa harus bisa dilalui sepanjang tahun, dan biayanya boleh dilihat siapa saja. " * 3
ASKED_FOR = re.compile(r"""<(?:script[^>]+src|link[^>]+href|img[^>]+src)=["']([^"']+)""")
ME = "page"


def run() -> list[Line]:
    """The page of a post with three channels in review, as its candidate gets it."""
    settings.ALLOWED_HOSTS = ["testserver"]
    campaign = make.campaign()
    on = [make.channel(of=campaign, platform=platform) for platform in ("mastodon", "bluesky", "telegram")]
    post = make.post_in_review(on=on, text=TEXT)
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(make.someone(campaign, Role.CANDIDATE).user, backend=settings.AUTHENTICATION_BACKENDS[0])
    url = reverse("campaign:review_post", args=[campaign.slug, post.pk])
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    millis = [_timed(client, url) * 1e3 for _ in range(TIMES)]
    page = len(answer.content)
    packed = answer.headers.get("Content-Encoding") == "gzip"
    html = (gzip.decompress(answer.content) if packed else answer.content).decode()
    parts = {address: _static_bytes(urljoin(url, address)) for address in ASKED_FOR.findall(html)}
    files = sum(parts.values())
    note = f"  (page {page / 1024:.1f} {'' if packed else 'un'}zipped, {len(parts)} files {files / 1024:.1f})"
    return [
        at_most(ME, "approval page, first load", (page + files) / 1024, 60, "KB", note),
        at_most(ME, "approval page, next load", page / 1024, 15, "KB"),
        Line(ME, "server time: median, p95", f"{middle(millis):.0f} ms, {percentile(millis, 0.95):.0f} ms"),
    ]


def _timed(client: Client, url: str) -> float:
    began = time.perf_counter()
    client.get(url)
    return time.perf_counter() - began


def _static_bytes(address: str) -> int:
    """What a static file weighs as WhiteNoise sends it: zipped. It keeps for a year, so only the first load counts."""
    path = urlsplit(address).path
    if not path.startswith(settings.STATIC_URL):
        return 0
    found = finders.find(path.removeprefix(settings.STATIC_URL))
    assert isinstance(found, str), path
    return len(gzip.compress(Path(found).read_bytes(), 9))
