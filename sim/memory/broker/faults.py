"""What can go wrong on the way, drawn from one seed."""

import random
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS, Instant

SESSION_MS: Final = 15 * SECOND_MS
"""A member that is not heard of for so long is out of its group."""

PAUSE_MAX_MS: Final = 10 * MINUTE_MS
STEPS_MAX: Final = 4
"""A fault hits a list at one of its first points or, where it has fewer, before its offset is
committed."""


class Fault(StrEnum):
    """What went wrong."""

    CRASH = "crashes"  # an owner dies between fetch and commit
    PAUSE = "pauses"  # an owner stands still, some for longer than their session
    REBALANCE = "rebalances"  # a partition goes to another owner, which recovers
    AGAIN = "delivered_again"  # records below no committed offset come to the next owner
    TWICE = "twice"  # a record is written twice, as by a producer that tries again
    LATE = "late"  # a partition is read minutes later
    REORDERED = "reordered"  # a record comes behind younger ones of another topic
    LOST = "lost_transactions"  # a transaction that the broker does not commit
    FENCED = "fenced"  # a zombie's write or offset is refused
    ZOMBIE = "zombies"  # an owner goes on after its partition went to another
    MISSED = "missed"  # nobody carries an order out


class Harm(NamedTuple):
    """What hits a list.

    Attributes:
        step: at which of its points.
        pause_ms: the owner stands still for so long; 0 = it dies.
    """

    step: int
    pause_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRates:
    """How often what goes wrong; shares of 1, or hours from one to the next on average, 0 = never.

    Attributes:
        late: lists that are read minutes later than they could be.
        twice: records that are written twice.
        missed: orders that nobody carries out.
        lost: transactions that the broker does not commit.
        reordered: lists in which a topic is left out until the next one.
        crash_h: between two deaths of an owner, for each group.
        pause_h: between two owners that stand still, for each group.
        rebalance_h: between two partitions that go to another owner, for each group.
    """

    late: float = 0.0
    twice: float = 0.0
    missed: float = 0.0
    lost: float = 0.0
    reordered: float = 0.0
    crash_h: float = 0.0
    pause_h: float = 0.0
    rebalance_h: float = 0.0


@dataclass(slots=True)
class Faults:
    """Draws for one group of owners.

    Attributes:
        fault_rates: how often.
        rng: where the draws come from.
        counts: what happened, shared by all groups.
        over: nothing goes wrong any more.
    """

    fault_rates: FaultRates
    rng: random.Random
    counts: Counter[Fault]
    over: bool = False
    _crash_at: Instant = field(default=0)
    _pause_at: Instant = field(default=0)

    def lag(self, least_ms: int, most_ms: int) -> int:
        """Return how long what was written waits until it is read."""
        lag_ms = self.rng.randint(least_ms, most_ms)
        if self._hits(self.fault_rates.late, Fault.LATE):
            lag_ms += self.rng.randint(0, 5 * MINUTE_MS)
        return lag_ms

    def again_ms(self) -> int | None:
        """Return how much later a record is written again; None = it is not."""
        if self._hits(self.fault_rates.twice, Fault.TWICE):
            return self.rng.randint(1, HOUR_MS)
        return None

    def leaves_out(self) -> bool:
        """Return whether a topic is left out of a list."""
        return not self.over and self.rng.random() < self.fault_rates.reordered

    def loses(self) -> bool:
        """Return whether the broker does not commit a transaction."""
        return self._hits(self.fault_rates.lost, Fault.LOST)

    def misses(self) -> bool:
        """Return whether nobody carries an order out."""
        return self._hits(self.fault_rates.missed, Fault.MISSED)

    def harm(self, now: Instant) -> Harm | None:
        """Return what hits the list that is begun now."""
        if self.over:
            return None
        if not self._crash_at:
            self._crash_at = self.next_at(now, self.fault_rates.crash_h)
            self._pause_at = self.next_at(now, self.fault_rates.pause_h)
        if now >= self._crash_at:
            self._crash_at = self.next_at(now, self.fault_rates.crash_h)
            self.counts[Fault.CRASH] += 1
            return Harm(self.rng.randrange(STEPS_MAX), 0)
        if now >= self._pause_at:
            self._pause_at = self.next_at(now, self.fault_rates.pause_h)
            self.counts[Fault.PAUSE] += 1
            pause_ms = self.rng.randint(SECOND_MS, PAUSE_MAX_MS)
            return Harm(self.rng.randrange(STEPS_MAX), pause_ms)
        return None

    def next_at(self, now: Instant, mean_h: float) -> Instant:
        """Return when something happens that happens so often; far away where it never does."""
        if not mean_h:
            return _NEVER
        return now + int(self.rng.expovariate(1 / mean_h) * HOUR_MS) + 1

    def _hits(self, share: float, fault: Fault) -> bool:
        if not share or self.over or self.rng.random() >= share:
            return False
        self.counts[fault] += 1
        return True


_NEVER: Final[Instant] = 1 << 60
