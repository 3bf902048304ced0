"""Which notice is the clock of a case, and from when it runs (docs/measurement.md, Clocks).

- A notice **counts** for a case if it was delivered to the case's owner after the case opened and
  before it moved. One that its hotline took back does not count. Any other starts nothing.
- Its **time** is that of the delivery proof, else received_at. Where the proof is dated back by
  more than the hotline's feed explains, received_at stands for it until a decision confirms it.
- Clocks have a **standing**: delivered, sent only, on report. The clock is the best one from before
  the first removal that follows any of them, and of one standing the earliest.
- The **norms** are those of the jurisdiction of the hotline whose notice is the clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import zip_longest
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.closed_lists import Basis, CaseClass, ClockStanding, Delivery, Flag
from schemas.moments import Instant
from schemas.records.case_events import PackedDecision
from schemas.records.reports import HotlineId
from streams.lifecycle.evidence.hosting_spells import UNKNOWN, HostingSpell
from streams.lifecycle.evidence.hotline_statements import is_to, standing_of
from streams.lifecycle.machine.case_history import AvailabilitySpell, CaseEnds, ends_of
from streams.lifecycle.result.url_context import UrlContext
from streams.norms.terms import norms_without_orders


class NoticeScope(Struct, frozen=True, kw_only=True, gc=False):
    """Whose notices count for a case, and which.

    Attributes:
        case_id: the case.
        spell: where it is.
        known: hosters and groups of all spells of the URL, each with when it was there first.
        since: earlier notices do not count.
        until: when the next case at the same hoster opened; None = there is none.
        first: it is the first case there; what came before `since` was for no case.
        decided: the decision that gives it to another hoster; None = there is none.
        number: of the cases of its owner; only the first one's verdict counts for naming.
    """

    case_id: str
    spell: HostingSpell
    known: Mapping[str, Instant]
    since: Instant
    until: Instant | None
    first: bool
    decided: PackedDecision | None
    number: int

    @property
    def mine(self) -> AbstractSet[str]:
        """Return who counts as the hoster of the case; nobody is `unknown`."""
        return owned_by(self.spell, self.decided)

    @property
    def left(self) -> Mapping[str, Instant]:
        """Return which of them are another owner's by now, and since when."""
        given = self.decided is not None and self.decided.hoster is not None
        return {} if given else self.spell.left


def owned_by(spell: HostingSpell, decided: PackedDecision | None) -> AbstractSet[str]:
    """Return who counts as the hoster at a spell; nobody is `unknown`."""
    if decided is not None and decided.hoster is not None:
        return {decided.hoster, decided.group or decided.hoster}
    return spell.owners


class Candidate(NamedTuple):
    """What may start the clock of a case; of equal ones of one instant the first by name does.

    Attributes:
        at: from when it would run.
        standing: how surely the hoster knew.
        hotline: whose notice, or report, it is.
        norms_s: of that hotline's jurisdiction.
        received_at: when it was received.
        backdated: its proof is dated back, and no decision has confirmed it.
        term_s: of an order, its own.
    """

    at: Instant
    standing: ClockStanding
    hotline: HotlineId
    norms_s: tuple[int, ...]
    received_at: Instant
    backdated: bool = False
    term_s: int | None = None


class OrderTerm(NamedTuple):
    """An order that counts: from when its own term runs, and that term in seconds."""

    at: Instant
    term_s: int


class SecondClock(NamedTuple):
    """What the second verdict on a return runs from.

    Attributes:
        spell: which spell the return began.
        at: from when it runs.
    """

    spell: int
    at: Instant


class Clocks(Struct, frozen=True, gc=False):
    """The clocks of one case.

    Attributes:
        first: the clock; None = none runs.
        second_clocks: of each return that a notice followed, the first delivered one.
        orders: those that count.
        flags: what must be said beside the case.
    """

    first: Candidate | None
    second_clocks: tuple[SecondClock, ...]
    orders: tuple[OrderTerm, ...]
    flags: frozenset[Flag]

    @property
    def noticed_at(self) -> Instant | None:
        """When the clock began, for every figure."""
        return None if self.first is None else self.first.at


_RANKS: Final = {standing: rank for rank, standing in enumerate(ClockStanding)}
_NOT_ARRIVED: Final = (Delivery.BOUNCED, Delivery.REFUSED)


def clocks_of(url: UrlContext, scope: NoticeScope, spells: Sequence[AvailabilitySpell]) -> Clocks:
    """Return the clocks of a case."""
    ends = ends_of(spells)
    counting = [
        one
        for one in (*_notices(url, scope, ends), *_reports(url, scope, ends))
        if not is_away(one.at, spells)
    ]
    first = best(counting, ends.removed_at)
    flags = _flags(url, scope, spells)
    if first is None:
        return Clocks(None, (), (), flags)
    if first.standing is not ClockStanding.DELIVERED:
        flags |= {Flag.NO_DELIVERY_PROOF}
    if first.backdated:
        flags |= {Flag.BACKDATED}
    orders = tuple(
        OrderTerm(one.at, one.term_s)
        for one in counting
        if one.term_s is not None and _RANKS[one.standing] <= _RANKS[first.standing]
    )
    return Clocks(first, _second_clocks(url, scope, spells, first.at), orders, flags)


def best(counting: Sequence[Candidate], removals: Sequence[Instant]) -> Candidate | None:
    """Return the clock: the best standing before the first removal that follows any of them."""
    if not counting:
        return None
    earliest_at = min(one.at for one in counting)
    removed_at = min((at for at in removals if at > earliest_at), default=None)
    held = [one for one in counting if removed_at is None or one.at < removed_at]
    return min(held, key=lambda one: (_RANKS[one.standing], one.at, one.hotline))


def _notices(url: UrlContext, scope: NoticeScope, ends: CaseEnds) -> Iterator[Candidate]:
    """Yield the notices to the owner that arrived, or may have, and were not taken back."""
    earliest = norms_without_orders(
        url.state.reports[0].norms_s, url.state.reports[0].sector_norm_s
    )
    mine, left = scope.mine, scope.left
    for at, notice in url.notices(scope.since, scope.until, scope.case_id):
        standing = standing_of(notice)
        if standing is None or not is_to(notice, mine, left):
            continue
        if url.is_taken_back(notice.hotline, min(notice.noticed_at, at), at, ends):
            continue
        yield Candidate(
            at=at,
            standing=standing,
            hotline=notice.hotline,
            norms_s=notice.norms_s or earliest,
            received_at=notice.received_at,
            backdated=notice.backdated and at == notice.received_at != notice.noticed_at,
            term_s=notice.term_s if notice.basis is Basis.ORDER else None,
        )


def _reports(url: UrlContext, scope: NoticeScope, ends: CaseEnds) -> Iterator[Candidate]:
    """Yield the reports that are taken as the notice."""
    for report in url.on_report:
        at = report.received_at
        if at < scope.since or (scope.until is not None and at >= scope.until):
            continue
        if url.is_taken_back(report.hotline, report.reported_at, at, ends):
            continue
        yield Candidate(
            at=at,
            standing=ClockStanding.ON_REPORT,
            hotline=report.hotline,
            norms_s=norms_without_orders(report.norms_s, report.sector_norm_s),
            received_at=at,
        )


def _second_clocks(
    url: UrlContext, scope: NoticeScope, spells: Sequence[AvailabilitySpell], noticed_at: Instant
) -> tuple[SecondClock, ...]:
    """Return what second verdicts run from: the first delivered notice after R, of each return.

    Each runs from the first backed sighting after R if that is later.
    """
    returns = returns_after(spells, noticed_at)
    if not returns:
        return ()
    ends = ends_of(spells)
    arrived = [
        one.at
        for one in _notices(url, scope, ends)
        if one.standing is ClockStanding.DELIVERED and not is_away(one.at, spells)
    ]
    found = []
    for number, later in zip_longest(returns, returns[1:]):
        ended_at, back_at = spells[number - 1].gone_at or 0, spells[number].returned_at or 0
        until = None if later is None else spells[later - 1].gone_at
        told_at = next((at for at in arrived if at > ended_at), None)
        if told_at is not None and (until is None or told_at < until):
            found.append(SecondClock(number, max(told_at, back_at)))
    return tuple(found)


def returns_after(spells: Sequence[AvailabilitySpell], noticed_at: Instant) -> Sequence[int]:
    """Return which spells a return began, of those from an end after the notice.

    From the newest on its second verdict runs.
    """
    return [
        number
        for number in range(1, len(spells))
        if spells[number].returned_at is not None and (spells[number - 1].gone_at or 0) > noticed_at
    ]


def is_away(at: Instant, spells: Sequence[AvailabilitySpell]) -> bool:
    """Return whether a case had moved by an instant, and was not back."""
    for spell, after in zip_longest(spells, spells[1:]):
        moved_at = spell.gone_at if spell.ended_as(CaseClass.MOVED) else None
        if moved_at is not None and moved_at <= at and (after is None or at < after.from_at):
            return True
    return False


def _flags(
    url: UrlContext, scope: NoticeScope, spells: Sequence[AvailabilitySpell]
) -> frozenset[Flag]:
    flags, mine, left = set(), scope.mine, scope.left
    lost = arrived = False  # a notice that was taken back since arrived all the same
    for at, notice in url.notices(None if scope.first else scope.since, scope.until, scope.case_id):
        if is_to(notice, mine, left):
            if at < scope.since or is_away(at, spells):
                flags.add(Flag.MISDIRECTED)
            else:
                lost |= notice.result in _NOT_ARRIVED
            arrived |= at >= scope.since and standing_of(notice) is not None
        elif notice.recipient != UNKNOWN and at >= scope.since:
            there_at = [scope.known.get(who) for who in (notice.recipient, notice.group)]
            if all(since is None or at < since for since in there_at):
                flags.add(Flag.MISDIRECTED)
    if lost and not arrived:
        flags.add(Flag.BOUNCED)
    return frozenset(flags)


def delay(
    url: UrlContext, scope: NoticeScope, clock: Candidate | None, opened_at: Instant
) -> tuple[HotlineId, int] | None:
    """Return the hotline whose notice started the clock, and how long it took from its report.

    It took from the earliest of its own reports, in a case that opened later from its opening.
    None = no notice did, or it made no report.
    """
    if clock is None or clock.standing is ClockStanding.ON_REPORT:
        return None
    since = url.reported_by.get(clock.hotline)
    if since is None:
        return None
    if not scope.spell.first or not scope.first:
        since = max(since, opened_at)
    return clock.hotline, max(0, clock.at - since)
