"""SIGKILL in the middle, again and again, and what came of it."""

import asyncio
import time
from typing import Any

import audit
import ground
import job
import msgspec
from harness import Failed
from race import BenchEnvironment, Contestant, last_word_of, process, source_of, spec_for, tidy

POLL_S = 0.02
QUIET_S = 3.0
STILL_S = 30.0
"""No new output for so long: it has stopped for good. Six seconds of session timeout and the
rebalance after it pass without output."""


class _Watch:
    """Follows how far a run is, from outside."""

    def __init__(
        self, place: BenchEnvironment, contestant: Contestant, source: str, spec: Any
    ) -> None:
        self._place = place
        self._contestant = contestant
        self._source = source
        self._spec = spec
        self._moved_at = time.monotonic()
        self.outputs = 0

    async def read_on(self, consumer: Any, parts: Any) -> None:
        """Read the end of the outputs."""
        outputs = sum((await consumer.end_offsets(parts)).values())
        if outputs != self.outputs:
            self.outputs, self._moved_at = outputs, time.monotonic()

    @property
    def quiet_s(self) -> float:
        """Seconds without a new output."""
        return time.monotonic() - self._moved_at

    async def over(self, events: int) -> bool:
        """Return whether nothing more will come."""
        if self.quiet_s > STILL_S:
            return True
        if self.quiet_s < QUIET_S:
            return False
        if not self._contestant.grouped:
            return self.outputs >= events and self.quiet_s > 2 * QUIET_S
        bootstrap = self._place.bootstrap
        done = await ground.committed(bootstrap, self._spec.group, self._source)
        return done == await ground.ends(bootstrap, self._source)


async def of(
    place: BenchEnvironment, contestant: Contestant, run: str, kills: int, cap_s: float
) -> dict[str, Any]:
    """Kill a contestant several times on its way through the payload, then audit what it wrote.

    Args:
        place: where it runs.
        contestant: who.
        run: names the run's topics.
        kills: how often; at even distances of outputs.
        cap_s: wall time for the whole of it.

    Raises:
        Failed: it ended by itself, or was not through in time.
    """
    events = contestant.kill_events
    source = source_of(events)
    spec = await spec_for(place, contestant, f"kill-{run}", source, events=0)
    try:
        async with asyncio.timeout(cap_s):
            await _through(place, contestant, spec, kills)
        found = await _audited(place, contestant, spec)
    except TimeoutError:
        raise Failed(f"not through in {cap_s:.0f} s") from None
    finally:
        await tidy(place, spec)
    return {"kills": kills, **msgspec.to_builtins(found)}


async def _through(place: BenchEnvironment, contestant: Contestant, spec: Any, kills: int) -> None:
    events, source = contestant.kill_events, spec.source
    watch = _Watch(place, contestant, source, spec)
    async with ground.reader(place.bootstrap, spec.output) as (consumer, parts):
        for number in range(kills + 1):
            last = number == kills
            goal = events * (number + 1) // (kills + 1)
            async with process(place, contestant, spec) as child:
                while True:
                    await watch.read_on(consumer, parts)
                    if last and await watch.over(events):
                        return
                    if not last and watch.outputs >= goal:
                        child.kill()  # SIGKILL
                        await child.wait()
                        break
                    if child.returncode is not None:
                        raise Failed(f"exit {child.returncode}: {last_word_of(place, spec)}")
                    await asyncio.sleep(POLL_S)


async def _audited(place: BenchEnvironment, contestant: Contestant, spec: Any) -> audit.Audit:
    truth = {key: state.n for key, state in job.truth(job.events(contestant.kill_events)).items()}
    outputs = ground.written(place.bootstrap, spec.output)
    found = await audit.of_outputs(contestant.kill_events, truth, outputs)
    if contestant.changelog is not None:
        topic = contestant.changelog.format(group=spec.group, source=spec.source)
        states = ground.written(place.bootstrap, topic)
        found.changelog_short, found.changelog_over = await audit.of_changelog(truth, states)
    return found
