"""Makes and runs the Faust app of one stage."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents import access
from agents.config import Settings
from agents.engine.consumer import LaneApp, LaneTransport, check_version
from agents.engine.inbox import BATCH_RECORDS_MAX
from agents.engine.lane import Lane
from agents.engine.ownership import OWNERSHIP
from agents.engine.stage import Stage
from agents.engine.tables import LaneTables

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 30.0

HEARTBEAT_MAX_S = 3.0
"""A member hears of a rebalance with its next heartbeat, and all wait for the last to hear."""


def create_app(stage: Stage, settings: Settings) -> LaneApp:
    """Build the Faust app of a stage; its id, and the consumer group, is prefix and role.

    Args:
        stage: what handles the records.
        settings: broker, prefix, clock, session timeout and static membership.
    """
    check_version()
    session_s = settings.kafka.session_timeout_s
    folder = settings.state_dir / "faust"
    folder.mkdir(parents=True, exist_ok=True)  # Faust makes the last folder only
    app = LaneApp(
        settings.kafka.topic_prefix + stage.role,
        broker=f"kafka://{settings.kafka.bootstrap}",
        broker_credentials=access.credentials(settings.kafka),
        autodiscover=False,
        web_enabled=False,  # on by default it would show table data on all interfaces
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        store="memory://",
        TableManager=LaneTables,
        datadir=str(folder),
        producer_acks=-1,
        broker_session_timeout=session_s,
        broker_heartbeat_interval=min(HEARTBEAT_MAX_S, session_s / 5),
        broker_request_timeout=max(90.0, session_s + 1),
        broker_max_poll_records=BATCH_RECORDS_MAX,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.kafka.instance,
        stream_wait_empty=True,
        key_serializer="raw",
        value_serializer="raw",
    )
    app.clock = settings.clock.clock()
    app.lane = Lane(stage, ownership=OWNERSHIP, clock=app.clock)
    app.topic_prefix = settings.kafka.topic_prefix
    app.transport = LaneTransport(app.conf.broker_consumer, app, app.loop)
    for topic in stage.topics:
        _subscribe(app, settings.kafka.topic_prefix + topic)
    return app


def _subscribe(app: LaneApp, topic: str) -> None:
    """Make Faust subscribe to a topic; the agent behind it never sees a message."""
    channel = app.topic(topic, key_type=bytes, value_type=bytes)

    async def idle(stream: AsyncIterator[object]) -> None:
        async for _ in stream:
            pass

    app.agent(channel, name=topic)(idle)  # type: ignore[arg-type]  # faust types only StreamT


@asynccontextmanager
async def running(stage: Stage, settings: Settings) -> AsyncIterator[LaneApp]:
    """Run a stage: joined on entry, its list in hand finished and committed on exit."""
    app = create_app(stage, settings)
    async with asyncio.timeout(START_DEADLINE_S):
        await app.start()
    # what a start has made stays: each look through it for garbage holds all up for 30 to 50 ms
    gc.freeze()
    try:
        yield app
    finally:
        gc.unfreeze()
        async with asyncio.timeout(STOP_DEADLINE_S):
            await app.stop()
