"""Where a request comes from."""

import ipaddress
import re

from aiohttp import web


def is_local(request: web.Request) -> bool:
    """Whether the caller sits on this machine and means this machine.

    The Host header is asked too: a web page whose name was made to point here would otherwise pass as local.
    """
    host = re.sub(r":\d+$", "", request.headers.get("Host", "")).strip("[]").lower()
    peer = request.transport.get_extra_info("peername") if request.transport else None
    is_near = peer is not None and ipaddress.ip_address(peer[0]).is_loopback
    return is_near and host in {"localhost", "127.0.0.1", "::1"}


def is_same_site(request: web.Request) -> bool:
    """False when a browser says that a page of another site sends this."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
