"""The cases of a URL at an instant, by all rules together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from schemas.closed_lists import OPEN, CaseClass, Flag, NormVerdict, Role
from schemas.moments import Instant
from verify.compared.record import Case
from verify.ledger.records import UrlRecords
from verify.method_10.classes import (
    Classes,
    Stops,
    claimed_sightings,
    class_at,
    classes,
    is_unobserved,
)
from verify.method_10.clock import CaseClock, ClockInputs, clock_by, delay
from verify.method_10.fold.case_history import CaseHistory, End, times_away
from verify.method_10.notices import DELIVERED, notices, on_reports
from verify.method_10.parts import (
    CaseParts,
    exclusions,
    left_by_owner,
    names_of_owner,
    parts,
    proofs_confirmed_at,
    reports_of,
    reports_within,
)
from verify.method_10.result.flags import flags_of, may_name, misdirected
from verify.method_10.result.grades import gone_by, seen_by
from verify.method_10.result.measurable import missed, on_time, unmeasurable
from verify.method_10.result.norms import (
    first_due_at,
    is_overdue,
    last_term_at,
    late_at,
    norm_verdicts,
    order_verdict,
    second_verdicts,
)
from verify.method_10.result.publicly_late import publicly_late

_OUT_OF_THE_COUNT: Final = CaseClass.WITHDRAWN, CaseClass.EXCLUDED


def cases(records: UrlRecords, as_of: Instant) -> list[Case]:
    """Return the cases of a URL at an instant; none until it is reported and attributed."""
    return next(cases_at(records, [as_of]))


def cases_at(records: UrlRecords, instants: Iterable[Instant]) -> Iterator[list[Case]]:
    """Give the cases of a URL at each of some instants; what happened is read once."""
    found = list(parts(records))
    astray = misdirected(found)
    moved = _moved_by_decision(found)
    for as_of in instants:
        yield [
            _case(case, as_of, misdirected=case.id in astray, moved_at=moved.get(case.id))
            for case in found
        ]


def clock_of(case: CaseParts) -> CaseClock:
    """Return the clock of a case."""
    history = case.history
    ends = [(s.end, s.back_at) for s in history.spells if s.end is not None]
    returned = [
        (s.end.gone_at, s.back_at)
        for s in history.spells
        if s.end is not None and s.back_at is not None and not s.again
    ]
    inputs = ClockInputs(
        since=case.since,
        until=case.until,
        away=times_away(history),
        removals=sorted(e.gone_at for e, _ in ends if e.case_class is CaseClass.REMOVED),
        ends=sorted(e.gone_at for e, _ in ends),
        last_end_at=history.end.gone_at if history.end is not None else None,
        returns=returned,
        names=frozenset(names_of_owner(case)),
        left=left_by_owner(case),
    )
    reported = list(on_reports(case.records.reports))
    return clock_by(
        case.records,
        notices(case.records, confirmed_at=proofs_confirmed_at(case)),
        reported,
        inputs,
    )


def _case(case: CaseParts, as_of: Instant, *, misdirected: bool, moved_at: Instant | None) -> Case:
    hosting_spell, history = case.hosting_spell, case.history
    clock = clock_of(case)
    reports = reports_of(case)
    claimed = claimed_sightings(reports_within(case))
    held = _classes(case)
    if moved_at is not None:
        held = [*((at, o) for at, o in held if at < moved_at), (moved_at, CaseClass.MOVED)]
    case_class, since_at = class_at(held, as_of)
    norms_s = clock.notice.norms_s if clock.notice else ()
    unobserved = is_unobserved(history, clock, claimed)
    said = _verdicts(history, clock, unobserved=unobserved)
    said = said if moved_at is None else said.by(moved_at)
    too_late = [observation.sent_at for observation, late in case.records.observations if late]
    public, cloaked = publicly_late(norms_s, clock, history, too_late)
    end = history.end
    last_at = _last_told(clock, claimed, end) if unobserved else history.last_at()
    gone_at = moved_at or (end.gone_at if end else None)
    found_at = moved_at or (end.found_at if end else None)
    flags = flags_of(case, clock, reports, unobserved=unobserved, cloaked=cloaked)
    flags |= {Flag.MISDIRECTED} if misdirected else set()
    naming = may_name(case, clock, reports) and held[-1][1] not in _OUT_OF_THE_COUNT
    naming = naming and moved_at is None  # what is public is said of the other case (rule 12.6)
    overdue, unseen = is_overdue(case.history, case_class, clock, said.first, as_of)
    return Case(
        case_id=case.id,
        hoster=_hoster(case),
        probed=hosting_spell.hoster,
        group=_owner(case),
        role=hosting_spell.role,
        case_class=case_class,
        since_at=since_at,
        opened_at=history.opened_at,
        reported_at=min(r.reported_at for r in case.records.reports),
        noticed_at=clock.at,
        clock=clock.standing,
        norms_s=norms_s,
        verdicts=said.first,
        order_verdict=said.order,
        order_due_at=last_term_at(clock.orders, history),
        first_seen_at=min((s.at for s in history.sightings()), default=None),
        last_seen_at=last_at,
        gone_at=gone_at,
        settled_at=found_at,
        seen_by=seen_by(case.records, last_at, unobserved=unobserved),
        gone_by=gone_by(case.records, gone_at, found_at),
        first_end=_first_end(history, clock),
        returns=_returns(history, clock),
        again_noticed_at=clock.again[-1] if clock.again else None,
        again_verdicts=said.again,
        flags=tuple(sorted(flags)),
        naming=naming,
        late_in_public=public if naming else (),
        overdue=overdue,
        overdue_unseen=unseen and Flag.NOT_PROBED not in flags,  # rule 7.9
        matures=True,
        host=0 if clock.at is None else max(r.host for r in reports),
        reports_at=tuple(sorted(r.reported_at for r in reports)),
        late_at=said.late_at if clock.standing == DELIVERED else None,
        inclusion=hosting_spell.place.inclusion,
        sampled=hosting_spell.place.sampled,
        unmeasurable=unmeasurable(
            case.seen, clock, first_due_at(history, clock, said.first), held, as_of
        ),
        missed=missed(on_time(case.records, hosting_spell), clock, history.opened_at, held, as_of),
        rechecked=history.rechecked,
        disagreed=history.disagreed,
        delay=delay(case.records, clock, None if _is_first(case) else history.opened_at),
    )


def _last_told(clock: CaseClock, claimed: Sequence[Instant], end: End | None) -> Instant | None:
    """Return L of a case that its hotline alone saw: its notice says that it was there."""
    seen = [at for at in claimed if end and end.follows(at)]
    return max(seen if clock.at is None else [clock.at, *seen], default=None)


class _Verdicts(NamedTuple):
    """The first and the second verdict by norm, that on orders, and when it became late."""

    first: tuple[NormVerdict, ...]
    again: tuple[NormVerdict, ...]
    order: NormVerdict | None
    late_at: Instant | None

    def by(self, moved_at: Instant) -> "_Verdicts":
        """Return them for a case that another of its owner goes on for (rule 12.6).

        It is late if it was by then, and never in time.
        """
        late = self.late_at is not None and self.late_at < moved_at

        def kept(verdict: NormVerdict) -> NormVerdict:
            return verdict if late and verdict is NormVerdict.LATE else NormVerdict.UNDETERMINED

        return _Verdicts(
            tuple(map(kept, self.first)),
            tuple(map(kept, self.again)),
            None if self.order is None else kept(self.order),
            self.late_at if late else None,
        )


def _verdicts(history: CaseHistory, clock: CaseClock, *, unobserved: bool) -> _Verdicts:
    norms_s = clock.notice.norms_s if clock.notice else ()
    first = norm_verdicts(norms_s, clock.at, history, unobserved=unobserved)
    return _Verdicts(
        first,
        second_verdicts(clock, history),
        order_verdict(clock.orders, history),
        late_at(clock, norms_s, history, first),
    )


def _moved_by_decision(found: Sequence[CaseParts]) -> dict[str, Instant]:
    """Return when cases moved that a decision gave to an owner who had an open one (rule 12.6).

    The one that was that owner's first goes on: its own from the opening, a given one from the
    decision.
    """
    moved: dict[str, Instant] = {}
    if all(case.given is None for case in found):
        return moved
    held: dict[tuple[str, Role], list[CaseParts]] = defaultdict(list)
    for case in sorted(found, key=_owned_since):
        for older in held[_owner(case), case.hosting_spell.role]:
            at = max(case.history.opened_at, *(_given_at(one) for one in (older, case)))
            if all(class_at(_classes(one), at)[0] in OPEN for one in (older, case)):
                moved[case.id] = at
                break
        else:
            held[_owner(case), case.hosting_spell.role].append(case)
    return moved


def _owned_since(case: CaseParts) -> tuple[Instant, Instant, str]:
    opened_at = case.history.opened_at
    return max(opened_at, _given_at(case)), opened_at, case.id


def _given_at(case: CaseParts) -> Instant:
    given = case.given
    return given.decided_at if given and _owner(case) != case.hosting_spell.owner else 0


def _classes(case: CaseParts) -> Classes:
    """Return the classes of a case, whatever others its owner has."""
    stops = Stops(
        excluded_at=min((d.decided_at for d in exclusions(case)), default=None),
        withdrawn_at=case.withdrawn_at,
        next_at=case.until,
    )
    return classes(case.history, clock_of(case), claimed_sightings(reports_within(case)), stops)


def _is_first(case: CaseParts) -> bool:
    return case.first and case.hosting_spell.from_start


def _hoster(case: CaseParts) -> str:
    given = case.given
    return given.hoster if given and given.hoster else case.hosting_spell.hoster


def _owner(case: CaseParts) -> str:
    given = case.given
    if given is None or given.hoster is None:
        return case.hosting_spell.owner
    return getattr(given, "group", None) or given.hoster


def _first_end(history: CaseHistory, clock: CaseClock) -> tuple[Instant, Instant] | None:
    """Return (L, R) of the first removal after the notice that a return did not void (10.1)."""
    for spell in history.spells:
        if spell is history.now and not spell.again:
            continue
        end = spell.end
        if end is not None and end.case_class is CaseClass.REMOVED and _was_told(clock, end):
            return _last_before(end, history, clock), end.gone_at
    return None


def _last_before(end: End, history: CaseHistory, clock: CaseClock) -> Instant:
    """Return L of an end; the notice where nobody saw it, for that says that it was there."""
    seen = [s.at for s in history.sightings() if end.follows(s.at)]
    return max(seen, default=clock.at or end.gone_at)


def _was_told(clock: CaseClock, end: End) -> bool:
    """Return whether the hoster had been told before an end; else its return is counted apart."""
    return clock.at is not None and clock.at < end.gone_at


def _returns(
    history: CaseHistory, clock: CaseClock
) -> tuple[tuple[Instant, Instant, Instant], ...]:
    """Return (L, R, back) of every return of what the hoster had been told of (rule 6.2)."""
    found = []
    for spell in history.spells:
        if spell.end is not None and spell.back_at is not None and _was_told(clock, spell.end):
            last_at = _last_before(spell.end, history, clock)
            found.append((last_at, spell.end.gone_at, spell.back_at))
    return tuple(found)
