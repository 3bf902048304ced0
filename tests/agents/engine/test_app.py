"""The Faust app of a stage."""

from collections.abc import Sequence
from pathlib import Path

from agents.config import KafkaSettings, Settings
from agents.engine.app import create_app
from agents.engine.stage import Received


class Idle:
    """A stage that is never given anything."""

    role = "idle"
    topics: Sequence[str] = ()
    pooled = False
    concurrency = 1

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Hold nothing."""

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Hold nothing."""

    async def handle(self, records: Sequence[Received]) -> None:
        """Do nothing."""


async def test_a_state_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    """The first worker on a machine starts without anybody having made its folder."""
    kafka = KafkaSettings(bootstrap="127.0.0.1:1")
    create_app(Idle(), Settings(state_dir=tmp_path / "new" / "state", kafka=kafka))
    assert (tmp_path / "new" / "state" / "faust").is_dir()
