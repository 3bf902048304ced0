"""What an observation says: its answer judged against its controls and the sightings before it.

A case is probed often and seldom sees anything new, so what is said is kept by kind.
"""

from functools import lru_cache

from msgspec import Struct

from schemas.reasons import ProbeError, Role, Verdict
from schemas.records.case import (
    MARK_AGED,
    MARK_CACHED,
    TRAIT_PRESENT,
    Fingerprint,
)
from streams.verdicts.fingerprints import alike
from streams.verdicts.reasons import Reason
from streams.verdicts.rules import Controls, verdict

KINDS_MAX = 4_096
"""Kinds of observations whose verdict is kept, of all URLs: a kind is 1 KB, and few are ever
seen."""

_NAMELESS = (ProbeError.DNS_FAILURE, ProbeError.DNSSEC)
"""Errors after which nothing is known of where the name points."""


class Said(Struct, frozen=True, gc=False):
    """What all observations of a kind say: same answer, traits, controls and sightings before.

    Attributes:
        verdict: of the answer.
        shown: what that shows of the origin (`testimony`).
        reason: of the verdict.
        differs: the control differed.
        present: DNS named the hoster (1), named others or nobody (0), said nothing (-1).
        aged: the answer is a cached copy of known age.
    """

    verdict: Verdict
    shown: Verdict
    reason: Reason
    differs: bool
    present: int
    aged: bool


@lru_cache(maxsize=KINDS_MAX)
def judged(seen: Fingerprint, traits: int, controls: Controls, role: Role) -> Said:
    """Return what an observation says.

    Args:
        seen: its answer.
        traits: its `TRAIT_*`.
        controls: beside it and before it.
        role: of the case.
    """
    said, reason = verdict(seen, traits, controls)
    shown, aged = testimony(said, seen.marks, role)
    return Said(
        verdict=said,
        shown=shown,
        reason=reason,
        differs=controls.random is not None and not alike(seen, controls.random),
        present=-1 if seen.error in _NAMELESS else int(traits & TRAIT_PRESENT > 0),
        aged=aged,
    )


def testimony(said: Verdict, marks: int, role: Role) -> tuple[Verdict, bool]:
    """Return what an answer shows of the origin, and whether it is as old as its Age header says.

    Args:
        said: the verdict.
        marks: of its fingerprint.
        role: of the case; only at a hosting company a cache stands before the origin.
    """
    if not marks & MARK_CACHED or role is not Role.HOSTING:
        return said, False
    if marks & MARK_AGED:
        return said, True
    # a copy of unknown age shows nothing about the origin
    return Verdict.UNKNOWN if said is Verdict.ONLINE else said, False


@lru_cache(maxsize=KINDS_MAX)
def is_alive(control: Fingerprint, traits: int) -> bool:
    """Return whether a control's answer shows that the host lives."""
    said, _ = verdict(control, traits, Controls())
    return said not in (Verdict.UNREACHABLE, Verdict.DNS_GONE)
