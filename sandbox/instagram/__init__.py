"""Instagram as its API for accounts with Instagram Login speaks.

Source: developers.facebook.com, Instagram Platform guides and reference, read 2026-09; rarer shapes from memory.
"""

from .dialect import INSTAGRAM

__all__ = ["INSTAGRAM"]
