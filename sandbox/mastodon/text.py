"""How Mastodon counts and shows text. Source: docs, user/posting; app/validators/status_length_validator.rb."""

import html
import re
from typing import Any

from sandbox import graphemes

MAX_CHARS = 500
URL_CHARS = 23
URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?()\[\]{}]")
MENTION = re.compile(r"(?<![\w/])@([\w.-]*\w)(?:@[\w.-]*\w)?")
TAG = re.compile(r"(?<![\w/#])#(\w*[^\W\d_]\w*)")


def length(text: str) -> int:
    """Characters as a reader counts them; a link is 23, of @name@server only @name counts."""
    counted = URL.sub("x" * URL_CHARS, text)
    counted = MENTION.sub(lambda found: "@" + found[1], counted)
    return graphemes.count(counted)


def tags(text: str) -> list[str]:
    """Hashtags without #, each once, in order."""
    return list(dict.fromkeys(TAG.findall(text)))


def to_html(text: str, base: str) -> str:
    """The `content` of a status: paragraphs, line breaks, links, hashtags."""
    parts: list[str] = []
    last = 0
    for found in re.finditer(rf"{URL.pattern}|{TAG.pattern}", text):
        parts.append(html.escape(text[last : found.start()], quote=False))
        parts.append(_anchor(found, base))
        last = found.end()
    parts.append(html.escape(text[last:], quote=False))
    paragraphs = re.split(r"\n{2,}", "".join(parts))
    return "".join(f"<p>{each.replace(chr(10), '<br />')}</p>" for each in paragraphs)


def _anchor(found: re.Match[str], base: str) -> str:
    if found[1] is not None:
        name = html.escape(found[1])
        return f'<a href="{base}/tags/{name.lower()}" class="mention hashtag" rel="tag">#<span>{name}</span></a>'
    url = html.escape(found[0])
    return f'<a href="{url}" target="_blank" rel="nofollow noopener" translate="no">{url}</a>'


def tag_entities(text: str, base: str) -> list[dict[str, Any]]:
    """The `tags` of a status."""
    return [{"name": each.lower(), "url": f"{base}/tags/{each.lower()}"} for each in tags(text)]
