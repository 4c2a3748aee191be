"""Which class speaks to which network."""

from platforms.base import Ability, Connector
from platforms.bluesky import Bluesky
from platforms.facebook import Facebook, FacebookHook
from platforms.facebook.sign_in import FacebookSignIn
from platforms.hooks import Hook
from platforms.instagram import Instagram, InstagramHook
from platforms.instagram.sign_in import InstagramSignIn
from platforms.mastodon import Mastodon
from platforms.mastodon_sign_in import MastodonSignIn
from platforms.oauth import SignIn
from platforms.telegram import Telegram, TelegramHook
from platforms.threads import Threads, ThreadsHook
from platforms.threads.sign_in import ThreadsSignIn
from platforms.tiktok import TikTok, TikTokHook
from platforms.tiktok.sign_in import TikTokSignIn
from platforms.whatsapp import WhatsApp
from platforms.x import X, XHook
from platforms.x.sign_in import XSignIn
from platforms.youtube import Youtube, YoutubeHook
from platforms.youtube.sign_in import YoutubeSignIn

KINDS: dict[str, type[Connector]] = {
    each.kind: each
    for each in (Telegram, Mastodon, Bluesky, Facebook, Instagram, Threads, X, TikTok, Youtube, WhatsApp)
}

BY_HAND = tuple(kind for kind, each in KINDS.items() if Ability.PUBLISH not in each.can)
"""Where only people publish: nothing is ever asked or sent there."""

SIGN_INS: dict[str, type[SignIn]] = {
    each.kind: each
    for each in (
        MastodonSignIn, FacebookSignIn, InstagramSignIn, ThreadsSignIn, XSignIn, TikTokSignIn, YoutubeSignIn,
    )
}  # fmt: skip
"""The networks that people let us into by OAuth; of the others they give us a password or a token."""

HOOKS: dict[str, type[Hook]] = {
    each.kind: each for each in (FacebookHook, InstagramHook, ThreadsHook, XHook, TikTokHook, YoutubeHook, TelegramHook)
}
"""Who reads what a network pushes to `/hooks/<kind>/`; the others are only asked."""


def connector(kind: str) -> type[Connector]:
    """The class for a kind of network. Raises `KeyError` for one we do not speak to."""
    return KINDS[kind]
