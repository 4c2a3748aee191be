"""YouTube's dialect at /youtube: Data API v3, Google's OAuth and the hub that pushes new films.

The hosts of Google lie below one address here: `/youtube/youtube/v3` and `/youtube/upload` stand for
www.googleapis.com, `/youtube/login`, `/youtube/token`, `/youtube/hub` and `/youtube/web` for the others.

Source: YouTube Data API v3 reference and its discovery document of 2026-11-04; "Quota calculator" of June 2026.
"""

from .dialect import YOUTUBE

__all__ = ["YOUTUBE"]
