"""`hostwatch replay` on a real broker, held against figures worked out from the file itself."""

import asyncio
import itertools
import json
import os
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from command import hostwatch, said
from urlhaus_dump import Dump, expected, make_dump, write_dump
from waiting import until

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.ports import answers
from agents.edges.child_process.processes import alive
from agents.edges.kafka import topic_admin
from agents.edges.local_broker import broker_record
from agents.engine.read.bulk import Follower

PARTITIONS = 4
DEADLINE_S = 120.0
SESSION_S = "6"
"""The shortest allowed: the members of a killed run hold their partitions that long."""

_RUNS = itertools.count()


@dataclass(frozen=True)
class Replay:
    """A replay on the tests' broker; the same one resumes."""

    folder: Path
    bootstrap: str
    run: str
    arguments: tuple[str, ...]

    def start(self) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        """Run the command for the duration of the block."""
        settings = {
            "KAFKA__BOOTSTRAP": self.bootstrap,
            "KAFKA__PARTITIONS": str(PARTITIONS),
            "KAFKA__SESSION_TIMEOUT_S": SESSION_S,
            "STATE_DIR": str(self.folder),
        }
        out = ("--json", str(self.folder / "out.json"))
        return hostwatch(
            self.folder, "replay", "--run", self.run, *self.arguments, *out, **settings
        )

    async def result(self) -> dict[str, Any]:
        """Run to the end and return what it wrote."""
        async with self.start() as child, asyncio.timeout(DEADLINE_S):
            assert await child.wait() == 0, said(self.folder)
        return json.loads((self.folder / "out.json").read_text())

    async def killed_at_first_record(self, topic: str) -> None:
        """Run until a topic holds a record, then kill -9."""
        kafka = KafkaSettings(
            bootstrap=self.bootstrap, topic_prefix=f"{self.run}-", partitions=PARTITIONS
        )
        settings = Settings(kafka=kafka)
        await topic_admin.apply(settings, topic_admin.wanted(settings, ["urlhaus"]))
        async with self.start() as child, asyncio.timeout(DEADLINE_S):
            await kill_at_first_record(settings, topic, child)
            assert await child.wait() == -signal.SIGKILL, said(self.folder)
        assert not (self.folder / "out.json").exists()


async def kill_at_first_record(
    settings: Settings, topic: str, child: asyncio.subprocess.Process
) -> None:
    follower = Follower(settings, topic)
    await follower.start()
    try:
        while child.returncode is None and not await follower.poll():
            pass
        child.send_signal(signal.SIGKILL)
    finally:
        await follower.stop()


def replay_of(folder: Path, bootstrap: str, dump: Dump, lines: list[str]) -> Replay:
    file = write_dump(folder / "dump.csv", lines)
    arguments = ("--urlhaus", str(file), *dump.files(folder))
    return Replay(folder, bootstrap, f"e2e{os.getpid()}x{next(_RUNS)}", arguments)


def figures(out: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    found = {
        (g["by"], g["id"]): {name: g[name] for name in g if name not in {"by", "id"}}
        for g in out["groups"]
    }
    assert len(found) == len(out["groups"])
    return found


@pytest.fixture(scope="module")
def dump() -> Dump:
    return make_dump(1_500, seed=7)


async def test_every_group_has_the_figures_of_the_file(tmp_path, bootstrap, dump):
    """Counts and quartiles of all, every network and every country are those of the file."""
    out = await replay_of(tmp_path, bootstrap, dump, list(dump.rows)).result()
    assert (out["accepted"], out["duplicate"], out["quarantined"]) == (1_500, 0, {})
    want = expected(dump.rows, dump.names)
    assert len(want) > 8  # the dump has networks, countries and what is unknown
    assert figures(out) == want
    assert out["events"] >= 3 * 1_500


async def test_order_doubles_and_cut_lines_change_no_figure(tmp_path, bootstrap, dump):
    """Shuffled, a tenth doubled and some cut: whole rows count once, cut ones are malformed."""
    chance = Random(11)
    cut = chance.sample(range(1_500), 40)
    whole = [row for number, row in enumerate(dump.rows) if number not in cut]
    doubled = chance.sample(whole, 150)
    halves = [
        half
        for number in cut
        for row, middle in [(dump.rows[number], len(dump.rows[number]) // 2)]
        for half in ([row[:middle], row[middle:]] if number % 2 else [row[:middle]])
    ]
    also_cut = [row[: len(row) // 2] for row in chance.sample(whole, 10)]  # beside their whole
    lines = [*whole, *doubled, *halves, *also_cut]
    chance.shuffle(lines)
    out = await replay_of(tmp_path, bootstrap, dump, lines).result()
    assert out["accepted"] == len(whole)
    assert out["duplicate"] == 150
    assert out["quarantined"] == {"malformed": len(halves) + 10}
    assert figures(out) == expected(whole, dump.names)


async def test_kills_in_the_middle_change_no_figure(tmp_path, bootstrap, dump):
    """Killed with records handed in, then taken in, then located: the last run says the same."""
    lines = [*dump.rows, *dump.rows[:30], "half a line"]
    replay = replay_of(tmp_path, bootstrap, dump, lines)
    for topic in ("hotline.urlhaus.v1", "outcomes.v1", "facts.v1"):
        await replay.killed_at_first_record(topic)
    out = await replay.result()
    assert (out["accepted"], out["duplicate"]) == (1_500, 30)
    assert out["quarantined"] == {"malformed": 1}
    assert figures(out) == expected(dump.rows, dump.names)
    again = await replay.result()
    assert {**again, "events_per_s": 0, "wall_s": 0} == {**out, "events_per_s": 0, "wall_s": 0}


async def test_a_killed_replay_takes_its_broker_along_and_resumes(tmp_path, dump):
    """With a broker of its own: kill -9 ends both, and the same DIR gives the file's figures."""
    rows = dump.rows[:400]
    file = write_dump(tmp_path / "dump.csv", rows)
    data, out = tmp_path / "data", tmp_path / "out.json"
    options = ("--data", str(data), "--json", str(out))
    command = ("replay", "--urlhaus", str(file), *dump.files(tmp_path), *options)
    settings = {
        "KAFKA__PARTITIONS": str(PARTITIONS),
        "KAFKA__SESSION_TIMEOUT_S": SESSION_S,
        "STATE_DIR": str(tmp_path),
    }
    async with hostwatch(tmp_path, *command, **settings) as child, asyncio.timeout(DEADLINE_S):
        assert await asyncio.to_thread(until, (data / "kafka" / "broker.json").exists)
        broker = broker_record.last(data / "kafka")
        assert broker is not None
        kafka = KafkaSettings(bootstrap=broker.bootstrap, partitions=PARTITIONS)
        assert await asyncio.to_thread(until, lambda: answers(broker.port))
        await kill_at_first_record(Settings(kafka=kafka), "outcomes.v1", child)
        assert await child.wait() == -signal.SIGKILL
        assert await asyncio.to_thread(until, lambda: not alive(broker.process))
    async with hostwatch(tmp_path, *command, **settings) as child, asyncio.timeout(DEADLINE_S):
        assert await child.wait() == 0, said(tmp_path)
    found = json.loads(out.read_text())
    assert (found["accepted"], found["duplicate"], found["quarantined"]) == (400, 0, {})
    assert figures(found) == expected(rows, dump.names)
    second = broker_record.last(data / "kafka")
    assert second is not None
    assert not alive(second.process)
