"""The two sides side by side, URL by URL, and what is counted on each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from agents.tools.verification.published import Published, PublishedState
from schemas.closed_lists import Role
from schemas.codec import Rejected
from schemas.moments import Instant
from verify.compared.compare import CASE_FIELDS, Difference, cases_differ, figures_differ
from verify.compared.record import Case, Figures, Group, Sample
from verify.figures.figures import CaseAccumulator, total
from verify.figures.replayed import ReplayedReport, rows
from verify.figures.replayed import figures as replayed_figures
from verify.ledger.records import LedgerRecord, UrlRecords, url_records
from verify.methods import NEWEST, READINGS

DIFFERENCES_KEPT: Final = 100
UNREADABLE: Final = (Rejected, msgspec.DecodeError)
"""What a record that is none is met with, whichever side it stands on."""

TOTAL: Final = "total"

Cut = Mapping[str, int]
"""Next offset to read by topic: what the table must hold."""


class _Url(NamedTuple):
    """What one side says of a URL."""

    reports: int
    cases: tuple[Case, ...]
    rows: tuple[ReplayedReport, ...] = ()
    sealed: str = ""
    records: UrlRecords = UrlRecords("")


@dataclass(slots=True)
class Differences:
    """The first differences, and how many there are."""

    first: list[Difference] = field(default_factory=list)
    count: int = 0

    def take(self, found: Iterable[Difference]) -> None:
        """Count differences and keep the first of them."""
        for difference in found:
            self.count += 1
            if len(self.first) < DIFFERENCES_KEPT:
                self.first.append(difference)


@dataclass(slots=True)
class Sides:
    """Takes in every URL and compares.

    Attributes:
        as_of: the instant of all figures.
        events: ledger records read.
        cases: cases by the ledger.
        compared: values laid side by side.
        behind: ledger records that the positions do not cover yet.
    """

    as_of: Instant
    published: Published
    differences: Differences = field(default_factory=Differences)
    events: int = 0
    cases: int = 0
    compared: int = 0
    behind: int = 0
    _tallies: dict[tuple[str, Role], CaseAccumulator] = field(default_factory=dict)
    _rows: list[ReplayedReport] = field(default_factory=list)
    _pending: Counter[str] = field(default_factory=Counter)

    def url(
        self, url_key: str, written: Sequence[LedgerRecord], cut: Cut, state: bytes | None
    ) -> tuple[UrlRecords, Sequence[Case]] | None:
        """Compare one URL; return its records and cases by the ledger, None if one is unreadable.

        Args:
            url_key: the URL.
            written: its records, from all ledger topics.
            cut: up to where the table holds the ledger, by topic; what comes after is left out.
            state: its newest state as it stands in `cases.v1`; None = there is none.
        """
        self.events += len(written)
        held = [w for w in written if w.offset < cut.get(w.topic, 0)]
        self.behind += len(written) - len(held)
        mine, theirs = self._ledger(url_key, held), self._published(url_key, state)
        if mine is None or theirs is None:
            return None
        self.differences.take(self._differ(url_key, mine, theirs))
        if state is None and held:
            missing = Difference(url_key=url_key, what="state", ledger="there", published="")
            self.differences.take([missing])
        self._count(url_key, mine)
        return mine.records, mine.cases

    def _ledger(self, url_key: str, written: Sequence[LedgerRecord]) -> _Url | None:
        """Return what the ledger says; None = a record of it cannot be read."""
        try:
            url = url_records(url_key, written)
        except UNREADABLE:
            found = Difference(url_key=url_key, what="record", ledger="unreadable", published="")
            self.differences.take([found])
            return None
        return _Url(
            len(url.reports),
            tuple(READINGS[NEWEST](url, self.as_of)),
            tuple(rows(url)),
            url.sealed,
            url,
        )

    def _published(self, url_key: str, state: bytes | None) -> _Url | None:
        """Return what the table says; None = the state cannot be read."""
        if state is None:
            return _Url(0, ())
        try:
            held = PublishedState.of(state)
        except UNREADABLE:
            found = Difference(url_key=url_key, what="state", ledger="", published="unreadable")
            self.differences.take([found])
            return None
        self.published.put(url_key, held)
        return _Url(held.reports, tuple(held.cases(self.as_of)), sealed=held.sealed)

    def _differ(self, url_key: str, mine: _Url, theirs: _Url) -> Iterator[Difference]:
        self.compared += 2 + len(mine.cases) * len(CASE_FIELDS)
        if mine.reports != theirs.reports:
            yield Difference(
                url_key=url_key,
                what="reports",
                ledger=str(mine.reports),
                published=str(theirs.reports),
            )
        if mine.sealed != theirs.sealed:
            yield Difference(
                url_key=url_key, what="sealed text", ledger="newest", published="another"
            )
        yield from cases_differ(url_key, mine.cases, theirs.cases)

    def _count(self, url_key: str, mine: _Url) -> None:
        self.cases += len(mine.cases)
        self._rows += mine.rows
        if mine.reports and not mine.cases:
            self._pending["pending_urls"] += 1
            self._pending["pending_reports"] += mine.reports
        for case in mine.cases:
            group = (case.hoster, case.role)
            tally = self._tallies.get(group)
            if tally is None:
                tally = self._tallies[group] = CaseAccumulator(self.as_of)
            tally.add(case, url_key)

    def finish(self) -> None:
        """Compare what is said of hosters, of all of them, and of the table as a whole."""
        hosters: dict[Group, Figures] = {
            group: tally.figures() for group, tally in self._tallies.items()
        }
        totals: dict[Group, Figures] = {
            (TOTAL, role): total(
                [tally for (_, its), tally in self._tallies.items() if its is role], self.as_of
            )
            for role in Role
        }
        theirs, their_totals = self.published.figures()
        self.differences.take(figures_differ(hosters, theirs))
        self.differences.take(figures_differ(totals, their_totals))
        replayed = replayed_figures(self._rows)
        self.differences.take(figures_differ(replayed, self.published.replayed()))
        self.compared += sum(
            _values(f) for said in (hosters, totals, replayed) for f in said.values()
        )
        self.differences.take(self._sums(totals))
        numbers = {"cases": self.cases, "pending_urls": 0, "pending_reports": 0} | self._pending
        for what, said in self.published.numbers().items():
            self.compared += 1
            if numbers[what] != said:
                found = Difference(what=what, ledger=str(numbers[what]), published=str(said))
                self.differences.take([found])

    def _sums(self, totals: Mapping[Group, Figures]) -> Iterator[Difference]:
        """Check that cases are the sum of the classes."""
        for (hoster, role), figures in totals.items():
            counts = figures.counts
            classes = sum(n for name, n in counts.items() if name.startswith("class "))
            if classes != counts.get("cases", 0):
                yield Difference(
                    hoster=hoster,
                    role=role,
                    what="cases = sum of classes",
                    ledger=str(classes),
                    published=str(counts.get("cases", 0)),
                )

    def samples(self) -> list[Sample]:
        """Return the hosters of whose cases only a sample is promised probes on time."""
        return [
            Sample(
                hoster=hoster,
                role=role,
                inclusion=tally.inclusion,
                sampled=tally.sampled,
                cases=tally.counts["cases"],
            )
            for (hoster, role), tally in sorted(self._tallies.items())
            if tally.inclusion < 1
        ]

    def pending(self) -> dict[str, int]:
        """Return the URLs and reports that are not attributed yet."""
        return {"pending_urls": 0, "pending_reports": 0} | self._pending


def _values(figures: Figures) -> int:
    return len(figures.counts) + 4 * len(figures.removals)
