"""What a network fetches from an app's address: pictures, films. Only from this machine."""

from urllib.parse import urlsplit

import aiohttp

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SECONDS = 30


def is_near(url: str) -> bool:
    """Whether the address lies on this machine."""
    address = urlsplit(url)
    return address.scheme in {"http", "https"} and address.hostname in LOOPBACK


async def fetch(url: str, most: int) -> bytes | None:
    """The bytes at an address, without following it elsewhere; None when there are none, or more than `most`."""
    if not is_near(url):
        return None
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            data = bytearray()
            if answer.status == 200:
                async for part in answer.content.iter_chunked(256 * 1024):
                    data += part
                    if len(data) > most:
                        return None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    return bytes(data) or None
