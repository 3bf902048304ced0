"""Lays what was measured beside what is true, and says what is wrong.

The demo is right only if all of this holds:

- Every accepted report is accounted for.
- Every URL is one case at its hoster, with the notice's own time.
- Every removal that could have been confirmed is confirmed, and nothing else is.
- Every (L, R] contains the true removal.
- No norm verdict contradicts the truth.
- No hoster is published better or worse than it is.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Result
from sim.oracle.bias import biased
from sim.oracle.evidence import Evidence, counts
from sim.oracle.examine import examine
from sim.oracle.findings import GAINFUL, OracleFinding
from sim.oracle.medians import median_bracket, within
from sim.oracle.shares import shares
from sim.oracle.subject import Subject
from sim.oracle.truth import ComparedFigures, standing
from sim.world.behaviour import PLAYS_WITH_NOBODY, Behaviour
from sim.world.hosters import SimHoster
from sim.world.material import Material
from sim.world.outages import Outages
from sim.world.world import World

_TIMED: Final = PLAYS_WITH_NOBODY | {Behaviour.NEVER}


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterComparison:
    """One hoster, measured and in truth.

    Attributes:
        median_fits: the measured median lies within one step of the timetable of the truth;
            of hosters that hide or play none is asked.
        findings: what is wrong with it.
        awaiting: removals that only a hidden re-check can find false, before it probed.
    """

    hoster: SimHoster
    measured: ComparedFigures
    truth: ComparedFigures
    median_fits: bool
    findings: Mapping[OracleFinding, int]
    awaiting: int

    @property
    def gains(self) -> Sequence[OracleFinding]:
        """What it seems better by than it is; empty = it gains nothing."""
        return [
            finding for finding in OracleFinding if finding in GAINFUL and finding in self.findings
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What the oracle says of a run.

    Attributes:
        outcomes: records by result and reason.
        unaccounted: accepted reports that are nowhere.
        findings: how often what is wrong; empty = all is right.
        lines: per hoster.
    """

    outcomes: Mapping[tuple[Result, str], int]
    unaccounted: int
    findings: Mapping[OracleFinding, int]
    lines: Sequence[HosterComparison]

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Judges a run in one world.

    Attributes:
        world: the truth.
        key_of: the url_key of a URL, by the demo's own key file.
        outages: when the monitor was not there; a probe planned for such a time is not asked for.
    """

    world: World
    key_of: Callable[[Material], str]
    outages: Outages = field(default_factory=Outages)

    def judge(self, evidence: Evidence) -> RunReport:
        """Return what is measured, what is true, and what is wrong."""
        material = self.world.material(evidence.told_until)
        outcomes = counts(evidence.distinct_outcomes())
        sent = self._sent(evidence)
        found: Counter[OracleFinding] = Counter(
            {
                OracleFinding.UNACCOUNTED: evidence.unaccounted(),
                OracleFinding.INTAKE: (outcomes - sent).total() + (sent - outcomes).total(),
                OracleFinding.DOUBLED: self._strange(material, evidence),
            }
        )
        lines: list[HosterComparison] = []
        for hoster in self.world.plan.hosters:
            if hoster.weight:
                mine = [item for item in material if item.hoster == hoster.id]
                line = self._line(hoster, mine, evidence)
                lines.append(line)
                found.update(line.findings)
        return RunReport(
            outcomes=outcomes,
            unaccounted=evidence.unaccounted(),
            findings={finding: n for finding, n in sorted(found.items()) if n},
            lines=lines,
        )

    def _strange(self, material: Sequence[Material], evidence: Evidence) -> int:
        """Return how many URLs have a case under a name that no material has."""
        known = {self.key_of(item) for item in material}
        return sum(bool(url.cases) and key not in known for key, url in evidence.urls.items())

    def _sent(self, evidence: Evidence) -> Counter[tuple[Result, str]]:
        events = self.world.events(self.world.plan.start_at - 1, evidence.told_until)
        return Counter((event.result, event.reason or "") for event in events)

    def _line(
        self, hoster: SimHoster, material: Sequence[Material], evidence: Evidence
    ) -> HosterComparison:
        truth = standing(material, evidence.as_of, evidence.told_until)
        measured = evidence.measured(hoster.id)
        low, high = median_bracket(material, evidence, self.outages)
        subjects = [self._subject(item, hoster, evidence) for item in material]
        found: Counter[OracleFinding] = Counter()
        for subject in subjects:
            found.update(examine(subject))
        placeable = [subject for subject in subjects if not subject.unplaceable]
        whole, owed = (
            standing([s.item for s in some], evidence.as_of, evidence.told_until)
            for some in (placeable, [s for s in placeable if s.sampled])
        )
        found.update(shares((measured, owed, whole), placeable))
        found.update(biased(hoster, placeable, evidence))
        return HosterComparison(
            hoster=hoster,
            measured=measured,
            truth=truth,
            median_fits=hoster.behaviour not in _TIMED or within(measured.median_s, low, high),
            findings={finding: n for finding, n in found.items() if n},
            awaiting=sum(subject.removed_unchecked for subject in subjects),
        )

    def _subject(self, item: Material, hoster: SimHoster, evidence: Evidence) -> Subject:
        key = self.key_of(item)
        url = evidence.urls.get(key)
        return Subject(
            item=item,
            hoster=hoster,
            cases=url.cases if url else (),
            evidence=evidence,
            probes=evidence.probes_at(key, item.hoster),
            placed_at=evidence.placed.get(key, {}).get(item.hoster),
            outages=self.outages,
        )
