"""What a run shows: figures at any instant as they stood then, and what is true beside them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.closed_lists import CaseClass, Role
from schemas.moments import DAY_MS, HOUR_MS, Instant
from schemas.records.case import CaseSummary
from sim.memory.run import PlayedRun
from sim.memory.stages.secrets import key_of
from sim.oracle.alerts import backlog_growing
from sim.oracle.evidence import Evidence
from sim.oracle.oracle import HosterComparison
from sim.world.material import Material
from streams import lifecycle
from streams.lifecycle.events.event_union import Happened
from streams.rollup.case_figures import figures
from streams.rollup.figures import HosterFigures, merged
from streams.rollup.row_interning import rows

Ledger = Mapping[str, Sequence[Happened]]


@dataclass(slots=True)
class ShownRun:
    """What a run shows.

    Attributes:
        played: the run.
    """

    played: PlayedRun
    _then: dict[tuple[str, int], tuple[CaseSummary, ...]] = field(default_factory=dict)

    @property
    def evidence(self) -> Evidence:
        """What stands in Kafka at the end."""
        return self.played.evidence

    @property
    def as_of(self) -> Instant:
        """The end of the reports."""
        return self.evidence.as_of

    def day(self, number: float) -> Instant:
        """Return the instant so many days after the world began."""
        return self.played.world.plan.start_at + int(number * DAY_MS)

    def line(self, hoster: str) -> HosterComparison:
        """Return what is measured and true of a hoster."""
        return next(line for line in self.played.run_report.lines if line.hoster.id == hoster)

    def material(self, hoster: str) -> list[Material]:
        """Return what was reported at a hoster, in order."""
        found = self.played.world.material(self.evidence.told_until)
        return [item for item in found if item.hoster == hoster]

    def cases(self, hoster: str) -> list[CaseSummary]:
        """Return all cases at a hoster, in both roles."""
        urls = self.evidence.urls.values()
        return [case for url in urls for case in url.cases if case.hoster == hoster]

    def now(self, hoster: str) -> HosterFigures:
        """Return a hoster's figures when everything was read."""
        hosting = [case for case in self.cases(hoster) if case.role is Role.HOSTING]
        at = self.evidence.read_at
        return figures(hoster, Role.HOSTING, rows(hosting, at), at)

    def total(self) -> HosterFigures:
        """Return the figures of all hosters together."""
        cases = (case for url in self.evidence.urls.values() for case in url.cases)
        parts = [self.now(hoster) for hoster in sorted({case.hoster for case in cases})]
        return merged("total", Role.HOSTING, self.evidence.read_at, parts)

    def then(self, hoster: str, at: Instant) -> HosterFigures:
        """Return a hoster's figures as they stood at an instant: of what was appended by then."""
        found: list[CaseSummary] = []
        for key, url in self.evidence.urls.items():
            if any(case.hoster == hoster for case in url.cases):
                found += self.folded(key, at)
        mine = [case for case in found if case.hoster == hoster and case.role is Role.HOSTING]
        return figures(hoster, Role.HOSTING, rows(mine, at), at)

    def folded(self, key: str, at: Instant) -> tuple[CaseSummary, ...]:
        """Return the cases of a URL as they stood at an instant; between two records they stand."""
        many = self.played.ledger.many(key, at)
        if (key, many) not in self._then:
            said = [happened for happened in self.played.ledger[key] if happened[1] <= at]
            self._then[key, many] = lifecycle.advance(key, None, said).cases if said else ()
        return self._then[key, many]

    def growing(self, hoster: str, at: Instant) -> bool:
        """Return whether the alert on a growing backlog is due at an instant."""
        lately = [self.then(hoster, at - back * HOUR_MS) for back in (6, 4, 2, 0)]
        return backlog_growing(self.then(hoster, at - DAY_MS), lately)

    def refolded(self, of: Callable[[Happened], Sequence[Happened]]) -> list[CaseSummary]:
        """Return all cases by another method: the ledger folded again with records changed.

        Args:
            of: returns a record as the other method would have it: as none, one or several.
        """
        found: list[CaseSummary] = []
        for key, said in self.played.ledger.items():
            changed = [one for record in said for one in of(record)]
            found += lifecycle.advance(key, None, changed).cases
        return found

    def cases_of(self, wanted: Callable[[Material], bool]) -> list[CaseSummary]:
        """Return the cases of some URLs."""
        found = self.played.world.material(self.evidence.told_until)
        keys = [key_of(item) for item in found if wanted(item)]
        return [case for key in keys for case in self.evidence.urls[key].cases]

    def by_month(self) -> Mapping[int, Mapping[str, int]]:
        """Return cases per 30 days of the world and country of their hoster; what moved, once."""
        found: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for key in self.evidence.urls:
            case = min(self.folded(key, self.evidence.read_at), key=lambda case: case.opened_at)
            month = (case.opened_at - self.day(0)) // (30 * DAY_MS)
            found[month][case.country] += 1
        return found

    def outcome(self, case: CaseSummary) -> CaseClass | None:
        """Return the class of a case when everything was read."""
        return self.evidence.outcome(case)
