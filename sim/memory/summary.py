"""What the in-memory runs came to, for people and for scripts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from sim.memory.broker.faults import Fault
from sim.memory.run import PlayedRun
from sim.oracle.findings import OracleFinding
from sim.world.behaviour import Behaviour

_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run, in what little another process needs of it.

    Attributes:
        seed: of the run.
        days: how long the hotlines reported.
        reports, probes: how many.
        lost, doubled, differences, wrong_intervals: what must be 0.
        ok: nothing else was wrong either.
        findings: what the oracle found wrong.
        faults: what went wrong on purpose.
        behaviours: of the hosters that took part.
        cpu_s: what it cost.
    """

    seed: int
    days: float
    reports: int
    probes: int
    lost: int
    doubled: int
    differences: int
    wrong_intervals: int
    ok: bool
    findings: Mapping[OracleFinding, int]
    faults: Mapping[Fault, int]
    behaviours: frozenset[Behaviour]
    cpu_s: float

    @classmethod
    def of(cls, seed: int, days: float, played: PlayedRun, cpu_s: float) -> "RunSummary":
        """Return what a run came to."""
        return cls(
            seed=seed,
            days=days,
            reports=played.reports,
            probes=played.probes,
            lost=played.lost,
            doubled=played.doubled,
            differences=played.differences,
            wrong_intervals=played.wrong_intervals,
            ok=played.ok,
            findings=played.run_report.findings,
            faults=played.faults,
            behaviours=played.behaviours,
            cpu_s=cpu_s,
        )

    def numbered(self, seed: int) -> "RunSummary":
        """Return the same under another number."""
        return replace(self, seed=seed)

    @property
    def line(self) -> str:
        """The run in words."""
        went_wrong = sum(self.faults.values())
        said = [
            f"seed {self.seed}: {self.reports} reports, {self.probes} probes, {went_wrong} faults",
            *(f"{count} {finding}" for finding, count in self.findings.items()),
        ]
        if self.differences:
            said.append(
                f"{self.differences} outcomes, states or figures others than without faults"
            )
        said.append("all holds" if self.ok else "NOT as it should be")
        return "; ".join(said)


@dataclass(slots=True)
class Total:
    """Several runs together.

    Attributes:
        seeds, reports, probes: how many.
        lost, doubled, differences, wrong_intervals: what must be 0.
        failed: seeds with which something is wrong.
        broken_off: seeds whose run ended in an error.
        faults: what went wrong on purpose.
        behaviours: of the hosters that took part.
        world_s, cpu_s: how long the worlds lasted, and what the runs cost.
        wall_s: how long all took.
        interrupted: it was ended before all seeds were begun.
    """

    seeds: int = 0
    reports: int = 0
    probes: int = 0
    lost: int = 0
    doubled: int = 0
    differences: int = 0
    wrong_intervals: int = 0
    failed: list[int] = field(default_factory=list)
    broken_off: list[int] = field(default_factory=list)
    faults: Counter[Fault] = field(default_factory=Counter)
    behaviours: set[Behaviour] = field(default_factory=set)
    world_s: float = 0.0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """All properties held with every seed that was played."""
        return not self.failed and not self.broken_off

    def add(self, result: RunSummary) -> None:
        """Take in a run."""
        self.seeds += 1
        self.reports += result.reports
        self.probes += result.probes
        self.lost += result.lost
        self.doubled += result.doubled
        self.differences += result.differences
        self.wrong_intervals += result.wrong_intervals
        self.faults.update(result.faults)
        self.behaviours |= result.behaviours
        self.world_s += result.days * _DAY_S
        self.cpu_s += result.cpu_s
        if not result.ok:
            self.failed.append(result.seed)

    @property
    def line(self) -> str:
        """All runs in words."""
        ends = "all properties hold" if self.ok else "NOT as it should be"
        if not self.seeds and self.ok:
            ends = "nothing was checked"
        return (
            f"{self.seeds} seeds, {self.reports} reports, {self.probes} probes,"
            f" {sum(self.faults.values())} faults, {self._per(self.wall_s):,.0f} times real time"
            f" ({self._per(self.cpu_s):,.0f} per CPU): {ends}"
        )

    def _per(self, spent_s: float) -> float:
        return round(self.world_s / max(spent_s, 1e-9), 1)

    def as_json(self) -> bytes:
        """Return one JSON object."""
        result = {
            "seeds": self.seeds,
            "reports": self.reports,
            "lost": self.lost,
            "doubled": self.doubled,
            "differences": self.differences,
            "wrong_intervals": self.wrong_intervals,
            "sim_seconds_per_wall_second": self._per(self.wall_s),
            "sim_seconds_per_cpu_second": self._per(self.cpu_s),
            "looks": self.probes,
            "faults": {fault.value: self.faults[fault] for fault in Fault},
            "behaviours": sorted(self.behaviours),
            "failed": self.failed,
            "broken_off": self.broken_off,
            "interrupted": self.interrupted,
        }
        return msgspec.json.encode(result) + b"\n"
