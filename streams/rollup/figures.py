"""The figures of one hoster in one role, and how figures of several are added up.

Everything here can be added, so that hosters sum to the total: counts as they are, estimates by
joining what they were made from. Roles are never added to each other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.closed_lists import OPEN, CaseClass, Flag, NormVerdict, Role
from schemas.moments import DAY_MS, Instant
from schemas.records.reports import HotlineId
from streams.norms.maturity import AUTHORITY_ORDER
from streams.rollup.open_age import OPEN_AGE_BOUNDS_S
from streams.rollup.windows import Window, WindowEvent
from streams.statistics.estimates import CensoredDurations, Estimate, NormCount
from streams.statistics.histogram_buckets import Durations, joined

REMOVAL_BOUNDS_S: Final = tuple(
    900 * quarters for quarters in (1, 2, 4, 8, 16, 32, 48, 96, 192, 288, 480, 672, 1_344, 4_032)
)
"""Upper bounds of the removal-time histogram, in seconds. It holds removed cases alone, so neither
its mean nor a share of it says how fast a hoster is: slow cases are still open."""

DELAY_BOUNDS_S: Final = tuple(
    60 * minutes for minutes in (15, 60, 240, 480, 720, 1_440, 2_880, 10_080, 40_320)
)
"""Upper bounds of the histogram of hotlines' delays, a quarter of an hour to four weeks."""

NORMS_S: Final = (AUTHORITY_ORDER, 86_400, 172_800)
"""Norms that are always shown, orders first; others appear with the first case they hold for."""


class RemovalTimeReading(StrEnum):
    """The two readings of removal times; both are published, and neither is a bound.

    They are named after what they take an unavailable case for. See docs/measurement.md, 10.2.
    """

    EVENT = "ended"  # removed when it became unavailable; what was removed ended at L
    CENSORED = "online"  # still there; what was removed ended at R


class NoticeCohort(StrEnum):
    """Which cases a removal time is of, by when their hoster was told; all three are published."""

    MONTH = "28d"
    QUARTER = "90d"
    EVER = "ever"


COHORTS_MS: Final = {
    NoticeCohort.MONTH: 28 * DAY_MS,
    NoticeCohort.QUARTER: 90 * DAY_MS,
    NoticeCohort.EVER: None,
}
"""How long ago the notice of a cohort's cases may be, the narrowest first; None = ever so long."""


class Included(NamedTuple):
    """Cases of one inclusion probability.

    Attributes:
        inclusion: the inclusion probability p of these cases.
        sampled, cases: those that were drawn, and all.
    """

    inclusion: float
    sampled: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterFigures:
    """What is said of one hoster in one role at one instant.

    Attributes:
        hoster, role: whose figures; `other` for the hosters without a row of their own,
            `total` for all of a role.
        as_of: the instant they hold for.
        classes: cases by class, every class present; their sum is `reported`.
        noticed: cases whose clock has begun.
        overdue: open ones sighted past their norm, and that backed; overdue_unseen: past it, and
            not so sighted since.
        oldest_open_at: notice of the oldest open case, None without one.
        open_ages: how long the open noticed cases have been waiting.
        included: cases by inclusion probability, ascending.
        unprobed: open noticed ones of the sample with a norm slot that was not probed on time
            (`streams.norms.punctuality`).
        followed: the base of `unmeasurable`: of the sample, noticed in the last 28 days, with a
            norm.
        unmeasurable: those of them that could not be measured (`streams.norms.measurability`).
        rechecked, disagreed: cases probed in hiding after their removal, and those of them
            that were seen online then.
        norms: verdicts per norm, ascending.
        removal_weights: removed cases per bucket of `REMOVAL_BOUNDS_S`, the last one above all, in
            millionths: sampled ones stand for the others.
        removal_weight_ms: their removal times added up, likewise.
        cohorts: per cohort and meaning of unavailable, what the estimates are made from.
        windows: what happened in the last hour, day, week and four weeks.
        second: cases by norm and second verdict, that on what followed a return, once the norm has
            run out since.
        untold_returns: returns after an end that came before any notice to the hoster; they name
            nobody.
        reappearances: removed cases seen again, since the beginning.
        not_naming: cases that count for no naming and no norm alert, and are never publicly late.
        flags: cases by what must be said beside them; a case can carry several.
        delays: by hotline, of notices in the last four weeks.
    """

    hoster: str
    role: Role
    as_of: Instant
    classes: dict[CaseClass, int]
    noticed: int
    overdue: int
    overdue_unseen: int
    oldest_open_at: Instant | None
    open_ages: Durations
    included: tuple[Included, ...]
    unprobed: int
    followed: int
    unmeasurable: int
    rechecked: int
    disagreed: int
    norms: tuple[NormCount, ...]
    removal_weights: tuple[int, ...]
    removal_weight_ms: int
    cohorts: dict[NoticeCohort, dict[RemovalTimeReading, CensoredDurations]]
    windows: dict[WindowEvent, dict[Window, int]]
    second: dict[tuple[int, NormVerdict], int]
    untold_returns: int
    reappearances: int
    not_naming: int
    flags: dict[Flag, int]
    delays: dict[HotlineId, Durations]

    @property
    def reported(self) -> int:
        """Return the number of cases."""
        return sum(self.classes.values())

    @property
    def backlog(self) -> int:
        """Return the number of open cases whose clock runs; those `awaiting` are open too."""
        return sum(self.classes[case_class] for case_class in OPEN) - self.awaiting

    @property
    def awaiting(self) -> int:
        """Return the number of open cases whose hoster was not told."""
        return self.classes[CaseClass.AWAITING]

    @property
    def unavailable(self) -> int:
        """Return the number of open cases that block or do not answer."""
        return self.classes[CaseClass.UNAVAILABLE]

    @property
    def removed(self) -> int:
        """Return the number of removed cases."""
        return self.classes[CaseClass.REMOVED]

    @property
    def inclusion(self) -> float:
        """Return the mean inclusion probability of the cases; 1 = all are probed on time."""
        if all(part.inclusion == 1 for part in self.included):
            return 1.0
        cases = sum(part.cases for part in self.included)
        return sum(part.inclusion * part.cases for part in self.included) / cases

    def norm(self, norm_s: int) -> NormCount:
        """Return the verdicts on one norm, zeros where no case has it."""
        return next((n for n in self.norms if n.norm_s == norm_s), NormCount(norm_s=norm_s))

    @property
    def spans(self) -> dict[RemovalTimeReading, CensoredDurations]:
        """What the estimates of all cases are made from, per meaning of unavailable."""
        return self.cohorts[NoticeCohort.EVER]

    def estimate(
        self, unavailable: RemovalTimeReading, cohort: NoticeCohort = NoticeCohort.EVER
    ) -> Estimate:
        """Return a cohort's removal-time estimate under one meaning of unavailable."""
        return self.cohorts[cohort][unavailable].estimate


PLAIN: Final = tuple(
    one.name for one in fields(HosterFigures) if one.type is int and one.name != "as_of"
)
"""Figures that are one whole number each: sums add them up, and the verification compares them."""


def merged(
    hoster: str, role: Role, as_of: Instant, parts: Sequence[HosterFigures]
) -> HosterFigures:
    """Add up figures of several hosters in one role.

    Args:
        hoster: the name of the sum, `other` or `total`.
        role: the role of all of them.
        as_of: the instant they hold for.
        parts: the figures; none gives zeros.

    Raises:
        ValueError: one of them is in another role.
    """
    if any(part.role is not role for part in parts):
        raise ValueError("roles are never summed")
    oldest = [part.oldest_open_at for part in parts if part.oldest_open_at is not None]
    width = len(REMOVAL_BOUNDS_S) + 1
    return HosterFigures(
        hoster=hoster,
        role=role,
        as_of=as_of,
        **{name: sum(getattr(part, name) for part in parts) for name in PLAIN},
        classes={o: sum(part.classes[o] for part in parts) for o in CaseClass},
        oldest_open_at=min(oldest, default=None),
        open_ages=joined([part.open_ages for part in parts], OPEN_AGE_BOUNDS_S),
        included=_included(parts),
        norms=_norms(parts),
        second=_second(parts),
        removal_weights=tuple(sum(part.removal_weights[i] for part in parts) for i in range(width)),
        cohorts={
            cohort: {
                u: CensoredDurations.joined(p.cohorts[cohort][u] for p in parts)
                for u in RemovalTimeReading
            }
            for cohort in NoticeCohort
        },
        windows={
            event: {w: sum(part.windows[event][w] for part in parts) for w in Window}
            for event in WindowEvent
        },
        flags={flag: sum(part.flags[flag] for part in parts) for flag in Flag},
        delays=_delays(parts),
    )


def _norms(parts: Sequence[HosterFigures]) -> tuple[NormCount, ...]:
    counts = [norm for part in parts for norm in part.norms]
    known = {norm.norm_s for norm in counts} | set(NORMS_S)
    return tuple(NormCount.joined(norm_s, counts) for norm_s in sorted(known))


def _second(parts: Sequence[HosterFigures]) -> dict[tuple[int, NormVerdict], int]:
    sums: Counter[tuple[int, NormVerdict]] = Counter()
    for part in parts:
        sums.update(part.second)
    return dict(sorted(sums.items()))


def _included(parts: Sequence[HosterFigures]) -> tuple[Included, ...]:
    sums: dict[float, Included] = {}
    for inclusion, sampled, cases in (found for part in parts for found in part.included):
        held = sums.get(inclusion, Included(inclusion))
        sums[inclusion] = Included(inclusion, held.sampled + sampled, held.cases + cases)
    return tuple(sorted(sums.values()))


def _delays(parts: Sequence[HosterFigures]) -> dict[HotlineId, Durations]:
    by_hotline: dict[HotlineId, list[Durations]] = {}
    for part in parts:
        for hotline, delays in part.delays.items():
            by_hotline.setdefault(hotline, []).append(delays)
    return {hotline: joined(found, DELAY_BOUNDS_S) for hotline, found in sorted(by_hotline.items())}
