"""Which cases are publicly late, and which are cloaked (rules 9.8 and 9.9)."""

from collections.abc import Iterable, Sequence
from typing import Final

from schemas.closed_lists import NormVerdict
from schemas.moments import DAY_MS, HOUR_MS, SECOND_MS, Instant
from verify.method_10.clock import CaseClock
from verify.method_10.fold.case_history import CaseHistory, Sighting
from verify.method_10.notices import DELIVERED
from verify.method_10.result.norms import TOLERANCE_MS, after, order_terms, runs_from, verdict
from verify.method_10.statements import SOURCE

NEAR_MS: Final = HOUR_MS
DAYS_MIN: Final = 3
VANTAGES_MIN: Final = 2
ORDER: Final = 0


def publicly_late(
    norms_s: Sequence[int], clock: CaseClock, history: CaseHistory, too_late: Iterable[Instant] = ()
) -> tuple[tuple[int, ...], bool]:
    """Return what a case is publicly late for, and whether it is cloaked (rules 9.8 and 9.9).

    Each term is by itself, so what proves one proves no longer one; an order's is 0.

    Args:
        norms_s: its norms.
        clock: its clock.
        history: the case.
        too_late: when probes were sent whose observations were appended 24 h later.
    """
    if clock.standing != DELIVERED or clock.at is None:
        return (), False
    left_out = set(too_late)
    public: set[int] = set()
    cloaked = False
    began_at = runs_from(history, clock.at)
    terms = [(norm_s, began_at, norm_s) for norm_s in norms_s]
    terms += [(ORDER, *term) for term in order_terms(clock.orders, history)]
    for name, from_at, norm_s in terms:
        judged = after(history, from_at)
        if verdict(norm_s, from_at, judged) is not NormVerdict.LATE:
            continue
        late_from = from_at + norm_s * SECOND_MS + TOLERANCE_MS
        past = [
            s
            for s in history.sightings()
            if late_from < s.at <= (judged.seen_at or 0) and s.at not in left_out
        ]
        shown, unannounced_only = _shown_by(past)
        public |= {name} if shown and not unannounced_only else set()
        cloaked |= unannounced_only
    return tuple(sorted(public)), cloaked and not public


def _shown_by(past: Sequence[Sighting]) -> tuple[bool, bool]:
    """Return whether sightings suffice to be publicly late; whether unannounced ones are alone."""
    observations = [s for s in past if s.seen is not None and s.seen.differs]
    said = (s for s in past if s.seen is None and s.who not in ("", SOURCE))
    checks = [s for s in said if not s.authoritative]
    vantages = {s.who for s in observations}
    days = {v: {s.at // DAY_MS for s in observations if s.who == v} for v in vantages}
    seconded = any(abs(c.at - s.at) <= NEAR_MS for c in checks for s in observations)
    enough = (
        len(vantages) >= VANTAGES_MIN
        or any(len(of) >= DAYS_MIN for of in days.values())
        or seconded
    )
    announced = any(s.seen.observation.announced for s in observations if s.seen)
    unannounced_only = bool(observations) and not seconded and not announced
    return enough, unannounced_only
