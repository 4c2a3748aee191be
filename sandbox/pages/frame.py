"""What every page has around it. Texts in Indonesian; works without JavaScript."""

from html import escape

from aiohttp import web

from sandbox import clock

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
WIB = 7 * 3600


def page(title: str, body: str, *, status: int = 200, kind: str = "") -> web.Response:
    """A whole page; `body` is ready HTML, `title` plain text."""
    text = f"""<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><link rel="stylesheet" href="/static/feed.css">
<link rel="icon" href="/static/avatar.svg" type="image/svg+xml"></head>
<body class="{kind}">{body}</body></html>"""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def ago(at: float) -> str:
    """How long ago, in the words people use; the date after a day."""
    seconds = max(0, clock.now() - at)
    if seconds < 60:
        return "baru saja"
    if seconds < 3600:
        return f"{int(seconds // 60)} menit lalu"
    if seconds < 86400:
        return f"{int(seconds // 3600)} jam lalu"
    return _date(at)


def _date(at: float) -> str:
    day = clock.iso(at + WIB)
    return f"{int(day[8:10])} {MONTHS[int(day[5:7]) - 1]}, {day[11:13]}.{day[14:16]} WIB"


def number(value: int) -> str:
    """A number as Indonesians write it: 1.234."""
    return f"{value:,}".replace(",", ".")


def initials(name: str) -> str:
    """Up to two first letters."""
    return escape("".join(part[0] for part in name.split()[:2]).upper() or "?")
