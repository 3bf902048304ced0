"""Figures of a hoster from its cases: sort, group, count (docs/measurement.md)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from schemas.moments import SECOND_MS, Instant
from schemas.reasons import OPEN, NormVerdict, Outcome
from verify.compared.record import HAPPENINGS, WIDTHS_MS, Case, Figures, Removal
from verify.figures.kaplan_meier import Span, quantiles

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

_NOTHING_TO_REMOVE: Final = (Outcome.GONE_BEFORE_NOTICE, Outcome.NEVER_ONLINE)
_NOT_JUDGED: Final = (*_NOTHING_TO_REMOVE, Outcome.WITHDRAWN, Outcome.EXCLUDED)
_HALF: Final = Fraction(1, 2)
_NINE_TENTHS: Final = Fraction(9, 10)


@dataclass(slots=True)
class Tally:
    """Takes in the cases of one hoster in one role.

    Attributes:
        counts: whole numbers by name.
        ended, online: spans by what an unavailable case is taken for.
        shares: by norm and `all`, `in_time` or `late`: sampled cases, each counted as many
            millionth times as it stands for.
        probability: the inclusion probabilities of all cases added up.
        sampled: cases in the sample.
    """

    as_of: Instant
    counts: Counter[str] = field(default_factory=Counter)
    ended: list[Span] = field(default_factory=list)
    online: list[Span] = field(default_factory=list)
    shares: Counter[tuple[int, str]] = field(default_factory=Counter)
    probability: Fraction = Fraction(0)
    sampled: int = 0
    oldest_open_at: Instant | None = None
    _counted: set[tuple[str, str]] = field(default_factory=set)

    def add(self, case: Case, url: str = "") -> None:
        """Take in one case; one that does not exist yet at the instant is left out.

        Args:
            case: the case.
            url: the key of its URL: reports and returns of one URL count once in a window.
        """
        if case.outcome is None:
            return
        self.counts[f"class {case.outcome}"] += 1
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
                if 0 <= age_ms < ms and self._is_first(case, url, f"{what} {width}"):
                    self.counts[f"{what} {width}"] += 1
        if case.noticed_at is None or case.noticed_at > self.as_of:
            return
        self.counts["noticed"] += 1
        if case.delay is not None and self.as_of - case.noticed_at < WIDTHS_MS["28d"]:
            hotline, took_ms = case.delay
            bucket = next((b for b in DELAY_BOUNDS_S if took_ms <= b * SECOND_MS), "above")
            self.counts[f"delay_bucket {bucket} of {hotline}"] += 1
            self.counts[f"delay_sum_ms of {hotline}"] += took_ms
        if case.outcome in OPEN - {Outcome.AWAITING}:
            self._open(case, case.noticed_at)
        if case.outcome not in _NOT_JUDGED:
            self._judge(case)
            if case.sampled:
                self._time(case, case.noticed_at, _times(case.inclusion))
                recent = self.as_of - case.noticed_at < WIDTHS_MS["28d"]
                self.counts["followed"] += recent
                self.counts["unmeasurable"] += recent and case.unmeasurable

    def _judge(self, case: Case) -> None:
        dark = case.outcome is Outcome.DARK and not case.matures
        for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=True):
            if case.matures and self._unripe(case, norm_s):
                continue
            name = f"norm {norm_s} at {case.inclusion}"
            if not case.sampled:
                self.counts[f"{name} left out"] += 1
                continue
            said = NormVerdict.UNDETERMINED if dark else verdict
            self.counts[f"{name} {said}"] += 1
            for what in ("all", said):
                self.shares[norm_s, what] += _times(case.inclusion)

    def _is_first(self, case: Case, url: str, window: str) -> bool:
        """Return whether a window has not counted a URL yet; of method 9 it counts each case."""
        if not case.matures or not window.startswith(("reported", "reappeared")):
            return True
        known = (url or case.case_id, window) in self._counted
        self._counted.add((url or case.case_id, window))
        return not known

    def _unripe(self, case: Case, norm_s: int) -> bool:
        """Return whether a norm still runs, or the case moved before it ran out (rule 3.9)."""
        due_at = (case.noticed_at or 0) + norm_s * SECOND_MS
        moved = case.outcome is Outcome.MOVED and (case.gone_at or 0) < due_at
        return due_at > self.as_of or moved

    def _open(self, case: Case, noticed_at: Instant) -> None:
        self.counts["backlog"] += 1
        age_ms = self.as_of - noticed_at
        bucket = next((b for b in OPEN_AGE_BOUNDS_S if age_ms <= b * SECOND_MS), "above")
        self.counts[f"open_age_bucket {bucket}"] += 1
        self.counts["open_age_sum_ms"] += age_ms
        self.counts["unprobed"] += case.sampled and case.missed > 0
        oldest = self.oldest_open_at
        self.oldest_open_at = noticed_at if oldest is None else min(oldest, noticed_at)
        self.counts["overdue"] += case.overdue
        self.counts["overdue_unseen"] += case.overdue_unseen

    def _time(self, case: Case, noticed_at: Instant, times: int) -> None:
        removed_at = case.gone_at if case.outcome is Outcome.REMOVED else None
        if case.first_end is not None:
            removed_at = case.first_end[1]  # a return lengthens no removal
        if removed_at is not None:
            took_ms = max(0, removed_at - noticed_at)
            self.ended.append(Span(took_ms, ended=True, times=times))
            self.online.append(Span(took_ms, ended=True, times=times))
            bucket = next((b for b in BOUNDS_S if took_ms <= b * SECOND_MS), "above")
            self.counts[f"removal_bucket {bucket}"] += times
            self.counts["removal_weight_ms"] += took_ms * times
        elif case.outcome is Outcome.UNAVAILABLE:
            ended_ms = max(0, case.since_at - noticed_at)
            self.ended.append(Span(ended_ms, ended=True, times=times))
            self.online.append(Span(self.as_of - noticed_at, ended=False, times=times))
        else:
            seen_ms = 0 if case.last_seen_at is None else max(0, case.last_seen_at - noticed_at)
            self.ended.append(Span(seen_ms, ended=False, times=times))
            self.online.append(Span(seen_ms, ended=False, times=times))

    def figures(self) -> Figures:
        """Return what is said of all cases taken in."""
        counts = Counter(self.counts)
        if self.oldest_open_at is not None:
            counts["oldest_open_at"] = self.oldest_open_at
        return Figures(
            counts={name: n for name, n in counts.items() if n},
            removals={"ended": _removal(self.ended), "online": _removal(self.online)},
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


def total(tallies: Iterable[Tally], as_of: Instant) -> Figures:
    """Return the figures of several hosters of one role together."""
    whole = Tally(as_of)
    for tally in tallies:
        whole.counts += tally.counts
        whole.ended += tally.ended
        whole.online += tally.online
        whole.shares += tally.shares
        whole.probability += tally.probability
        opens = [at for at in (whole.oldest_open_at, tally.oldest_open_at) if at is not None]
        whole.oldest_open_at = min(opens, default=None)
    return whole.figures()


def _times(inclusion: float) -> int:
    """Return how many millionths of a case a sampled one stands for: 1 / p to six decimals."""
    return round(1_000_000 / inclusion)


def _removal(spans: list[Span]) -> Removal:
    half, nine_tenths = quantiles(spans, (_HALF, _NINE_TENTHS))
    ended = sum(span.ended for span in spans)
    return Removal(n=len(spans), ended=ended, p50_ms=half, p90_ms=nine_tenths)


def _happenings(case: Case) -> Iterator[tuple[str, Instant]]:
    """Give what happened to a case and when, each once; names are those of HAPPENINGS."""
    reported, noticed, removed, reappeared, late = HAPPENINGS
    yield from ((reported, at) for at in case.reports_at or (case.reported_at,))
    if case.noticed_at is not None:
        yield noticed, case.noticed_at
    gone = {gone_at for _, gone_at, _ in case.returns}
    if case.outcome is Outcome.REMOVED and case.gone_at is not None:
        gone.add(case.gone_at)
    for gone_at in gone:
        yield removed, gone_at
    for _, _, back_at in case.returns:
        yield reappeared, back_at
    if case.late_at is not None:
        yield late, case.late_at
