"""The clock of a case: which notice it runs from, and its standing (rules 2.1 and 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.closed_lists import Basis, Delivery, Flag
from schemas.moments import Instant
from verify.ledger.records import UrlRecords
from verify.method_10.notices import DELIVERED, ON_REPORT, STANDINGS, Notice, is_to, standing_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """The clock of a case.

    Attributes:
        notice: what it runs from; None = it does not run.
        orders: the standing orders to the owner.
        again_at: the start of the second clock, after the newest return; None = it does not run.
        again: the starts of the second clocks of all returns, in order.
    """

    notice: Notice | None = None
    orders: tuple[Notice, ...] = ()
    again_at: Instant | None = None
    again: tuple[Instant, ...] = ()
    flags: frozenset[str] = frozenset()

    @property
    def at(self) -> Instant | None:
        """Return noticed_at."""
        return self.notice.at if self.notice else None

    @property
    def standing(self) -> str:
        """Return the clock's standing; empty = there is none."""
        return self.notice.standing if self.notice else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockInputs:
    """What of a case its clock depends on.

    Attributes:
        since: its opening; of the first case the first report.
        until: when the next case opened; None = it goes on.
        away: from when until when it had moved; None = for good.
        removals: R of each removal.
        ends: R of each end.
        last_end_at: R of the one that nothing followed; None = the material is there.
        returns: (R, back) of every return after a removal or move.
        names: of the owner.
        left: which of them are another owner's by now, and since when.
    """

    since: Instant
    until: Instant | None
    away: Sequence[tuple[Instant, Instant | None]]
    removals: Sequence[Instant]
    ends: Sequence[Instant]
    last_end_at: Instant | None
    returns: Sequence[tuple[Instant, Instant]]
    names: frozenset[str]
    left: Mapping[str, Instant]


def clock_by(
    records: UrlRecords, notices: Sequence[Notice], reported: Sequence[Notice], inputs: ClockInputs
) -> CaseClock:
    """Return the clock of a case (rules 2.1 and 2.7).

    Args:
        records: all that the ledger holds of the URL.
        notices: all notices.
        reported: reports of the case that are taken as notices.
        inputs: opening, ends and returns of the case, and the names of its owner.
    """
    sent = [n for n in notices if _in_its_time(n, inputs) and is_to(n, inputs.names, inputs.left)]
    mine = [n for n in sent if not is_away(n.at, inputs.away)]
    candidates = [n for n in mine if n.standing] + [n for n in reported if _within(n, inputs)]
    standing = [
        n
        for n in candidates
        if standing_at(n, records.withdrawals, inputs.ends, inputs.last_end_at)
    ]
    best = best_clock(standing, inputs.removals)
    delivered = [n for n in standing if n.standing == DELIVERED]
    orders = tuple(n for n in standing if n.basis is Basis.ORDER and _is_as_sure(n, best))
    returned = sorted(pair for pair in inputs.returns if best is not None and pair[0] > best.at)
    again: dict[Instant, Instant] = {}
    for place, (gone_at, back_at) in enumerate(returned):
        told_at = min((n.at for n in delivered if n.at > gone_at), default=None)
        if told_at is None or (place + 1 < len(returned) and told_at >= returned[place + 1][0]):
            continue
        again[gone_at] = max(told_at, back_at)
    return CaseClock(
        notice=best,
        orders=orders,
        again_at=again.get(returned[-1][0]) if returned else None,
        again=tuple(again.values()),
        flags=frozenset(_flags(mine, sent, best)),
    )


def _is_as_sure(order: Notice, best: Notice | None) -> bool:
    """Return whether an order's standing is at least the clock's; else it is not judged (9.4)."""
    return best is not None and STANDINGS.index(order.standing) <= STANDINGS.index(best.standing)


def _within(notice: Notice, inputs: ClockInputs) -> bool:
    """Return whether a notice counts from a time at which the case was the owner's (rule 2.1)."""
    return _in_its_time(notice, inputs) and not is_away(notice.at, inputs.away)


def _in_its_time(notice: Notice, inputs: ClockInputs) -> bool:
    return inputs.since <= notice.at and (inputs.until is None or notice.at < inputs.until)


def is_away(at: Instant, away: Iterable[tuple[Instant, Instant | None]]) -> bool:
    """Return whether a case had moved by an instant, and was not back (2.1)."""
    return any(gone_at <= at and (back_at is None or at < back_at) for gone_at, back_at in away)


def best_clock(candidates: Sequence[Notice], removals: Sequence[Instant]) -> Notice | None:
    """Return the best notice from before the first removal that follows any of them (rule 2.7)."""
    if not candidates:
        return None
    first_at = min(n.at for n in candidates)
    until = min((at for at in removals if at > first_at), default=None)
    before = [n for n in candidates if until is None or n.at < until]
    return min(before, key=lambda n: (STANDINGS.index(n.standing), *_by_time(n)))


def _by_time(notice: Notice) -> tuple[Instant, Instant, str]:
    return notice.at, notice.received_at, notice.hotline


def _flags(mine: Sequence[Notice], sent: Sequence[Notice], best: Notice | None) -> set[str]:
    flags: set[str] = set()
    failed = {n.result for n in mine} & {Delivery.BOUNCED, Delivery.REFUSED}
    if not any(n.standing for n in sent) and failed:
        flags.add(Flag.BOUNCED)
    if best is not None and best.standing != DELIVERED:
        flags.add(Flag.NO_DELIVERY_PROOF)
    if best is not None and best.backdated:
        flags.add(Flag.BACKDATED)
    return flags


def delay(
    records: UrlRecords, clock: CaseClock, later_at: Instant | None
) -> tuple[str, int] | None:
    """Return which hotline's notice started the clock, and how long after its report (2.11).

    Args:
        records: all that the ledger holds of the URL.
        clock: the clock of a case.
        later_at: when the case opened, if the URL was reported before; None = with its report.
    """
    if clock.notice is None or clock.standing == ON_REPORT:
        return None
    own = [r.reported_at for r in records.reports if r.hotline == clock.notice.hotline]
    if not own:
        return None
    began_at = min(own) if later_at is None else max(min(own), later_at)
    return clock.notice.hotline, max(0, clock.notice.at - began_at)
