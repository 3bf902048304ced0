"""Norm verdicts of a case: what its clocks and its spells come to (docs/measurement.md).

- The **first verdict** is on the first spell that ended after the clock began, else on the newest.
  It stands, whatever follows.
- The **second verdict** is on what followed a return after an end that was later than the notice.
  It runs from the first notice delivered after that end, and is counted apart. Each return has one.
  What was late in an earlier one stays late.
- An **order** is judged by its own term from its own time, on the first spell that ended after it.
- What came while the material was gone runs from the first sighting of the return that followed.
- The verdict **running** is the second after a return, else the first. Overdue goes by it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from schemas.closed_lists import CaseClass, ClockStanding, Flag, NormVerdict
from schemas.moments import SECOND_MS, Instant
from schemas.records.case import CaseSummary
from streams.lifecycle.machine.case_history import AvailabilitySpell
from streams.lifecycle.result.notices import Clocks, NoticeScope, OrderTerm, returns_after
from streams.lifecycle.result.url_context import SpellProbes
from streams.norms.maturity import AUTHORITY_ORDER
from streams.norms.publicly_late import PublicVerdict, publicly_late
from streams.norms.verdict import late_from, norm_verdict, worst


class TermVerdict(NamedTuple):
    """One term of a case, and the verdict on it.

    Attributes:
        norm_s: the term, seconds.
        from_at: from when it runs.
        spell: what it is judged on.
        verdict: what came of it.
        ordered_at: of an order's term, from when the order counts; None = it is a norm.
        public: it is late by sightings that suffice in public.
    """

    norm_s: int
    from_at: Instant
    spell: AvailabilitySpell
    verdict: NormVerdict
    ordered_at: Instant | None = None
    public: bool = False

    @property
    def due_at(self) -> Instant:
        """When the term runs out."""
        return self.from_at + self.norm_s * SECOND_MS


@dataclass(frozen=True, slots=True)
class NormAssessment:
    """All terms of a case.

    Attributes:
        first: one term a norm; empty = no such verdict runs.
        second_terms: the same of each return that a notice followed.
        orders: one term an order.
        running: the terms of the verdict now running, orders with the others.
        open_unbacked: nothing backs that the material is back, so the case is not overdue by it.
    """

    first: Sequence[TermVerdict] = ()
    second_terms: Sequence[Sequence[TermVerdict]] = ()
    orders: Sequence[TermVerdict] = ()
    running: Sequence[TermVerdict] = ()
    open_unbacked: bool = False

    @property
    def overdue(self) -> bool:
        """It is late in the verdict now running, and a backed sighting shows it open."""
        verdicts = [term.verdict for term in self.running]
        return NormVerdict.LATE in verdicts and not self.open_unbacked

    def due(self) -> TermVerdict | None:
        """Return the running term that runs out first; None = no sighting can make one late."""
        verdicts = [term.verdict for term in self.running]
        if self.open_unbacked and NormVerdict.UNDETERMINED not in verdicts:
            return None
        return min(self.running, key=lambda term: term.due_at, default=None)

    def late(self) -> Sequence[TermVerdict]:
        """Return what it is late for, first run out first."""
        return self._late(*self.first, *chain(*self.second_terms), *self.orders)

    def second_verdicts(self) -> tuple[NormVerdict, ...]:
        """Return the second verdict on each norm: late if one on any return is, else the newest."""
        late, returns = (
            NormVerdict.LATE,
            [[one.verdict for one in terms] for terms in self.second_terms],
        )
        by_norm = zip(*returns, strict=True)
        return tuple([late if late in verdicts else verdicts[-1] for verdicts in by_norm])

    def late_now(self) -> Sequence[TermVerdict]:
        """Return what it is late for in the verdict now running, first run out first."""
        return self._late(*self.running)

    def publicly_late_terms(self) -> Sequence[tuple[int, TermVerdict]]:
        """Return what it can be publicly late for; what follows a return is counted apart.

        Each with its norm, seconds; `AUTHORITY_ORDER` stands for those of orders.
        """
        norms = [(term.norm_s, term) for term in self._late(*self.first)]
        return [*norms, *((AUTHORITY_ORDER, term) for term in self._late(*self.orders))]

    @staticmethod
    def _late(*terms: TermVerdict) -> Sequence[TermVerdict]:
        found = [term for term in terms if term.verdict is NormVerdict.LATE]
        return sorted(found, key=lambda term: term.due_at)

    def undetermined(self) -> Iterable[TermVerdict]:
        """Yield the terms of which a sighting could still make a late one."""
        for term in (*self.first, *chain(*self.second_terms), *self.orders):
            if term.verdict is NormVerdict.UNDETERMINED and not term.spell.ended_as(CaseClass.DARK):
                yield term


class JudgedCase(NamedTuple):
    """A case of a URL, and what its norms were judged by.

    Attributes:
        scope: whose notices count for it.
        spells: its spells of availability.
        clocks: its clocks.
        orders: the verdicts on the orders that it is judged by.
    """

    scope: NoticeScope
    spells: Sequence[AvailabilitySpell]
    clocks: Clocks
    orders: Sequence[TermVerdict]


def assess_norms(clocks: Clocks, spells: Sequence[AvailabilitySpell]) -> NormAssessment:
    """Judge a case."""
    if clocks.first is None:
        return NormAssessment()
    norms_s = clocks.first.norms_s
    ends = [spell.gone_at or 0 for spell in spells[:-1]]
    first = _terms(norms_s, *_judged(clocks.first.at, spells, ends))
    second_terms = [
        _terms(norms_s, clock.at, spells[max(clock.spell, bisect_right(ends, clock.at))])
        for clock in clocks.second_clocks
    ]
    orders = [
        _term(order.term_s, from_at, spell)._replace(ordered_at=order.at)
        for order in clocks.orders
        for from_at, spell in (_judged(order.at, spells, ends),)
        if spell.end is None or (spell.gone_at or 0) > order.at
    ]
    back = max(returns_after(spells, clocks.first.at), default=0)
    newest = second_terms[-1] if second_terms and clocks.second_clocks[-1].spell == back else ()
    mine = [term for term in orders if term.spell in spells[back:]]
    unbacked = len(spells) > 1 and spells[-1].returned_at is None
    running = newest if back else first
    return NormAssessment(first, second_terms, orders, [*running, *mine], unbacked)


def judged_from(
    orders: Iterable[OrderTerm], spells: Sequence[AvailabilitySpell]
) -> Sequence[OrderTerm]:
    """Return orders with the instant from which the term of each runs."""
    ends = [spell.gone_at or 0 for spell in spells[:-1]]
    return [OrderTerm(_judged(one.at, spells, ends)[0], one.term_s) for one in orders]


def _judged(
    at: Instant, spells: Sequence[AvailabilitySpell], ends: Sequence[Instant]
) -> tuple[Instant, AvailabilitySpell]:
    """Return from when a term runs, and what it is judged on: the first spell that ended after it.

    Args:
        at: when the notice came.
        spells: of the case.
        ends: when each but the last ended.
    """
    number = bisect_right(ends, at)
    spell = spells[number]
    back_at = spell.from_at if spell.returned_at is None else spell.returned_at
    return max(at, back_at) if number else at, spell


def _terms(
    norms_s: Iterable[int], from_at: Instant, spell: AvailabilitySpell
) -> Sequence[TermVerdict]:
    return [_term(norm_s, from_at, spell) for norm_s in norms_s]


def _term(norm_s: int, from_at: Instant, spell: AvailabilitySpell) -> TermVerdict:
    removed_at = None if spell.end is None else spell.end.norm_removed_at
    if removed_at is not None and removed_at <= from_at:
        removed_at = None  # an end before the notice is no removal
    return TermVerdict(
        norm_s, from_at, spell, norm_verdict(norm_s, from_at, spell.backed_at, removed_at)
    )


def with_verdicts(
    case: CaseSummary, clocks: Clocks, assessment: NormAssessment, shown: SpellProbes
) -> CaseSummary:
    """Return a case with what its clocks come to."""
    if clocks.first is None:
        return case
    late = assessment.late_now() or assessment.late()
    delivered = clocks.first.standing is ClockStanding.DELIVERED
    said = [
        (norm_s, _said_in_public(term, shown))
        for norm_s, term in (assessment.publicly_late_terms() if delivered else ())
    ]
    public = {norm_s for norm_s, one in said if one.public}
    due = assessment.due()
    spell = assessment.first[0].spell if assessment.first else None
    cloaked = not public and any(one.cloaked for _, one in said)
    return replace(
        case,
        clock=clocks.first.standing,
        norms_s=clocks.first.norms_s,
        norm_from_at=None if due is None else due.from_at,
        norm_s=case.norm_s if due is None else due.norm_s,
        verdicts=tuple([term.verdict for term in assessment.first]),
        again_noticed_at=clocks.second_clocks[-1].at if clocks.second_clocks else None,
        again_verdicts=assessment.second_verdicts(),
        order_verdict=worst([term.verdict for term in assessment.orders]),
        order_due_at=max([term.due_at for term in assessment.orders], default=None),
        late_at=late[0].due_at if late else None,
        overdue=assessment.overdue,
        late_in_public=tuple(sorted(public)) if case.naming else (),
        moved_at=spell.gone_at if spell and spell.ended_as(CaseClass.MOVED) else None,
        flags=tuple(sorted({*case.flags, Flag.CLOAKED})) if cloaked else case.flags,
    )


def orders_in_public(assessment: NormAssessment, shown: SpellProbes) -> Sequence[TermVerdict]:
    """Return the terms of a case's orders; each says whether it is publicly late."""
    late = NormVerdict.LATE
    return [
        one._replace(public=one.verdict is late and _said_in_public(one, shown).public)
        for one in assessment.orders
    ]


def _said_in_public(term: TermVerdict, shown: SpellProbes) -> PublicVerdict:
    seen = shown.past(late_from(term.norm_s, term.from_at), term.spell.backed_at)
    return publicly_late(*seen)


def next_late_from(case: CaseSummary, assessment: NormAssessment) -> Instant | None:
    """Return the instant past which a sighting makes a verdict, or what is public of it, another.

    None = there is none.
    """
    running = [term for term in assessment.running if term.verdict is NormVerdict.UNDETERMINED]
    if may_become_public(case):
        running += assessment.late()
    return min([late_from(term.norm_s, term.from_at) for term in running], default=None)


def may_become_public(case: CaseSummary) -> bool:
    """Return whether a sighting or a control may make a late case one that is so in public."""
    if case.clock is not ClockStanding.DELIVERED or case.late_at is None:
        return False
    said = [*zip(case.norms_s, case.verdicts, strict=True), (AUTHORITY_ORDER, case.order_verdict)]
    late = {norm_s for norm_s, verdict in said if verdict is NormVerdict.LATE}
    return not late or not late.issubset(case.late_in_public)


def wants_control(assessment: NormAssessment) -> bool:
    """Return whether a control, or a person, could make a case late: nothing backs what was seen
    past a term.
    """
    for term in assessment.undetermined():
        seen_at = term.spell.last_seen_at
        if seen_at is not None and seen_at > late_from(term.norm_s, term.from_at):
            return True
    return False
