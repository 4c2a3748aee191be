"""Instagram: the connector, its sign-in and its webhooks."""

from platforms.instagram.connector import Instagram
from platforms.instagram.hooks import InstagramHook
from platforms.instagram.sign_in import InstagramSignIn

__all__ = ["Instagram", "InstagramHook", "InstagramSignIn"]
