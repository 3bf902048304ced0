"""The job on stock Faust as its documentation writes it: an agent, a table, an output topic."""

import asyncio
import os

import faust
from contest import Spec
from harness import Meter, spec_of, tell


class Event(faust.Record, serializer="json"):
    """One event."""

    key: str
    seq: int
    at: int
    kind: str
    amount: int
    text: str


class Output(faust.Record, serializer="json"):
    """What follows from it."""

    key: str
    seq: int
    n: int
    total: int


def app_of(spec: Spec, done: asyncio.Event, meter: Meter) -> faust.App:
    """Build the app; `done` is set after the spec's number of events."""
    app = faust.App(
        spec.group,
        broker=f"kafka://{spec.bootstrap}",
        store="memory://",
        topic_partitions=spec.partitions,
        topic_replication_factor=1,
        autodiscover=False,
        web_enabled=False,
        datadir=spec.folder,
        broker_session_timeout=spec.session_s,
        broker_heartbeat_interval=1.0,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
    )
    source = app.topic(spec.source, key_type=bytes, key_serializer="raw", value_type=Event)
    output = app.topic(spec.output, key_type=bytes, key_serializer="raw", value_type=Output)
    table = app.Table("states", default=dict)
    seen = 0

    @app.agent(source)
    async def job(stream: faust.StreamT[Event]) -> None:
        nonlocal seen
        async for event in stream:
            meter.begin()
            held = table[event.key]
            n, total = held.get("n", 0) + 1, held.get("total", 0) + event.amount
            newest = max(held.get("newest", 0), event.at)
            table[event.key] = {"n": n, "total": total, "newest": newest}
            said = Output(key=event.key, seq=event.seq, n=n, total=total)
            await output.send(key=event.key.encode(), value=said)
            seen += 1
            if seen == spec.events:
                done.set()

    return app


async def main(spec: Spec) -> None:
    """Run the app until the number of events is reached, its sends flushed and committed."""
    done, meter = asyncio.Event(), Meter()
    app = app_of(spec, done, meter)
    await app.start()
    await done.wait()
    await app.producer.flush()
    await app.consumer.commit()
    tell(meter.measured(spec.events))
    os._exit(0)  # an orderly stop takes Faust seconds and is not measured


if __name__ == "__main__":
    asyncio.run(main(spec_of(Spec)))
