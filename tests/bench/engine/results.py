"""The file of results of the engine's bench, with a table in Markdown beside it."""

from collections.abc import Sequence
from pathlib import Path

import bench_results
import figures
import published

PARTS = ("race", "latency", "kill", "pipeline")


class Results(bench_results.Results):
    """What was measured so far.

    Args:
        out: the file; a table in Markdown is written beside it.
        quick: whether it is a quick run; the two modes do not mix in one file.
        only: names or their beginnings, and parts, that are measured; empty = all.
    """

    def __init__(self, out: Path, only: Sequence[str], *, quick: bool) -> None:
        super().__init__(out, only, PARTS, {"mode": "quick" if quick else "full"})
        self.quick = quick

    def publish(self, root: Path) -> None:
        """Put the figures into docs/performance.json, and print the documents from it.

        Args:
            root: folder of the repository.

        Raises:
            ValueError: a document has no marks.
        """
        measured = published.read(root) | {"engine": published.taken_from(self.found)}
        published.publish(measured, root)

    def save(self, *, finished: bool = False) -> None:
        """Write the results so far, and their table."""
        self.found["summary"] = figures.summary(self.found)
        super().save(finished=finished)
        self._out.with_suffix(".md").write_text(figures.table(self.found))
