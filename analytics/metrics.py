"""One vocabulary of numbers, and which networks tell them.

Each reading keeps the network's own word beside ours: a "favourite" there is a "like" here.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.models import Channel
from platforms.base import Ability

METRICS: dict[str, Promise] = {
    # Of a post, in the order of the page
    "views": _("views"),
    "reach": _("people reached"),
    "likes": _("likes"),
    "reposts": _("shares"),
    "replies": _("replies"),
    "quotes": _("quotes"),
    "shares": _("sent on"),  # to somebody they know; shown nowhere
    "bookmarks": _("bookmarks"),
    "video_views": _("video views"),
    "clicks": _("link clicks"),
    "profile_views": _("profile visits"),
    "engagements": _("interactions"),
    # Of an account
    "followers": _("followers"),
    "following": _("following"),
    "posts": _("posts"),
}
_ORDER = {metric: place for place, metric in enumerate(METRICS)}


def label(metric: str, remote_name: str = "") -> str:
    """What people read; a metric without a word of ours goes by the network's own name."""
    return str(METRICS.get(metric) or remote_name or metric)


def place(metric: str) -> int:
    """Where it stands on a page; unknown ones come last."""
    return _ORDER.get(metric, len(_ORDER))


def measures_account(channel: Channel) -> bool:
    """Whether the network tells numbers of the account itself."""
    return Ability.MEASURE_ACCOUNT in channel.connector_class.can


def measures_posts(channel: Channel) -> bool:
    """Whether the network tells numbers of single posts."""
    return Ability.MEASURE_POSTS in channel.connector_class.can
