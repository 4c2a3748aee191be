"""The list of all dialects. A new network is one more line here."""

from .bluesky import BLUESKY
from .dialect import Dialect
from .facebook import FACEBOOK
from .instagram import INSTAGRAM
from .mastodon import MASTODON
from .telegram import TELEGRAM
from .threads import THREADS
from .tiktok import TIKTOK
from .x import X
from .youtube import YOUTUBE

ALL: dict[str, Dialect] = {
    each.platform: each for each in (MASTODON, BLUESKY, TELEGRAM, FACEBOOK, INSTAGRAM, THREADS, X, TIKTOK, YOUTUBE)
}


def find(path: str) -> Dialect | None:
    """The dialect a request path belongs to, or None for our own pages."""
    return ALL.get(path.split("/", 2)[1])
