"""What can be taken away as CSV (RFC 4180): hosters, and the cases of one."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from agents.edges.files.csv_text import csv_text
from agents.edges.web.formatting import cell_hours
from agents.edges.web.hoster_table import DAY_S
from schemas.closed_lists import CaseClass, NormVerdict
from schemas.moments import rfc3339
from streams.norms.maturity import AUTHORITY_ORDER
from streams.rollup.figures import HosterFigures, RemovalTimeReading
from streams.views.case_list import CaseLine
from streams.views.view import View

_REMOVAL_COLUMNS: Final = tuple(
    f"{name}_{reading}_{end}_h"
    for reading in RemovalTimeReading
    for name in ("median", "p90")
    for end in ("from", "to")
)
"""Both readings, named as the metric names them; a removal time is known to a cell alone."""

CSV_CASES_MAX: Final = 100_000
"""Lines of a file, 20 MB; `hostwatch cases list` has more."""


def hosters_csv(found: Iterable[HosterFigures], view: View) -> str:
    """Return a line for each hoster and role, with the moment and method of all figures."""
    names = [
        *("hoster", "name", "country", "role", "reported", "noticed", "open", "overdue"),
        *("overdue_unseen", *(one.value for one in CaseClass), "reappeared", "unprobed"),
        *("removal_n", *_REMOVAL_COLUMNS, "within_24h_low", "within_24h_high", "within_24h_n"),
        *("as_of", "method", "code"),
    ]
    return csv_text(names, [_hoster(one, view) for one in found])


def _hoster(one: HosterFigures, view: View) -> Sequence[Any]:
    info = view.hosters.get(one.hoster)
    norm, removals = one.norm(DAY_S), one.estimate(RemovalTimeReading.CENSORED).n
    low, high = norm.bounds or (None, None)
    return (
        *(one.hoster, info.name if info else one.hoster, info.country if info else "??"),
        *(one.role.value, one.reported, one.noticed, one.backlog, one.overdue, one.overdue_unseen),
        *(one.classes[case_class] for case_class in CaseClass),
        *(one.reappearances, one.unprobed, removals, *_removal_cells(one), low, high, norm.n),
        *(rfc3339(view.as_of), view.method, view.code),
    )


def _removal_cells(one: HosterFigures) -> Iterator[float | None]:
    """Give the ends of each cell of `_REMOVAL_COLUMNS`, in hours; None = not reached."""
    for reading in RemovalTimeReading:
        estimate = one.estimate(reading)
        for ms in (estimate.p50_ms, estimate.p90_ms):
            yield from (None, None) if ms is None else cell_hours(ms, reading)


def cases_csv(hoster: str, lines: Iterable[CaseLine], view: View) -> str:
    """Return a line for each case of a hoster, without a URL and without a host."""
    names = ["case_id", "hoster", "role", "class", "reported_at", "noticed_at", "last_seen_at"]
    names += ["gone_at", "verdicts", "not_due_yet", "second_verdicts", "second_not_due_yet"]
    names += ["flags", "as_of", "method"]
    return csv_text(names, [_case(hoster, line, view) for line in lines])


def _case(hoster: str, line: CaseLine, view: View) -> Sequence[Any]:
    instants = (line.reported_at, line.noticed_at, line.last_seen_at, line.gone_at)
    return (
        *(line.case_id, hoster, line.role.value, line.case_class.value),
        *("" if at is None else rfc3339(at) for at in instants),
        *_verdicts(line.verdicts, line.running),
        *_verdicts(line.second, line.second_running),
        *(";".join(line.flags), rfc3339(view.as_of), view.method),
    )


def _verdicts(said: Sequence[tuple[int, NormVerdict]], running: Collection[int]) -> Sequence[str]:
    """Return the verdicts that are due, and the norms whose verdict is not."""
    due = ";".join(
        f"{_norm(norm_s)}:{verdict}" for norm_s, verdict in said if norm_s not in running
    )
    return due, ";".join(_norm(norm_s) for norm_s in sorted(running))


def _norm(norm_s: int) -> str:
    return "order" if norm_s == AUTHORITY_ORDER else str(norm_s)
