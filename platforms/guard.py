"""Which addresses the door may speak to: public ones over TLS, and a short exact list of our own.

People type server names, and a network may name another server in its answer. Without this guard either could
point us at a machine inside our own network.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from platforms.base import ConnectorError

PORTS = {"https": 443, "http": 80}
_KEPT_IN_PATHS = "%/:=&?~#+!$,;'@()*[]"

# What is neither private nor public by the letter, yet leads to places we did not check. NAT64 is handled apart.
# Source: IANA IPv6 Special-Purpose Address Registry, read 2026-11.
_UNFIT = tuple(
    IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "fec0::/10")
)
_GLOBAL = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_RELAY = IPv4Address("192.88.99.0")


@dataclass(frozen=True, slots=True)
class Target:
    """Where one address leads: `path` begins with a slash and carries the query."""

    scheme: str
    host: str
    port: int
    path: str
    internal: bool

    @property
    def place(self) -> str:
        """Host and port, fit for a log: never the path, which holds Telegram's token."""
        return f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@lru_cache(maxsize=1024)
def _origin(scheme: str, netloc: str, internal: frozenset[str]) -> tuple[str, int, bool]:
    """Host, port and whether it is on our own list. Raises `ConnectorError` where the guard says no."""
    try:
        parts = urlsplit(f"{scheme}://{netloc}")
        host, port = (parts.hostname or "").rstrip("."), parts.port or PORTS.get(scheme, 0)
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except ValueError:  # UnicodeError is one
        raise ConnectorError("bad_address") from None
    if not host or scheme not in PORTS or "@" in netloc or "%" in host or any(c <= " " or c == "\\" for c in netloc):
        raise ConnectorError("bad_address")
    if f"{host}:{port}" in internal:
        return host, port, True
    if scheme != "https":
        raise ConnectorError("plain_http", host=host)
    if port != 443 and port < 1024:
        raise ConnectorError("bad_address", detail=f"port {port}")
    return host, port, False


def target(url: str, internal: frozenset[str]) -> Target:
    """What `url` means. Raises `ConnectorError`: bad_address, plain_http."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConnectorError("bad_address") from None
    host, port, own = _origin(parts.scheme, parts.netloc, internal)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Target(parts.scheme, host, port, quote(path, safe=_KEPT_IN_PATHS), own)


def server_address(typed: str) -> str:
    """The base address in what a person typed: `Mastodon.Social/` becomes `https://mastodon.social`.

    A pasted page's path is dropped; one under plain http is kept, for only our own hosts speak that, and the sandbox
    keeps each network below a path. Raises `ConnectorError` (bad_address). The door decides whether it may be reached.
    """
    text = typed.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        raise ConnectorError("bad_address") from None
    if not host or parts.username is not None or parts.scheme not in PORTS:
        raise ConnectorError("bad_address")
    host = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/") if parts.scheme == "http" else ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != PORTS[parts.scheme] else "") + path


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet: not private, loopback, link-local, shared or multicast."""
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    return _is_public_4(ip) if isinstance(ip, IPv4Address) else _is_public_6(ip)


def _is_public_4(ip: IPv4Address) -> bool:
    # is_global alone calls multicast global, and knows nothing of the retired 6to4 relays.
    relay = int(ip) >> 8 == int(_RELAY) >> 8
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or relay)


def _is_public_6(ip: IPv6Address) -> bool:
    if ip.ipv4_mapped:
        return _is_public_4(ip.ipv4_mapped)
    if ip in _NAT64:
        return _is_public_4(IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip in _GLOBAL and ip.is_global and not any(ip in net for net in _UNFIT)
