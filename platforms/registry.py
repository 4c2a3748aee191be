"""Which class speaks to which network."""

from platforms.base import Connector
from platforms.bluesky import Bluesky
from platforms.mastodon import Mastodon
from platforms.telegram import Telegram
from platforms.x import X

KINDS: dict[str, type[Connector]] = {each.kind: each for each in (Telegram, Mastodon, Bluesky, X)}


def connector(kind: str) -> type[Connector]:
    """The class for a kind of network. Raises `KeyError` for one we do not speak to."""
    return KINDS[kind]
