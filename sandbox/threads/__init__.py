"""Threads as its API speaks.

Source: developers.facebook.com, Threads API reference and guides, read 2026-09; rarer shapes from memory.
"""

from .dialect import THREADS

__all__ = ["THREADS"]
