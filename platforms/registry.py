"""Which class speaks to which network."""

from platforms.base import Connector
from platforms.bluesky import Bluesky
from platforms.facebook import Facebook
from platforms.instagram import Instagram
from platforms.mastodon import Mastodon
from platforms.mastodon_sign_in import MastodonSignIn
from platforms.oauth import SignIn
from platforms.telegram import Telegram
from platforms.threads import Threads
from platforms.tiktok import TikTok
from platforms.x import X
from platforms.youtube import Youtube

KINDS: dict[str, type[Connector]] = {
    each.kind: each for each in (Telegram, Mastodon, Bluesky, Facebook, Instagram, Threads, X, TikTok, Youtube)
}

SIGN_INS: dict[str, type[SignIn]] = {each.kind: each for each in (MastodonSignIn,)}
"""The networks that people let us into by OAuth; of the others they give us a password or a token."""


def connector(kind: str) -> type[Connector]:
    """The class for a kind of network. Raises `KeyError` for one we do not speak to."""
    return KINDS[kind]
