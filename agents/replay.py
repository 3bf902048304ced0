"""Sends a dump of old reports through the real pipeline and reads the figures off its table.

No host in the dump is resolved or contacted: address literals are looked up in the databases,
names in a recording, no probe role runs and no order is written.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agents.config import KafkaSettings, Settings
from agents.edges.admin import apply, wanted
from agents.edges.broker import Broker, bootstrap_of
from agents.edges.keys import Keyring
from agents.edges.processes import alive
from agents.edges.recorded import Nothing, Recorded
from agents.engine.bulk import Follower
from agents.engine.outbox import KafkaOutbox
from agents.errors import UserError
from agents.importer import Imported, Settled, await_outcomes, import_file
from agents.registry import apply_entries
from agents.worker import Worker
from schemas import codec, topics
from schemas.reasons import HotlineMode
from schemas.registry import HotlineEntry
from streams.historic import Row, rows_of

HOTLINE: Final = "urlhaus"
ROLES: Final = ("intake", "attribution", "lifecycle")
IDLE_S: Final = 60.0
"""Wall time without any progress after which the replay gives up; a step takes milliseconds."""

WATCH_S: Final = 0.5

Say = Callable[[str, int, int], None]
"""Told a step's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is replayed.

    Attributes:
        dump: URLhaus CSV.
        recording: recorded DNS answers; None = names stay unresolved.
    """

    dump: Path
    recording: Path | None = None


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What came out.

    Attributes:
        settled: what became of the lines.
        rows: the accepted rows, as the table of cases holds them.
        events: records handled: inbox, ledger entries and attributions.
    """

    settled: Settled
    rows: list[Row] = field(default_factory=list)
    events: int = 0


@asynccontextmanager
async def placed(settings: Settings, folder: Path, run: str) -> AsyncIterator[Settings]:
    """Give settings with a broker, a prefix and keys for this replay.

    A configured broker is used with topics prefixed by the run's id; else one is started in the
    folder and stopped at the end. What is there from an earlier run is used again.
    """
    keys = await asyncio.to_thread(_keys_in, folder)
    update = {"state_dir": folder, "key_file": keys, "vantages": ()}
    own = settings.model_copy(update=update)
    if settings.kafka.bootstrap is not None:
        yield _on(own, bootstrap_of(settings), f"{run}-")
        return
    broker = Broker(folder / "kafka")
    await asyncio.to_thread(broker.prepare)
    broker.launch()  # from the loop's own thread: the broker dies with the thread that starts it
    watcher: asyncio.Task[None] | None = None
    try:
        await asyncio.to_thread(broker.wait_ready)
        watcher = asyncio.create_task(_watch(broker, asyncio.current_task()))
        yield _on(own, broker.bootstrap, "")
    except asyncio.CancelledError:
        if watcher is not None and watcher.done():
            raise UserError("the broker ended; run the same command again to go on") from None
        raise
    finally:
        if watcher is not None:
            watcher.cancel()
        await asyncio.to_thread(broker.stop)


def _keys_in(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    keys = folder / "keys.json"
    if not keys.exists():
        Keyring.create(keys)
    return keys


async def _watch(broker: Broker, owner: "asyncio.Task[object] | None") -> None:
    while alive(broker.process):  # noqa: ASYNC110 - another process sets no event of ours
        await asyncio.sleep(WATCH_S)
    if owner is not None:
        owner.cancel()


def _on(settings: Settings, bootstrap: str, prefix: str) -> Settings:
    kafka: KafkaSettings = settings.kafka.model_copy(
        update={"bootstrap": bootstrap, "topic_prefix": prefix}
    )
    return settings.model_copy(update={"kafka": kafka})


async def replay(settings: Settings, source: Source, say: Say) -> Replayed:
    """Run the pipeline over the dump until every accepted row stands in the table of cases.

    Args:
        settings: of `placed`.
        source: what to replay.
        say: is told the progress.

    Raises:
        UserError: a file cannot be read, or the pipeline stands still.
    """
    names = Recorded.load(source.recording) if source.recording else Nothing()
    await apply(settings, wanted(settings, [HOTLINE]))
    outbox = KafkaOutbox(settings, "hostwatch-replay")
    await outbox.start()
    try:
        entry = HotlineEntry(
            id=HOTLINE, name="URLhaus", mode=HotlineMode.HISTORIC, version=1, valid_from=0
        )
        await apply_entries(settings, [entry], outbox)
        async with Worker(settings, names=names, probing=False).run(ROLES):
            imported = await import_file(
                settings, source.dump, HOTLINE, outbox, lambda n, of: say("handed in", n, of)
            )
            settled = await await_outcomes(
                settings, imported, IDLE_S, lambda n, of: say("taken in", n, of)
            )
            if settled.outstanding:
                raise UserError("intake stands still; run the same command again to go on")
            rows = await _rows(settings, settled, say)
    finally:
        await outbox.stop()
    return Replayed(settled=settled, rows=rows, events=_events(imported, settled))


def _events(imported: Imported, settled: Settled) -> int:
    return imported.sent + imported.found + 2 * settled.accepted


async def _rows(settings: Settings, settled: Settled, say: Say) -> list[Row]:
    """Follow the table until it holds every accepted row, attributed."""
    held: dict[bytes, list[Row]] = {}
    count = 0
    follower = Follower(settings, topics.CASES.name, range(settings.kafka.partitions))
    loop = asyncio.get_running_loop()
    try:
        await follower.start()
        moved_at = loop.time()
        while count < settled.accepted or not follower.caught_up:
            for record in await follower.poll():
                if record.value and not record.key.startswith(b"position/"):
                    rows = rows_of(codec.STATE.decode(record.value))
                    count += len(rows) - len(held.get(record.key, ()))
                    held[record.key] = rows
                    moved_at = loop.time()
            say("placed", count, settled.accepted)
            if loop.time() - moved_at > IDLE_S:
                raise UserError("the pipeline stands still; run the same command again to go on")
    finally:
        await follower.stop()
    return [row for rows in held.values() for row in rows]
