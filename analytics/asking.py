"""*Baca sekarang*: a member wants the numbers of a post now, and waits for them, but not for long."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from analytics import pulling
from analytics.models import Pull
from analytics.pulling import Batch
from campaign import audit, clock
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Delivery, Health, Member, Post

log = logging.getLogger("posko.analytics")

PAUSE = timedelta(seconds=10)  # between two readings of a post that members ask for
CALL_SECONDS = 5.0  # each network has so long to answer
TOTAL_SECONDS = 8.0  # the member waits no longer; what comes later is written all the same


def read_now(post: Post, *, by: Member) -> None:
    """Read `post` on all its accounts at the same time. Raises Refused when that is not possible or all failed.

    Returns after eight seconds at most; an account whose answer is then still out shows as being read.
    """
    require(by, "number.read")
    results = run(pulling.batches(_claim(post, by)))
    if results and not any(results):
        raise Refused(_("No number could be read. The reason stands below; Posko tries again by itself."))


@transaction.atomic
def _claim(post: Post, by: Member) -> list[Pull]:
    """Take the post's pulls for this reading, whatever their time. Raises Refused; asking twice at once is refused."""
    now = clock.now()
    published = Delivery.objects.of_post(post.pk).firsts().published().values("pk")
    pulls = list(Pull.objects.live().filter(delivery__in=published).order_by("pk").select_for_update())
    if not pulls:
        raise Refused(_("No network tells numbers of this post."))
    if any(pull.asked_at and now - pull.asked_at < PAUSE for pull in pulls):
        raise Refused(_("The numbers were asked for a moment ago. Wait ten seconds and try again."))
    usable = Pull.objects.filter(pk__in=[pull.pk for pull in pulls], channel__health=Health.OK)
    ready = list(usable.values_list("pk", flat=True))
    if not ready:
        raise Refused(_("The account must be connected again before its numbers can be read."))
    Pull.objects.filter(pk__in=ready).update(asked_at=now)
    audit.record("number.read", post, by=by, pulls=ready)
    return pulling.take(ready, now)


def run(batches: Iterable[Batch]) -> list[bool]:
    """Read all `batches` side by side; how each went, without those that are not done in time."""
    pool = ThreadPoolExecutor(thread_name_prefix="read-now")
    asked = [pool.submit(_read, batch) for batch in batches]
    pool.shutdown(wait=False)  # no more comes; the threads end by themselves
    done, _late = wait(asked, timeout=TOTAL_SECONDS)
    return [future.result() for future in done]


def _read(batch: Batch) -> bool:
    """In a thread of its own, with a connection of its own."""
    try:
        return pulling.read(batch, lend=nullcontext, seconds=CALL_SECONDS)
    except Exception:
        log.exception("channel %s: numbers not read", batch.channel.pk)
        return False
    finally:
        connection.close()
