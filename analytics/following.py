"""What is read: every post that went out, until it is taken down, and every account in use."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from analytics import metrics, schedule
from analytics.models import Pull
from campaign import clock, registry
from campaign.models import Action, Channel, Delivery, State


@registry.on_settled.add
def on_settled(deliveries: Sequence[Delivery]) -> None:
    """Envelopes' fates changed: follow what went out, let go of what was taken down."""
    sent = [row for row in deliveries if row.state == State.SENT]
    follow([row for row in sent if row.action == Action.PUBLISH])
    for removal in sent:
        if removal.action == Action.TAKE_DOWN:
            let_go(removal)


def follow(deliveries: Sequence[Delivery]) -> None:
    """Read the numbers of published posts from now on; not of what follows them. Twice is once.

    Without a remote id, when a person told us that it is out, there is nothing to ask the network for.
    """
    Pull.objects.bulk_create(
        [
            _pull_of(row)
            for row in deliveries
            if row.remote_id and not row.after and metrics.measures_posts(row.channel)
        ],
        ignore_conflicts=True,
    )


def _pull_of(delivery: Delivery) -> Pull:
    since = delivery.sent_at or clock.now()
    return Pull(
        campaign_id=delivery.campaign_id,
        channel_id=delivery.channel_id,
        delivery=delivery,
        since=since,
        next_at=schedule.next_of_post(since, since),
    )


def let_go(removal: Delivery) -> None:
    """Read no more of the post that `removal` has taken down; its numbers stay."""
    of_post = Delivery.objects.filter(
        channel_id=removal.channel_id, remote_id=removal.draft["remote_id"], action=Action.PUBLISH
    )
    Pull.objects.live().filter(delivery__in=of_post).update(ended_at=clock.now(), next_at=None)


def follow_channels() -> None:
    """Begin to read the accounts that are new. Twice is once."""
    followed = Pull.objects.of_channels().filter(channel=OuterRef("pk"))
    new = [
        channel for channel in Channel.objects.usable().filter(~Exists(followed)) if metrics.measures_account(channel)
    ]
    if not new:
        return
    now = clock.now()
    Pull.objects.bulk_create(
        (
            Pull(
                campaign_id=channel.campaign_id, channel=channel, since=now, next_at=schedule.next_of_channel(now, now)
            )
            for channel in new
        ),
        ignore_conflicts=True,
    )
