"""X (API v2)."""

from platforms.x.connector import X
from platforms.x.hooks import XHook
from platforms.x.sign_in import XSignIn

__all__ = ["X", "XHook", "XSignIn"]
