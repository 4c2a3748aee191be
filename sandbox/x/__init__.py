"""X's dialect: API v2 at /x, its pages for people at /x/web.

Source: xdevplatform/docs, openapi.json 2.167 and the pages named in each module, 2026-08.
"""

from .dialect import X

__all__ = ["X"]
