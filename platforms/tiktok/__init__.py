"""TikTok: films and photos that a person finishes in the app, or that go out directly where TikTok has audited us."""

from platforms.tiktok.connector import TikTok
from platforms.tiktok.hooks import TikTokHook
from platforms.tiktok.sign_in import TikTokSignIn

__all__ = ["TikTok", "TikTokHook", "TikTokSignIn"]
