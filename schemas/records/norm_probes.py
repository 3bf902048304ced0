"""What probes around a case's norms came to."""

from typing import Final

from msgspec import Struct

SLOTS: Final = 8
"""Slots beside the norms of 1, 12, 24 and 48 h, two to each."""

ALL_SLOTS: Final = (1 << SLOTS) - 1


class NormProbes(Struct, frozen=True, gc=False):
    """What probes around a case's norms came to.

    Attributes:
        on_time: norm slots, as bits in order of time, that were probed on time.
        unplanned: norm slots, likewise, for which no probe is planned.
        conclusive: a probe around the case's norm was conclusive.
        blocked: a probe around the case's norm was blocked or not answered.
        long_unavailable: it was unavailable for long in a phase that is over. Only a rollup says
            so, which leaves such phases out.
    """

    on_time: int = 0
    unplanned: int = 0
    conclusive: bool = False
    blocked: bool = False
    long_unavailable: bool = False

    def __or__(self, other: "NormProbes") -> "NormProbes":
        """Return what the probes of both came to."""
        if other is NOTHING or self is other:
            return self
        return NormProbes(
            self.on_time | other.on_time,
            self.unplanned | other.unplanned,
            self.conclusive or other.conclusive,
            self.blocked or other.blocked,
            self.long_unavailable or other.long_unavailable,
        )


NOTHING: Final = NormProbes()
CONCLUSIVE: Final = NormProbes(conclusive=True)
BLOCKED: Final = NormProbes(blocked=True)
LONG_UNAVAILABLE: Final = NormProbes(long_unavailable=True)
