"""What the pipeline says, brought to one instant so that it can be laid beside the truth."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from schemas.closed_lists import OPEN, CaseClass, NormVerdict, Result, Role
from schemas.moments import Instant
from schemas.records.case import CaseSummary, Phase
from schemas.records.processing import OutcomeRecord
from sim.oracle.made_probes import ProbeTimes
from sim.oracle.truth import ComparedFigures
from streams.case_class import phase_at
from streams.rollup.case_figures import figures
from streams.rollup.case_table import UrlCases
from streams.rollup.figures import RemovalTimeReading
from streams.rollup.row_interning import rows

SECTOR_NORM_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What stands in Kafka at the end of a run.

    Attributes:
        as_of: the instant that is compared.
        told_until: the hotlines sent nothing that is later than this.
        read_at: the instant up to which the pipeline has worked; later than `as_of`, because
            what was true at `as_of` takes time to be seen and confirmed.
        urls: newest state by url_key.
        outcomes: what became of intake records.
        probes: made at each URL; None = not known, so the timetable is believed.
        placed: when each URL's name first led to each hoster; known where `probes` are.
        vantages: those whose probes decide.
        hidden: those that probe again what was removed, which no hoster knows.
        stale_ms: how long ago a probe may have asked for the name whose address it went to: it
            waits for its turn in between, and in quick time a tenth of a second is minutes.
    """

    as_of: Instant
    told_until: Instant
    read_at: Instant
    urls: Mapping[str, UrlCases] = field(repr=False)
    outcomes: Sequence[OutcomeRecord] = field(repr=False)
    probes: Mapping[str, Sequence[ProbeTimes]] | None = field(default=None, repr=False)
    placed: Mapping[str, Mapping[str, Instant]] = field(default_factory=dict, repr=False)
    vantages: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    stale_ms: int = 0

    def distinct_outcomes(self) -> list[OutcomeRecord]:
        """Return the outcomes, one per origin."""
        found = {(o.origin.topic, o.origin.partition, o.origin.offset): o for o in self.outcomes}
        return list(found.values())

    def probes_at(self, url_key: str, hoster: str) -> Sequence[ProbeTimes] | None:
        """Return the probes made at a URL for a hoster's case; None = not known."""
        if self.probes is None:
            return None
        return [probe for probe in self.probes.get(url_key, ()) if probe.hoster == hoster]

    def unaccounted(self) -> int:
        """Return how many accepted reports stand in no URL's state."""
        accepted = Counter(
            outcome.url_key
            for outcome in self.distinct_outcomes()
            if outcome.type == "report" and outcome.result is Result.ACCEPTED
        )
        held = {key: len(url.reports) for key, url in self.urls.items()}
        return sum(max(0, count - held.get(key or "", 0)) for key, count in accepted.items())

    def outcome(self, case: CaseSummary) -> CaseClass | None:
        """Return the class of a case as far as is known at `read_at`; None = not there yet."""
        phase = phase_at(case, self.read_at)
        return phase.case_class if phase is not None else None

    def ended(self, case: CaseSummary) -> bool:
        """Return whether a case had ended by `as_of`, as far as is known at `read_at`."""
        by = case.gone_at is not None and case.gone_at <= self.as_of
        return by and self.outcome(case) not in OPEN

    def removed(self, case: CaseSummary) -> bool:
        """Return whether a case was removed by `as_of`, as far as is known at `read_at`."""
        return self.ended(case) and self.outcome(case) is CaseClass.REMOVED

    def settled(self, hoster: str) -> list[CaseSummary]:
        """Return a hoster's cases as of `as_of`, with what came to be known of the time before."""
        return [
            self._settled(case)
            for url in self.urls.values()
            for case in url.cases
            if case.hoster == hoster and case.role is Role.HOSTING
        ]

    def measured(self, hoster: str) -> ComparedFigures:
        """Return the pipeline's own figures of a hoster, for `as_of`."""
        found = figures(hoster, Role.HOSTING, rows(self.settled(hoster), self.as_of), self.as_of)
        median_ms = found.estimate(RemovalTimeReading.CENSORED).p50_ms
        sector = found.norm(SECTOR_NORM_S)
        return ComparedFigures(
            reported=found.reported,
            noticed=found.noticed,
            backlog=found.backlog,
            overdue=found.overdue,
            unseen=found.overdue_unseen,
            unavailable=found.unavailable,
            dark=found.classes[CaseClass.DARK],
            removed=found.removed,
            back=found.reappearances,
            found_out=found.disagreed,
            median_s=None if median_ms is None else median_ms / 1_000,
            share_24h=sector.bounds,
            late_24h=sum(part.late for part in sector.parts),
        )

    def _settled(self, case: CaseSummary) -> CaseSummary:
        """Return the case as of `as_of`, with what came to be known later of the time before.

        A removal before `as_of` that was confirmed after it is one; a removal after it is none
        yet, and an end that was put in question or undone after it is none any more. What was seen
        after `as_of` says that it was there at `as_of`, and no more. The rules judge what was
        known at one instant, so the second reading has no word for a case of two.
        """
        removed = self.removed(case)
        seen_at = None if case.last_seen_at is None else min(case.last_seen_at, self.as_of)
        verdicts = tuple(self._verdicts(case, removed))
        late = case.late_at if NormVerdict.LATE in verdicts else None
        overdue = late is not None and case.overdue
        seen = replace(case, last_seen_at=seen_at, verdicts=verdicts, late_at=late, overdue=overdue)
        if removed:
            return replace(seen, phases=(Phase(case.reported_at, CaseClass.REMOVED),))
        then, now = phase_at(case, self.as_of), self.outcome(case)
        if then is not None and then.case_class not in OPEN and now in OPEN:
            return replace(seen, phases=(Phase(case.reported_at, now),), gone_at=None)
        if case.gone_at is None or case.gone_at <= self.as_of:
            return seen
        outcome = CaseClass.AWAITING if case.noticed_at is None else CaseClass.ONLINE
        return replace(seen, phases=(Phase(case.reported_at, outcome),), gone_at=None)

    def _verdicts(self, case: CaseSummary, removed: bool) -> Iterator[NormVerdict]:
        """Yield the norm verdicts without those that only time after `as_of` brought."""
        first = case.first_end is not None and case.first_end[1] <= self.as_of
        for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=False):
            passed = (case.noticed_at or 0) + 1_000 * norm_s < self.as_of
            in_time = verdict is NormVerdict.IN_TIME and (removed or first)
            late = verdict is NormVerdict.LATE and passed
            yield verdict if in_time or late else NormVerdict.UNDETERMINED


def counts(outcomes: Iterable[OutcomeRecord]) -> Counter[tuple[Result, str]]:
    """Count outcomes by result and reason, the reason empty where there is none."""
    return Counter((outcome.result, outcome.reason or "") for outcome in outcomes)
