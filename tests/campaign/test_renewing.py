"""Tokens that rotate: renewed under their row's lock, however long the network takes."""

import threading

import pytest
from django.db import connection

from campaign import channels
from campaign.models import Channel, ChannelSecret
from tests import make
from tests.network import FakeConnector, Network

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_network_that_answers_late_does_not_cost_us_the_account(network: Network, monkeypatch: pytest.MonkeyPatch):
    channel = make.channel()
    ChannelSecret.objects.update(secrets={"token": "lama", "refresh": "1", channels.STALE: "1"})

    def slowly(_self: FakeConnector) -> dict[str, str]:
        threading.Event().wait(0.6)
        return {"token": "baru", "refresh": "2"}  # from here on the network knows only these

    monkeypatch.setattr(FakeConnector, "renew", slowly)
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 300")  # milliseconds; 5 seconds in earnest
    try:
        made = channels.ready_connector(Channel.objects.select_related("secret", "campaign").get(pk=channel.pk))
        assert made.account.secrets == {"token": "baru", "refresh": "2"}
    finally:
        connection.close()
    assert ChannelSecret.objects.get().secrets == {"token": "baru", "refresh": "2"}
