"""TikTok's dialect: Login Kit, Content Posting API, Display API, webhooks. Source: developers.tiktok.com, read 2026-09.

No stranger's program proves it: there is no independent client of this version of the API.
"""

from .dialect import TIKTOK

__all__ = ["TIKTOK"]
