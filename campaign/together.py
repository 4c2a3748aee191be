"""Small pieces of database work done in one transaction for all threads that wait: a commit costs the same for many."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future


class Together[T, R]:
    """`work` gets what threads brought while the turn before was under way; nobody waits for company.

    Where `work` raises, each is tried alone, so that one bad piece does not spoil the others'. `turns` may be under
    way at once, so that one which waits for a lock does not hold up all.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], turns: int = 1) -> None:
        self._work, self._turn = work, threading.BoundedSemaphore(turns)
        self._waiting: deque[tuple[T, Future[R]]] = deque()

    def __call__(self, piece: T) -> R:
        """Do one piece, in company or alone; what `work` gave for it."""
        mine: Future[R] = Future()
        self._waiting.append((piece, mine))
        with self._turn:
            if not mine.done():
                self._take_turn()
        return mine.result()

    def _take_turn(self) -> None:
        group: list[tuple[T, Future[R]]] = []
        while self._waiting:
            try:
                group.append(self._waiting.popleft())
            except IndexError:  # another turn was quicker
                break
        if not group:
            return  # ours is in a turn that is under way
        try:
            results = self._work([piece for piece, _ in group])
        except Exception as error:  # noqa: BLE001  # whatever it is, each piece then finds its own
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for piece, future in group:
                self._alone(piece, future)
            return
        except BaseException as error:  # noqa: BLE001  # nobody may wait for ever
            for _, future in group:
                future.set_exception(error)
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)

    def _alone(self, piece: T, future: Future[R]) -> None:
        try:
            future.set_result(self._work([piece])[0])
        except BaseException as error:  # noqa: BLE001  # it is raised where the piece came from
            future.set_exception(error)
