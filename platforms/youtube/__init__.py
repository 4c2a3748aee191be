"""YouTube: films, the comments below them, and their numbers."""

from platforms.youtube.connector import Youtube

__all__ = ["Youtube"]
