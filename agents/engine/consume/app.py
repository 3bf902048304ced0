"""Makes and runs the Faust app of one stage."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from faust.auth import SASLCredentials, SSLCredentials
from faust.tables import TableManager
from mode.utils.times import Seconds

from agents.config import KafkaSettings, Settings
from agents.engine.consume.consumer import StageApp, StageConsumer, StageTransport, check_version
from agents.engine.consume.partition_queue import LIST_RECORDS_MAX
from agents.engine.consume.role_activity import AppWork
from agents.engine.consume.stage_runner import StageRunner
from agents.engine.deadlines import hard_deadline
from agents.engine.failures import crash
from agents.engine.observe.liveness import Liveness
from agents.engine.observe.members import Members
from agents.engine.observe.ownership import OWNERSHIP
from agents.engine.stage import Stage, StageWithChangingTopics
from agents.engine.supervision import LIBRARY_TASKS, Supervisor, together
from agents.process import broker_access
from agents.process.log import log

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 30.0

ERRORS_EVERY_S = 1.0
"""Between two checks of what aiokafka has left for whoever polls."""

TOPICS_EVERY_S = 1.0
"""Between two checks of what a stage reads whose topics change."""

POLL_INTERVAL_S = 10 * 86_400.0
"""aiokafka has a member leave its group that fetched nothing for so long. A load may take
longer than the usual 5 min, and is no reason to leave: it has a deadline of its own
(`agents.engine.read.recovery`), and a role that handles nothing is found by
`agents.engine.observe.liveness`."""

HEARTBEAT_MAX_S = 3.0
"""A member hears of a rebalance with its next heartbeat, and all wait for the last to hear."""


class NoTables(TableManager):
    """Begins at once: there are no tables to wait for, and no agents to say what they read.

    Faust 0.15.3 sleeps a second at every start (`TableManager.on_start`), and nowhere else here: a
    worker that was killed is away for that second longer.
    """

    async def sleep(self, n: Seconds) -> None:
        """Go on at once."""


def credentials(kafka: KafkaSettings) -> SASLCredentials | SSLCredentials | None:
    """Return TLS and user of every client as Faust takes them; None = a bare connection.

    It stands here because Faust's classes load aiohttp: who only asks the broker does without.

    Raises:
        UserError: a file of the settings cannot be read.
    """
    told = broker_access.arguments(kafka)
    context = told.get("ssl_context")
    if kafka.security.username is not None:
        return SASLCredentials(
            username=told["sasl_plain_username"],
            password=told["sasl_plain_password"],
            mechanism=told["sasl_mechanism"],
            ssl_context=context,
        )
    return SSLCredentials(context) if context is not None else None


def create_app(stage: Stage, settings: Settings) -> StageApp:
    """Build the Faust app of a stage; its id, and the consumer group, is prefix and role.

    Args:
        stage: what handles the records.
        settings: broker, prefix, clock, session timeout and static membership.
    """
    check_version()
    session_s = settings.kafka.session_timeout_s
    folder = settings.state_dir / "faust"
    folder.mkdir(parents=True, exist_ok=True)  # Faust makes the last folder only
    app = StageApp(
        settings.kafka.topic_prefix + stage.role,
        broker=f"kafka://{settings.kafka.bootstrap}",
        broker_credentials=credentials(settings.kafka),
        autodiscover=False,
        web_enabled=False,  # on by default it would show table data on all interfaces
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        store="memory://",
        TableManager=NoTables,
        datadir=str(folder),
        producer_acks=-1,
        broker_session_timeout=session_s,
        broker_heartbeat_interval=min(HEARTBEAT_MAX_S, session_s / 5),
        broker_request_timeout=max(90.0, session_s + 1),
        broker_max_poll_records=LIST_RECORDS_MAX,
        broker_max_poll_interval=POLL_INTERVAL_S,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.kafka.instance,
        stream_wait_empty=True,
        key_serializer="raw",
        value_serializer="raw",
    )
    app.clock = settings.clock.clock()
    app.runner = StageRunner(stage, ownership=OWNERSHIP, clock=app.clock)
    app.runner.wait_until_assigned = lambda gained: cast(
        StageConsumer, app.consumer
    ).wait_until_assigned(gained)
    app.topic_prefix = settings.kafka.topic_prefix
    if settings.kafka.instance is not None:
        app.members = Members(settings, stage.role)
    app.transport = StageTransport(app.conf.broker_consumer, app, app.loop)
    for topic in stage.topics:
        _subscribe(app, settings.kafka.topic_prefix + topic)
    return app


def _subscribe(app: StageApp, topic: str) -> None:
    """Make Faust subscribe to a topic; it has no agent, since the runner gets the records."""
    app.topics.add(app.topic(topic, key_type=bytes, value_type=bytes))


@asynccontextmanager
async def running(stage: Stage, settings: Settings) -> AsyncIterator[StageApp]:
    """Run a stage: joined on entry, its list in hand finished and committed on exit.

    A start or stop that takes too long ends the process, and so does whatever ends in between.
    """
    app, role = create_app(stage, settings), stage.role
    crashing = Supervisor(together(_crashed(app), _polled(app)), f"{role} app")
    try:
        await _start(app, role)
        work = AppWork(app)
        consumer = cast(StageConsumer, app.consumer)
        standing = [Supervisor(Liveness(settings, work, OWNERSHIP).run(), f"{role} liveness")]
        if isinstance(stage, StageWithChangingTopics):
            standing.append(Supervisor(_follow_topics(app, stage), f"{role} topics"))
        LIBRARY_TASKS.keep(app, role, lambda: not consumer.joining)
        # what a start has made stays: each pass through it for garbage holds all up for 30 to 50 ms
        gc.freeze()
        try:
            yield app
        finally:
            gc.unfreeze()
            LIBRARY_TASKS.let_go(app)
            crashing.cancel_as_expected()
            for one in standing:
                await one.end()
            await _stop(app, role)
    finally:
        await crashing.end()


async def _start(app: StageApp, role: str) -> None:
    try:
        with hard_deadline(START_DEADLINE_S, role, "its start"):
            await app.start()
    except asyncio.CancelledError:
        await _stop(app, role)
        raise
    except Exception as error:  # noqa: BLE001 - Faust leaves what it began, and hears no signal
        crash(role, error)


async def _stop(app: StageApp, role: str) -> None:
    with hard_deadline(STOP_DEADLINE_S, role, "its stop"):
        await app.stop()
        if app.members is not None:
            await app.members.stop()


async def _crashed(app: StageApp) -> None:
    """Raise what a service of Faust crashed with: Faust notes it and nobody asks."""
    await app.wait(asyncio.Event())  # type: ignore[arg-type]  # its type names no Event
    if app.crashed and app.crash_reason is not None:
        raise app.crash_reason


async def _polled(app: StageApp) -> None:
    """Ask the consumer for errors, while it starts too: it may never come to be at work."""
    while True:
        await asyncio.sleep(ERRORS_EVERY_S)
        if app.started:
            cast(StageConsumer, app.consumer).check()


async def _follow_topics(app: StageApp, stage: StageWithChangingTopics) -> None:
    """Have the consumer read what the stage reads by now."""
    read = frozenset(stage.topics)
    while True:
        await asyncio.sleep(TOPICS_EVERY_S)
        wanted = frozenset(stage.topics)
        if wanted and wanted != read and not cast(StageConsumer, app.consumer).joining:
            log(stage.role).info(f"reads {len(wanted)} topics instead of {len(read)}")
            await app.consumer.subscribe([app.topic_prefix + topic for topic in wanted])
            read = wanted
