"""Writes the metrics of docs/operator.md anew: `python -m agents.edges.metrics.figures`."""

from pathlib import Path
from typing import Final

from agents.edges.metrics.figures.catalogue import METRICS

_HEAD: Final = "| metric | labels | meaning |\n| --- | --- | --- |\n"


def table() -> str:
    """Return the table: every metric with its labels and its help."""
    rows = (f"| `{one.name}` | {', '.join(one.labels) or '-'} | {one.help} |\n" for one in METRICS)
    return _HEAD + "".join(rows)


def rewritten(text: str) -> str:
    """Return a document with the table in place of the one that stands in it."""
    before, _, rest = text.partition(_HEAD)
    lines = rest.splitlines(keepends=True)
    after = next((i for i, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return before + table() + "".join(lines[after:])


def main(document: Path) -> None:
    """Rewrite a document."""
    document.write_text(rewritten(document.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path("docs/operator.md"))
