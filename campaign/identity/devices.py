"""A browser in plain words: *Chrome, Android*."""

from django.utils.translation import gettext as _

BROWSERS = (  # the first that is named; most browsers also call themselves Chrome and Safari
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def describe(agent: str) -> str:
    """What a browser says of itself, in two words; a sentence's part where it says nothing we know."""
    known = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, known)) or _("Unknown device")


def is_phone(agent: str) -> bool:
    """Whether it is held in the hand, by its own word."""
    return any(mark in agent for mark in ("Android", "iPhone", "iPad", "Mobile"))
