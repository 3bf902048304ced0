"""The demo's last table: what each hoster did, what is published of it, and whether it gained."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from sim.demo.screen import caption, shown
from sim.oracle.oracle import HosterComparison
from sim.oracle.truth import ComparedFigures

_CAPTION: Final = (
    "rm = removed, od = overdue, us = overdue unseen, hid = hidden from the"
    " monitor, dk = dark, ret = put back, fo = found out by the hidden re-check,"
    " rc = to be re-checked;"
    " % = share removed in 24 h, measured as bounds."
)


def table(lines: Sequence[HosterComparison]) -> Table:
    """Return the table of gains: the truth, what is published, and whether that is better."""
    found = Table(
        caption=caption(_CAPTION, lines), box=None, padding=(0, 1, 0, 0)
    )  # fits 80 columns
    for column in ("hoster", "behaviour", "it did", "published", "gained"):
        found.add_column(column, no_wrap=True)
    for line in shown(lines):
        found.add_row(
            line.hoster.id,
            line.hoster.behaviour.value,
            _counts(line.truth),
            _counts(line.measured),
            _gained(line),
        )
    return found


def _gained(line: HosterComparison) -> str:
    if line.gains:
        return "YES"
    return f"no ({line.awaiting}rc)" if line.awaiting else "no"


def _counts(side: ComparedFigures) -> str:
    counts = {
        "rm": side.removed,
        "od": side.overdue,
        "us": side.unseen,
        "hid": side.unavailable,
        "dk": side.dark,
        "ret": side.back,
        "fo": side.found_out,
    }
    share = side.share_24h
    said = [f"{n}{name}" for name, n in counts.items() if n or name == "rm"]
    if share is not None:
        low, high = (f"{100 * end:.0f}" for end in share)
        said.append(f"{low}%" if low == high else f"{low}-{high}%")
    return " ".join(said)
