"""The panel of real hosts: how long each was seen online, by network, and npsurv's answers to it.

`host_panel.py keep PANEL` counts the episodes of a folder with the panel into cells of whole hours
and asks R for S of each group; both are kept beside R's scripts. `host_panel.py differ` prints the
largest difference between S here and npsurv's. `host_panel.py differ PANEL` does so of the 50
networks with the whole seconds of the panel, which are too many to keep.

The panel: history of curbengh/urlhaus-filter (abuse.ch URLhaus, CC0), 155,214 episodes of 51,395
hosts in 1,920 snapshots. Networks: IP Geolocation by DB-IP (CC BY 4.0). Only counts are kept: no
address, no URL, no network's number.
"""

import csv
import gzip
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from streams.statistics.report.interval_censored import Interval, npmle

HERE: Final = Path(__file__).parents[2] / "streams/statistics/report/r"
CELLS_FILE: Final = HERE / "panel_cells.csv.gz"
SURVIVAL_FILE: Final = HERE / "panel_survival.csv.gz"
GROUPS: Final = 50
"""The largest networks, in their order; all others are one group more, number 0."""

HOUR_S: Final = 3_600

Cells: TypeAlias = dict[int, Counter[Interval]]
"""Of each group how many episodes lie in each (L, R]."""

Survival: TypeAlias = Mapping[int, list[tuple[int, float]]]
"""Of each group npsurv's S at the ends of cells."""


def counted(panel: Path, unit_s: int) -> Cells:
    """Count the panel's episodes.

    An episode begins with its first snapshot, was last seen in its last one and first found gone
    in the next. L is rounded down and R up, so what is known stays true.

    Args:
        panel: the folder that holds it.
        unit_s: unit of the times, seconds.
    """
    with (panel / "panel_snapshots.csv").open() as lines:
        at = [int(row["unix_time"]) for row in csv.DictReader(lines)]
    networks = {row["ip"]: row["asn"] for row in _rows(panel / "ip_asn.csv.gz")}
    by_network: dict[str, Counter[Interval]] = defaultdict(Counter)
    for row in _rows(panel / "panel_episodes.csv.gz"):
        first, last = int(row["first_idx"]), int(row["last_idx"])
        gone = None if last + 1 == len(at) else -((at[first] - at[last + 1]) // unit_s)
        by_network[networks[row["ip"]]][((at[last] - at[first]) // unit_s, gone)] += 1
    ordered = sorted(by_network, key=lambda one: (-by_network[one].total(), one))
    found = {place: by_network[one] for place, one in enumerate(ordered[:GROUPS], 1)}
    others: Counter[Interval] = Counter()
    for one in ordered[GROUPS:]:
        others.update(by_network[one])
    return {0: others, **found}


def kept_cells() -> Cells:
    """Return the counts that are kept, in hours."""
    found: Cells = defaultdict(Counter)
    for row in _rows(CELLS_FILE):
        gone = int(row["right"]) if row["right"] else None
        found[int(row["group"])][(int(row["left"]), gone)] = int(row["episodes"])
    return found


def kept_survival() -> Survival:
    """Return npsurv's answers that are kept, hours."""
    with gzip.open(SURVIVAL_FILE, "rt") as lines:
        return _survival(lines)


def difference(cells: Cells, survival: Survival) -> dict[int, float]:
    """Return by how much S differs at most from npsurv's, of each group.

    Args:
        cells: counts.
        survival: npsurv's answers to them.
    """
    found = {}
    for group, own in cells.items():
        here = npmle(list(own), list(own.values()))
        found[group] = max(abs(here.survival_at(at)[1] - s) for at, s in survival[group])
    return found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt") as lines:
        yield from csv.DictReader(lines)


def _survival(lines: Iterable[str]) -> Survival:
    rows = [(int(r["group"]), int(r["at"]), float(r["survival"])) for r in csv.DictReader(lines)]
    return {
        group: [(at, s) for _, at, s in own] for group, own in groupby(rows, lambda row: row[0])
    }


def _text(cells: Cells) -> str:
    lines = ["group,left,right,episodes"]
    for group, own in sorted(cells.items()):
        for left, right in sorted(own, key=lambda cell: (cell[0], cell[1] or inf)):
            many = own[left, right]
            lines.append(f"{group},{left},{'' if right is None else right},{many}")
    return "\n".join(lines) + "\n"


def _asked(cells: Cells) -> str:
    """Return what npsurv answers."""
    with TemporaryDirectory() as room:
        file = Path(room) / "cells.csv"
        file.write_text(_text(cells))
        command = ["Rscript", str(HERE / "panel.R"), str(file)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _main(asked: str, *folder: str) -> None:
    if asked == "keep":
        cells = counted(Path(folder[0]), HOUR_S)
        for file, text in ((CELLS_FILE, _text(cells)), (SURVIVAL_FILE, _asked(cells))):
            file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        return
    cells = counted(Path(folder[0]), 1) if folder else kept_cells()
    if folder:
        del cells[0]  # all others together: too many distinct cells for R
    survival = _survival(_asked(cells).splitlines()) if folder else kept_survival()
    apart = difference(cells, survival)
    print(f"{sum(own.total() for own in cells.values())} episodes in {len(cells)} groups:")
    print(f"S differs from npsurv's by at most {max(apart.values()):.6f}")


if __name__ == "__main__":
    _main(*sys.argv[1:])
