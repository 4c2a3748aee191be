"""Mastodon's dialect: one server at /mastodon, as version 4.5 speaks.

Source: mastodon/documentation, content/en (methods, entities, api), and Mastodon's error texts (config/locales/en.yml).
"""

from .dialect import MASTODON

__all__ = ["MASTODON"]
