"""Bluesky: `connector` speaks for an account, `session` keeps it signed in, `richtext` marks links, `tid` names it."""

from platforms.bluesky.connector import Bluesky

__all__ = ["Bluesky"]
