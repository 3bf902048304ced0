"""What the engine knows of a role's work is where its stage is, not what it last fetched."""

import asyncio

from groups import append, append_in_transaction, becomes
from scratch_topics import create_topic, scratch_settings
from stages import Recording

from agents.engine.consume.app import running
from agents.engine.consume.role_activity import AppWork
from agents.engine.observe.liveness import Reached

TOPIC = "t.v1"
FIRST, SECOND = (TOPIC, 0), (TOPIC, 1)
DEADLINE_S = 120


async def test_a_role_is_as_far_as_its_stage_and_behind_markers_where_nothing_waits(
    bootstrap, tmp_path
):
    """A marker is handed to nobody and is no lag; a record in hand is not done."""
    settings = scratch_settings(bootstrap, state_dir=tmp_path)
    await create_topic(settings, TOPIC, 2)
    await append_in_transaction(settings, TOPIC, [(b"k", b"a"), (b"k", b"b")])
    stage = Recording(topics=(TOPIC,))
    async with asyncio.timeout(DEADLINE_S), running(stage, settings) as app:
        work = AppWork(app)
        assert (work.role, tuple(work.topics)) == (stage.role, (TOPIC,))
        await becomes(lambda: {*work.assigned()} == {FIRST, SECOND} and not work.loading())
        while await work.reached() != {FIRST: Reached(3, 3), SECOND: Reached(0, 0)}:
            await asyncio.sleep(0.01)
        assert stage.finished == {(0, 0), (0, 1)}
        gate = stage.gates[3] = asyncio.get_running_loop().create_future()
        try:
            await append(settings, TOPIC, [b"c"])
            await becomes(lambda: ("handle", (0, [3])) in stage.told)
            in_hand = (await work.reached())[FIRST]
        finally:
            gate.set_result(None)
        assert in_hand == Reached(2, 2)
        while (await work.reached())[FIRST] != Reached(4, 4):
            await asyncio.sleep(0.01)
