"""Until when our accounts stay signed in, as far as their networks tell."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from campaign.models import Channel, ChannelSecret


def ends(channels: Iterable[Channel]) -> dict[int, datetime]:
    """When somebody must sign in again, by account; those without a known end are left out. One query."""
    by_pk = {channel.pk: channel for channel in channels}
    try:
        kept = ChannelSecret.objects.in_bulk(by_pk.keys())
    except ImproperlyConfigured:  # the keys are not here: that is told where the accounts are used
        return {}
    told = {pk: by_pk[pk].connector_class.signed_in_until(row.secrets) for pk, row in kept.items()}
    return {pk: end for pk, end in told.items() if end is not None}
