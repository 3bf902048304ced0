"""Which classes a case goes through: its history, its notice, and what ended it from outside.

See docs/measurement.md, Classes.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter

from msgspec import Struct

from schemas.closed_lists import OPEN, CaseClass, Role
from schemas.moments import Instant
from schemas.records.case import Phase
from streams.lifecycle.evidence.hotline_statements import ReportOrNotice
from streams.lifecycle.machine.case_history import CaseHistory, End
from streams.lifecycle.result.classes import ReportedSightings, ended, unobserved_since
from streams.lifecycle.result.notices import NoticeScope
from streams.lifecycle.result.url_context import UrlContext
from streams.lifecycle.result.withdrawals import CaseSegment
from streams.lifecycle.state_table import ENDS, EXPIRY_MS, expiries

_BACK = attrgetter("back_at")


class CaseContext(Struct, frozen=True, gc=False):
    """One case, and what its classes follow from.

    Attributes:
        url: what the cases of the URL share.
        scope: whose notices count for it.
        segment: its history, and what a withdrawal makes of it.
        noticed_at: when its clock began; None = none runs.
        sightings: what its reports say of its being there.
        statements: what hotlines said of its spell.
        too_late: a probe of the URL was appended too long after it was made.
    """

    url: UrlContext
    scope: NoticeScope
    segment: CaseSegment
    noticed_at: Instant | None
    sightings: ReportedSightings
    statements: Sequence[ReportOrNotice]
    too_late: bool

    @property
    def history(self) -> CaseHistory:
        """Its history."""
        return self.segment.history

    def phases(self) -> tuple[Phase, ...]:
        """Return its classes, from which instant on."""
        history, noticed_at = self.history, self.noticed_at
        instants = {at for at, _ in history.states}
        if noticed_at is not None and noticed_at > history.opened_at:
            instants.add(noticed_at)
        phases: list[Phase] = []
        for at in sorted(instants):
            case_class = self._class_at(at)
            if not phases or phases[-1].case_class is not case_class:
                phases.append(Phase(at, case_class))
        for expired_at, again_at in self._expiries():
            before = [phase for phase in phases if phase.from_at < expired_at]
            if before and before[-1].case_class in OPEN:
                after = [] if again_at is None else self._open_again(again_at, phases)
                phases = [*before, Phase(expired_at, CaseClass.EXPIRED), *after]
        for stop in self._stops():
            phases = [*(phase for phase in phases if phase.from_at < stop.from_at), stop]
        return tuple(phases)

    def _expiries(self) -> Iterator[tuple[Instant, Instant | None]]:
        """Yield when it expires; after 400 d at the latest when the next case there opens."""
        opened_at, until = self.history.opened_at, self.scope.until
        yield from expiries(opened_at, self.noticed_at)
        if until is not None and until > opened_at + EXPIRY_MS and self._class_at(until) in OPEN:
            yield until, None

    def _open_again(self, at: Instant, phases: Sequence[Phase]) -> list[Phase]:
        """Return the classes from a clock on that began after the expiry."""
        return [Phase(at, self._class_at(at)), *(p for p in phases if p.from_at > at)]

    def unnoticed(self) -> tuple[Phase, ...]:
        """Return what the probes said before the notice; none if nothing but its presence."""
        noticed_at = self.noticed_at
        said = [
            Phase(at, state)
            for at, state in self.history.states
            if noticed_at is None or at < noticed_at
        ]
        return tuple(said) if len(said) > 1 else ()

    def unobserved_since(self) -> Instant | None:
        """Return L of a removal that nobody observed; None = it is none."""
        end = self.history.end
        if end is None:
            return None
        return unobserved_since(end, self.sightings.sighted(self.history, end), self.noticed_at)

    def ended_at(self, phases: Sequence[Phase]) -> Instant | None:
        """Return when it ended first: at R, or when a withdrawal or its expiry ended it."""
        over = next((phase.from_at for phase in phases if phase.case_class not in OPEN), None)
        end = self.history.end
        return over if end is None or over is None else min(over, end.gone_at)

    def _class_at(self, at: Instant) -> CaseClass:
        raw = self.history.state_at(at)
        noticed_at = self.noticed_at
        if noticed_at is not None and noticed_at > at:
            noticed_at = None
        if raw not in ENDS:
            return raw if noticed_at is not None else CaseClass.AWAITING
        end = self._end_at(at)
        if end is None:  # an end that a return within a day voided
            return raw if noticed_at is not None else CaseClass.ENDED_WITHOUT_NOTICE
        return ended(end, self.sightings.sighted(self.history, end), noticed_at)

    def _end_at(self, at: Instant) -> End | None:
        """Return the end that stood at an instant."""
        past = self.history.earlier_ends
        index = bisect_right(past, at, key=_BACK)
        end = past[index].end if index < len(past) else self.history.end
        return end if end is not None and end.confirmed_at <= at else None

    def _stops(self) -> Iterator[Phase]:
        """Yield what ends measuring from outside: withdrawal, then exclusion, which prevails."""
        if self.segment.withdrawn_at is not None:
            yield Phase(self.segment.withdrawn_at, CaseClass.WITHDRAWN)
        opened_at, excluded = self.history.opened_at, self.url.excluded
        decided = list(excluded.get(self.scope.case_id, ()))
        if self.scope.spell.role is Role.HOSTING:  # of all cases, those that had opened by then
            decided += [at for at in excluded.get("", ()) if at >= opened_at]
        if decided:
            yield Phase(max(min(decided), opened_at), CaseClass.EXCLUDED)
