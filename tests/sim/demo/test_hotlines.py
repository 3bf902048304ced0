"""The demo's hotlines: each sends what is due, once, and nothing while it is paused."""

import asyncio
import contextlib

from agents.clock import Clock
from schemas import codec
from schemas.moments import DAY_MS, HOUR_MS
from sim.demo.hotlines import Hotlines
from sim.live.steered import Steered
from sim.world.world import WORLD_START, Plan, World


class KeptOutbox:
    """An outbox that keeps what it is given."""

    def __init__(self):
        self.sent = []

    async def send(self, records):
        """Keep the records."""
        self.sent += records


def still(days):
    """A clock that stands (almost) still at a time after the world's beginning."""
    at = WORLD_START + int(days * DAY_MS)
    return Clock(start_wall_ms=0, start_world_ms=at, speed=1e-15)


def readable(outbox):
    """The values that a hotline's record can be read from."""
    found = set()
    for send in outbox.sent:
        with contextlib.suppress(codec.Rejected):
            codec.decode_hotline(send.value)
            found.add(send.value)
    return found


async def test_hotlines_send_everything_due_once_and_nothing_early():
    """When stopped, what was sent is exactly what the world says up to that instant."""
    world = Steered(Plan(seed=3, port=18_080))
    outbox = KeptOutbox()
    clock = Clock(start_wall_ms=0, start_world_ms=WORLD_START + DAY_MS, speed=1e-15)
    hotlines = Hotlines(world=world, clock=clock, outbox=outbox, told_until=WORLD_START - 1)
    stop = asyncio.Event()
    stop.set()
    await hotlines.work(stop)
    due = world.events(WORLD_START - 1, WORLD_START + DAY_MS)
    assert hotlines.told_until == WORLD_START + DAY_MS
    assert [(s.topic, s.key, s.value) for s in outbox.sent] == [
        (f"hotline.{event.hotline}.v1", event.key, event.value) for event in due
    ]
    assert hotlines.sent == len(due)
    await hotlines.work(stop)
    assert len(outbox.sent) == len(due)


async def test_hotlines_that_are_paused_find_nothing_and_finish_what_they_began():
    """What is reported is noticed too; of what is found in a pause nobody ever hears."""
    world = Steered(Plan(seed=3, port=18_080))
    outbox, stop = KeptOutbox(), asyncio.Event()
    stop.set()
    hotlines = Hotlines(world=world, clock=still(0), outbox=outbox, told_until=WORLD_START - 1)
    for day, pausing in ((1.0, False), (1.5, True), (4.0, False)):
        hotlines.clock, hotlines.pausing = still(day), pausing
        await hotlines.work(stop)
    begun, ended = WORLD_START + DAY_MS, WORLD_START + int(1.5 * DAY_MS)
    found = {item.url: item.reported_at for item in world.material(WORLD_START + 4 * DAY_MS)}
    assert not any(begun < at <= ended for at in found.values())
    assert any(at > ended for at in found.values())
    whole = World(Plan(seed=3, port=18_080))
    unfound = {i.url for i in whole.material(begun + 3 * DAY_MS)} - set(found)
    assert unfound
    said = [codec.decode_hotline(s.value) for s in outbox.sent if s.value in readable(outbox)]
    assert not unfound & {record.url for record in said}
    noticed = {record.url for record in said if type(record).__name__ == "Notice"}
    late = [url for url, at in found.items() if begun - HOUR_MS // 2 < at <= begun]
    assert set(late) <= noticed
    assert hotlines.sent == len(world.events(WORLD_START - 1, WORLD_START + 4 * DAY_MS))
