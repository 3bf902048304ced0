"""Where the records of a partition end, on a real broker."""

from scratch_topics import scratch_settings

from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.exclusive import exclusively
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.end_offsets import Ends
from agents.engine.stage import Send
from agents.stages.cases.record_ends import RecordEnds
from schemas.topics import DECISIONS

TOPIC = DECISIONS.name
SENT = Send(TOPIC, b"key", b"value", partition=0)


async def test_a_marker_is_no_record_and_a_record_that_waits_is_one(bootstrap: str) -> None:
    """Behind the record of a transaction stands its marker; what comes then waits again."""
    settings = scratch_settings(bootstrap)
    await apply(settings, wanted(settings))

    async def written() -> list[Send]:
        return [SENT]

    await exclusively(settings, "desk", written)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        async with Ends(settings, [TOPIC]) as ends:
            record_ends = RecordEnds(settings, ends)

            async def of(offset: int) -> int:
                return (await record_ends.of({0: {TOPIC: offset}}))[0][TOPIC]

            assert [await of(0) for _ in range(3)] == [2, 2, 2]
            assert [await of(1) for _ in range(3)] == [2, 1, 1]
            assert [await of(2) for _ in range(3)] == [2, 2, 2]
            await outbox.send([SENT])
            assert [await of(1) for _ in range(3)] == [3, 3, 3]
    finally:
        await outbox.stop()
