"""The demo's table in the terminal: measured beside true."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from schemas.moments import DAY_MS, HOUR_MS
from sim.oracle.oracle import HosterComparison, RunReport
from sim.oracle.truth import ComparedFigures

LINES_MAX: Final = 48
"""Of more hosters those are shown of which something is wrong, and those with the most reports."""

_COLUMNS: Final = ("reported", "open", "overdue", "removed", "median", "in 24 h, %")
_CAPTION: Final = (
    "measured|truth. The median counts open cases, n.r. = not reached;"
    " the share removed in 24 h is given as bounds."
)


def shown(lines: Sequence[HosterComparison]) -> Sequence[HosterComparison]:
    """Return the hosters that a table has room for, in their order."""
    if len(lines) <= LINES_MAX:
        return lines
    ranked = sorted(lines, key=lambda line: (not line.findings, -line.truth.reported))
    kept = {line.hoster.id for line in ranked[:LINES_MAX]}
    return [line for line in lines if line.hoster.id in kept]


def caption(text: str, lines: Sequence[HosterComparison]) -> str:
    """Return what stands below a table, with how many hosters it leaves out."""
    left_out = len(lines) - len(shown(lines))
    return f"{left_out} more hosters. {text}" if left_out else text


def table(lines: Sequence[HosterComparison]) -> Table:
    """Return the table of hosters; each figure stands before the truth."""
    found = Table(
        caption=caption(_CAPTION, lines), box=None, padding=(0, 1, 0, 0)
    )  # fits 80 columns
    found.add_column("hoster", no_wrap=True)
    found.add_column("behaviour", no_wrap=True)
    for column in _COLUMNS:
        found.add_column(column, justify="right", no_wrap=True)
    for line in shown(lines):
        pairs = zip(_cells(line.measured), _cells(line.truth), strict=True)
        cells = (f"{measured}|{true}" for measured, true in pairs)
        found.add_row(line.hoster.id, line.hoster.behaviour.value, *cells)
    return found


def live(lines: Sequence[HosterComparison], elapsed_ms: int, notes: Sequence[str]) -> Group:
    """Return what is shown while the world runs.

    Args:
        lines: hosters.
        elapsed_ms: world time since the beginning.
        notes: lines below the table.
    """
    days, rest = divmod(elapsed_ms, DAY_MS)
    head = Text(f"day {days}, hour {rest // HOUR_MS} of the practice world")
    return Group(head, table(lines), *(Text(note) for note in notes))


def verdict(run_report: RunReport) -> list[str]:
    """Return the summary in words, one line each."""
    total = sum(run_report.outcomes.values())
    lines = [f"{total} records in, {run_report.unaccounted} accepted reports unaccounted for"]
    lines += [f"wrong: {count} {finding}" for finding, count in run_report.findings.items()]
    off = [line.hoster.id for line in run_report.lines if not line.median_fits]
    if off:
        lines.append(f"median further than one probe from the truth: {', '.join(off)}")
    lines.append("measured and true agree" if run_report.ok else "measured and true differ")
    return lines


def _cells(side: ComparedFigures) -> tuple[str, ...]:
    return (
        str(side.reported),
        str(side.backlog),
        str(side.overdue),
        str(side.removed),
        "n.r." if side.median_s is None else f"{side.median_s / 3_600:.1f}h",
        "-" if side.share_24h is None else "-".join(f"{100 * end:.0f}" for end in side.share_24h),
    )
