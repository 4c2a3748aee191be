"""Facebook Pages."""

from platforms.facebook.connector import Facebook
from platforms.facebook.hooks import FacebookHook
from platforms.facebook.sign_in import FacebookSignIn

__all__ = ["Facebook", "FacebookHook", "FacebookSignIn"]
