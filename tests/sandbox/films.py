"""Films for tests: bytes that begin like a real one, and a person who consents."""

import re
from html import unescape
from random import Random
from urllib.parse import parse_qs, urlsplit

import requests


def film(size: int = 700_000, seed: int = 1) -> bytes:
    """The bytes of an MP4 so far as its head goes."""
    head = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    return head + Random(seed).randbytes(size - len(head))


def consent(http: requests.Session, address: str, *, without: str = "", answer: str = "yes") -> dict[str, str]:
    """Open the page that asks, untick the permissions that end with `without`, press a button; what the app is told."""
    page = http.get(address).text
    fields = [(unescape(n), unescape(v)) for n, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)]
    grants = [unescape(each) for each in re.findall(r'name="grant" value="(.*?)"', page)]
    account = re.search(r'name="account" value="(.*?)"', page)
    assert account and grants
    form = [*fields, ("account", account[1]), ("answer", answer)]
    form += [("grant", each) for each in grants if not (without and each.endswith(without))]
    reply = http.post(address.partition("?")[0], data=form, allow_redirects=False)
    assert reply.status_code == 302, reply.text
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}
