"""What an observation says: its answer judged against its controls and the sightings before it.

A case is probed often and seldom sees anything new, so what is said is kept by kind.
"""

from functools import lru_cache

from msgspec import Struct

from schemas.closed_lists import ProbeError, Verdict
from schemas.moments import DAY_MS, SECOND_MS, Instant
from schemas.records.case_observations import MARK_AGED, MARK_CACHED, TRAIT_PRESENT, Fingerprint
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import may_be_same_answer
from streams.verdicts.reasons import VerdictReason
from streams.verdicts.rules import verdict

KINDS_MAX = 4_096
"""Kinds of observations whose verdict is kept, of all URLs: a kind is 1 KB, and few are ever
seen."""

AGE_MAX_MS = DAY_MS
"""A copy counts as no older than this: whoever sets the header cannot date a sighting back more."""

_NAMELESS = (ProbeError.DNS_FAILURE, ProbeError.DNSSEC)
"""Errors after which nothing is known of where the name points."""


class ProbeReading(Struct, frozen=True, gc=False):
    """What all observations of a kind say: same answer, traits, controls and sightings before.

    Attributes:
        verdict: of the answer.
        shown: what that shows of the origin (`testimony`).
        reason: of the verdict.
        differs: the control differed.
        dns_names_owner: DNS named the hoster (1), named others or nobody (0), said nothing (-1).
        aged: the answer is a cached copy of known age.
    """

    verdict: Verdict
    shown: Verdict
    reason: VerdictReason
    differs: bool
    dns_names_owner: int
    aged: bool


@lru_cache(maxsize=KINDS_MAX)
def read_probe(
    seen: Fingerprint, traits: int, context: JudgingContext, through: bool
) -> ProbeReading:
    """Return what an observation says."""
    said, reason = verdict(seen, traits, context)
    made_up = context.made_up_path
    shown, aged = testimony((said, reason), seen.marks, through=through)
    return ProbeReading(
        verdict=said,
        shown=shown,
        reason=reason,
        differs=made_up is not None and not may_be_same_answer(seen, made_up),
        dns_names_owner=-1 if seen.error in _NAMELESS else int(traits & TRAIT_PRESENT > 0),
        aged=aged,
    )


def testimony(
    said: tuple[Verdict, VerdictReason], marks: int, *, through: bool
) -> tuple[Verdict, bool]:
    """Return what an answer shows of the origin, and whether it is as old as its Age header says.

    What a server says of its own answer moves nothing. Only a registered proxy before it may hold
    an older copy, or refuse in its own name.
    """
    shown, _ = said
    if not through:
        return shown, False
    if shown is Verdict.BLOCKED:
        return Verdict.UNKNOWN, False  # what the proxy refuses counts for the proxy's case
    if marks & MARK_AGED:
        return shown, True
    # a copy of unknown age shows nothing about the origin
    unknown = shown is Verdict.ONLINE and marks & MARK_CACHED > 0
    return (Verdict.UNKNOWN if unknown else shown), False


def sighted_at(sent_at: Instant, age_s: int, *, aged: bool) -> Instant:
    """Return the instant that a sighting testifies to.

    Args:
        sent_at: when the request was sent.
        age_s: of the copy, by the Age header, seconds.
        aged: it counts.
    """
    return sent_at - min(age_s * SECOND_MS, AGE_MAX_MS) if aged else sent_at


@lru_cache(maxsize=KINDS_MAX)
def is_alive(control: Fingerprint, traits: int) -> bool:
    """Return whether a control's answer shows that the host lives."""
    said, _ = verdict(control, traits, JudgingContext())
    return said not in (Verdict.UNREACHABLE, Verdict.DNS_GONE)
