"""Sign-ins that end by themselves: how many days are left, and reminding whoever looks after the account."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import audit, clock, notices
from campaign.models import Channel, Notice
from campaign.operations import accounts

STEPS = {"signin_day": timedelta(days=1), "signin_week": timedelta(days=7)}
"""Which notice is told how long ahead, the nearest first."""
KINDS = tuple(STEPS)


def in_words(until: datetime, now: datetime) -> str:
    """`ends in 12 days`, counting full days."""
    days = (until - now).days
    if until <= now:
        return _("has ended")
    return ngettext("ends in %(days)s day", "ends in %(days)s days", days) % {"days": days} if days else _("ends today")


def is_soon(until: datetime, now: datetime) -> bool:
    """Whether somebody should sign in again now."""
    return until - now <= STEPS["signin_week"]


def remind_all() -> int:
    """Remind owners seven days and one day ahead, once each; how many accounts. Harmless to run twice."""
    now = clock.now()
    rows = list(Channel.objects.usable().select_related("campaign", "owner"))
    ends = {pk: until for pk, until in accounts.ends(rows).items() if is_soon(until, now)}
    told = set(Notice.objects.open().filter(kind__in=KINDS).values_list("about", flat=True))
    return sum(_remind(row, ends.get(row.pk), now) for row in rows if row.pk in ends or audit.about(row) in told)


@transaction.atomic
def _remind(channel: Channel, until: datetime | None, now: datetime) -> bool:
    step = next((kind for kind, ahead in STEPS.items() if until and until - now <= ahead), "")
    for other in KINDS:
        if other != step:
            notices.done(other, channel)
    if not step or until is None:
        return False
    told = {"channel": str(channel), "until": until.date().isoformat()}
    if Notice.objects.filter(kind=step, about=audit.about(channel), params__until=told["until"]).exists():
        return False
    to = notices.responsible(channel.campaign_id, channel.owner)
    notices.tell(step, channel, to=to, url=channel.get_absolute_url(), **told)
    return True
