"""What networks push to us: the handshake, the proof of who sent it, and what it tells.

Each network's `Hook` stands beside its connector. Nothing here reads rows; `engagement` stores first and parses later.
"""

import base64
import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from platforms.contents import Event


class Forged(Exception):
    """The request does not prove that the network sent it, or is a replay. Answered 403; nothing is kept."""


class Unreadable(Exception):
    """Proven, but of a shape we do not know. It is kept, and nothing is made of it."""


class Hook(ABC):
    """One network's webhooks. `secrets` holds `client_secret` of the app, and `token` where a shared word is used."""

    kind: ClassVar[str]

    @classmethod
    def shake(cls, query: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str] | None:
        """The answer to a handshake and its content type; None where the query is none, `Forged` for a wrong word."""
        return None

    @classmethod
    @abstractmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        """Raise `Forged` unless the network sent exactly these bytes. Header names are in lower case."""

    @classmethod
    @abstractmethod
    def events(cls, body: bytes) -> list[Event]:
        """What it tells, in its own order; empty for what does not concern us. Raises `Unreadable`."""


def signature(
    secret: str, body: bytes, *, algorithm: Literal["sha256", "sha1"] = "sha256", form: Literal["hex", "base64"] = "hex"
) -> str:
    """HMAC of the raw body, as the networks write it."""
    made = hmac.new(secret.encode(), body, getattr(hashlib, algorithm))
    return made.hexdigest() if form == "hex" else base64.b64encode(made.digest()).decode()


def same(given: str, wanted: str) -> bool:
    """Whether two words are equal, told in constant time; an empty one equals nothing."""
    return bool(given and wanted) and hmac.compare_digest(given.encode(), wanted.encode())
