"""YouTube: films, the comments below them, and their numbers."""

from platforms.youtube.connector import Youtube
from platforms.youtube.hooks import YoutubeHook

__all__ = ["Youtube", "YoutubeHook"]
