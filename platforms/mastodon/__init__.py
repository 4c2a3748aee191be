"""Mastodon: `connector` speaks for an account, `media` uploads, `inbox` reads what people write, `text` counts."""

from platforms.mastodon.connector import Mastodon

__all__ = ["Mastodon"]
