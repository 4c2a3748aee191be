"""Rate limits: how many points a caller has spent in the current window. Kept in memory, forgotten on restart."""

from dataclasses import dataclass

from . import clock


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left for one caller. `reset_at` in seconds since 1970; `wait` in whole seconds when `is_over`."""

    limit: int
    remaining: int
    reset_at: float
    window: int
    is_over: bool

    @property
    def wait(self) -> int:
        """Seconds until the window begins anew, at least 1."""
        return max(1, int(self.reset_at - clock.now()) + 1)


class Limits:
    """Fixed windows per key. Switched off, every call looks like the first of its window."""

    def __init__(self) -> None:
        """Start with nothing spent."""
        self.enforced = False
        self._spent: dict[str, tuple[float, int]] = {}

    def spend(self, key: str, *, limit: int, window: int, points: int = 1) -> Allowance:
        """Take `points` of the `limit` that `key` has per `window` seconds; a refused call takes none."""
        at = clock.now()
        reset_at, spent = self._spent.get(key, (0.0, 0))
        if not self.enforced:
            # A client that slows itself down near zero must not do so where nothing is counted.
            return Allowance(limit, limit - points, at + window, window, is_over=False)
        if reset_at <= at:
            reset_at, spent = at + window, 0
        is_over = spent + points > limit
        if not is_over:
            spent += points
        self._spent[key] = (reset_at, spent)
        return Allowance(limit, max(0, limit - spent), reset_at, window, is_over)

    def clear(self) -> None:
        """Forget what was spent."""
        self._spent.clear()
