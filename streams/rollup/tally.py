"""Takes in one hoster's cases one by one, lets them go, and says what follows for its figures.

A case that is taken in counts as it does at one instant. `streams.rollup.next_change` says until
when it counts so, and `streams.rollup.incremental_figures` lets it go then and takes it in again;
all else that time moves is read off numbers in order (`streams.statistics.sorted_multiset`).
"""

from collections import Counter

from schemas.closed_lists import BACKLOG, CaseClass, Flag, NormVerdict, Role
from schemas.moments import Instant
from schemas.records.case import Phase
from schemas.records.reports import HotlineId
from streams.norms.maturity import NO_NORM_APPLIES, is_probed, n_matured
from streams.norms.measurability import is_measurable
from streams.norms.overdue import is_overdue, is_overdue_unseen, late_at
from streams.norms.punctuality import norm_slots
from streams.rollup.case_row import CaseRow
from streams.rollup.figures import DELAY_BOUNDS_S, HosterFigures
from streams.rollup.open_age import open_ages
from streams.rollup.stratum import Strata, Stratum
from streams.rollup.windows import WIDEST_MS, WindowEvent, counted
from streams.statistics.histogram_buckets import Buckets, Durations
from streams.statistics.incidents import coded, incident_of
from streams.statistics.sorted_multiset import SortedMultiset


class _ClassCount:
    """Cases of one class: how many, and what the class means for the figures.

    Asked of a set, each of these would hash the class anew, which costs more than all else.
    """

    __slots__ = ("backlog", "cases", "excluded", "norms_apply", "removed", "unavailable")

    def __init__(self, case_class: CaseClass) -> None:
        self.cases = 0
        self.backlog = case_class in BACKLOG
        self.norms_apply = case_class not in NO_NORM_APPLIES
        self.excluded = case_class is CaseClass.EXCLUDED
        self.removed = case_class is CaseClass.REMOVED
        self.unavailable = case_class is CaseClass.UNAVAILABLE


class Tally:
    """The cases of one hoster in one role.

    Args:
        as_of: the instant that figures hold for.
    """

    def __init__(self, as_of: Instant) -> None:
        """Begin with no case."""
        self._as_of = as_of
        self._kinds = {case_class: _ClassCount(case_class) for case_class in CaseClass}
        self._noticed = self._overdue = self._overdue_unseen = self._not_naming = 0
        self._followed = self._unmeasurable = 0
        self._unprobed = self._rechecked = self._disagreed = 0
        self._backlog_noticed, self._backlog_noticed_sum = SortedMultiset(), 0
        self._strata = Strata()
        self._events: dict[WindowEvent, SortedMultiset] = {
            event: SortedMultiset() for event in WindowEvent
        }
        self._reported, self._noticed_at = (
            self._events[WindowEvent.REPORTED],
            self._events[WindowEvent.NOTICED],
        )
        self._flags: Counter[Flag] = Counter()
        self._delays: dict[HotlineId, Buckets] = {}
        self._second: Counter[tuple[int, NormVerdict]] = Counter()
        self._untold_returns = 0

    @property
    def as_of(self) -> Instant:
        """Return the instant that cases count for."""
        return self._as_of

    def move(self, as_of: Instant) -> None:
        """Let figures hold for another instant, at which the cases held count as they do now."""
        self._as_of = as_of

    def add(self, case: CaseRow, phase: Phase) -> None:
        """Take in one case that is in `phase`."""
        self._count(case, phase, 1)

    def remove(self, case: CaseRow, phase: Phase) -> None:
        """Let go of one case that was taken in so: the same object, and it still counts so."""
        self._count(case, phase, -1)

    def _count(self, case: CaseRow, phase: Phase, sign: int) -> None:
        kind = self._kinds[phase.case_class]
        kind.cases += sign
        self._not_naming += 0 if case.naming else sign
        self._rechecked += sign if case.rechecks.rechecked else 0
        self._disagreed += sign if case.rechecks.disagreed else 0
        self._untold_returns += sign * case.untold_returns
        for flag in case.flags:
            self._flags[flag] += sign
        self._happened(case, kind, sign)
        stratum = self._strata.of(case.sampling.inclusion)
        stratum.cases += sign
        stratum.sampled += sign if case.sampling.sampled else 0
        noticed_at = case.noticed_at
        if noticed_at is not None and noticed_at <= self._as_of:
            self._notice(case, phase, kind, stratum, noticed_at=noticed_at, sign=sign)
        if not stratum.cases:
            self._strata.forget(case.sampling.inclusion)

    def _notice(
        self,
        case: CaseRow,
        phase: Phase,
        kind: _ClassCount,
        stratum: Stratum,
        *,
        noticed_at: Instant,
        sign: int,
    ) -> None:
        """Count a case whose hoster was told."""
        recent = noticed_at > self._as_of - WIDEST_MS
        self._noticed += sign
        if case.delay is not None and recent:
            self._delay(*case.delay, sign)
        if kind.backlog:
            self._open(case, noticed_at, sign)
        if not (kind.norms_apply and is_probed(case.flags)):
            return
        stratum.judge(case, noticed_at, self._as_of, sign)
        self._judge_second(case, sign)
        if not case.sampling.sampled:
            return
        self._time(case, phase, kind, stratum, sign)
        if recent:
            self._followed += sign
            if not is_measurable(case, phase.case_class, self._as_of):
                self._unmeasurable += sign

    def _judge_second(self, case: CaseRow, sign: int) -> None:
        """Count the second verdict on the norms that have run out since the return."""
        from_at = case.again_noticed_at
        if from_at is None:
            return
        asked = n_matured(case.norms_s, from_at, None, self._as_of)
        for norm_s, verdict in zip(case.norms_s[:asked], case.again_verdicts, strict=False):
            self._second[norm_s, verdict] += sign
            if not self._second[norm_s, verdict]:
                del self._second[norm_s, verdict]

    def _delay(self, hotline: HotlineId, took_ms: int, sign: int) -> None:
        held = self._delays.get(hotline)
        if held is None:
            held = self._delays[hotline] = Buckets(DELAY_BOUNDS_S)
        held.change(took_ms, sign)
        if not held.n:
            del self._delays[hotline]

    def _open(self, case: CaseRow, noticed_at: Instant, sign: int) -> None:
        self._backlog_noticed.change(noticed_at, sign)
        self._backlog_noticed_sum += sign * noticed_at
        # to those outside the sample no probe on time is promised
        is_promised = case.sampling.sampled and is_probed(case.flags)
        if is_promised and norm_slots(case, self._as_of).not_on_time:
            self._unprobed += sign
        if is_overdue(case):
            self._overdue += sign
        elif is_overdue_unseen(case, self._as_of):
            self._overdue_unseen += sign

    def _happened(self, case: CaseRow, kind: _ClassCount, sign: int) -> None:
        """Count what happened to the case, each thing once.

        An end that a return followed stands in `returns`; where the return came too late to
        re-open the case, the same end is also its last one. The first end stands while nothing
        backs what was seen after it. What two persons excluded was reported, and no more.
        """
        if case.reported_last_at is not None:
            self._reported.change(case.reported_last_at, sign)
        if case.noticed_at is not None:
            self._noticed_at.change(case.noticed_at, sign)
        if kind.excluded:
            return
        gone_at = case.gone_at if kind.removed else None
        if gone_at is None and case.first_end is not None and not case.returns:
            gone_at = case.first_end[1]
        if case.returns:
            ends = {back.gone_at for back in case.returns if not back.moved}
            for end in ends:
                self._events[WindowEvent.REMOVED].change(end, sign)
            gone_at = None if gone_at in ends else gone_at
        if gone_at is not None:
            self._events[WindowEvent.REMOVED].change(gone_at, sign)
        if case.back_last_at is not None:
            self._events[WindowEvent.REAPPEARED].change(case.back_last_at, sign)
        late = late_at(case)
        if late is not None and kind.norms_apply:
            self._events[WindowEvent.LATE].change(late, sign)

    def _time(
        self, case: CaseRow, phase: Phase, kind: _ClassCount, stratum: Stratum, sign: int
    ) -> None:
        """Count the case's removal time, or how long it is known to have lasted.

        The two estimates differ in what was removed and in what is unavailable. Removed cases ended
        at L, or at R, of several times the first after the notice: a return lengthens no removal.
        Unavailable ones ended when the class began, or are there to this day. All others were seen
        until L and are censored there: what happened since is not known, and a case gone but not
        yet confirmed must not count as a long-lived one.
        """
        noticed_at = case.noticed_at or 0
        incident = incident_of(case.host, noticed_at)
        last_at, removed_at = (
            case.last_seen_at or noticed_at,
            case.gone_at if kind.removed else None,
        )
        if case.first_end is not None:
            last_at, removed_at = case.first_end
        seen = max(0, last_at - noticed_at)
        times = stratum.times(noticed_at, self._as_of)
        if removed_at is not None:
            took = max(0, removed_at - noticed_at)
            stratum.removals.change(took, sign)
            times.event_at_l.change(coded(seen, ended=True, incident=incident), sign)
            times.event_at_r.change(coded(took, ended=True, incident=incident), sign)
        elif kind.unavailable:
            took = max(0, phase.from_at - noticed_at)
            times.event_at_l.change(coded(took, ended=True, incident=incident), sign)
            times.unavailable.change(coded(noticed_at, ended=False, incident=incident), sign)
        else:
            times.common.change(coded(seen, ended=False, incident=incident), sign)

    def figures(self, hoster: str, role: Role) -> HosterFigures:
        """Return the figures of all cases taken in."""
        strata, as_of = self._strata, self._as_of
        return HosterFigures(
            hoster=hoster,
            role=role,
            as_of=as_of,
            classes={case_class: kind.cases for case_class, kind in self._kinds.items()},
            noticed=self._noticed,
            overdue=self._overdue,
            overdue_unseen=self._overdue_unseen,
            oldest_open_at=self._backlog_noticed.least(),
            open_ages=open_ages(self._backlog_noticed, self._backlog_noticed_sum, as_of),
            included=strata.included(),
            unprobed=self._unprobed,
            followed=self._followed,
            unmeasurable=self._unmeasurable,
            rechecked=self._rechecked,
            disagreed=self._disagreed,
            norms=strata.norms(),
            removal_weights=strata.removal_weights(),
            removal_weight_ms=strata.removal_weight_ms(),
            cohorts=strata.cohorts(as_of),
            windows={event: counted(at, as_of) for event, at in self._events.items()},
            second=dict(sorted(self._second.items())),
            untold_returns=self._untold_returns,
            reappearances=self._events[WindowEvent.REAPPEARED].up_to(as_of),
            not_naming=self._not_naming,
            flags={flag: self._flags[flag] for flag in Flag},
            delays={
                hotline: Durations(counts=tuple(took.counts), sum_ms=took.sum_ms)
                for hotline, took in sorted(self._delays.items())
            },
        )
