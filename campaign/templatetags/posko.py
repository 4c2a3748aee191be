"""What templates may ask for by name: icons, states, navigation, and times as Indonesians write them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as lazy

from campaign import notices, wording
from campaign.models import Campaign, Notice, Role, Zone
from campaign.pulse import Alarm
from campaign.registry import Page

register = template.Library()

STATE_ICONS = {
    "draft": "edit",
    "in_review": "eye",
    "changes_asked": "undo",
    "refused": "no",
    "scheduled": "clock",
    "published": "done",
    "partly": "half",
    "failed": "no",
    "taken_down": "trash",
    "waiting": "clock",
    "sending": "send",
    "sent": "done",
    "unsure": "question",
    "handed": "hand",
    "held": "pause",
    "cancelled": "cross",
    "ok": "done",
    "reconnect": "alert",
    "removed": "cross",
    "live": "wave",
    "latihan": "flag",
    "block": "no",
    "warn": "alert",
    "note": "info",
    "overdue": "alert",
    "due_today": "alert",
    "soon": "clock",
    "later": "calendar",
    "unknown": "question",
    "done": "done",
    "new": "idea",
    "taken": "done",
    "aside": "pause",
    "active": "done",
    "suspended": "pause",
    "ended": "clock",
    "lapsed": "clock",
    "foreign": "alert",
    "vanished": "alert",
    "open": "alert",
    "ours": "done",
    "not_ours": "no",
    "settled": "done",
    "comment": "posts",
    "mention": "flag",
    "message": "lock",
}

DUTIES = {
    Role.MANAGER: lazy("runs the team and the accounts, may stop everything"),
    Role.STAFF: lazy("writes and plans posts"),
    Role.CANDIDATE: lazy("approves on a phone"),
    Role.TREASURER: lazy("keeps the campaign's money in order"),
    Role.VOLUNTEER: lazy("helps to spread the word"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One picture of the sprite; it says nothing that the word beside it does not."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


@register.simple_tag
def badge(state: str, label: str) -> SafeString:
    """A state as icon, word and colour."""
    return format_html(
        '<span class="badge" data-state="{}">{}{}</span>', state, icon(STATE_ICONS.get(state, "info")), capfirst(label)
    )


@register.simple_tag
def problem(code: str, params: dict[str, Any] | None = None) -> str:
    """The sentence for a problem code of a delivery or channel."""
    return wording.problem(code, params or {})


@register.filter
def sentence(notice: Notice) -> str:
    """A notice in words."""
    return wording.notice(notice.kind, notice.params)


@register.filter
def may_be_dismissed(notice: Notice) -> bool:
    """Whether it needs no decision any more, or never did."""
    return notice.kind not in notices.UNTIL_DECIDED


@register.simple_tag
def duty(role: str) -> str:
    """What a role does here, in a few words."""
    return str(DUTIES[Role(role)])


@register.filter
def in_words(alarm: Alarm) -> str:
    """What is wrong with the machine, in words."""
    return wording.alarm(alarm.kind, part=alarm.part, seconds=alarm.seconds)


@register.simple_tag
def roles() -> list[tuple[str, str]]:
    """Every role with its name."""
    return [(role.value, str(role.label)) for role in Role]


@dataclass(frozen=True)
class Entry:
    """One line of the navigation as it is drawn."""

    page: Page
    url: str
    is_open: bool


@register.simple_tag
def entries(pages: list[Page], campaign: Campaign, path: str) -> list[Entry]:
    """The navigation with addresses; open is the entry whose address begins `path` and is the longest."""
    addresses = [reverse(page.view, args=[campaign.slug]) for page in pages]
    home = campaign.get_absolute_url()  # it begins every path here, and is open only where it is the whole of it
    opened = max(
        (url for url in addresses if path == url or (path.startswith(url) and url != home)), key=len, default=""
    )
    return [Entry(page, url, url == opened) for page, url in zip(pages, addresses, strict=True)]


@register.simple_tag
def when(moment: datetime, campaign: Campaign, form: str = "day") -> SafeString:
    """A moment in the campaign's zone: `day` Sen, 3 Feb 2029 19.00 WIB · `short` 3 Feb 19.00 · `clock` 19.00 WIB."""
    local = moment.astimezone(campaign.tz)
    zone = Zone(campaign.zone).label
    clock = formats.time_format(local, "H.i" if formats.get_format("DECIMAL_SEPARATOR") == "," else "H:i")
    if form == "short":
        words = f"{formats.date_format(local, 'j M')} {clock}"
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)
    day = formats.date_format(local, "D, j M Y")
    clock = f"{clock}\N{NO-BREAK SPACE}{zone}"
    words = clock if form == "clock" else f"{day}, {clock}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)


@register.simple_tag
def day(moment: datetime, campaign: Campaign) -> str:
    """The day of a moment in the campaign's zone: Senin, 3 Februari 2029."""
    return formats.date_format(moment.astimezone(campaign.tz), "l, j F Y")


@register.filter
def initials(name: str) -> str:
    """Up to two letters for a person's round picture."""
    words = name.replace("@", " ").split()
    return "".join(word[0] for word in words[:2]) or "?"
