"""The cases so far, the run of observations now going on, and the end it confirms (rule 4.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from verify.method_10.fold.case_history import AvailabilitySpell, CaseHistory, End
from verify.method_10.fold.fold_context import FoldContext
from verify.method_10.gone import (
    DARK_GAP_MS,
    PROBES_MIN,
    SPAN_MS,
    AskedVantages,
    Confirmed,
    confirmed_end,
    required_vantages,
    suffice,
)
from verify.method_10.observations import JudgedObservation
from verify.method_10.statements import Statement

ObservationOrStatement: TypeAlias = JudgedObservation | Statement


def in_time(entry: ObservationOrStatement) -> tuple[object, ...]:
    """Return the order of time; of one instant a sighting by a person is first, absent last."""
    if isinstance(entry, Statement):
        return entry.at, 0 if entry.present else 3, entry.at, entry.who, 0, ""
    kind = 2 if entry.is_control else 1
    return (
        entry.at,
        kind,
        entry.sent_at,
        entry.who,
        entry.observation.slot_at,
        entry.judgement.verdict,
    )


def is_often(seen: Sequence[JudgedObservation]) -> bool:
    """Return whether a vantage saw it in 3 slots over 30 min (rule 4.6)."""
    return suffice([one.observation for one in seen])


@dataclass(slots=True, kw_only=True)
class CaseBuilder:
    """The cases so far, and the run: what was seen since the newest sighting.

    Attributes:
        seen: all observations of the hosting spell.
        context: what has to be known beside them.
        gone, refused, unavailable, dead, controls: since the newest sighting, in order.
        newest: what each vantage said last that was conclusive: there, or gone.
        canaries: when each vantage's canary answered last.
        conclusive: the vantages that said something conclusive in the run.
        asked_vantages: those of the newest order.
        alone: sightings of each vantage against the others.
        disputed: checks that probes contradict.
        strange: the observations running of another shape, by vantage.
        passing: other shapes seen before the notice, which may come and go.
        person_saw: a person's check found it, so none is asked what it is.
        attested: shapes at which a person saw it.
        shapes: the shape that each vantage saw last.
        controlled: a control was probed in the run.
        stated_elsewhere: the newest statement of origin names another.
        left: the spell of the case before, of which no backed sighting is a return yet.
    """

    seen: Sequence[JudgedObservation]
    context: FoldContext
    opened_at: Instant
    cases: list[CaseHistory] = field(default_factory=list)
    gone: list[JudgedObservation] = field(default_factory=list)
    refused: list[JudgedObservation] = field(default_factory=list)
    unavailable: list[JudgedObservation] = field(default_factory=list)
    dead: list[JudgedObservation] = field(default_factory=list)
    controls: list[JudgedObservation] = field(default_factory=list)
    newest: dict[str, bool] = field(default_factory=dict)
    canaries: dict[str, Instant] = field(default_factory=dict)
    conclusive: set[str] = field(default_factory=set)
    asked_vantages: frozenset[str] = frozenset()
    alone: dict[str, list[JudgedObservation]] = field(default_factory=dict)
    disputed: list[Statement] = field(default_factory=list)
    doubted_enough: bool = False
    strange: dict[str, int] = field(default_factory=dict)
    passing: set[tuple[object, ...]] = field(default_factory=set)
    person_saw: bool = False
    attested: set[tuple[object, ...]] = field(default_factory=set)
    shapes: dict[str, tuple[object, ...]] = field(default_factory=dict)
    controlled: bool = False
    left: AvailabilitySpell | None = None
    stated_elsewhere: bool = False

    @property
    def case(self) -> CaseHistory:
        """Return the newest case."""
        return self.cases[-1]

    def _open(self, at: Instant, *, told_at: Instant | None = None, back: bool = False) -> None:
        states = [(at, CaseClass.ONLINE)]
        self.cases.append(CaseHistory(opened_at=at, told_at=told_at, is_return=back, states=states))
        self._restart()
        self.attested, self.person_saw = set(), False
        self.disputed = []
        self.strange, self.passing = {}, set()

    def _restart(self) -> None:
        """Start all runs anew, as every sighting does."""
        self.gone, self.refused, self.unavailable, self.dead, self.controls = [], [], [], [], []
        self.conclusive, self.doubted_enough, self.controlled = set(), False, False

    def notices(self) -> list[Instant]:
        """Return when the owner was told in the time of the newest case (rule 2.1)."""
        since = self.context.since if len(self.cases) == 1 else self.case.opened_at
        return [at for at in self.context.notices if at >= since]

    def _recheck(self, observation: JudgedObservation) -> None:
        if observation.by_hidden_vantage and self.case.end is not None:
            self.case.rechecked += 1
            self.case.disagreed += observation.online

    def backed(self, observation: JudgedObservation) -> bool:
        """Return whether an `online` is backed (rule 3.3): its control differs, like the reference.

        The reference is what each vantage saw first before the notice, and what came and went
        before it; else the first sighting after it. A page that stays in the place is none.
        """
        case = self.case
        noticed_at = next(iter(self.notices()), None)
        before = not case.ended and (noticed_at is None or observation.at < noticed_at)
        if not before:
            self.passing = set()
        first = (
            before and observation.who not in case.referred and not observation.by_hidden_vantage
        )
        if not case.reference or first:
            case.reference.add(observation.shape)
        case.referred.add(observation.who)
        like = self._like(observation)
        if not like and before:
            self.passing.add(observation.shape)
        elif like and self.strange.get(
            observation.who
        ):  # a site that varies: other shapes come and go
            case.reference |= self.passing
            self.passing = set()
        self._strange(observation, like=like)
        return like and observation.differs

    def _like(self, observation: JudgedObservation) -> bool:
        return observation.shape in self.case.reference or observation.shape in self.attested

    def _other_shape(self, observation: JudgedObservation) -> bool:
        """Return whether a sighting is unlike those that there were."""
        return bool(self.case.reference) and not self._like(observation)

    def _strange(self, observation: JudgedObservation, *, like: bool) -> None:
        """Ask a person about another shape in 2 observations of a vantage running (rule 3.5)."""
        self.shapes[observation.who] = observation.shape
        self.strange[observation.who] = 0 if like else self.strange.get(observation.who, 0) + 1
        if self.strange[observation.who] >= 2:
            self.case.changed.add(observation.who)
        elif like:
            self.case.changed.discard(observation.who)

    def _answered(self) -> None:
        """Note that a person said what it is."""
        self.case.needs_check, self.case.changed, self.strange = False, set(), {}

    def _is_believed_against(self, who: str) -> bool:
        """Return whether another vantage saw it often enough against this one, and still does.

        A server that lies to one vantage lies at each observation: none of them is a new doubt.
        """
        return any(
            vantage != who and self.newest.get(vantage) and is_often(seen)
            for vantage, seen in self.alone.items()
        )

    def _confirm(self, at: Instant) -> bool:
        """End the case once every required vantage confirmed it (rules 4.1 and 4.7).

        Where a person ended it, R is that of the probes if it is earlier.
        """
        held = self.case.end
        if not self.controlled or (held is not None and not held.by_statement):
            return False
        required = required_vantages(self.asked_vantages, self.canaries, at)
        asked = AskedVantages(
            vantages=self.asked_vantages,
            required=required,
            inconclusive=required - self.conclusive,
        )
        found = confirmed_end(self.gone, asked, left=self.context.left(self.asked_vantages, at))
        if found is None:
            return False
        if held is None:
            self._ends(found, at)
        elif held.case_class is found.case_class:
            held.gone_at, held.by_statement = min(held.gone_at, found.gone_at), False
        return True

    def _ends(self, found: Confirmed, at: Instant) -> None:
        gone_at = found.gone_at
        if found.case_class is CaseClass.MOVED:
            gone_at = max(gone_at, self.context.first_without(at))
        self._end(
            End(
                case_class=found.case_class,
                gone_at=gone_at,
                found_at=at,
                announced_only=found.announced_only,
                single_vantage=found.single_vantage,
            )
        )

    def _end(self, end: End) -> None:
        """Note an end: it settles the checks that were disputed, and the reference is complete."""
        self.disputed = []
        self.case.now.end, self.case.ended = end, True
        self.case.becomes(end.found_at, end.case_class)

    def _uphold(self, at: Instant) -> None:
        """Let an end stand that a check put in question: the check counts for nothing more."""
        self.disputed = []
        if self.case.end is not None and self.case.state is CaseClass.SUSPECT:
            self.case.becomes(at, self.case.end.case_class)

    def _dead(self, observation: JudgedObservation) -> None:
        mine = [s.at for s in self.dead if s.who == observation.who]
        if mine and observation.at - mine[-1] > DARK_GAP_MS:
            self.dead, self.controls = [], []
        self.dead.append(observation)

    def _plainly_unavailable(self) -> bool:
        times = [s.at for s in self.unavailable]
        return len(times) >= PROBES_MIN and times[-1] - times[0] >= SPAN_MS and not self.gone
