"""How far the estimated share removed within a day may lie from the truth, and why no further.

The product estimates from a sample, by Kaplan and Meier, with open cases counted. Two things part
its estimate from the share that is true of the very same URLs. Both are counted in each run, so the
bound is no matter of chance:

- A removal is known from the first probe after it (R). Removals before 24 h of which the probes
  show nothing until after 24 h are missing: the estimate is too low by at most their share.
- What was last seen less than 24 h after its notice, and has no end, is censored. Wherever the
  estimator puts its weight, it is off by at most the share of these, either way.

It is asked of hosters that remove for good or not at all. What the others gain is asked in
`sim.oracle.shares`, where the published bounds of norms are held to the truth, too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from schemas.closed_lists import Role
from schemas.moments import DAY_MS
from schemas.records.case import CaseSummary
from sim.oracle.evidence import Evidence
from sim.oracle.findings import OracleFinding
from sim.oracle.subject import Subject, first_case
from sim.world.behaviour import PLAYS_WITH_NOBODY, Behaviour
from sim.world.hosters import SimHoster
from streams.rollup.case_figures import figures
from streams.rollup.figures import RemovalTimeReading
from streams.rollup.row_interning import rows
from verify.figures.figures import NOT_JUDGED

_TINY: Final = 1e-9

JUDGED: Final = PLAYS_WITH_NOBODY | {Behaviour.NEVER}


class Bias(NamedTuple):
    """An estimate of the share removed within 24 h beside the truth.

    Attributes:
        n: URLs that it is made from.
        estimate: by Kaplan and Meier.
        truth: of the same URLs, whatever was known when.
        naive: of the closed ones alone, which flatters; None = none is closed.
        low, high: what the probes allow the estimate to be.
    """

    n: int
    estimate: float
    truth: float
    naive: float | None
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the estimate lies within its bound."""
        return self.low - _TINY <= self.estimate <= self.high + _TINY


def bias(hoster: SimHoster, subjects: Sequence[Subject], evidence: Evidence) -> Bias | None:
    """Return the estimate of a hoster beside the truth; None = it has no URL to ask it of.

    Args:
        hoster: whose.
        subjects: its URLs.
        evidence: what is known.
    """
    pairs = [(s, case) for s in subjects if (case := first_case(s)) is not None]
    used = [(s, case) for s, case in pairs if s.noticed and _asked(case, evidence)]
    if not used:
        return None
    count = Counter[str]()
    for subject, case in used:
        count.update(_told(subject, case, evidence))
    n = len(used)
    settled = [case for case in evidence.settled(hoster.id) if case.sampling.sampled]
    curve = figures(hoster.id, Role.HOSTING, rows(settled, evidence.as_of), evidence.as_of)
    truth = count["true"] / n
    closed = count["closed"]
    return Bias(
        n=n,
        estimate=1 - curve.spans[RemovalTimeReading.CENSORED].curve().survival_at(DAY_MS),
        truth=truth,
        naive=count["closed in time"] / closed if closed else None,
        low=truth - (count["unseen"] + count["censored"]) / n,
        high=truth + count["censored"] / n,
    )


def biased(
    hoster: SimHoster, subjects: Sequence[Subject], evidence: Evidence
) -> Mapping[OracleFinding, int]:
    """Return whether a hoster's estimate lies outside its bound."""
    if hoster.behaviour not in JUDGED or evidence.probes is None:
        return {}
    found = bias(hoster, subjects, evidence)
    return {OracleFinding.BIASED: int(found is not None and not found.holds)}


def _asked(case: CaseSummary, evidence: Evidence) -> bool:
    return case.sampling.sampled and evidence.outcome(case) not in NOT_JUDGED


def _told(subject: Subject, case: CaseSummary, evidence: Evidence) -> list[str]:
    """Return what a URL adds to the counts."""
    item, as_of = subject.item, evidence.as_of
    true = item.removed_at is not None and item.removed_at - item.clock_at <= DAY_MS
    told = ["true"] if true else []
    watched_ms = min(case.last_seen_at or item.clock_at, as_of) - item.clock_at
    ended = evidence.removed(case)
    if ended:
        told.append("closed")
        told += ["closed in time"] if (case.gone_at or 0) - item.clock_at <= DAY_MS else []
    elif watched_ms <= DAY_MS:
        told.append("censored")
    known_at = subject.confirmed_gone_at if true else None
    if true and (known_at is None or known_at - item.clock_at > DAY_MS):
        told.append("unseen")
    return told
