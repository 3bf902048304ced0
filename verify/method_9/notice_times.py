"""Which notices count for a case, and from when its clocks run (docs/measurement.md, Clocks)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from schemas.closed_lists import Basis, Delivery, Flag, HotlineMode
from schemas.moments import DAY_MS, SECOND_MS, Instant
from schemas.records.reports import NoticeAccepted
from verify.ledger.records import UrlRecords, by_notice
from verify.method_9.hosting_spells import UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTimes:
    """The clocks of one case.

    Attributes:
        noticed_at: the earliest notice that counts; None = no clock runs.
        received_at, hotline: when it was received, and from which hotline; of several the first by
            name.
        naming_at: the earliest that was delivered, received_at where it is backdated.
        ordered_at: the earliest order.
        norm_from_at, norm_s: the order that runs out first, else the sector's norm.
        again_at: the first delivered notice after the newest return.
        flags: what must be said beside it.
    """

    noticed_at: Instant | None = None
    naming_at: Instant | None = None
    ordered_at: Instant | None = None
    norm_from_at: Instant | None = None
    norm_s: int
    again_at: Instant | None = None
    received_at: Instant = 0
    hotline: str = ""
    flags: frozenset[Flag] = frozenset()


def notice_times(
    records: UrlRecords,
    *,
    mine: AbstractSet[str],
    known: AbstractSet[str],
    id: str,
    between: tuple[Instant | None, Instant | None],
    back_at: Instant | None,
) -> NoticeTimes:
    """Return the clocks of a case.

    Args:
        records: all that the ledger holds of the URL.
        mine: the case's hosters and their owner.
        known: those of all spells of the URL.
        id: the case.
        between: its notices lie after the first and before the second; None = open.
        back_at: its newest return.
    """
    since, until = between
    notices = [
        n
        for n in _each_once(records.notices)
        if (since is None or n.noticed_at > since) and (until is None or n.noticed_at < until)
    ]
    flags = set()
    if any(n.recipient != UNKNOWN and not _to(n, known) for n in notices):
        flags.add(Flag.MISDIRECTED)
    to_me = [n for n in notices if _to(n, mine)]
    delivered = [n for n in to_me if n.result is Delivery.DELIVERED]
    sent = [n for n in to_me if n.mode is HotlineMode.SENT_ONLY and n.result is Delivery.SENT]
    counting = delivered + sent
    if not counting and {n.result for n in to_me} & {Delivery.BOUNCED, Delivery.REFUSED}:
        flags.add(Flag.BOUNCED)
    sector_s = records.reports[0].sector_norm_s
    if not counting:
        at = _on_report(records) if since is None else None
        if at is None:
            return NoticeTimes(norm_s=sector_s, flags=frozenset(flags))
        flags.add(Flag.NO_DELIVERY_PROOF)
        return NoticeTimes(
            noticed_at=at, norm_from_at=at, norm_s=sector_s, received_at=at, flags=frozenset(flags)
        )
    noticed_at = min(n.noticed_at for n in counting)
    if not delivered:
        flags.add(Flag.NO_DELIVERY_PROOF)
    if any(n.backdated for n in counting if n.noticed_at == noticed_at):
        flags.add(Flag.BACKDATED)
    orders = [n for n in counting if n.basis is Basis.ORDER]
    norm_from_at, norm_s = _runs_out_first(orders) or (noticed_at, sector_s)
    again = [n for n in delivered if back_at is not None and n.noticed_at > back_at]
    return NoticeTimes(
        noticed_at=noticed_at,
        naming_at=min((_naming_at(records, n, id) for n in delivered), default=None),
        ordered_at=_earliest(orders),
        norm_from_at=norm_from_at,
        norm_s=norm_s,
        again_at=_earliest(again),
        received_at=min(n.received_at for n in counting if n.noticed_at == noticed_at),
        hotline=min(n.hotline for n in counting if n.noticed_at == noticed_at),
        flags=frozenset(flags),
    )


def _each_once(notices: Iterable[NoticeAccepted]) -> list[NoticeAccepted]:
    """Return the earliest per hotline, recipient, basis, reference, result and UTC day."""
    found: dict[tuple[object, ...], NoticeAccepted] = {}
    for n in sorted(notices, key=by_notice):
        day = n.noticed_at // DAY_MS
        found.setdefault((n.hotline, n.recipient, n.basis, n.reference, n.result, day), n)
    return list(found.values())


def delay(
    records: UrlRecords, times: NoticeTimes, later_at: Instant | None
) -> tuple[str, int] | None:
    """Return which hotline's notice started the clock, and how long after its own report it was.

    Args:
        records: all that the ledger holds of the URL.
        times: the clocks of a case.
        later_at: when the case opened, if the URL was reported before; None = with its report.
    """
    own = [r.reported_at for r in records.reports if r.hotline == times.hotline]
    if times.noticed_at is None or not own:
        return None
    began_at = min(own) if later_at is None else max(min(own), later_at)
    return times.hotline, max(0, times.noticed_at - began_at)


def _to(notice: NoticeAccepted, hosters: AbstractSet[str]) -> bool:
    """Return whether a notice names one of the hosters, or another hoster of their owner."""
    return bool(({notice.recipient, notice.group} - {UNKNOWN}) & hosters)


def _earliest(notices: Iterable[NoticeAccepted]) -> Instant | None:
    return min((n.noticed_at for n in notices), default=None)


def _runs_out_first(orders: Iterable[NoticeAccepted]) -> tuple[Instant, int] | None:
    ends = [
        (n.noticed_at + n.term_s * SECOND_MS, n.noticed_at, n.term_s) for n in orders if n.term_s
    ]
    return min(ends)[1:] if ends else None


def _on_report(records: UrlRecords) -> Instant | None:
    """Return when the first report came of a hotline whose report is taken as the notice."""
    return next((r.received_at for r in records.reports if r.mode is HotlineMode.ON_REPORT), None)


def _naming_at(records: UrlRecords, notice: NoticeAccepted, id: str) -> Instant:
    confirmed = any(
        d.action == "confirm_backdated" and d.case_id in ("", id) for d in records.decisions
    )
    return notice.received_at if notice.backdated and not confirmed else notice.noticed_at
