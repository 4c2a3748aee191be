"""Marked-up text to plain text and entities. Source: Bot API, *Formatting options*.

Offsets and lengths are in UTF-16 code units.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import errors

HTML_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
}  # fmt: skip
TAG = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>?")
HREF = re.compile(r"""href\s*=\s*("([^"]*)"|'([^']*)'|(\S+))""")
V2_MARKS = {
    "*": "bold", "__": "underline", "_": "italic", "~": "strikethrough", "||": "spoiler", "```": "pre", "`": "code",
}  # fmt: skip
OLD_MARKS = {"*": "bold", "_": "italic", "```": "pre", "`": "code"}
RESERVED = set("_*[]()~`>#+-=|{}.!")
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\"'.,;:!?)])|(?P<mention>(?<!\w)@\w{4,32})|(?P<hashtag>(?<!\w)#\w+)"
)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class Marked:
    """Text being read, with the entities found so far and those still open."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    open: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def begin(self, mark: str, kind: str) -> None:
        """An entity starts here."""
        self.open.append((mark, {"type": kind, "offset": units(self.text), "length": 0}))

    def end(self, **more: str) -> None:
        """The innermost open entity ends here."""
        entity = self.open.pop()[1] | more
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)


def parse(raw: str, mode: str) -> tuple[str, list[dict[str, Any]]]:
    """(text, entities) as the public sees it. Refuses with `can't parse entities` as the Bot API does."""
    raw = raw.strip()
    match mode.lower():
        case "":
            marked = Marked(raw)
        case "html":
            marked = _html(raw)
        case "markdownv2":
            marked = _markdown(raw, V2_MARKS, RESERVED)
        case "markdown":
            marked = _markdown(raw, OLD_MARKS, set())
        case _:
            errors.bad("unsupported parse_mode")
    text = marked.text.rstrip()
    entities = sorted([*marked.entities, *_bare(text, marked.entities)], key=lambda each: each["offset"])
    return text, entities


def _fail(problem: str) -> None:
    errors.bad(f"can't parse entities: {problem}")


def _at(raw: str, position: int) -> int:
    return len(raw[:position].encode())


def _html(raw: str) -> Marked:
    marked, last = Marked(), 0
    for found in TAG.finditer(raw):
        marked.text += html.unescape(raw[last : found.start()])
        last = found.end()
        closes, name, rest = found[1], found[2].lower(), found[3]
        where = f"at byte offset {_at(raw, found.start())}"
        if not found[0].endswith(">") or name not in HTML_TAGS:
            _fail(f'Unsupported start tag "{name}" {where}')
        if not closes:
            marked.begin(f"{name} {rest}", HTML_TAGS[name])
        elif not marked.open:
            _fail(f"Unexpected end tag {where}")
        else:
            _close_tag(marked, name, where)
    marked.text += html.unescape(raw[last:])
    if marked.open:
        name = marked.open[-1][0].split()[0]
        _fail(f'Can\'t find end tag corresponding to start tag "{name}"')
    return marked


def _close_tag(marked: Marked, name: str, where: str) -> None:
    opened, _, rest = marked.open[-1][0].partition(" ")
    if opened != name:
        _fail(f'Unmatched end tag {where}, expected "</{opened}>", found "</{name}>"')
    found = HREF.search(rest) if name == "a" else None
    marked.end(**({"url": html.unescape(found[2] or found[3] or found[4])} if found else {}))


def _markdown(raw: str, marks: dict[str, str], reserved: set[str]) -> Marked:
    marked, at = Marked(), 0
    while at < len(raw):
        step = _escape(raw, at, marked, reserved) or _mark(raw, at, marked, marks) or _link(raw, at, marked)
        if not step:
            if raw[at] in reserved and not _in_code(marked):
                _fail(f"Character '{raw[at]}' is reserved and must be escaped with the preceding '\\'")
            marked.text += raw[at]
            step = 1
        at += step
    if marked.open:
        entity = marked.open[-1][1]
        _fail(f"Can't find end of {entity['type'].capitalize()} entity at byte offset {entity['offset']}")
    return marked


def _in_code(marked: Marked) -> bool:
    return bool(marked.open) and marked.open[-1][1]["type"] in {"code", "pre"}


def _escape(raw: str, at: int, marked: Marked, reserved: set[str]) -> int:
    if raw[at] != "\\" or at + 1 >= len(raw) or not ((reserved and ord(raw[at + 1]) < 127) or raw[at + 1] in "_*`["):
        return 0
    marked.text += raw[at + 1]
    return 2


def _mark(raw: str, at: int, marked: Marked, marks: dict[str, str]) -> int:
    """Begin or end an entity at a mark; how many characters the mark has, 0 when there is none."""
    for mark in sorted(marks, key=len, reverse=True):
        if not raw.startswith(mark, at):
            continue
        if marked.open and marked.open[-1][0] == mark:
            marked.end()
            return len(mark)
        if not _in_code(marked):
            marked.begin(mark, marks[mark])
            return len(mark)
    return 0


def _link(raw: str, at: int, marked: Marked) -> int:
    """Begin a link at `[`, end it at `](address)`; how many characters that took."""
    if raw[at] == "[" and not _in_code(marked):
        marked.begin("[", "text_link")
        return 1
    if raw[at] != "]" or not marked.open or marked.open[-1][0] != "[":
        return 0
    end = raw.find(")", at)
    if not raw.startswith("](", at) or end < 0:
        _fail(f"Can't find end of a URL at byte offset {_at(raw, at)}")
    marked.end(url=raw[at + 2 : end].replace("\\", ""))
    return end - at + 1


def _bare(text: str, entities: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Links, names and hashtags the server finds by itself where nothing was marked."""
    for found in FOUND.finditer(text):
        start, length = units(text[: found.start()]), units(found[0])
        if not any(each["offset"] < start + length and start < each["offset"] + each["length"] for each in entities):
            yield {"type": str(found.lastgroup), "offset": start, "length": length}
