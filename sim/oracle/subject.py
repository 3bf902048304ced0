"""One URL with everything that is known of it, and what that allows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Role
from schemas.moments import Instant
from schemas.records.case import CaseSummary
from sim.oracle.evidence import Evidence
from sim.oracle.made_probes import ProbeTimes, sent_at_of, suffices
from sim.oracle.true_reading import confirmed_gone_at
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.hosters import SimHoster
from sim.world.material import Absence, Material
from sim.world.outages import Outages
from verify.method_10.fold.returns import SAME_CASE_MS, VOID_MS

UNNAMED: Final = frozenset({Behaviour.NO_NAME, Behaviour.NAMES_INSIDE, Behaviour.MOVES})
"""Whoever first asks for their names when the trick has begun does not learn whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One URL with everything that is known of it.

    Attributes:
        item: the truth.
        hoster: who serves it.
        cases: what is published.
        evidence: all that is known.
        probes: made for the hoster's case; None = not known.
        placed_at: when the name was first found to lead to the hoster; None = never.
        outages: when the monitor was not there.
    """

    item: Material
    hoster: SimHoster
    cases: Sequence[CaseSummary]
    evidence: Evidence
    probes: Sequence[ProbeTimes] | None
    placed_at: Instant | None = None
    outages: Outages = field(default_factory=Outages)

    @property
    def noticed(self) -> bool:
        """Whether the notice has been sent."""
        return self.item.told_at <= self.evidence.told_until

    def brief(self, case: CaseSummary) -> bool:
        """Return whether an end that counts is a true absence, though a shorter one than a day."""
        ends = (case.first_end, (case.last_seen_at, case.gone_at))
        return any(
            e and e[1] is not None and self.begins_in(e[0], e[1], self.item.gaps) for e in ends
        )

    def awaits_recheck(self, case: CaseSummary) -> bool:
        """Return whether a removal is one that only hidden probes can undo, and too few were made.

        One puts the removal in question, for a day at most; three over half an hour undo it.
        """
        if self.hoster.behaviour is not Behaviour.CLOAKS_ALL or not case.gone_at:
            return False
        hidden = self._hidden(case.gone_at, self.evidence.as_of)
        return not suffices(hidden, self.evidence.hidden)

    def unprobed_by_hidden(self, case: CaseSummary) -> bool:
        """Return whether a removal stands for the norms because hidden probes came too late.

        What is shown to the known vantages alone is void if a hidden one sees it within a day. A
        busy monitor may make no hidden probe in that day; what is seen later is a return.
        """
        if self.hoster.behaviour is not Behaviour.CLOAKS_ALL or case.first_end is None:
            return False
        gone_at = case.first_end[1]
        return not self._hidden(gone_at, gone_at + VOID_MS)

    def _hidden(self, after: Instant, until: Instant) -> list[ProbeTimes]:
        """Return the probes of hidden vantages that somebody answered in a span."""
        return [
            probe
            for probe in self.probes or ()
            if probe.vantage in self.evidence.hidden
            and probe.answered
            and after < probe.sent_at
            and probe.done_at <= until
        ]

    def vouched(self, case: CaseSummary) -> bool:
        """Return whether a person at a hotline saw it last, who is asked for once and no more.

        What was seen after the report, and by no probe, a person saw.
        """
        seen_at = case.last_seen_at
        probes = (probe.sent_at for probe in self.probes or ())
        return seen_at is not None and seen_at > self.item.reported_at and seen_at not in probes

    @property
    def removed_unchecked(self) -> bool:
        """Return whether it counts as removed, and hidden probes have yet to find that false."""
        case = first_case(self)
        return case is not None and self.evidence.removed(case) and self.awaits_recheck(case)

    @property
    def sampled(self) -> bool:
        """Whether figures that rest on probes on time are estimated from it."""
        case = first_case(self)
        return case is None or case.sampling.sampled

    @property
    def passed_unseen(self) -> bool:
        """Return whether it was removed and put back, and the probes could not show that."""
        if self.probes is None or not self.item.back(self.evidence.read_at):
            return False
        return self.confirmed_gone_at is None

    @property
    def confirmed_gone_at(self) -> Instant | None:
        """R of the removal that the probes must have confirmed; None = they need not have."""
        return confirmed_gone_at(self.item, self.hoster, self.probes or (), self.evidence.vantages)

    @property
    def unplaceable(self) -> bool:
        """Return whether the name led elsewhere already when the monitor first came to ask."""
        away_at = self._leads_away_at()
        if self.probes is None or away_at is None:
            return False
        return self.placed_at is None or self.placed_at >= away_at

    def _leads_away_at(self) -> Instant | None:
        """Return from when on the name does not lead to the hoster; None = it always does."""
        match self.hoster.behaviour:
            case Behaviour.EXPIRES:
                return self.item.removed_at
            case Behaviour.MOVES_INSIDE | Behaviour.LEAVES:
                return self.item.moved_at
            case behaviour:
                return self.item.noticed_at + TRICK_MS if behaviour in UNNAMED else None

    def begins_in(
        self, last_seen_at: Instant | None, gone_at: Instant, among: Iterable[Absence] | None = None
    ) -> bool:
        """Return whether an absence began in (L, R] and had not ended when R was asked for.

        Args:
            last_seen_at: L.
            gone_at: R.
            among: the absences that count; None = all.
        """
        asked_at = gone_at if self.probes is None else sent_at_of(gone_at, self.probes)
        absences = [*self.item.absences(), *self._left(asked_at)] if among is None else among
        return any(
            (last_seen_at is None or last_seen_at < begun_at)
            and begun_at <= gone_at
            and (ended_at is None or asked_at < ended_at)
            for begun_at, ended_at in absences
        )

    def _left(self, asked_at: Instant) -> Iterator[Absence]:
        """Yield since when it is not where a probe that had its address before asked for it."""
        moved_at = self.item.moved_at
        if moved_at is not None and moved_at <= asked_at <= moved_at + self.evidence.stale_ms:
            yield moved_at, None


def first_case(subject: Subject) -> CaseSummary | None:
    """Return the case at the URL's hoster, None where it has none."""
    return next(iter(own_cases(subject)), None)


def own_cases(subject: Subject) -> list[CaseSummary]:
    """Return the cases at the URL's hoster, oldest first; none where there is one too many."""
    item = subject.item
    fronts = [case for case in subject.cases if case.role is Role.PROXY]
    hosting = [case for case in subject.cases if case.role is Role.HOSTING]
    own = [case for case in hosting if case.hoster == item.hoster]
    others = [case for case in hosting if case.hoster != item.hoster]
    again = item.back(subject.evidence.read_at) and returns_late(item)
    if len(own) > 1 + again or any(case.hoster != item.second for case in others):
        return []
    if {case.hoster for case in fronts} != ({item.through} - {""}):
        return []
    return sorted(own, key=_opened_at)


def _opened_at(case: CaseSummary) -> Instant:
    return case.opened_at


def returns_late(item: Material) -> bool:
    """Return whether it is put back so late that it is a new case."""
    if item.removed_at is None or item.back_at is None:
        return False
    return item.back_at - item.removed_at > SAME_CASE_MS
