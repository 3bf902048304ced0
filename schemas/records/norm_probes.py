"""What probes around a case's norms came to: the parts of `CaseSummary.brackets`, by name.

A case keeps them as one integer, because a rollup holds an integer for every case of the ledger.
Whoever reads it takes `named`; whoever adds to it sets bits of the constants here.
"""

from functools import lru_cache
from typing import Final, NamedTuple

SLOTS: Final = 8
"""Slots beside the norms of 1, 12, 24 and 48 h, two to each."""

ALL_SLOTS: Final = (1 << SLOTS) - 1
CONCLUSIVE: Final = 1 << SLOTS
BLOCKED: Final = CONCLUSIVE << 1
UNPLANNED_BIT: Final = SLOTS + 2
"""First of the slots that are not planned. Most cases have none, and so a number of two bytes."""

LONG_UNAVAILABLE: Final = 1 << 18
BARE: Final = 1 << 19


class NormProbes(NamedTuple):
    """What probes around a case's norms came to.

    Attributes:
        looked: slots, as bits, that were probed on time.
        unplanned: slots, as bits, for which no probe is planned.
        conclusive: a probe around the case's norm was conclusive.
        blocked: a probe around the case's norm was blocked or not answered.
        long_unavailable: it was unavailable for long in a phase that is over. Only a rollup says
            so, which leaves such phases out.
        bare: it was sighted after it was due, and no such sighting was backed.
    """

    looked: int
    unplanned: int
    conclusive: bool
    blocked: bool
    long_unavailable: bool
    bare: bool


@lru_cache(maxsize=4_096)
def named(brackets: int) -> NormProbes:
    """Return the parts of `CaseSummary.brackets`."""
    return NormProbes(
        looked=brackets & ALL_SLOTS,
        unplanned=brackets >> UNPLANNED_BIT & ALL_SLOTS,
        conclusive=bool(brackets & CONCLUSIVE),
        blocked=bool(brackets & BLOCKED),
        long_unavailable=bool(brackets & LONG_UNAVAILABLE),
        bare=bool(brackets & BARE),
    )


def packed(probes: NormProbes) -> int:
    """Return the integer that the parts make up."""
    return (
        probes.looked
        | probes.unplanned << UNPLANNED_BIT
        | CONCLUSIVE * probes.conclusive
        | BLOCKED * probes.blocked
        | LONG_UNAVAILABLE * probes.long_unavailable
        | BARE * probes.bare
    )
