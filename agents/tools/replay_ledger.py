"""Gives a replay its broker, its topics' prefix and its keys.

Apart from the replay itself, so that the broker can start while the rest is still being imported.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.processes import alive
from agents.edges.crypto.keys import Keyring
from agents.edges.local_broker.broker import STOP_GRACE_S, LocalBroker, bootstrap_of
from agents.errors import UserError

WATCH_S: Final = 0.5


@dataclass(slots=True)
class ReplayLedger:
    """Where a replay runs; its broker may still be starting."""

    _settings: Settings
    _run: str
    _broker: LocalBroker | None = None
    _watcher: asyncio.Task[None] | None = field(default=None, init=False)

    async def ready(self) -> Settings:
        """Wait for the broker and return settings with its address, a prefix and keys.

        Raises:
            BrokerError: it did not start.
        """
        if self._broker is None:
            return _on(self._settings, bootstrap_of(self._settings), f"{self._run}-")
        await asyncio.to_thread(self._broker.wait_ready)
        self._watcher = asyncio.create_task(_watch(self._broker, asyncio.current_task()))
        return _on(self._settings, self._broker.bootstrap, "")

    @property
    def lost(self) -> bool:
        """Whether the broker ended by itself."""
        return self._watcher is not None and self._watcher.done()

    async def leave(self, grace_s: float) -> None:
        """Stop what was started; 0 seconds of grace kill it."""
        if self._watcher is not None:
            self._watcher.cancel()
        if self._broker is not None:
            await asyncio.to_thread(self._broker.stop, grace_s)


@asynccontextmanager
async def placed(
    settings: Settings, folder: Path, run: str, *, lasting: bool = True
) -> AsyncIterator[ReplayLedger]:
    """Give a replay its place.

    A configured broker is used with topics prefixed by the run's id; else one is started in the
    folder and stopped at the end. What is there from an earlier run is used again.

    Args:
        settings: without a broker, or with the one to use.
        folder: keys and the broker's data.
        run: the run's id.
        lasting: the folder is kept, so the broker is ended orderly.
    """
    keys = await asyncio.to_thread(_keys_in, folder)
    own = settings.model_copy(update={"state_dir": folder, "key_file": keys, "vantages": ()})
    if settings.kafka.bootstrap is not None:
        yield ReplayLedger(own, run)
        return
    broker = LocalBroker(folder / "kafka")
    await asyncio.to_thread(broker.prepare)
    broker.launch()  # from the loop's own thread: the broker dies with the thread that starts it
    place = ReplayLedger(own, run, broker)
    try:
        yield place
    except asyncio.CancelledError:
        if place.lost:
            raise UserError("the broker ended; run the same command again to go on") from None
        raise
    finally:
        await place.leave(STOP_GRACE_S if lasting else 0)


def _keys_in(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UserError(f"--data: {folder} is no folder and cannot be made one") from None
    keys = folder / "keys.json"
    if not keys.exists():
        Keyring.create(keys)
    return keys


async def _watch(broker: LocalBroker, owner: "asyncio.Task[object] | None") -> None:
    while alive(broker.process):  # noqa: ASYNC110 - another process sets no event of ours
        await asyncio.sleep(WATCH_S)
    if owner is not None:
        owner.cancel()


def _on(settings: Settings, bootstrap: str, prefix: str) -> Settings:
    kafka: KafkaSettings = settings.kafka.model_copy(
        update={"bootstrap": bootstrap, "topic_prefix": prefix}
    )
    return settings.model_copy(update={"kafka": kafka})
