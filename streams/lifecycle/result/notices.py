"""Which notices start the clock of a case, and from when (docs/measurement.md, Clocks)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from schemas.moments import Instant
from schemas.reasons import Basis, Delivery, Flag, HotlineMode
from schemas.records.case_events import PackedNotice
from schemas.records.ledger import HotlineId
from streams.lifecycle.evidence.hosting_spells import UNKNOWN, HostingSpell
from streams.lifecycle.result.url_context import UrlContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Whose notices count for a case, and which.

    Attributes:
        case_id: the case.
        spell: where it is.
        known: hosters and groups of all stays of the URL.
        since: only notices after it count; None = all before `until`.
        until: when the next case at the same hoster opened; None = there is none.
    """

    case_id: str
    spell: HostingSpell
    known: AbstractSet[str]
    since: Instant | None
    until: Instant | None

    @property
    def mine(self) -> AbstractSet[str]:
        """Return who counts as the hoster of the case; nobody is `unknown`."""
        return {self.spell.group, *self.spell.hosters} - {UNKNOWN}


@dataclass(frozen=True, slots=True)
class NoticeTimes:
    """The notices that count for one case.

    Attributes:
        noticed_at: the earliest; None = no clock runs.
        received_at: when it was received; 0 = none was.
        naming_at: the earliest that was delivered, as naming and public lateness take it.
        ordered_at: the earliest that was an authority's order; None = none was.
        norm_from_at, norm_s: what makes the case overdue: an order's term, else the sector's.
        flags: what must be said beside it.
    """

    noticed_at: Instant | None
    naming_at: Instant | None
    ordered_at: Instant | None
    norm_from_at: Instant | None
    norm_s: int
    flags: frozenset[Flag]
    received_at: Instant = 0


def notice_times(url: UrlContext, span: Span) -> NoticeTimes:
    """Return the clock of a case.

    Only a delivered notice starts one, that of the recipient it names and of no one else; where
    the hotline's mode says that no delivery is known, the notice sent or the report does, flagged.
    """
    sector = url.state.reports[0].sector_norm_s
    notices = url.notices(span.since, span.until)
    flags = set()
    if any(not _to(n, span.known) and n.recipient != UNKNOWN for n in notices):
        flags.add(Flag.MISDIRECTED)
    counting = [n for n in notices if _to(n, span.mine) and _starts_clock(n)]
    if not counting and any(_to(n, span.mine) and n.result in _NOT_ARRIVED for n in notices):
        flags.add(Flag.BOUNCED)
    if not counting:
        if url.on_report is None or span.since is not None:
            return NoticeTimes(None, None, None, None, sector, frozenset(flags))
        at = url.on_report.received_at
        return NoticeTimes(
            at, None, None, at, sector, frozenset(flags | {Flag.NO_DELIVERY_PROOF}), at
        )
    noticed_at = min(n.noticed_at for n in counting)
    if all(n.result is not Delivery.DELIVERED for n in counting):
        flags.add(Flag.NO_DELIVERY_PROOF)
    if any(n.backdated and n.noticed_at == noticed_at for n in counting):
        flags.add(Flag.BACKDATED)
    naming = [_naming_at(url, n, span.case_id) for n in counting if n.result is Delivery.DELIVERED]
    orders = [n for n in counting if n.basis is Basis.ORDER and n.term_s]
    norm_from_at, norm_s = noticed_at, sector
    if orders:
        order = min(orders, key=lambda n: n.noticed_at + (n.term_s or 0) * 1_000)
        norm_from_at, norm_s = order.noticed_at, order.term_s or sector
    ordered_at = min((n.noticed_at for n in counting if n.basis is Basis.ORDER), default=None)
    naming_at = min(naming, default=None)
    received_at = min(n.received_at for n in counting if n.noticed_at == noticed_at)
    return NoticeTimes(
        noticed_at, naming_at, ordered_at, norm_from_at, norm_s, frozenset(flags), received_at
    )


def delay(
    url: UrlContext, span: Span, times: NoticeTimes, opened_at: Instant
) -> tuple[HotlineId, int] | None:
    """Return the hotline whose notice started the clock, and how long it took from its report.

    It took from the earliest of its own reports; in a case that others' reports or a move opened
    later, from its opening at the earliest. None = no notice did, or it made no report.

    Args:
        url: what the cases of the URL share.
        span: whose notices count.
        times: the clock of the case.
        opened_at: when the case opened.
    """
    first = [
        n.hotline
        for n in url.notices(span.since, span.until)
        if n.noticed_at == times.noticed_at and _to(n, span.mine) and _starts_clock(n)
    ]
    if times.noticed_at is None or not first:
        return None
    hotline = min(first)
    since = url.reported_by.get(hotline)
    if since is None:
        return None
    if not span.spell.first or span.since is not None:
        since = max(since, opened_at)
    return hotline, max(0, times.noticed_at - since)


def noticed_after(url: UrlContext, span: Span, at: Instant) -> Instant | None:
    """Return when the hoster was first told after an instant, by a notice that was delivered."""
    since = at if span.since is None else max(at, span.since)
    return next(
        (
            n.noticed_at
            for n in url.notices(since, span.until)
            if _to(n, span.mine) and n.result is Delivery.DELIVERED
        ),
        None,
    )


def _to(notice: PackedNotice, hosters: AbstractSet[str]) -> bool:
    """Return whether a notice went to one of the hosters or to another hoster of their owner."""
    return notice.recipient in hosters or notice.group in hosters - {UNKNOWN}


_NOT_ARRIVED = (Delivery.BOUNCED, Delivery.REFUSED)


def _starts_clock(notice: PackedNotice) -> bool:
    if notice.result is Delivery.DELIVERED:
        return True
    return notice.mode is HotlineMode.SENT_ONLY and notice.result is Delivery.SENT


def _naming_at(url: UrlContext, notice: PackedNotice, case_id: str) -> Instant:
    confirmed = not url.confirmed.isdisjoint(("", case_id))
    return notice.received_at if notice.backdated and not confirmed else notice.noticed_at
