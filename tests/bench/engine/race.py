"""Contestants and how one of them is run: a process of its own, ended at its deadline."""

import sys
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import ground
import msgspec
from contest import Spec
from harness import Measured, last_word, result_of
from harness import process as process_of

from agents.edges.child_process.tether import tethered

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """Who takes part.

    Attributes:
        name: what it is called in the results.
        script: file beside this one.
        peer: it runs in the environment of the peers, not in the project's.
        transactional: state, outputs and offsets in one transaction.
        events, quick_events: how many it is given; slow ones get fewer.
        kill_events: the same for the kill test; 0 = none is made.
        changelog: name of its changelog topic, of {group}, {source}; None = it has none.
        grouped: it commits offsets to the broker.
        floor: it only reads.
    """

    name: str
    script: str
    peer: bool = False
    transactional: bool = False
    events: int
    quick_events: int
    kill_events: int = 0
    changelog: str | None = "{group}.changelog"
    grouped: bool = True
    floor: bool = False


CONTESTANTS = (
    Contestant(name="engine-tx", script="contest_engine.py", transactional=True,
               events=400_000, quick_events=100_000, kill_events=400_000),
    Contestant(name="hand-tx", script="contest_hand.py", transactional=True,
               events=400_000, quick_events=100_000, kill_events=400_000),
    Contestant(name="quix", script="contest_quix.py", peer=True,
               events=200_000, quick_events=30_000, kill_events=200_000,
               changelog="changelog__{group}--{source}--default"),
    Contestant(name="streams-eos", script="contest_streams.py", transactional=True,
               events=2_000_000, quick_events=0, kill_events=400_000,
               changelog="{group}-states-changelog"),
    Contestant(name="streams", script="contest_streams.py",
               events=2_000_000, quick_events=0, kill_events=400_000,
               changelog="{group}-states-changelog"),
    Contestant(name="faust", script="contest_faust.py", peer=True,
               events=40_000, quick_events=5_000, kill_events=40_000,
               changelog="{group}-states-changelog"),
    Contestant(name="engine", script="contest_engine.py",
               events=400_000, quick_events=100_000, kill_events=400_000),
    Contestant(name="hand", script="contest_hand.py",
               events=400_000, quick_events=100_000, kill_events=400_000),
    Contestant(name="bytewax", script="contest_bytewax.py", peer=True,
               events=100_000, quick_events=20_000, kill_events=100_000,
               changelog=None, grouped=False),
    Contestant(name="quix-eos", script="contest_quix.py", peer=True, transactional=True,
               events=200_000, quick_events=0, kill_events=200_000,
               changelog="changelog__{group}--{source}--default"),
    Contestant(name="raw-aiokafka", script="contest_raw.py",
               events=400_000, quick_events=100_000, changelog=None, floor=True),
    Contestant(name="raw-confluent", script="contest_raw.py", peer=True,
               events=400_000, quick_events=100_000, changelog=None, floor=True),
)  # one contestant beside the other # fmt: skip
"""In the order of a round: what is compared is close together, what the last line needs first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchEnvironment:
    """Where contestants run.

    Attributes:
        bootstrap: the broker.
        folder: for state, logs.
        peers: interpreter of the environment with the peers.
    """

    bootstrap: str
    folder: Path
    peers: Path


def sources(contestants: Sequence[Contestant], *, quick: bool) -> dict[str, int]:
    """Return the topics of the payload and how many events each holds."""
    counts = {c.quick_events if quick else c.events for c in contestants}
    if not quick:
        counts |= {c.kill_events for c in contestants}
    return {source_of(count): count for count in sorted(counts - {0})}


def source_of(events: int) -> str:
    """Return the topic that holds so many events."""
    return f"source-{events}"


async def spec_for(
    place: BenchEnvironment, contestant: Contestant, run: str, source: str, events: int
) -> Spec:
    """Make topics and a folder of a run of its own and return what the contestant is told."""
    group = f"bench-{contestant.name}-{run}"
    folder = place.folder / group
    folder.mkdir(parents=True)
    spec = Spec(
        bootstrap=place.bootstrap,
        source=source,
        output=f"{group}.output",
        changelog=f"{group}.changelog",
        group=group,
        events=events,
        folder="confluent" if contestant.name == "raw-confluent" else str(folder),
        transactional=contestant.transactional,
    )
    await ground.create(place.bootstrap, [spec.output, spec.changelog], spec.partitions)
    return spec


async def tidy(place: BenchEnvironment, spec: Spec) -> None:
    """Delete every topic a run has made; its source stays."""
    made = [name for name in await ground.topics_of(place.bootstrap) if spec.group in name]
    await ground.delete(place.bootstrap, made)


@asynccontextmanager
async def process(place: BenchEnvironment, contestant: Contestant, spec: Spec):
    """Run a contestant for the duration of the context; it dies with it and with the bench."""
    python = str(place.peers) if contestant.peer else sys.executable
    told = msgspec.json.encode(spec).decode()
    command = tethered([python, str(HERE / contestant.script), told])
    with log_of(place, spec).open("ab") as log:
        async with process_of(command, HERE, log=log) as child:
            yield child


async def race(
    place: BenchEnvironment, contestant: Contestant, spec: Spec, deadline_s: float
) -> Measured:
    """Let a contestant do the job and return what it needed.

    Raises:
        Failed: it ended without a result, or was not done at the deadline.
    """
    async with process(place, contestant, spec) as child:
        return await result_of(child, Measured, deadline_s, log_of(place, spec))


def log_of(place: BenchEnvironment, spec: Spec) -> Path:
    """Return the file that a contestant writes errors to."""
    return place.folder / f"{spec.group}.log"


def last_word_of(place: BenchEnvironment, spec: Spec) -> str:
    """Return the last line of a contestant's log."""
    return last_word(log_of(place, spec).read_text(errors="replace"))
