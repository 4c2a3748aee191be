"""What happened to a post, from the record, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import audit
from campaign.models import AuditRow, Post, PostState, Zone

WORDS: Mapping[str, Promise] = {
    "post.write": lazy("%(who)s wrote it"),
    "post.edit": lazy("%(who)s changed it: version %(version)s"),
    "post.restore": lazy("%(who)s brought an old version back: version %(version)s"),
    "post.copy": lazy("%(who)s made it as a copy"),
    "post.submit": lazy("%(who)s asked for approval of version %(version)s"),
    "post.approve": lazy("%(who)s approved version %(version)s"),
    "post.schedule": lazy("All approvals are there: it is scheduled"),
    "post.ask_changes": lazy("%(who)s asked for changes"),
    "post.refuse": lazy("%(who)s refused it"),
    "post.withdraw": lazy("%(who)s withdrew it"),
    "post.ignore_finding": lazy("%(who)s ignored a finding of the checks in version %(version)s"),
    "post.plan": lazy("%(who)s planned it for %(time)s"),
    "post.reschedule": lazy("%(who)s moved it to %(time)s"),
    "post.take_down": lazy("%(who)s had it taken down: “%(reason)s”"),
    "post.settle": lazy("The networks answered: %(state)s"),
}
MOST = 50


@dataclass(frozen=True)
class Entry:
    """One line of the history."""

    at: datetime
    sentence: str


def of_post(post: Post) -> list[Entry]:
    """The newest first."""
    rows = AuditRow.objects.filter(campaign_id=post.campaign_id, about=audit.about(post)).order_by("-pk")[:MOST]
    return [Entry(row.at, _sentence(row, post)) for row in rows]


def _sentence(row: AuditRow, post: Post) -> str:
    told = {"who": row.actor, "version": row.details.get("version", "–"), "reason": row.details.get("reason", "–")}
    told["time"] = _time(str(row.details.get("to", "")), post)
    if row.verb == "post.settle":
        told["state"] = _state(str(row.details.get("to", "")))
    if row.verb == "post.approve" and row.details.get("team_of_one"):
        return _("%(who)s approved version %(version)s, alone on the team") % told
    return str(WORDS[row.verb]) % told if row.verb in WORDS else row.verb


def _time(written: str, post: Post) -> str:
    """A moment of the record, by the campaign's own clock."""
    try:
        local = datetime.fromisoformat(written).astimezone(post.campaign.tz)
    except (ValueError, OverflowError):
        return _("another time")
    return f"{date_format(local, 'j F Y H:i')} {Zone(post.campaign.zone).label}"


def _state(name: str) -> str:
    return str(PostState(name).label) if name in PostState.values else name
