"""A report's period by two methods: shares of each hoster by both, and the cases that differ.

A method that changed gives figures that are another measurement. Whoever reads two reports made by
two methods sees here how much of a difference is the method.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from agents.edges.files.csv_text import csv_text
from agents.errors import UserError
from agents.tools.report.reading.two_methods import ByTwo, ChangedCase
from schemas.identity.ids import Hash
from streams.report.cohort import Cohort, pseudonym
from streams.report.hosters_of_report import HosterRow, judged
from streams.report.published_case import PublishedCase


class MethodCounts(Struct, frozen=True, kw_only=True):
    """What one method says of a hoster; of one that is not judged, only cases and incidents."""

    n: int
    incidents: int
    in_time: int | float | None = None
    late: int | float | None = None
    bounds: tuple[float, float] | None = None


class ByBoth(Struct, frozen=True, kw_only=True):
    """A hoster by both methods; None = that method has no case of it."""

    hoster: str
    first: MethodCounts | None
    second: MethodCounts | None


class RuleCount(Struct, frozen=True, kw_only=True):
    """How many cases rules changed; `rule` has their numbers."""

    rule: str
    about: str
    cases: int


class Bridge(Struct, frozen=True, kw_only=True):
    """A period by two methods.

    Attributes:
        methods: which.
        rows: hosters in the order of their names in the publication.
        rules: what changed cases, the most first.
        changed: the cases that differ, in the order of their names.
    """

    methods: tuple[str, str]
    rows: tuple[ByBoth, ...]
    rules: tuple[RuleCount, ...]
    changed: tuple[ChangedCase, ...]


class Publication(NamedTuple):
    """What names a hoster in a publication.

    Attributes:
        cohort: period and norm.
        threshold: of the report.
        names: of the hosters that the report has.
        hash: makes pseudonyms of the others.
    """

    cohort: Cohort
    threshold: float
    names: Mapping[str, str]
    hash: Hash

    def name(self, hoster: str) -> str:
        """Return how a hoster is published.

        Args:
            hoster: its id.
        """
        return self.names.get(hoster) or pseudonym(hoster, self.cohort, self.hash)


def bridged(two: ByTwo, methods: tuple[str, str], named: Publication) -> Bridge:
    """Return a period by two methods, under the names of the publication.

    Args:
        two: what was read.
        methods: which.
        named: the publication.
    """
    first, second = (_rows(cases, named) for cases in (two.first, two.second))
    rows = [
        ByBoth(hoster=hoster, first=first.get(hoster), second=second.get(hoster))
        for hoster in sorted(first.keys() | second.keys())
    ]
    changed = [msgspec.structs.replace(one, hoster=named.name(one.hoster)) for one in two.changed]
    changed.sort(key=lambda one: (one.case, one.rule, one.what))
    counts = Counter((one.rule, one.about) for one in changed)
    rules = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Bridge(
        methods=methods,
        rows=tuple(rows),
        rules=tuple(RuleCount(rule=rule, about=about, cases=n) for (rule, about), n in rules),
        changed=tuple(changed),
    )


def _rows(cases: Sequence[PublishedCase], named: Publication) -> dict[str, MethodCounts]:
    published = [msgspec.structs.replace(one, hoster=named.name(one.hoster)) for one in cases]
    hosters = judged(published, named.cohort.norm_s, named.threshold)
    return {row.hoster: _counts(row) for row in hosters.rows}


def _counts(row: HosterRow) -> MethodCounts:
    return MethodCounts(
        n=row.n, incidents=row.incidents, in_time=row.in_time, late=row.late, bounds=row.bounds
    )


_FIGURES: Final = ("n", "incidents", "in_time", "late", "share_low", "share_high")
_CHANGED: Final = ("case", "hoster", "rule", "about", "what", "first", "second")


def bridge_csv(bridge: Bridge) -> str:
    """Return a line for each hoster; a figure has a column for each method, as `n_9`."""
    columns = [f"{name}_{method}" for method in bridge.methods for name in _FIGURES]
    rows = [[row.hoster, *_cells(row.first), *_cells(row.second)] for row in bridge.rows]
    return csv_text(["hoster", *columns], rows)


def _cells(counts: MethodCounts | None) -> list[object]:
    if counts is None:
        return [""] * len(_FIGURES)
    low, high = counts.bounds or ("", "")
    figures = (counts.n, counts.incidents, counts.in_time, counts.late)
    return ["" if one is None else one for one in (*figures, low, high)]


def changed_csv(bridge: Bridge) -> str:
    """Return a line for each case that differs."""
    return csv_text(_CHANGED, ([getattr(one, name) for name in _CHANGED] for one in bridge.changed))


def changed_in(file: Path) -> tuple[ChangedCase, ...]:
    """Return the cases that a published report says differ.

    Args:
        file: what `changed_csv` made.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with file.open(newline="") as opened:
            rows = list(csv.DictReader(opened))
        return tuple(msgspec.convert(row, ChangedCase) for row in rows)
    except (OSError, ValueError):
        raise UserError(f"{file} cannot be read") from None
