"""What stands in `cases.v1` and `outcomes.v1`, followed as it grows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agents.config import Settings, VantageSettings
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received
from schemas.closed_lists import Result
from schemas.codec import OUTCOME, POSITION, STATE
from schemas.moments import Instant
from schemas.records.case import POSITION_KEY
from schemas.records.processing import OutcomeRecord
from schemas.topics import CASES, OUTCOMES
from sim.oracle.evidence import Evidence
from sim.oracle.made_probes import placed_at, probes_made
from streams.rollup.case_table import URL_CASES, UrlCases


@dataclass(slots=True)
class DemoTables:
    """The newest state of every URL, and every outcome.

    Attributes:
        partitions: of the ledger.
        tasks: what follows the topics.
    """

    partitions: int
    tasks: tuple["asyncio.Task[None]", ...] = ()
    _urls: dict[str, UrlCases] = field(default_factory=dict)
    _states: dict[str, bytes] = field(default_factory=dict, repr=False)
    _read_at: dict[int, Instant] = field(default_factory=dict)
    _outcomes: dict[tuple[str, int, int], OutcomeRecord] = field(default_factory=dict)

    @property
    def read_at(self) -> Instant:
        """The instant up to which every partition has been worked off; 0 = not all have."""
        return min(self._read_at.values()) if len(self._read_at) == self.partitions else 0

    @property
    def settled(self) -> int:
        """How many intake records have an outcome."""
        return len(self._outcomes)

    @property
    def placed(self) -> bool:
        """Whether every accepted report stands in a URL that has a case."""
        cased = {key for key, url in self._urls.items() if url.cases}
        return all(
            outcome.url_key in cased
            for outcome in self._outcomes.values()
            if outcome.type == "report" and outcome.result is Result.ACCEPTED
        )

    def check(self) -> None:
        """Raise what ended the following, if it ended."""
        for task in self.tasks:
            if task.done():
                task.result()

    def probes(self, vantages: Sequence[VantageSettings], evidence: Evidence) -> Evidence:
        """Return evidence of now with the probes that were made, which takes a while to read.

        Args:
            vantages: all that probe.
            evidence: what `evidence` returned just now.
        """
        states = {key: STATE.decode(raw) for key, raw in self._states.items()}
        probes = {key: probes_made(state) for key, state in states.items()}
        placed = {key: placed_at(state) for key, state in states.items()}
        ids = {
            hidden: tuple(v.id for v in vantages if v.recheck is hidden) for hidden in (False, True)
        }
        return replace(
            evidence, probes=probes, placed=placed, vantages=ids[False], hidden=ids[True]
        )

    def evidence(self, as_of: Instant, told_until: Instant) -> Evidence:
        """Return all of it, for an instant."""
        return Evidence(
            as_of=as_of,
            told_until=told_until,
            read_at=max(self.read_at, as_of),
            urls=dict(self._urls),
            outcomes=list(self._outcomes.values()),
        )

    async def follow_cases(self, settings: Settings) -> None:
        """Read `cases.v1` until cancelled."""
        await _follow(settings, CASES.name, self._take_case)

    async def follow_outcomes(self, settings: Settings) -> None:
        """Read `outcomes.v1` until cancelled."""
        await _follow(settings, OUTCOMES.name, self._take_outcome)

    def _take_case(self, record: Received) -> None:
        if record.key.startswith(POSITION_KEY):
            if record.value:
                position = POSITION.decode(record.value)
                self._read_at[position.partition] = position.as_of
        elif record.value:
            self._urls[record.key.decode("ascii")] = URL_CASES.decode(record.value)
            self._states[record.key.decode("ascii")] = record.value
        else:
            self._urls.pop(record.key.decode("ascii"), None)
            self._states.pop(record.key.decode("ascii"), None)

    def _take_outcome(self, record: Received) -> None:
        outcome = OUTCOME.decode(record.value)
        origin = outcome.origin
        self._outcomes.setdefault((origin.topic, origin.partition, origin.offset), outcome)


async def _follow(settings: Settings, topic: str, take: Callable[[Received], None]) -> None:
    follower = Follower(settings, topic)
    try:
        await follower.start()
        async for records in follower.lists():
            for record in records:
                take(record)
    finally:
        await follower.stop()
