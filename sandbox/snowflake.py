"""Ids that tell their time: ticks of a clock, then so many bits of a sequence."""

import secrets
from itertools import count

from sandbox import clock


class Snowflake:
    """Ids of one network: `ticks` a second since `epoch` (in ticks), `bits` of sequence."""

    def __init__(self, ticks: int, bits: int, *, epoch: int = 0) -> None:
        self.ticks, self.bits, self.epoch = ticks, bits, epoch
        self._last = 0
        self._turns = count(secrets.randbelow(1 << bits))

    def next(self) -> int:
        """A new id, greater than all before it; of a time that is pretended, one of that second."""
        tick = int(clock.now() * self.ticks) - self.epoch
        if clock.is_pretended():
            # Many things are told of the same moment, and again after we were ended: none may be called like another.
            return tick + secrets.randbelow(self.ticks) << self.bits | next(self._turns) % (1 << self.bits)
        self._last = max(self._last + 1, tick << self.bits)
        return self._last
