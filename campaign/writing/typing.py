"""What a browser sent of the composer, before anybody has looked whether it is sound: to keep it, draw it, compare it.

It is a dict of lists, as a form sends it: every known field has its list, empty where nothing was typed.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict

from campaign.linking import making
from campaign.models import Campaign, Channel, Follow, Kind, Part, Post
from campaign.writing.differences import merged
from campaign.writing.follow_ups import in_order

NAMES = (
    "text", "kept", "alt", "channels", "date", "time", "was", "title", "public_title", "kind", "theme", "source",
    "link", "labels", "new_labels", "ai_made", "follow", "follow_part", "follow_on",
)  # fmt: skip
LISTS = ("kept", "alt", "channels", "labels", "follow", "follow_part", "follow_on")
OWN = "own-"
LONGEST, MOST = 20_000, 60
_OWN = re.compile(r"own-(\d{1,18})")

type Typed = dict[str, list[str]]


def sent(data: QueryDict) -> Typed:
    """The composer's own fields of a request. The database keeps no NUL, and nobody types one."""
    own = [name for name in data if _OWN.fullmatch(name)][:MOST]
    return {name: [_clean(value) for value in data.getlist(name)[:MOST]] for name in (*NAMES, *own)}


def _clean(value: Any) -> str:
    return str(value).replace("\0", "").replace("\r\n", "\n")[:LONGEST]


def initial_of(typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """The same for a form that only shows it."""
    return {name: values if name in LISTS else last(values) for name, values in typed.items()}


def last(values: list[str]) -> str:
    """The one value of a field that has one."""
    return values[-1] if values else ""


def is_empty(typed: Mapping[str, list[str]]) -> bool:
    """Whether nothing is in it that would be missed."""
    words = [typed.get(name, []) for name in ("text", "title", "public_title", "source", "kept")]
    words += [[text] for text in typed.get("follow", [])]
    return not any(
        last(values).strip() for values in (*words, *(typed[name] for name in typed if name.startswith(OWN)))
    )


# The time, which the calendar changes without a new version -----------------------------------------


def written(at: datetime | None, campaign: Campaign) -> str:
    """A planned time as the form's `was` has it: the day and the time it was drawn with."""
    return f"{at.astimezone(campaign.tz):%Y-%m-%dT%H:%M}" if at else ""


def follow(typed: Mapping[str, list[str]], post: Post) -> Typed:
    """A time that was not touched here follows the calendar, where somebody may have moved the post meanwhile."""
    now = written(post.planned_at, post.campaign)
    asked = "T".join(filter(None, (last(typed["date"]), last(typed["time"]))))
    if not typed.get("was"):  # a page that does not say
        return {**typed, "was": [now]}
    if asked not in (last(typed["was"]), now):
        return dict(typed)
    day, _sign, time = now.partition("T")
    return {**typed, "date": [day], "time": [time], "was": [now]}


# To and from what is kept of a version -----------------------------------------------------------


def as_kept(typed: Mapping[str, list[str]], campaign: Campaign) -> dict[str, Any]:
    """What was typed in the form of a kept version, to be compared with one."""
    pks = [int(pk) for pk in typed["channels"] if pk.isascii() and pk.isdecimal() and len(pk) <= 18]
    channels = Channel.objects.filter(campaign=campaign, pk__in=pks).order_by("pk")
    chosen = {str(channel.pk) for channel in channels}
    text = last(typed["text"]).strip()
    own = {name.removeprefix(OWN): last(values).strip() for name, values in typed.items() if name.startswith(OWN)}
    alts = [*typed["alt"], *[""] * len(typed["kept"])]
    return {
        "text": text,
        "kind": last(typed["kind"]) or Kind.CAMPAIGN.value,
        **{name: last(typed[name]).strip() for name in ("theme", "title", "source")},
        "public_title": last(typed.get("public_title", [])).strip(),
        "link": link(last(typed.get("link", []))),
        "planned_at": _moment(last(typed["date"]), last(typed["time"]), campaign),
        "channels": [{"pk": channel.pk, "name": str(channel)} for channel in channels],
        "own_texts": {pk: words for pk, words in sorted(own.items()) if pk in chosen and words not in ("", text)},
        "labels": sorted(names(typed)),
        "ai_made": bool(last(typed.get("ai_made", []))),
        "follows": [row.as_json() for row in in_order(follows(typed)) if str(row.channel or "") in {"", *chosen}],
        "pictures": [{"sha256": sha256, "alt": alts[place].strip()} for place, sha256 in enumerate(typed["kept"])],
    }


def from_kept(kept: Mapping[str, Any], campaign: Campaign) -> Typed:
    """The fields that a kept version fills."""
    at = datetime.fromisoformat(kept["planned_at"]).astimezone(campaign.tz) if kept["planned_at"] else None
    single = {name: [kept.get(name, "")] for name in ("text", "kind", "theme", "title", "source", "link")}
    return {
        **single,
        "public_title": [kept.get("public_title", "")],
        "kept": [picture["sha256"] for picture in kept["pictures"]],
        "alt": [picture["alt"] for picture in kept["pictures"]],
        "channels": [str(channel["pk"]) for channel in kept["channels"]],
        "date": [f"{at:%Y-%m-%d}"] if at else [],
        "time": [f"{at:%H:%M}"] if at else [],
        "labels": list(kept["labels"]),
        "new_labels": [],
        "ai_made": ["on"] if kept.get("ai_made") else [],
        **rows_of([Follow(**row) for row in kept.get("follows", ())]),
        **{f"{OWN}{pk}": [text] for pk, text in kept["own_texts"].items()},
    }


def names(typed: Mapping[str, list[str]]) -> list[str]:
    """The labels: those that are ticked and those that are written anew, each once."""
    written = last(typed["new_labels"]).split(",")
    found = (" ".join(name.split()) for name in (*typed["labels"], *written))
    return list({name.lower(): name for name in reversed([name for name in found if name])}.values())[::-1]


def follows(typed: Mapping[str, list[str]]) -> list[Follow]:
    """What follows the post, as far as it is filled in: each row has its text, its part and whom it is for."""
    texts = typed.get("follow", [])
    parts, on = ([*typed.get(name, []), *[""] * len(texts)] for name in ("follow_part", "follow_on"))
    return [
        Follow(part if part in Part.values else Part.THREAD.value, text.strip(), _number(channel))
        for text, part, channel in zip(texts, parts, on, strict=False)
        if text.strip()
    ]


def rows_of(follows: Iterable[Follow]) -> Typed:
    """The same as a browser sends them."""
    rows = list(follows)
    return {
        "follow": [row.text for row in rows],
        "follow_part": [str(row.part) for row in rows],
        "follow_on": [str(row.channel or "") for row in rows],
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def link(typed: str) -> str:
    """A link as it is kept, where it is one yet."""
    return making.sound(typed) or typed.strip()


def _moment(day: str, time: str, campaign: Campaign) -> str | None:
    try:
        at = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=campaign.tz)
        return at.astimezone(UTC).isoformat(timespec="minutes")
    except (ValueError, OverflowError):
        return None


# Two people's changes put together ---------------------------------------------------------------


def together(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """What I and they have made of `base`; where both changed the same thing, words stand behind each other."""
    single = ("kind", "theme", "title", "public_title", "link", "planned_at")
    found = {name: _one(*(side.get(name, "") for side in (base, mine, theirs))) for name in single}
    found |= {name: merged(base[name], mine[name], theirs[name]) for name in ("text", "source")}
    found["ai_made"] = _one(*(kept.get("ai_made", False) for kept in (base, mine, theirs)))
    found["follows"] = _follows(*(kept.get("follows", []) for kept in (base, mine, theirs)))
    found["own_texts"] = _own_texts(base["own_texts"], mine["own_texts"], theirs["own_texts"])
    for name, key in (("channels", "pk"), ("pictures", "sha256")):
        found[name] = _rows(base[name], mine[name], theirs[name], key)
    before, ours, others = ([{"name": label} for label in kept["labels"]] for kept in (base, mine, theirs))
    found["labels"] = [row["name"] for row in _rows(before, ours, others, "name")]
    return found


def _one(base: Any, mine: Any, theirs: Any) -> Any:
    return theirs if mine == base else mine


def _follows(
    base: list[dict[str, Any]], mine: list[dict[str, Any]], theirs: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Where both changed it, theirs and then what of mine they do not have."""
    if base in (mine, theirs):
        return theirs if mine == base else mine
    return theirs + [row for row in mine if row not in theirs and row not in base]


def _own_texts(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for pk in sorted(base.keys() | mine.keys() | theirs.keys()):
        sides = [side.get(pk, "") for side in (base, mine, theirs)]
        found[pk] = merged(*sides) if all(sides[1:]) else _one(*sides)
    return {pk: text for pk, text in found.items() if text}


def _rows(
    base: list[dict[str, Any]], mine: list[dict[str, Any]], theirs: list[dict[str, Any]], key: str
) -> list[dict[str, Any]]:
    """Mine, without what they took away and with what they added."""
    before, of_them = ({row[key] for row in rows} for rows in (base, theirs))
    stay = [row for row in mine if row[key] in of_them or row[key] not in before]
    have = {row[key] for row in mine}
    return stay + [row for row in theirs if row[key] not in have and row[key] not in before]
