"""What only the calendar's pages ask for: a time without its zone, and a network's short mark."""

from datetime import datetime

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaign.models import Channel

register = template.Library()


@register.filter
def clock(moment: datetime) -> str:
    """19.00: for pages that name the zone once."""
    return formats.time_format(moment, "H.i" if formats.get_format("DECIMAL_SEPARATOR") == "," else "H:i")


@register.simple_tag
def mark(channel: Channel) -> SafeString:
    """A network's first two letters in a small box; the account's name for those who point at it."""
    return format_html(
        '<abbr class="mark" title="{}">{}</abbr>',
        channel,
        channel.label[:2],
    )
