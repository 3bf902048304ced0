"""Seeds with which all held, in a file: a long run that was ended goes on where it was.

The first line says what is played, and with which code; of another run a file says nothing. Then
there is a seed in each line, written as it ends, so whoever is killed loses what was under way.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agents.process.atomic_file import replaceable

_PACKAGES: Final = ("schemas", "streams", "agents", "verify", "sim")


@dataclass(slots=True)
class DoneSeeds:
    """The seeds of one run with which all held.

    Attributes:
        path: where they stand.
        run: what is played.
        seeds: which they are.
    """

    path: Path
    run: str
    seeds: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read what stands there, and begin anew where it is of another run.

        Raises:
            OSError: it can be neither read nor written.
        """
        self.seeds = {int(line) for line in resumed(self.path, f"{self.run} # {code()}")}

    def add(self, seed: int) -> None:
        """Note a seed with which all held."""
        self.seeds.add(seed)
        with self.path.open("a") as file:
            file.write(f"{seed}\n")

    def finish(self, numbers: Sequence[int]) -> None:
        """Begin anew the next time, if all of these are done; a device is never taken away."""
        if self.seeds.issuperset(numbers) and replaceable(self.path):
            self.path.unlink(missing_ok=True)


def resumed(path: Path, head: str) -> list[str]:
    """Return the lines of a file that begins with a head; of another head it begins anew.

    Args:
        path: of the file; it has the head and these lines afterwards.
        head: its first line.

    Raises:
        OSError: it can be neither read nor written.
    """
    text = path.read_text() if path.exists() else ""
    first, *lines = text.split("\n")[:-1] or [""]  # a line without its end was not written
    kept = lines if first == head else []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in (head, *kept)))
    return kept


def code() -> str:
    """Return a name of the code that is played: the same for the same text of all modules."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
