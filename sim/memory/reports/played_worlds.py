"""Results of worlds in a file: a long run that was ended goes on where it was.

The first line says which code played them; results of other code say nothing. Then there is a world
in each line, written when it ends, so whoever is killed loses the world under way.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from sim.memory.done import code, resumed
from sim.memory.reports.compared import WorldResult


@dataclass(slots=True)
class PlayedWorlds:
    """The worlds of one run.

    Attributes:
        path: where they stand.
        worlds: what they came to, by seed.
    """

    path: Path
    worlds: dict[int, WorldResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what stands there, and begin anew where other code played it.

        Raises:
            OSError: it can be neither read nor written.
        """
        lines = resumed(self.path, code())
        found = (msgspec.json.decode(line, type=WorldResult) for line in lines)
        self.worlds = {one.seed: one for one in found}

    def add(self, world: WorldResult) -> None:
        """Keep what a world came to."""
        self.worlds[world.seed] = world
        with self.path.open("a") as file:
            file.write(msgspec.json.encode(world).decode() + "\n")

    def missing(self, seeds: Iterable[int]) -> list[int]:
        """Return the seeds of worlds that are not played yet."""
        return [seed for seed in seeds if seed not in self.worlds]
