"""Pieces of work from many threads: one turn for all who wait, and nobody suffers for another's failure."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from campaign import delivering, envelopes
from campaign.models import Delivery, State
from campaign.together import Together
from tests import make
from tests.network import Network


def test_those_who_come_meanwhile_share_the_next_turn():
    groups: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(pieces: Sequence[int]) -> list[int]:
        groups.append(list(pieces))
        begun.set()
        go_on.wait(5)
        return [piece * 2 for piece in pieces]

    double = Together(work)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(double, 1)
        begun.wait(5)
        others = [pool.submit(double, piece) for piece in (2, 3, 4, 5)]
        while len(double._waiting) < 4:
            pass
        go_on.set()
        assert [first.result(), *(other.result() for other in others)] == [2, 4, 6, 8, 10]
    assert [sorted(group) for group in groups] == [[1], [2, 3, 4, 5]]


def test_one_bad_piece_fails_alone():
    def work(pieces: Sequence[int]) -> list[int]:
        if 13 in pieces:
            raise ValueError(13)
        return list(pieces)

    same = Together(work)
    with ThreadPoolExecutor(8) as pool:
        tried = [pool.submit(same, piece) for piece in (11, 12, 13, 14)]
    assert [future.result() for future in tried if not future.exception()] == [11, 12, 14]
    with pytest.raises(ValueError, match="13"):
        tried[2].result()


@pytest.mark.django_db(transaction=True)
def test_in_company_nobody_waits_for_an_envelope_that_somebody_holds(network: Network):
    channel = make.channel()
    for _ in range(2):
        make.delivery(on=channel)
    held, free = delivering.claim("mastodon", 2)
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=held.pk)
        assert delivering._begin_all([held, free]) == ["busy", "open"]
    assert delivering._begin(held) == "open"


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_on_one_leaves_the_others_closed(network: Network, monkeypatch: pytest.MonkeyPatch):
    channel = make.channel()
    for text in ("satu", "dua", "tiga"):
        make.delivery(on=channel, text=text)
    tell = envelopes.tell

    def fails(settled: Sequence[Any]) -> None:
        if any(row.text == "dua" for row in settled):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        tell(settled)

    monkeypatch.setattr(envelopes, "tell", fails)
    delivering.drain("mastodon")
    states = dict(Delivery.objects.values_list("draft__text", "state"))
    assert states == {"satu": State.SENT, "dua": State.SENDING, "tiga": State.SENT}
    assert len(network.texts) == 3
