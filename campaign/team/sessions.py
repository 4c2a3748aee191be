"""Ending a person's sessions on every device."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.utils import timezone

from campaign.models import Member, User


def end_all(user: User) -> int:
    """Delete every session of this person; how many there were.

    Sessions do not name their owner in a column, so those that have not run out are read one after the other.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    live = store.get_model_class().objects.filter(expire_date__gt=timezone.now())
    theirs = [row.session_key for row in live.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    for key in theirs:
        store(key).delete()
    return len(theirs)


def end_if_out(member: Member) -> None:
    """End them all when this person is active in no campaign any more; elsewhere they may go on."""
    if not Member.objects.of(member.user).active().exists():
        end_all(member.user)
