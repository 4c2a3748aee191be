"""Addresses at which a network fetches the pictures of a post that is leaving: signed, for some hours, no sign-in.

Instagram, Threads and TikTok's photos take no bytes, they fetch: from Posko, or from a bucket where it has one. Whoever
has the address sees that one file, which the public is about to see anyway; nobody can guess one or list them.
"""

from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse

from campaign import bucket
from campaign.models import Campaign

LASTS = timedelta(hours=6)  # Instagram and TikTok may come for it an hour later
_SALT = "posko.lent_files"


def address(campaign: Campaign, name: str, mime: str) -> str:
    """Where the network finds the stored file `name`; "" when it could not reach us."""
    if _needs_bucket(campaign):
        return bucket.address(name, mime, LASTS) if bucket.is_set() else ""
    ending = mime.rpartition("/")[2].replace("jpeg", "jpg")
    token = signing.dumps([name, mime], salt=_SALT, compress=True)
    return settings.BASE_URL + reverse("campaign:lent_file", args=[token, ending])


def lay_out(campaign: Campaign, names: Iterable[str]) -> None:
    """Bring stored files to where their addresses lead. Raises `Temporary` when they did not get there."""
    if _needs_bucket(campaign) and bucket.is_set():
        bucket.put(names)


def _needs_bucket(campaign: Campaign) -> bool:
    """Whether its networks do not reach us."""
    return not is_reached(campaign)


def is_reached(campaign: Campaign) -> bool:
    """Whether who is outside reaches us: the sandbox always does, the internet only at a public https name."""
    return campaign.is_practice or is_public()


def is_public() -> bool:
    """Whether the internet reaches Posko: by https, at a public name."""
    at = urlsplit(settings.BASE_URL)
    return at.scheme == "https" and _is_public(at.hostname or "")


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal", ".test", ".lan"))


def read(token: str) -> tuple[str, str]:
    """(file name, mime type). Raises `signing.BadSignature` when nobody of us gave this address, or too long ago."""
    name, mime = signing.loads(token, salt=_SALT, max_age=LASTS)
    return str(name), str(mime)
