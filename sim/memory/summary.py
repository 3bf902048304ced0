"""What the in-memory runs came to, for people and for scripts."""

from dataclasses import dataclass
from typing import Final

import msgspec

from sim.memory.run import Played

_DAY_S: Final = 86_400.0


def line(seed: int, played: Played) -> str:
    """Return one run in words."""
    said = [
        f"seed {seed}: {played.reports} reports, owners died {played.crashes} times",
        *(f"{count} {finding}" for finding, count in played.sentence.findings.items()),
    ]
    if played.differences:
        said.append(f"{played.differences} states another when folded again")
    said.append("all holds" if played.ok else "NOT as it should be")
    return "; ".join(said)


@dataclass(slots=True)
class Total:
    """Several runs together.

    Attributes:
        seeds, reports: how many.
        lost, doubled, differences, wrong_intervals: what must be 0.
        ok: nothing else was wrong either.
        world_s, wall_s: how long the worlds and the runs took.
    """

    seeds: int = 0
    reports: int = 0
    lost: int = 0
    doubled: int = 0
    differences: int = 0
    wrong_intervals: int = 0
    ok: bool = True
    world_s: float = 0.0
    wall_s: float = 0.0

    def add(self, played: Played, days: float, wall_s: float) -> None:
        """Take in a run."""
        self.seeds += 1
        self.reports += played.reports
        self.lost += played.lost
        self.doubled += played.doubled
        self.differences += played.differences
        self.wrong_intervals += played.wrong_intervals
        self.ok = self.ok and played.ok
        self.world_s += days * _DAY_S
        self.wall_s += wall_s

    def as_json(self) -> bytes:
        """Return one JSON object."""
        result = {
            "seeds": self.seeds,
            "reports": self.reports,
            "lost": self.lost,
            "doubled": self.doubled,
            "differences": self.differences,
            "wrong_intervals": self.wrong_intervals,
            "sim_seconds_per_wall_second": round(self.world_s / max(self.wall_s, 1e-9), 1),
        }
        return msgspec.json.encode(result) + b"\n"
