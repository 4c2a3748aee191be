"""What only the calendar's pages ask for. A month draws hundreds of entries, so what many share is drawn once."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign.models import Campaign, Channel, PostState
from campaign.planning.calendar import Entry
from campaign.templatetags.posko import badge, icon

register = template.Library()


@dataclass(frozen=True)
class Line:
    """An entry as it is drawn."""

    url: str
    move_url: str  # empty where nobody may move it
    clock: str  # 19.00: the page names the zone once
    marks: SafeString
    words: str
    state: str
    badge: SafeString


class Drawing:
    """Draws the entries of one page; `back` is its own query, for whoever moves something and comes back."""

    def __init__(self, campaign: Campaign, *, back: str, may_move: bool) -> None:
        self._post = reverse("campaign:post_detail", args=[campaign.slug, 0]).replace("/0/", "/{}/")
        self._move = reverse("campaign:move_post", args=[campaign.slug, 0]).replace("/0/", "/{}/")
        self._back, self._may_move = quote(back), may_move
        self._clock = "{:%H.%M}" if formats.get_format("DECIMAL_SEPARATOR") == "," else "{:%H:%M}"
        self.words = {
            "plus": icon("plus"),
            "write": _("Write for this day"),
            "calendar": icon("calendar"),
            "move": pgettext("a post to another day", "Move"),
            "wordless": _("A picture without words"),
        }
        self._badge = cache(lambda state: badge(state, str(PostState(state).label)))
        self._mark = cache(_mark)

    def line(self, entry: Entry) -> Line:
        move = ""
        if self._may_move and entry.may_move:
            was = quote(entry.at.isoformat())
            move = f"{self._move.format(entry.pk)}?version={entry.version}&was={was}&back={self._back}"
        return Line(
            url=self._post.format(entry.pk),
            move_url=move,
            clock=self._clock.format(entry.at),
            marks=format_html_join("", "{}", ((self._mark(channel),) for channel in entry.channels)),
            words=entry.words,
            state=entry.state,
            badge=self._badge(entry.state),
        )


@register.filter
def drawn(entries: list[Entry], drawing: Drawing) -> list[Line]:
    """Each entry as a line."""
    return [drawing.line(entry) for entry in entries]


def _mark(channel: Channel) -> SafeString:
    """A network's first two letters in a small box; the account's name for those who point at it."""
    return format_html('<abbr class="mark" title="{}">{}</abbr>', channel, channel.label[:2])
