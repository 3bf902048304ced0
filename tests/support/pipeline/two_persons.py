"""Two persons with keys of their own who propose and confirm, by the commands."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agents import cli
from agents.config import Settings
from agents.tools.decisions.settle import all_proposals


async def run(*arguments: str, config: Path) -> int:
    """Run a command in this process, beside its loop."""
    return await asyncio.to_thread(cli.run, ["--config", str(config), *arguments])


@dataclass(slots=True)
class TwoPersons:
    """Anna and Bram.

    Attributes:
        folder: of their keys and proposals.
        config: the settings' file.
    """

    folder: Path
    config: Path
    proposals: int = 0

    def key(self, id: str) -> Path:
        """Return the file of a person's key."""
        return self.folder / f"{id}.pem"

    async def create(self, id: str) -> None:
        """Make a key and its card."""
        made = ("keys", "person", "create", str(self.key(id)), "--id", id, "--name", id.title())
        assert await run(*made, config=self.config) == 0

    async def found(self) -> None:
        """Set both as the ledger's first two persons."""
        for id in ("anna", "bram"):
            await self.create(id)
        cards = [f"{self.key(id)}.card" for id in ("anna", "bram")]
        await self.both(("keys", "person"), *cards)

    async def both(
        self, command: tuple[str, ...], *what: str, first: str = "anna", second: str = "bram"
    ) -> None:
        """Propose as one and confirm as the other."""
        self.proposals += 1
        file = self.folder / f"proposal-{self.proposals}.json"
        mine, theirs = ("--person", str(self.key(first))), ("--person", str(self.key(second)))
        said = await run(*command, "propose", *what, *mine, "--out", str(file), config=self.config)
        assert said == 0
        said = await run(*command, "confirm", str(file), *theirs, "--yes", config=self.config)
        assert said == 0

    async def decide(self, *what: str, first: str = "anna", second: str = "bram") -> str:
        """Propose a decision as one and confirm it as the other; return its id."""
        id = await self.propose(*what, by=first)
        theirs = ("--person", str(self.key(second)), "--yes")
        assert await run("decide", "confirm", id, *theirs, config=self.config) == 0
        return id

    async def propose(self, *what: str, by: str = "anna") -> str:
        """Propose a decision and return its id."""
        mine = ("--person", str(self.key(by)))
        assert await run("decide", "propose", *what, *mine, config=self.config) == 0
        settings = Settings.load(self.config)
        return (await all_proposals(settings)).all()[-1].decision.id

    async def skip(self, topic: str, partition: int, offset: int, *more: str) -> None:
        """Set a record aside."""
        place = (topic, str(partition), str(offset))
        await self.both(("skip",), *place, "--reason", "no stage can handle it", *more)
