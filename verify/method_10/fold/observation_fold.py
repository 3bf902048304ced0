"""From what was seen at an owner to its cases: confirmation (rules 4.5 to 4.7, 4.10, 4.13 to 4.16).

Everything is taken in order of time. What an observation means is worked out from those that say
gone since the newest sighting, which are kept as a list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.closed_lists import CaseClass, Verdict
from schemas.moments import Instant
from verify.method_10.clock import is_away
from verify.method_10.fold.case_builder import ObservationOrStatement, in_time, is_often
from verify.method_10.fold.case_history import CaseHistory, End, Sighting
from verify.method_10.fold.fold_context import (
    ContextEvent,
    ContextEventKind,
    FoldContext,
    context_events,
)
from verify.method_10.fold.returns import DOUBT_MS, CaseBuilderWithReturns
from verify.method_10.gone import dark_since, required_vantages, url_refused_to_all
from verify.method_10.observations import JudgedObservation
from verify.method_10.statements import Statement, probes_say_otherwise


def case_histories(
    seen: Sequence[JudgedObservation],
    statements: Iterable[Statement],
    opened_at: Instant,
    context: FoldContext,
) -> list[CaseHistory]:
    """Return the cases of an owner from an opening on, oldest first.

    Args:
        seen: observations, in order of time.
        statements: what persons and sources said in that time.
        opened_at: when the first of the cases opened.
        context: what else is to be known.
    """
    fold = ObservationFold(seen=context.seen or seen, context=context, opened_at=opened_at)
    events = context_events(context)
    entries: list[ObservationOrStatement] = [*seen, *statements]
    # what is at another origin says nothing of this one
    entries = [one for one in entries if not is_away(one.at, context.elsewhere)]
    for entry in sorted(entries, key=in_time):
        while events and events[0].at <= entry.at:  # a report holds what is seen at its instant
            fold.happens(events.pop(0))
        fold.doubt_ends(entry.at)
        fold.take(entry)
    for event in events:
        fold.happens(event)
    fold.doubt_ends(context.newest_at())
    fold.doubt_ends(None)
    return fold.cases


@dataclass(slots=True, kw_only=True)
class ObservationFold(CaseBuilderWithReturns):
    """Folds observations and statements of one hosting spell into cases, in order of time."""

    def happens(self, event: ContextEvent) -> None:
        """Take what is no observation and no check."""
        self.doubt_ends(event.at)
        if event.kind is ContextEventKind.REPORTED_OR_NOTICED:
            self.reported_again(event.at)
        elif event.kind is ContextEventKind.LED_BACK:
            self.leads_back(event.at, event.led_back_at)
        elif event.kind is ContextEventKind.RESOLVED:
            if self.gone and self.case.end is None:  # it may have shown that the name has left
                self._confirm(event.at)
        else:
            self.stated(event.at, here=event.is_owner)

    def take(self, entry: ObservationOrStatement) -> None:
        """Take the next entry; a check counts while it is not seconded as long as a doubt lasts."""
        self.disputed = [one for one in self.disputed if entry.at - one.at < DOUBT_MS]
        if isinstance(entry, Statement):
            self._take_statement(entry)
            return
        self.asked_vantages = (
            frozenset(entry.observation.asked) or self.asked_vantages or frozenset({entry.who})
        )
        if entry.observation.canary_ok:
            self.canaries[entry.who] = entry.at
            if entry.is_control:
                self._control(entry)
            else:
                self._observe(entry)

    # controls

    def _control(self, control: JudgedObservation) -> None:
        if self.gone or self.unavailable:
            self.controlled = True
        if control.alive:
            self.dead, self.controls = [], []
        elif self.dead:
            self.controls.append(control)
        if self.gone:
            self._confirm(control.at)

    # observations

    def _observe(self, observation: JudgedObservation) -> None:
        if observation.online:
            self._online(observation)
        elif observation.gone:
            self._gone(observation)
        elif observation.unavailable and observation.judgement.url_refused:
            self._refused(observation)
        elif observation.unavailable:
            self._unavailable(observation)
        else:
            self._inconclusive(observation)

    def _inconclusive(self, observation: JudgedObservation) -> None:
        """Take an answer that says nothing; its vantage is required all the same (rule 4.2)."""
        if observation.judgement.unproven or observation.judgement.unexplained:
            self.dead, self.controls = [], []  # the host lives
        if observation.judgement.unproven:
            self.case.needs_check |= not self.person_saw
        elif observation.judgement.unexplained and self.case.state is CaseClass.ONLINE:
            self.case.becomes(observation.at, CaseClass.DOUBTED)
        if self.gone:
            self._confirm(observation.at)

    def _online(self, observation: JudgedObservation) -> None:
        """Take a sighting: it moves L and starts all runs anew (rule 4.5)."""
        case = self.case
        unlike = self._other_shape(observation)
        if self._is_earlier_copy(observation):
            backed = observation.differs and not unlike
            earlier = Sighting(
                at=observation.sent_at, who=observation.who, seen=observation, backed=backed
            )
            case.now.sightings.append(earlier)
            return
        if case.end is not None and unlike:
            if case.end.by_statement:
                return  # a person saw what is there, and said that it is not the material
            if observation.by_hidden_vantage:
                case.needs_check = True  # only a person can say whether that is the material
                return
        self._recheck(observation)
        self.newest[observation.who] = True
        against, split = self._against_others(observation)
        state = CaseClass.SUSPECT if against else CaseClass.ONLINE
        self._agree(observation.at, state)  # a check that it agrees with may open a case
        end = self.case.end
        if end is not None and self._is_another(observation.sent_at, end):
            self._another(observation.sent_at)  # what it shows is what later ones are held against
        backed = self.backed(observation) and not against
        self.case.split |= split
        sighting = Sighting(
            at=observation.sent_at, who=observation.who, seen=observation, backed=backed
        )
        self._sighting(sighting, observation.at, state)

    def _is_earlier_copy(self, observation: JudgedObservation) -> bool:
        """Return whether it is a proxy's copy of before the run began, or before R (rule 3.8)."""
        if self.case.end is not None:
            return observation.aged and observation.sent_at < self.case.end.gone_at
        began_at = min(
            (one.sent_at for one in (*self.gone, *self.refused)), default=observation.sent_at
        )
        return observation.aged and observation.sent_at < began_at

    def _against_others(self, observation: JudgedObservation) -> tuple[bool, bool]:
        """Return whether another's newest verdict is gone and this one not seen often (4.6).

        Returns:
            That, and whether it is seen often although another's newest verdict is gone.
        """
        if all(self.newest.get(v, True) for v in self.asked_vantages - {observation.who}):
            self.alone = {}
            return False, False
        mine = self.alone.setdefault(observation.who, [])
        mine.extend([observation] if observation.differs else [])
        return not is_often(mine), is_often(mine)

    def _gone(self, observation: JudgedObservation) -> None:
        self._recheck(observation)
        self.newest[observation.who] = False
        self.alone.pop(observation.who, None)
        self.conclusive.add(observation.who)
        self.gone.append(observation)
        self.dead, self.controls = [], []
        self._after_gone(observation)

    def _refused(self, observation: JudgedObservation) -> None:
        """Count a refusal of the URL alone as gone if an unannounced vantage is refused (4.8)."""
        self.refused.append(observation)
        if not url_refused_to_all(self.refused):
            self._unavailable(observation)
            return
        for one in self.refused:
            self.newest[one.who] = False
            self.alone.pop(one.who, None)
            self.conclusive.add(one.who)
        self.gone += [one for one in self.refused if one not in self.gone]
        self.gone.sort(key=in_time)
        self.unavailable = [s for s in self.unavailable if s not in self.refused]
        self.dead, self.controls = [], []
        self._after_gone(observation)

    def _unavailable(self, observation: JudgedObservation) -> None:
        """Take a blocked or unreachable observation: unavailable, never removed (rule 5.1)."""
        self.unavailable.append(observation)
        if observation.judgement.verdict is Verdict.UNREACHABLE:
            self._dead(observation)
        else:
            self.dead, self.controls = [], []
        case = self.case
        if case.end is not None or (self.gone and self._confirm(observation.at)):
            return
        required = required_vantages(self.asked_vantages, self.canaries, observation.at)
        if len(required) < 2 and len(self.asked_vantages) > 1:
            required = frozenset()
        dark_at = dark_since(self.dead, self.controls, required, observation.at)
        if dark_at is not None:
            self._end(End(case_class=CaseClass.DARK, gone_at=dark_at, found_at=observation.at))
        elif self._plainly_unavailable():
            case.becomes(observation.at, CaseClass.UNAVAILABLE)
        elif case.state is CaseClass.ONLINE:
            case.becomes(observation.at, CaseClass.DOUBTED)

    def _after_gone(self, observation: JudgedObservation) -> None:
        case = self.case
        absent = [w for w in self.disputed if not w.present]
        if case.end is not None:
            self._confirm(observation.at)
            self._uphold(observation.at)
        elif absent:
            self._ends_by_statement(absent, observation.at)
        elif self._confirm(observation.at) or self._is_believed_against(observation.who):
            return
        elif not self._somebody_sees_it_against():
            late = CaseClass.UNAVAILABLE if self.doubted_enough else CaseClass.DOUBTED
            case.becomes(observation.at, late)

    def _somebody_sees_it_against(self) -> bool:
        """Return whether a vantage, or a check not yet settled, says that it is there."""
        sees = any(self.newest.get(v) for v in self.asked_vantages)
        return self.case.state is CaseClass.SUSPECT and (sees or bool(self.disputed))

    # statements

    def _take_statement(self, statement: Statement) -> None:
        case = self.case
        if statement.of_report:
            if case.end is None or statement.at < case.end.gone_at:
                case.now.sightings.append(Sighting(at=statement.at, who=""))
            return
        if self._dispute(statement):
            case.becomes(statement.at, CaseClass.SUSPECT)
        elif statement.present:
            self._agree(statement.at, CaseClass.ONLINE, statement.who)
            self._sighting(Sighting.said(statement), statement.at)
            self._answered()
            self.person_saw = True
            self.attested |= {self.shapes[v] for v, saw in self.newest.items() if saw}
        else:
            self.attested = set()
            others = [w for w in self.disputed if not w.present and w.who != statement.who]
            self._ends_by_statement([statement, *others], statement.at)

    def _dispute(self, statement: Statement) -> bool:
        """Return whether a check is disputed; a second person settles it (rule 4.14)."""
        if self.case.end is not None and not statement.present:
            return False
        if any(w.present is statement.present and w.who != statement.who for w in self.disputed):
            return False
        known = self.case.reference | self.attested
        seen = [one for one in self.seen if statement.present or one.at <= statement.at]
        asked = self.asked_vantages or {one.who for one in seen}
        if not probes_say_otherwise(statement, seen, known, asked):
            return False
        self.disputed.append(statement)
        return True

    def _ends_by_statement(self, absent: Sequence[Statement], at: Instant) -> None:
        if self.case.end is not None:
            self._uphold(at)
            return
        earliest = min(w.at for w in absent)
        end = End(case_class=CaseClass.REMOVED, gone_at=earliest, found_at=at, by_statement=True)
        self._answered()
        self._end(end)
        if self.gone:
            self._confirm(at)
