"""Bluesky's dialect: one personal data server at /bluesky, answering the reading side (AppView) as well.

Source: bluesky-social/atproto, lexicons/ and packages/pds, packages/xrpc-server, packages/repo.
"""

from .dialect import BLUESKY

__all__ = ["BLUESKY"]
