"""Sends a dump of old reports through the real pipeline and reads the figures off its table.

No host in the dump is resolved or contacted: address literals are looked up in the databases,
names in a recording, no probe role runs and no order is written.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from agents.config import Settings
from agents.edges.dns.recorded import NullResolver, Recorded
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import Follower
from agents.errors import UserError
from agents.tools.apply_registry import apply_entries
from agents.tools.importing.hand_in import Imported, import_file
from agents.tools.importing.outcomes import Settled, await_outcomes
from agents.worker import Worker
from schemas import codec, topics
from schemas.closed_lists import HotlineMode
from schemas.records.case import POSITION_KEY
from schemas.records.registry import HotlineEntry
from streams.views.replay_figures import SourceReport, rows_of

HOTLINE: Final = "urlhaus"
ROLES: Final = ("intake", "attribution", "lifecycle")
IDLE_S: Final = 60.0
"""Wall time without any progress after which the replay gives up; a step takes milliseconds."""

T = TypeVar("T")

ReplayListener = Callable[[str, int, int], None]
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
class ReplayResult:
    """What came out.

    Attributes:
        settled: what became of the lines.
        rows: the accepted rows, as the table of cases holds them.
        events: records handled: inbox, ledger entries and attributions.
    """

    settled: Settled
    rows: list[SourceReport] = field(default_factory=list)
    events: int = 0


async def replay(settings: Settings, source: Source, say: ReplayListener) -> ReplayResult:
    """Run the pipeline over the dump until every accepted row stands in the table of cases.

    Args:
        settings: of `ReplayLedger.ready`.
        source: what to replay.
        say: is told the progress.

    Raises:
        UserError: a file cannot be read, or the pipeline stands still.
    """
    names = Recorded.load(source.recording) if source.recording else NullResolver()
    await apply(settings, wanted(settings, [HOTLINE]))
    outbox = KafkaOutbox(settings, "hostwatch-replay")
    await outbox.start()
    try:
        entry = HotlineEntry(
            id=HOTLINE, name="URLhaus", mode=HotlineMode.HISTORIC, version=1, valid_from=0
        )
        await apply_entries(settings, [entry], outbox)
        async with (
            _begun(
                import_file(settings, source.dump, HOTLINE, outbox, partial(say, "handed in"))
            ) as handed_in,  # while the roles join their groups
            Worker(settings, names=names, probing=False).run(ROLES),
        ):
            imported = await handed_in
            settled = await await_outcomes(settings, imported, IDLE_S, partial(say, "taken in"))
            if settled.outstanding:
                raise UserError("intake does not advance; run the same command again to go on")
            rows = await _rows(settings, settled, say)
    finally:
        await outbox.stop()
    return ReplayResult(settled=settled, rows=rows, events=_events(imported, settled))


@asynccontextmanager
async def _begun(work: Coroutine[Any, Any, T]) -> AsyncIterator["asyncio.Task[T]"]:
    """Do something beside the block; it ends with the block at the latest."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _events(imported: Imported, settled: Settled) -> int:
    return imported.sent + imported.found + 2 * settled.accepted


async def _rows(settings: Settings, settled: Settled, say: ReplayListener) -> list[SourceReport]:
    """Follow the table until it holds every accepted row, attributed."""
    held: dict[bytes, list[SourceReport]] = {}
    count = 0
    follower = Follower(settings, topics.CASES.name, range(settings.kafka.partitions))
    loop = asyncio.get_running_loop()
    try:
        await follower.start()
        moved_at = loop.time()
        while count < settled.accepted or not follower.caught_up:
            newest = {record.key: record for record in await follower.poll()}
            for record in newest.values():
                if record.value and not record.key.startswith(POSITION_KEY):
                    rows = rows_of(codec.STATE.decode(record.value))
                    count += len(rows) - len(held.get(record.key, ()))
                    held[record.key] = rows
                    moved_at = loop.time()
            say("placed", count, settled.accepted)
            if loop.time() - moved_at > IDLE_S:
                raise UserError(
                    "the pipeline does not advance; run the same command again to go on"
                )
    finally:
        await follower.stop()
    return [row for rows in held.values() for row in rows]
