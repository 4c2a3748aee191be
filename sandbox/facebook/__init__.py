"""Facebook Pages' dialect: consent, publishing, video upload, comments, conversations, insights, webhooks.

Source: developers.facebook.com, Pages API, Page feed, Reels publishing, Messenger Platform, read 2026-09.
"""

from .dialect import FACEBOOK

__all__ = ["FACEBOOK"]
