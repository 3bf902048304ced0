"""The table of faults: what was done to how many reports, and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """One run.

    Attributes:
        fault: what was done.
        seed: of the run.
        faults: how often it was done.
        reports: sent as such.
        lost: accepted reports that no figure holds.
        doubled: figures that hold something more than once.
        repeated: records that were written more than once, which no figure shows.
        seconds: wall time.
    """

    fault: str
    seed: int
    faults: int
    reports: int
    lost: int
    doubled: int
    repeated: int
    seconds: float


@dataclass(slots=True)
class Matrix:
    """All runs."""

    rows: list[FaultRow] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the table, aligned."""
        yield (
            f"{'fault':<44} {'seed':>4} {'faults':>6} {'reports':>8}"
            f" {'lost':>5} {'doubled':>7} {'written again':>13} {'s':>6}"
        )
        for row in self.rows:
            yield (
                f"{row.fault:<44} {row.seed:>4} {row.faults:>6} {row.reports:>8}"
                f" {row.lost:>5} {row.doubled:>7} {row.repeated:>13} {row.seconds:>6.1f}"
            )

    def sums(self) -> dict[str, float]:
        """Return the sums over all runs."""
        return {
            "runs": len(self.rows),
            "faults": sum(row.faults for row in self.rows),
            "reports": sum(row.reports for row in self.rows),
            "lost": sum(row.lost for row in self.rows),
            "doubled": sum(row.doubled for row in self.rows),
            "seconds": round(sum(row.seconds for row in self.rows), 1),
        }
