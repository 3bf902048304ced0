"""The integer that says on `cases.v1` what probes around a case's norms came to: `brackets`.

| bits | say |
| --- | --- |
| 0 to 7 | which norm slots were probed on time |
| 8 | a probe around the norm was conclusive |
| 9 | one was blocked or not answered |
| 10 to 17 | which norm slots are not planned |
| 18 | the URL was unavailable for long; set in a rollup's memory alone |

Most cases have all slots planned, and so a number of two bytes.
"""

from functools import lru_cache
from typing import Final

from schemas.records.case_observations import ALL_SLOTS, SLOTS, NormProbes

_CONCLUSIVE: Final = 1 << SLOTS
_BLOCKED: Final = _CONCLUSIVE << 1
_UNPLANNED_BIT: Final = SLOTS + 2
_LONG_UNAVAILABLE: Final = 1 << 18


@lru_cache(maxsize=4_096)
def norm_probes_of(bits: int) -> NormProbes:
    """Return what an integer says; equal ones give one object while it is in the cache."""
    return NormProbes(
        on_time=bits & ALL_SLOTS,
        unplanned=bits >> _UNPLANNED_BIT & ALL_SLOTS,
        conclusive=bool(bits & _CONCLUSIVE),
        blocked=bool(bits & _BLOCKED),
        long_unavailable=bool(bits & _LONG_UNAVAILABLE),
    )


def norm_bits(probes: NormProbes) -> int:
    """Return the integer that says so."""
    return (
        probes.on_time
        | probes.unplanned << _UNPLANNED_BIT
        | _CONCLUSIVE * probes.conclusive
        | _BLOCKED * probes.blocked
        | _LONG_UNAVAILABLE * probes.long_unavailable
    )
