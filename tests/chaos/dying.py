"""A real worker process that is killed or stopped by the kernel at a named point of a send.

Besides POINTS: `keep:2` after the second time a handle was kept, `answered:POST .*/statuses` when the answer to the
first request that fits was read.
"""

import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from django.db import connections

from campaign import delivering
from campaign.lending import lender
from platforms.http import Door

POINTS = (
    "after_claim",
    "after_begin",
    "request_written",
    "accepted_unread",
    "answered_unclosed",
    "between_steps",
)


def run_worker(
    platform: str, point: str, how: signal.Signals = signal.SIGKILL, step: int = 1, *, after: int = 0
) -> int:
    """Fork a worker that drains `platform` and is hit by `how` at `point`; its process id. Reap it with `ended`.

    `step` counts how often the point is passed: networks with several steps pass some of them at each. `after` says the
    same from nought.
    """
    connections.close_all()
    lender.close()
    pid = os.fork()
    if pid:
        return pid
    try:  # the child: never returns into pytest
        _arm(point, once(lambda: os.kill(os.getpid(), how), step + after))
        delivering._draining.clear()
        delivering.drain(platform)
        os._exit(0)
    except BaseException:  # noqa: BLE001  # whatever it is, it must not return into pytest
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def once(hit: Callable[[], None], step: int = 1) -> Callable[[], None]:
    """`hit` the `step`-th time it is called, nothing before or after: a worker that was woken works on."""
    left: list[Callable[[], None]] = [hit, *[lambda: None] * (step - 1)]
    return lambda: left.pop()() if left else None


def nth(number: int, hit: Callable[[], None]) -> Callable[[], None]:
    """`hit` the `number`-th time it is called, counted from 1."""
    left = iter(range(number - 1, -1, -1))
    return lambda: hit() if next(left, -1) == 0 else None


def ended(pid: int) -> int | None:
    """Wait for the worker: the signal that ended it, or None when it came through."""
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else None


def stopped(pid: int) -> None:
    """Wait until SIGSTOP has reached the worker."""
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


def _arm(point: str, hit: Callable[[], None]) -> None:
    """Put `hit` at the point, in this process."""
    if point == "after_claim":
        _after(delivering, "claim", hit)
    elif point == "after_begin":
        _after(delivering, "_begin", hit)
    elif point == "answered_unclosed":
        _after(delivering, "_call", hit)
    elif point in ("request_written", "accepted_unread"):
        _on_final_answer(hit, is_read=point == "accepted_unread")
    elif point == "between_steps":
        _after(delivering, "_keep", hit)
    elif point.startswith("step "):  # the handle is kept, the n-th call not yet made
        _after(delivering, "_keep", nth(int(point.removeprefix("step ")), hit))
    elif point.startswith("answer "):  # the n-th call was answered, and nobody read it
        _on_final_answer(nth(int(point.removeprefix("answer ")), hit), is_read=True)
    elif point.startswith("keep:"):
        _after(delivering, "_keep", nth(int(point.removeprefix("keep:")), hit))
    elif point.startswith("answered:"):
        _after_answer(point.removeprefix("answered:"), hit)
    else:
        raise ValueError(point)


def _after(module: Any, name: str, hit: Callable[[], None]) -> None:
    original = getattr(module, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        result = original(*args, **options)
        hit()
        return result

    setattr(module, name, wrapped)


def _after_answer(wanted: str, hit: Callable[[], None]) -> None:
    call = Door.call

    def wrapped(self: Door, method: str, url: str, **options: Any) -> Any:
        answer = call(self, method, url, **options)
        if re.fullmatch(wanted, f"{method} {url.partition('?')[0]}"):
            hit()
        return answer

    Door.call = wrapped  # type: ignore[method-assign]


def _on_final_answer(hit: Callable[[], None], *, is_read: bool) -> None:
    """Every connector reads its answer through http.client: before that the request is written, after it accepted."""
    begin = HTTPResponse.begin

    def wrapped(self: HTTPResponse) -> None:
        if is_read:
            begin(self)
        hit()
        if not is_read:
            begin(self)

    HTTPResponse.begin = wrapped  # type: ignore[method-assign]
