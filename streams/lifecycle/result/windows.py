"""What windows count of a URL: one report and one return, however many there were.

A URL that two hotlines report is one URL, and one that returns three times is one that returned. So
of all cases of a URL at a hoster in a role one carries the newest report, and one the newest return
(docs/measurement.md, Windows).
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from schemas.records.case import CaseSummary
from schemas.records.case_events import PackedReport


def counted_once(
    cases: Sequence[CaseSummary], reports: Iterable[PackedReport]
) -> Sequence[CaseSummary]:
    """Return the cases of a URL, the newest of each hoster and role with what windows count of it.

    Args:
        cases: oldest first within a hoster.
        reports: all of the URL.
    """
    reported_at = max([report.reported_at for report in reports])
    newest: set[tuple[str, str]] = set()
    returned: set[tuple[str, str]] = set()
    found = []
    for case in reversed(cases):
        where = case.hoster, case.role
        back_at = None
        if case.returns and where not in returned:
            returned.add(where)
            back_at = case.returns[-1].back_at
        last_at = None if where in newest else reported_at
        newest.add(where)
        found.append(replace(case, reported_last_at=last_at, back_last_at=back_at))
    return found[::-1]
