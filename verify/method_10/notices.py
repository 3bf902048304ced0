"""What hotlines told, as far as it stands (rules 2.3 to 2.6).

That is reports, notices and withdrawals.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.closed_lists import Basis, Delivery, HotlineMode
from schemas.moments import HOUR_MS, Instant
from schemas.records.reports import NoticeAccepted, ReportAccepted
from verify.ledger.records import UrlRecords, by_notice
from verify.method_10.owner import UNKNOWN

DELIVERED: Final = "delivered"
SENT_ONLY: Final = "sent_only"
ON_REPORT: Final = "on_report"
STANDINGS: Final = (DELIVERED, SENT_ONLY, ON_REPORT)
"""Best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice, or a report that is taken as one, by the time it counts from.

    Attributes:
        standing: how far it can be believed to have arrived; empty = it starts nothing.
        said_at: what the hotline says of its time; a withdrawal is held against that.
        backdated: it counts from received_at, being dated back by more than the feed delay.
    """

    at: Instant
    said_at: Instant
    received_at: Instant
    hotline: str
    standing: str
    result: Delivery
    basis: Basis = Basis.NOTICE
    term_s: int | None = None
    norms_s: tuple[int, ...] = ()
    backdated: bool = False
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Epoch:
    """Reports from when none stood until none stands again; None = some still do."""

    reports: tuple[ReportAccepted, ...]
    withdrawn_at: Instant | None


def epochs(records: UrlRecords) -> list[Epoch]:
    """Divide the reports by the withdrawals that left none standing (rule 2.3)."""
    found: list[Epoch] = []
    rest = sorted(records.reports, key=lambda r: (r.reported_at, r.received_at))
    for at in sorted({at for _, at in records.withdrawals}):
        before = [r for r in rest if r.reported_at <= at]
        if before and all(_taken_back(r.hotline, r.reported_at, at, records) for r in before):
            found.append(Epoch(tuple(before), at))
            rest = [r for r in rest if r not in before]
    if rest:
        found.append(Epoch(tuple(rest), None))
    return found


def _taken_back(hotline: str, said_at: Instant, by: Instant, records: UrlRecords) -> bool:
    return any(who == hotline and said_at <= at <= by for who, at in records.withdrawals)


def notices(records: UrlRecords, *, confirmed_at: Instant = 0) -> list[Notice]:
    """Return the notices, each once, by the time they count from (rules 2.4 and 2.6).

    Args:
        records: all that the ledger holds of the URL.
        confirmed_at: when two persons confirmed the proofs of notices dated back that had come;
            0 = they did not.
    """
    found: dict[tuple[object, ...], Notice] = {}
    for notice in sorted(records.notices, key=by_notice):
        one = _notice(notice, records, confirmed=notice.received_at <= confirmed_at)
        counted_at = notice.received_at if notice.backdated else notice.noticed_at
        kind = notice.basis, notice.reference, notice.result, notice.backdated
        key = (notice.hotline, notice.recipient, *kind, counted_at // HOUR_MS)
        held = found.get(key)
        if held is None or (one.at, one.said_at) < (held.at, held.said_at):
            found[key] = one
    return sorted(found.values(), key=lambda n: (n.at, n.received_at, n.hotline))


def _notice(notice: NoticeAccepted, records: UrlRecords, *, confirmed: bool) -> Notice:
    counts_late = notice.backdated and not confirmed
    standing = ""
    if notice.result is Delivery.DELIVERED:
        standing = DELIVERED
    elif notice.result is Delivery.SENT and notice.mode is HotlineMode.SENT_ONLY:
        standing = SENT_ONLY
    return Notice(
        at=notice.received_at if counts_late else notice.noticed_at,
        said_at=notice.noticed_at,
        received_at=notice.received_at,
        hotline=notice.hotline,
        standing=standing,
        result=notice.result,
        basis=notice.basis,
        term_s=notice.term_s,
        norms_s=tuple(getattr(notice, "norms_s", ())) or _norms_of(notice.hotline, records),
        backdated=counts_late,
        names=frozenset(
            {notice.recipient, notice.group, *getattr(notice, "former", ())} - {UNKNOWN}
        ),
    )


def _norms_of(hotline: str, records: UrlRecords) -> tuple[int, ...]:
    """Return the norms that stand on a hotline's own report, else on the first one."""
    own = [r for r in records.reports if r.hotline == hotline] or list(records.reports)
    return own[0].norms_s if own else ()


def on_reports(reports: Iterable[ReportAccepted]) -> Iterator[Notice]:
    """Give the reports that are taken as notices (rule 2.7)."""
    for report in reports:
        if report.mode is HotlineMode.ON_REPORT:
            yield Notice(
                at=report.received_at,
                said_at=report.reported_at,
                received_at=report.received_at,
                hotline=report.hotline,
                standing=ON_REPORT,
                result=Delivery.SENT,
                norms_s=report.norms_s,
            )


def is_to(notice: Notice, names: Collection[str], left: Mapping[str, Instant]) -> bool:
    """Return whether a notice names one of an owner's hosters or names (rule 2.2).

    Args:
        notice: any.
        names: of the owner.
        left: which of them are another owner's, and since when.
    """
    mine = notice.names & set(names)
    return any(name not in left or notice.said_at < left[name] for name in mine)


def standing_at(
    notice: Notice,
    withdrawals: Iterable[tuple[str, Instant]],
    ends: Sequence[Instant],
    last_end_at: Instant | None,
) -> bool:
    """Return whether a notice stands: a withdrawal after R changes nothing (rule 2.3).

    Args:
        notice: it.
        withdrawals: (hotline, when) of all.
        ends: R of each end.
        last_end_at: R of an end that nothing followed; it may be older than the notice.
    """
    until = min((r for r in ends if r > notice.at), default=last_end_at)
    return not any(
        hotline == notice.hotline and notice.said_at <= at and (until is None or at <= until)
        for hotline, at in withdrawals
    )
