"""The published figures: README.md and docs/performance.md print one file, docs/performance.json.

`python tests/bench/engine/published.py` prints both again after the file was edited.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import figures

ROOT: Final = Path(__file__).parents[3]
FILE: Final = Path("docs") / "performance.json"
README: Final = Path("README.md")
DOCUMENT: Final = Path("docs") / "performance.md"
COLUMNS: Final = ("what", "measured", "limit", "command")
KEPT: Final = {
    "race": ("rounds", "eps", "cpu_us"),
    "latency": tuple(figures.LATE),
    "kill": ("kills", "lost", "doubled", "short", "over"),
}
"""What is published of each contestant; single runs and profiles stay in the bench's own file."""


def readme_table(measured: Mapping[str, Any]) -> str:
    """Return README's table: a text, and what the file says for it."""
    rows = [f"| {what} | {value.format_map(measured)} |" for what, value in measured["readme"]]
    return "\n".join(["| what | figure |", "| --- | --- |", *rows]) + "\n"


def figures_table(measured: Mapping[str, Any]) -> str:
    """Return the table of single figures, each with its limit and its command."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|"]
    rows = ([found[column] for column in COLUMNS] for found in measured["figures"].values())
    lines += ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]
    return "\n".join(lines) + "\n"


def documents(measured: Mapping[str, Any], root: Path = ROOT) -> dict[Path, str]:
    """Return what the two documents must say, by path.

    Args:
        measured: what the file holds.
        root: folder of the repository.

    Raises:
        ValueError: a document has no marks for its table.
    """
    readme = (root / README).read_text(encoding="utf-8")
    document = (root / DOCUMENT).read_text(encoding="utf-8")
    document = figures.put_into(document, figures_table(measured), "figures")
    return {
        README: figures.put_into(readme, readme_table(measured), "measured"),
        DOCUMENT: figures.put_into(document, figures.table(measured["engine"])),
    }


def taken_from(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is published of a run of the engine's bench."""
    kept: dict[str, Any] = {}
    for part, keys in KEPT.items():
        kept[part] = {
            name: {key: one[key] for key in keys if key in one}
            for name, one in found.get(part, {}).items()
        }
    for name, one in found.get("race", {}).items():
        kept["race"][name]["rounds"] = len(one.get("runs", ()))
    kept["pipeline"] = {}
    for part, key in figures.PIPELINE_ROWS:
        if (value := found.get("pipeline", {}).get(part, {}).get(key)) is not None:
            kept["pipeline"].setdefault(part, {})[key] = value
    return kept


def read(root: Path = ROOT) -> dict[str, Any]:
    """Return what the file holds."""
    measured: dict[str, Any] = json.loads((root / FILE).read_text(encoding="utf-8"))
    return measured


def publish(measured: Mapping[str, Any], root: Path = ROOT) -> None:
    """Write the file and print both documents from it.

    Args:
        measured: all figures; a bench replaces its own part.
        root: folder of the repository.

    Raises:
        ValueError: a document has no marks; then nothing is written.
    """
    made = documents(measured, root)
    text = json.dumps(measured, indent=1, ensure_ascii=False) + "\n"
    (root / FILE).write_text(text, encoding="utf-8")
    for path, document in made.items():
        (root / path).write_text(document, encoding="utf-8")


if __name__ == "__main__":
    publish(read())
    sys.stdout.write(f"{README} and {DOCUMENT} print {FILE}\n")
