"""What becomes of an envelope whose try has ended: its next state, and what its row keeps of it."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from campaign.models import Action, Delivery, State
from platforms.base import ConnectorError, Later, Stale, Temporary, Unsure
from platforms.contents import Sent

type Outcome = tuple[State, dict[str, Any]]
"""The state, and the fields that `delivering.close` takes."""


def held_back(verdict: str) -> Outcome:
    """Where an envelope goes that the gate did not let pass. This try has made nothing public."""
    if verdict in ("phase", "late"):
        return State.HELD, {"problem": verdict}
    if verdict == "doubtful":
        return State.UNSURE, {"problem": "look_there"}  # asked once more, and then a person is
    return State.WAITING, {}  # stopped, or the channel is out of order: neither is the envelope's fault


def of_receipt(sent: Sent) -> Outcome:
    """Where it goes when the network has it: out, or handed to a person who must finish it."""
    told: dict[str, Any] = {"remote_id": sent.remote_id, "remote_url": sent.url}
    return (State.HANDED, told | {"problem": sent.waits_for}) if sent.waits_for else (State.SENT, told)


def of_wait(later: Later) -> Outcome:
    """Where it goes while the network works on what it has been given."""
    told = {"send_after": later.after.total_seconds(), "handle": later.handle, "problem": "processing"}
    return State.WAITING, told


def of_error(delivery: Delivery, error: ConnectorError) -> Outcome:
    """Where it goes after an error of the connector."""
    told = {"problem": error.code, "problem_params": dict(error.params)}
    match error:
        case Stale() if delivery.tries == 0:
            return State.WAITING, told  # renewed at once; where a new token is called stale as well, it waits
        case Temporary():
            return State.WAITING, told | {"send_after": wait_time(delivery.tries, error.retry_after).total_seconds()}
        case Unsure() if delivery.action == Action.TAKE_DOWN:
            return State.WAITING, told | {"send_after": wait_time(delivery.tries, None).total_seconds()}
        case Unsure():
            return State.UNSURE, told | {"look_after": settings.CALL_SECONDS}
        case _:
            return State.FAILED, told


def wait_time(tries: int, asked: timedelta | None) -> timedelta:
    """How long until the next try: what the network asked, else 5, 10, 20 … seconds; ten minutes at most.

    Never less than five seconds: a network that asks for a wait of nothing would be asked a hundred times a second.
    """
    if asked is not None:
        return max(asked, timedelta(seconds=5))
    return min(timedelta(seconds=5 * 2 ** min(tries, 10)), timedelta(minutes=10))
