"""What is seen of the cases of one hoster by their inclusion probability."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.closed_lists import NormVerdict
from schemas.moments import Instant
from streams.norms.maturity import AUTHORITY_ORDER, are_orders_matured, n_matured
from streams.rollup.case_row import CaseRow
from streams.rollup.figures import (
    COHORTS_MS,
    NORMS_S,
    REMOVAL_BOUNDS_S,
    Included,
    NoticeCohort,
    RemovalTimeReading,
)
from streams.statistics.estimates import CensoredDurations, NormCount, VerdictCounts
from streams.statistics.histogram_buckets import Buckets
from streams.statistics.incidents import INCIDENTS, coded
from streams.statistics.sampling_weights import weight
from streams.statistics.sorted_multiset import SortedMultiset


class _Verdicts:
    """Cases that have the same verdicts on the same norms, and count for as many of these."""

    __slots__ = ("cases", "norms_s", "verdicts")

    def __init__(self, norms_s: tuple[int, ...], verdicts: tuple[NormVerdict, ...]) -> None:
        self.norms_s, self.verdicts = norms_s, verdicts
        self.cases = 0


class RemovalTimes:
    """Removal times, as `streams.statistics.incidents.coded` makes numbers of them.

    Attributes:
        common: those that are the same in both readings.
        event_at_l, event_at_r: of the others, as if they had ended at L, and at R.
        unavailable: `noticed_at` of unavailable cases. In the one reading they stand in
            `event_at_l`, in the other they last to this day.
    """

    __slots__ = ("common", "event_at_l", "event_at_r", "unavailable")

    def __init__(self) -> None:
        """Begin with none."""
        self.common, self.unavailable = SortedMultiset(), SortedMultiset()
        self.event_at_l, self.event_at_r = SortedMultiset(), SortedMultiset()

    @property
    def changed(self) -> bool:
        """Return whether times are others than when they were asked for last."""
        return any(
            bag.changed for bag in (self.common, self.event_at_l, self.event_at_r, self.unavailable)
        )

    def as_events(self) -> NDArray[np.int64]:
        """Return them as if what is gone or unavailable had ended as early as can be."""
        return np.concatenate([self.common.numbers(), self.event_at_l.numbers()])

    def as_censored(self, as_of: Instant) -> NDArray[np.int64]:
        """Return them as if what is gone had ended late, and the rest were there to this day."""
        now = coded(as_of, ended=False, incident=0)
        codes = np.asarray(self.unavailable.numbers(), np.int64)
        lasting = now - codes + 2 * (codes % INCIDENTS)  # the incident stays as it is
        return np.concatenate([self.common.numbers(), self.event_at_r.numbers(), lasting])


class Stratum:
    """What was seen of the cases of one inclusion probability.

    Cases are counted with a sign, 1 to take them in and -1 to let them go.

    Attributes:
        cases, sampled: all, and those in the sample.
        verdicts: sampled cases by norms, verdicts and how many of these have run out; keyed by the
            identity of the first two, which are kept here and so belong to nobody else. Most cases
            share both.
        orders: sampled cases by the worst verdict of their orders, all of whose terms ran out.
        left_out: unsampled cases by norm.
        removals: removal times of removed ones, ms.
        by_notice_age: removal times by how long ago the notice is, in the order of `COHORTS_MS`.
    """

    __slots__ = (
        "by_notice_age",
        "cases",
        "left_out",
        "orders",
        "removals",
        "sampled",
        "verdicts",
    )

    def __init__(self) -> None:
        """Begin with no case."""
        self.cases = self.sampled = 0
        self.verdicts: dict[tuple[int, int, int], _Verdicts] = {}
        self.orders: Counter[NormVerdict] = Counter()
        self.left_out: Counter[int] = Counter()
        self.removals = Buckets(REMOVAL_BOUNDS_S)
        self.by_notice_age = tuple(RemovalTimes() for _ in COHORTS_MS)

    def times(self, noticed_at: Instant, as_of: Instant) -> RemovalTimes:
        """Return where the removal time of a case belongs: with those as old."""
        age_ms = as_of - noticed_at
        return next(
            times
            for times, until_ms in zip(self.by_notice_age, COHORTS_MS.values(), strict=True)
            if until_ms is None or age_ms < until_ms
        )

    def judge(self, case: CaseRow, noticed_at: Instant, as_of: Instant, sign: int) -> None:
        """Count a case's verdicts on the norms that have run out (`streams.norms.maturity`)."""
        moved_at, order = case.moved_at, case.order_verdict
        asked = n_matured(case.norms_s, noticed_at, moved_at, as_of)
        if not are_orders_matured(case.order_due_at, moved_at, as_of):
            order = None
        if not case.sampling.sampled:
            self._leave_out(case.norms_s[:asked], sign)
            self._leave_out((AUTHORITY_ORDER,) if order is not None else (), sign)
            return
        if order is not None:
            _change(self.orders, order, sign)
        key = (id(case.norms_s), id(case.verdicts), asked)
        held = self.verdicts.get(key)
        if held is None:
            held = self.verdicts[key] = _Verdicts(case.norms_s, case.verdicts)
        held.cases += sign
        if not held.cases:
            del self.verdicts[key]

    def _leave_out(self, norms_s: Sequence[int], sign: int) -> None:
        """Count the norms of a case that is not in the sample."""
        for norm_s in norms_s:
            _change(self.left_out, norm_s, sign)

    def verdict_counts(self) -> Counter[tuple[int, NormVerdict]]:
        """Return the number of cases by norm and verdict."""
        found: Counter[tuple[int, NormVerdict]] = Counter()
        for (_, _, asked), held in self.verdicts.items():
            for norm_s, verdict in zip(held.norms_s[:asked], held.verdicts, strict=False):
                found[norm_s, verdict] += held.cases
        for verdict, cases in self.orders.items():
            found[AUTHORITY_ORDER, verdict] += cases
        return found


_Key = TypeVar("_Key")


def _change(counts: Counter[_Key], key: _Key, sign: int) -> None:
    """Count up or down; what nobody has any more is forgotten."""
    counts[key] += sign
    if not counts[key]:
        del counts[key]


class Strata:
    """All cases of one hoster, by inclusion probability."""

    def __init__(self) -> None:
        """Begin with no case."""
        self._by_inclusion: dict[float, Stratum] = {}
        self._cohorts: dict[NoticeCohort, dict[RemovalTimeReading, CensoredDurations]] = {}

    def of(self, inclusion: float) -> Stratum:
        """Return what was seen of the cases of one probability."""
        found = self._by_inclusion.get(inclusion)
        if found is None:
            found = self._by_inclusion[inclusion] = Stratum()
        return found

    def forget(self, inclusion: float) -> None:
        """Let go of a probability that no case has any more."""
        del self._by_inclusion[inclusion]
        self._cohorts = {}

    def included(self) -> tuple[Included, ...]:
        """Return the number of cases by probability, ascending."""
        found = sorted(self._by_inclusion.items())
        return tuple(Included(p, stratum.sampled, stratum.cases) for p, stratum in found)

    def norms(self) -> tuple[NormCount, ...]:
        """Return the verdicts per norm, ascending."""
        known = set(NORMS_S)
        verdict_counts: dict[int, list[VerdictCounts]] = defaultdict(list)
        for inclusion, stratum in sorted(self._by_inclusion.items()):
            verdicts = stratum.verdict_counts()
            for norm_s in {n for n, _ in verdicts} | stratum.left_out.keys():
                verdict_counts[norm_s].append(
                    VerdictCounts(
                        inclusion=inclusion,
                        in_time=verdicts[norm_s, NormVerdict.IN_TIME],
                        late=verdicts[norm_s, NormVerdict.LATE],
                        undetermined=verdicts[norm_s, NormVerdict.UNDETERMINED],
                        left_out=stratum.left_out[norm_s],
                    )
                )
        return tuple(
            NormCount(norm_s=n, parts=tuple(verdict_counts[n]))
            for n in sorted(known | verdict_counts.keys())
        )

    def removal_weights(self) -> tuple[int, ...]:
        """Add up removed cases per bucket; a time on a bound belongs to the bucket it closes."""
        found = [0] * (len(REMOVAL_BOUNDS_S) + 1)
        for inclusion, stratum in self._by_inclusion.items():
            each = weight(inclusion)
            found = [a + each * b for a, b in zip(found, stratum.removals.counts, strict=True)]
        return tuple(found)

    def removal_weight_ms(self) -> int:
        """Add up their removal times."""
        return sum(weight(p) * stratum.removals.sum_ms for p, stratum in self._by_inclusion.items())

    def cohorts(
        self, as_of: Instant
    ) -> dict[NoticeCohort, dict[RemovalTimeReading, CensoredDurations]]:
        """Return what the estimates are made from.

        As long as nothing changes they are the same objects, whose estimates are worked out once,
        and one object where two of them say the same.
        """
        found: dict[NoticeCohort, dict[RemovalTimeReading, CensoredDurations]] = {}
        is_other = not self._cohorts
        before: list[CensoredDurations] = []
        for place, cohort in enumerate(COHORTS_MS):
            held = {
                p: stratum.by_notice_age[: place + 1] for p, stratum in self._by_inclusion.items()
            }
            is_other |= any(ages[place].changed for ages in held.values())
            both = {} if is_other else dict(self._cohorts[cohort])
            if is_other:
                ended = {
                    p: np.concatenate([t.as_events() for t in ages]) for p, ages in held.items()
                }
                both[RemovalTimeReading.EVENT] = _known(CensoredDurations.of(ended), before)
                before.append(both[RemovalTimeReading.EVENT])
            if is_other or any(len(times.unavailable) for ages in held.values() for times in ages):
                online = {
                    p: np.concatenate([t.as_censored(as_of) for t in ages])
                    for p, ages in held.items()
                }
                both[RemovalTimeReading.CENSORED] = _known(CensoredDurations.of(online), before)
            before += both.values()
            found[cohort] = both
        self._cohorts = found
        return dict(found)


def _known(spans: CensoredDurations, before: Sequence[CensoredDurations]) -> CensoredDurations:
    """Return one of those before that is equal, else the spans."""
    return next((one for one in before if one == spans), spans)
