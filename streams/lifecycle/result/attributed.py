"""Whom a case is held against: decisions that re-attribute it, and what is seen through a proxy.

Rules 12.5 to 12.8 of docs/measurement.md.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from schemas.closed_lists import OPEN, CaseClass, Flag, NormVerdict, Role, Verdict
from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.records.case import CaseSummary, Phase, UrlState
from schemas.records.case_observations import NormProbes
from streams.case_class import class_at
from streams.lifecycle.evidence.decisions import reattributed
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.result.notices import NoticeScope
from streams.lifecycle.result.withdrawals import CaseSegment
from streams.norms.punctuality import unplanned


def scopes_of(
    state: UrlState,
    spell: HostingSpell,
    known: Mapping[str, Instant],
    begun: int,
    segments: Sequence[CaseSegment],
) -> Iterator[NoticeScope]:
    """Yield whose notices count for the cases of a spell.

    What is decided of one holds for those that follow it.

    Args:
        state: of the URL.
        spell: where the cases are.
        known: who was ever at the URL, each with when it was there first.
        begun: how many cases its owner had before.
        segments: the cases, the oldest first.
    """
    decided = None
    for place, segment in enumerate(segments):
        id = case_id(state.url_key, spell.first_name, spell.role, begun + place)
        opened_at = segment.history.opened_at
        decided = reattributed(state.decisions, id, spell.role, opened_at) or decided
        ends_at = [at for at in (segment.until, spell.ends_at) if at is not None]
        yield NoticeScope(
            case_id=id,
            spell=spell,
            known=known,
            since=segment.since,
            until=min(ends_at, default=None),
            first=not place,
            decided=decided,
            number=begun + place,
        )


def attributed_to(case: CaseSummary, scope: NoticeScope, *, proxied: bool) -> CaseSummary:
    """Return a case with the hoster that it is held against.

    One that a decision gives to another hoster is probed where it was.

    Args:
        case: of the hoster that resolutions name.
        scope: whose notices count for it.
        proxied: it was only ever seen through a proxy.
    """
    made = scope.decided
    if proxied:
        flags = tuple(sorted({*case.flags, Flag.BEHIND_PROXY}))
        case = replace(case, flags=flags, naming=False, late_in_public=())
    if made is None or made.hoster is None:
        return case
    return replace(
        case,
        hoster=made.hoster,
        group=made.group or made.hoster,
        country=scope.spell.placement.asn_country,
        served=(case.hoster, made.group or made.hoster),
    )


def given_at(scope: NoticeScope) -> Instant:
    """Return when a decision gave a case to an owner who did not have it; 0 = none did."""
    made = scope.decided
    if made is None or (made.group or made.hoster) == scope.spell.group:
        return 0
    return made.decided_at


def one_an_owner(cases: Sequence[CaseSummary], given: Mapping[str, Instant]) -> list[CaseSummary]:
    """Return the cases, at most one of them open at an owner that a decision gave another one to.

    The one that was the owner's first goes on: its own from the opening, a given one from the
    decision. Another that is open then ends `moved`.

    Args:
        cases: of a URL.
        given: when a decision gave each of them to another hoster, by id; 0 = none did.
    """
    found = list(cases)
    rank = {
        one.case_id: (max(one.opened_at, given[one.case_id]), one.opened_at, one.case_id)
        for one in found
    }
    order = sorted(range(len(found)), key=lambda n: rank[found[n].case_id])
    held: dict[tuple[str, Role], list[CaseSummary]] = defaultdict(list)
    for n in order:
        case = found[n]
        for older in held[case.group, case.role]:
            at = max(case.opened_at, given[case.case_id], given[older.case_id])
            if class_at(older, at) in OPEN and class_at(case, at) in OPEN:
                found[n] = _moved(case, at)
                break
        else:
            held[case.group, case.role].append(case)
    return found


def _moved(case: CaseSummary, at: Instant) -> CaseSummary:
    """Return a case that ends because another one of its owner goes on.

    It is late if it was by then, and never in time. What is public is said of the other.
    """
    was_late = case.late_at is not None and case.late_at < at
    before = tuple(phase for phase in case.phases if phase.from_at < at)
    phases = (*before, Phase(at, CaseClass.MOVED))
    slots = 0 if case.noticed_at is None else unplanned(case.noticed_at, case.opened_at, phases)
    return replace(
        case,
        phases=phases,
        gone_at=at,
        confirmed_at=at,
        resolutions_repeated=(),
        verdicts=tuple([_kept(one, was_late=was_late) for one in case.verdicts]),
        again_verdicts=tuple([_kept(one, was_late=was_late) for one in case.again_verdicts]),
        order_verdict=case.order_verdict and _kept(case.order_verdict, was_late=was_late),
        late_at=case.late_at if was_late else None,
        overdue=case.overdue and was_late,
        naming=False,
        late_in_public=(),
        norm_probes=case.norm_probes | NormProbes(unplanned=slots),
    )


def _kept(verdict: NormVerdict, *, was_late: bool) -> NormVerdict:
    late = was_late and verdict is NormVerdict.LATE
    return NormVerdict.LATE if late else NormVerdict.UNDETERMINED


def through_proxy(spell: HostingSpell, seen: Sequence[TimelineEntry]) -> bool:
    """Return whether every sighting of this hosting case went through a proxy.

    A disclosure by the proxy's operator makes up for that; so does a probe that saw it at an
    address of the owner's own since. What it saw there before the proxy came says nothing of then.
    """
    behind_at = spell.behind_at
    if spell.role is not Role.HOSTING or behind_at is None or spell.disclosed:
        return False
    return not any(entry.seen_at >= behind_at and _at_origin(spell, entry) for entry in seen)


def _at_origin(spell: HostingSpell, entry: TimelineEntry) -> bool:
    if (
        entry.kind is not EntryKind.PROBED
        or not entry.canary_ok
        or entry.verdict is not Verdict.ONLINE
    ):
        return False
    if entry.old_address:
        return bool(spell.direct)
    return any(_in(window, entry.seen_at) for window in spell.direct)


def _in(window: tuple[Instant, Instant | None], at: Instant) -> bool:
    since, until = window
    return since <= at and (until is None or at < until)
