"""How the vantages did: canaries that failed, outages, clocks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from schemas.closed_lists import ProbeError
from schemas.dossier.dossier import VantageRow
from schemas.dossier.rows import ObservationRow
from schemas.moments import Instant
from schemas.records.reports import VantageId


def vantage_rows(observations: Iterable[ObservationRow]) -> tuple[VantageRow, ...]:
    """Return how each vantage did.

    Args:
        observations: of a dossier; the same one may come several times.
    """
    found: dict[VantageId, dict[str, ObservationRow]] = defaultdict(dict)
    for one in observations:
        found[one.vantage][one.record] = one
    return tuple(
        _row(vantage, sorted(rows.values(), key=lambda one: (one.sent_at, one.record)))
        for vantage, rows in sorted(found.items())
    )


def _row(vantage: VantageId, rows: Sequence[ObservationRow]) -> VantageRow:
    after = [one.appended_at - one.done_at for one in rows]
    return VantageRow(
        vantage=vantage,
        announced=all(one.announced for one in rows),
        asns=tuple(sorted({one.asn for one in rows if one.asn})),
        observations=len(rows),
        canary_failed=sum(not one.canary_ok for one in rows),
        outages=tuple(_outages(rows)),
        clock_errors=sum(one.error is ProbeError.CLOCK for one in rows),
        appended_after_ms=(min(after), max(after)),
    )


def _outages(rows: Sequence[ObservationRow]) -> list[tuple[Instant, Instant]]:
    """Return from when until when observations running had a canary that failed."""
    found: list[tuple[Instant, Instant]] = []
    before = False
    for one in rows:
        if not one.canary_ok:
            since = found.pop()[0] if before else one.sent_at
            found.append((since, one.done_at))
        before = not one.canary_ok
    return found
