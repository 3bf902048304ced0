"""Figures of a hoster from its cases: sort, group, count (docs/measurement.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from schemas.closed_lists import BACKLOG, CaseClass, Flag, NormVerdict
from schemas.moments import DAY_MS, SECOND_MS, Instant
from verify.compared.record import HAPPENINGS, WIDTHS_MS, Case, Figures, RemovalEstimate
from verify.figures.incidents import median_limits
from verify.figures.kaplan_meier import CaseDuration, quantiles

BOUNDS_S: Final = tuple(
    900 * quarters for quarters in (1, 2, 4, 8, 16, 32, 48, 96, 192, 288, 480, 672, 1_344, 4_032)
)
"""Upper bounds of the histogram of removal times, as /metrics shows them."""

DELAY_BOUNDS_S: Final = tuple(
    60 * minutes for minutes in (15, 60, 240, 480, 720, 1_440, 2_880, 10_080, 40_320)
)
"""Upper bounds of the histogram of hotlines' delays, likewise."""

OPEN_AGE_BOUNDS_S: Final = (3_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000)
"""Upper bounds of the histogram of open cases' ages, likewise."""

COHORTS_MS: Final = {"28d": 28 * DAY_MS, "90d": 90 * DAY_MS, "ever": None}
"""How long ago the notices of a cohort may be (rule 10.5)."""


def named(taken_for: str, cohort: str) -> str:
    """Return the name of an estimate: what unavailable is taken for, and of which cohort."""
    return taken_for if cohort == "ever" else f"{taken_for} {cohort}"


_NOTHING_TO_REMOVE: Final = (CaseClass.GONE_BEFORE_NOTICE, CaseClass.NEVER_ONLINE)
NOT_JUDGED: Final = (*_NOTHING_TO_REMOVE, CaseClass.WITHDRAWN, CaseClass.EXCLUDED)
"""Of cases in these classes no norm and no removal time is asked."""

ORDER: Final = 0
"""Stands for the terms of orders among norms in seconds."""

_HALF: Final = Fraction(1, 2)
_NINE_TENTHS: Final = Fraction(9, 10)


@dataclass(slots=True)
class CaseAccumulator:
    """Takes in the cases of one hoster in one role.

    Attributes:
        counts: whole numbers by name.
        times: by name of an estimate, the spans that it is made from.
        shares: by norm and `all`, `in_time` or `late`: sampled cases, each counted as many
            millionth times as it stands for.
        probability: the inclusion probabilities of all cases added up.
        sampled: cases in the sample.
    """

    as_of: Instant
    counts: Counter[str] = field(default_factory=Counter)
    times: defaultdict[str, list[CaseDuration]] = field(default_factory=lambda: defaultdict(list))
    shares: Counter[tuple[int, str]] = field(default_factory=Counter)
    probability: Fraction = Fraction(0)
    sampled: int = 0
    oldest_open_at: Instant | None = None
    _counted: set[tuple[str, str]] = field(default_factory=set)

    def add(self, case: Case, url_key: str = "") -> None:
        """Take in one case; one that does not exist yet at the instant is left out.

        Args:
            case: the case.
            url_key: of its URL: reports and returns of one URL count once in a window.
        """
        if case.case_class is None:
            return
        self.counts[f"class {case.case_class}"] += 1
        self.counts["cases"] += 1
        self.counts["not_naming"] += not case.naming
        self.counts["rechecked"] += case.rechecked > 0
        self.counts["disagreed"] += case.disagreed > 0
        self.counts[f"cases at {case.inclusion}"] += 1
        self.counts[f"sampled at {case.inclusion}"] += case.sampled
        self.probability += Fraction(case.inclusion)
        self.sampled += case.sampled
        self.counts.update(f"flag {flag}" for flag in case.flags)
        for what, at in _happenings(case):
            age_ms = self.as_of - at
            self.counts["reappearances"] += what == "reappeared" and age_ms >= 0
            for width, ms in WIDTHS_MS.items():
                if 0 <= age_ms < ms and self._is_first(case, url_key, f"{what} {width}"):
                    self.counts[f"{what} {width}"] += 1
        if case.noticed_at is None or case.noticed_at > self.as_of:
            return
        self.counts["noticed"] += 1
        if case.delay is not None and self.as_of - case.noticed_at < WIDTHS_MS["28d"]:
            hotline, took_ms = case.delay
            bucket = next((b for b in DELAY_BOUNDS_S if took_ms <= b * SECOND_MS), "above")
            self.counts[f"delay_bucket {bucket} of {hotline}"] += 1
            self.counts[f"delay_sum_ms of {hotline}"] += took_ms
        if case.case_class in BACKLOG:
            self._open(case, case.noticed_at)
        if case.case_class not in NOT_JUDGED and Flag.NOT_PROBED not in case.flags:
            self._judge(case)
            self._judge_second(case)
            if case.sampled:
                self._time(case, case.noticed_at, _times(case.inclusion))
                recent = self.as_of - case.noticed_at < WIDTHS_MS["28d"]
                self.counts["followed"] += recent
                self.counts["unmeasurable"] += recent and case.unmeasurable

    def _judge(self, case: Case) -> None:
        dark = case.case_class is CaseClass.DARK and not case.matures
        for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=True):
            if case.matures and self._unripe(case, norm_s):
                continue
            self._count(case, norm_s, NormVerdict.UNDETERMINED if dark else verdict)
        if case.order_verdict is not None and not self._is_order_unripe(case):
            self._count(case, ORDER, case.order_verdict)

    def _judge_second(self, case: Case) -> None:
        """Count the second verdicts on norms that have run out since the return (rule 6.3)."""
        if not case.matures or case.again_noticed_at is None:
            return
        for norm_s, verdict in zip(case.norms_s, case.again_verdicts, strict=False):
            if case.again_noticed_at + norm_s * SECOND_MS <= self.as_of:
                self.counts[f"second {norm_s} {verdict}"] += 1

    def _count(self, case: Case, norm_s: int, verdict: NormVerdict) -> None:
        name = f"norm {norm_s} at {case.inclusion}"
        if not case.sampled:
            self.counts[f"{name} left out"] += 1
            return
        self.counts[f"{name} {verdict}"] += 1
        for what in ("all", verdict):
            self.shares[norm_s, what] += _times(case.inclusion)

    def _is_first(self, case: Case, url_key: str, window: str) -> bool:
        """Return whether a window has not counted a URL yet; of method 9 it counts each case."""
        if not case.matures or not window.startswith(("reported", "reappeared")):
            return True
        known = (url_key or case.case_id, window) in self._counted
        self._counted.add((url_key or case.case_id, window))
        return not known

    def _unripe(self, case: Case, norm_s: int) -> bool:
        """Return whether a norm still runs, or the case moved before it ran out (rule 9.5)."""
        return self._runs(case, (case.noticed_at or 0) + norm_s * SECOND_MS)

    def _is_order_unripe(self, case: Case) -> bool:
        """Return whether the term of an order still runs, or the case moved before (rule 9.5)."""
        return case.order_due_at is None or self._runs(case, case.order_due_at)

    def _runs(self, case: Case, due_at: Instant) -> bool:
        moved = case.case_class is CaseClass.MOVED and (case.gone_at or 0) < due_at
        return due_at > self.as_of or moved

    def _open(self, case: Case, noticed_at: Instant) -> None:
        self.counts["backlog"] += 1
        age_ms = self.as_of - noticed_at
        bucket = next((b for b in OPEN_AGE_BOUNDS_S if age_ms <= b * SECOND_MS), "above")
        self.counts[f"open_age_bucket {bucket}"] += 1
        self.counts["open_age_sum_ms"] += age_ms
        followed = Flag.NOT_PROBED not in case.flags  # rule 7.9
        self.counts["unprobed"] += followed and case.sampled and case.missed > 0
        oldest = self.oldest_open_at
        self.oldest_open_at = noticed_at if oldest is None else min(oldest, noticed_at)
        self.counts["overdue"] += case.overdue
        self.counts["overdue_unseen"] += followed and case.overdue_unseen

    def _time(self, case: Case, noticed_at: Instant, times: int) -> None:
        last_at, removed_at = case.last_seen_at or 0, None
        if case.case_class is CaseClass.REMOVED:
            removed_at = case.gone_at
        if case.first_end is not None:
            last_at, removed_at = case.first_end  # a return lengthens no removal
        seen_ms = max(0, last_at - noticed_at)
        early_ms = late_ms = seen_ms
        early = late = False
        if removed_at is not None:
            early = late = True
            late_ms = max(0, removed_at - noticed_at)
            early_ms = seen_ms if case.matures else late_ms
            bucket = next((b for b in BOUNDS_S if late_ms <= b * SECOND_MS), "above")
            self.counts[f"removal_bucket {bucket}"] += times
            self.counts["removal_weight_ms"] += late_ms * times
        elif case.case_class is CaseClass.UNAVAILABLE:
            early, early_ms = True, max(0, case.since_at - noticed_at)
            late_ms = self.as_of - noticed_at
        incident = (case.host, noticed_at // DAY_MS) if case.matures else None
        for cohort, width_ms in COHORTS_MS.items():
            if width_ms is None or (case.matures and self.as_of - noticed_at < width_ms):
                one = (
                    CaseDuration(early_ms, early, times, incident),
                    CaseDuration(late_ms, late, times, incident),
                )
                for name, span in zip(("ended", "online"), one, strict=True):
                    self.times[named(name, cohort)].append(span)

    def figures(self) -> Figures:
        """Return what is said of all cases taken in."""
        counts = Counter(self.counts)
        if self.oldest_open_at is not None:
            counts["oldest_open_at"] = self.oldest_open_at
        return Figures(
            counts={name: n for name, n in counts.items() if n},
            removals={
                name: _removal(self.times.get(name, []))
                for name in (named(u, c) for u in ("ended", "online") for c in COHORTS_MS)
            },
            shares={
                str(norm_s): self._bounds(norm_s) for norm_s, what in self.shares if what == "all"
            },
            inclusion=self.inclusion,
        )

    @property
    def inclusion(self) -> float:
        """Return the mean inclusion probability of the cases, 1 without any."""
        cases = self.counts["cases"]
        return float(self.probability / cases) if cases else 1.0

    def _bounds(self, norm_s: int) -> tuple[float, float]:
        whole = self.shares[norm_s, "all"]
        in_time = Fraction(self.shares[norm_s, NormVerdict.IN_TIME], whole)
        not_late = 1 - Fraction(self.shares[norm_s, NormVerdict.LATE], whole)
        return float(in_time), float(not_late)


def total(tallies: Iterable[CaseAccumulator], as_of: Instant) -> Figures:
    """Return the figures of several hosters of one role together."""
    whole = CaseAccumulator(as_of)
    for tally in tallies:
        whole.counts += tally.counts
        for name, spans in tally.times.items():
            whole.times[name] += spans
        whole.shares += tally.shares
        whole.probability += tally.probability
        opens = [at for at in (whole.oldest_open_at, tally.oldest_open_at) if at is not None]
        whole.oldest_open_at = min(opens, default=None)
    return whole.figures()


def _times(inclusion: float) -> int:
    """Return how many millionths of a case a sampled one stands for: 1 / p to six decimals."""
    return round(1_000_000 / inclusion)


def _removal(spans: list[CaseDuration]) -> RemovalEstimate:
    half, nine_tenths = quantiles(spans, (_HALF, _NINE_TENTHS))
    ended = sum(span.ended for span in spans)
    limits = median_limits(spans)
    return RemovalEstimate(
        n=len(spans),
        ended=ended,
        p50_ms=half,
        p90_ms=nine_tenths,
        has_interval=limits is not None,
        p50_low_ms=limits[0] if limits else None,
        p50_high_ms=limits[1] if limits else None,
    )


def _happenings(case: Case) -> Iterator[tuple[str, Instant]]:
    """Give what happened to a case and when, each once; names are those of HAPPENINGS."""
    reported, noticed, removed, reappeared, late = HAPPENINGS
    yield from ((reported, at) for at in case.reports_at or (case.reported_at,))
    if case.noticed_at is not None:
        yield noticed, case.noticed_at
    if case.matures and case.case_class is CaseClass.EXCLUDED:
        return  # rule 11.1
    gone = {gone_at for _, gone_at, _ in case.returns}
    if case.case_class is CaseClass.REMOVED and case.gone_at is not None:
        gone.add(case.gone_at)
    elif not gone and case.first_end is not None:
        gone.add(case.first_end[1])
    for gone_at in gone:
        yield removed, gone_at
    for _, _, back_at in case.returns:
        yield reappeared, back_at
    judged = case.case_class not in NOT_JUDGED or not case.matures
    if case.late_at is not None and judged:  # it is the verdict that shares count (rule 9.6)
        yield late, case.late_at
