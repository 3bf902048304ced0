"""Every task inside a worker is killed in turn: a process that lost one does not seem well."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import doomed_worker
import fork_server
import pytest
from fault_workers import Worker, running
from fault_world import INPUTS, FaultWorld, fault_world
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.edges.child_process.processes import end, identify
from agents.edges.local_broker.broker import LocalBroker

URLS_A_LIFE = 20
END_WITHIN_S = 10.0
ASKED = "asked"
"""A named pipe in the folder of the run."""

SOME_ROLES = (*INPUTS, "rollup")
ROLES = (*INPUTS, "feedback", "rollup")
"""All that hold something of their own; a prober's tasks are those of any role."""

LIVES_MAX = 80

STANDING = frozenset(
    {
        "AIOKafkaClient._md_synchronizer",
        "AIOKafkaConnection._read",
        "BrokerReachability.run",
        "Conductor._subscriber",
        "Consumer._commit_handler",
        "Consumer._commit_livelock_detector",
        "Fetcher._fetch_requests_routine",
        "Fetcher._fetcher",
        "GroupCoordinator._commit_refresh_routine",
        "GroupCoordinator._coordination_routine",
        "GroupCoordinator._heartbeat_routine",
        "Handlers.work",
        "LedgerKeys._follow",
        "LifecycleStage._order_loop",
        "LifecycleStage._position_loop",
        "Liveness.run",
        "MethodQueueWorker._method_queue_do_work",
        "Monitor._sampler",
        "NameIndex.run",
        "NoGroupCoordinator._reset_committed_routine",
        "ProducerBuffer._handle_pending",
        "ProposalReader._follow",
        "Recovery._publish_stats",
        "Recovery._restart_recovery",
        "Recovery._slurp_changelogs",
        "RegistryReader._follow",
        "RollupStage._follow",
        "RootReader._follow",
        "RollupStage._renew_for_ever",
        "RollupStage.run",
        "Sender._sender_routine",
        "ServiceThread._keepalive2",
        "ServiceThread._thread_keepalive",
        "SkipReader._follow",
        "Timekeeper._read_for_ever",
        "LibraryTaskMonitor._check_for_ever",
        "_crashed",
        "_follow_topics",
        "_polled",
        "follow_inboxes",
        "main",
        "serve",
        "together",
    }
)
"""What lives as long as a worker does. What else there is waits for one answer on behalf of one of
these, and may be begun anew instead."""

PASSING = frozenset(
    {
        "Event.wait",
        "Fetcher._proc_fetch_request",
        "KafkaOutbox._write",
        "LifecycleStage._write_position",
        "LogReader._fetch",
        "Sender._send_produce_req",
        "ThrowableQueue.get",
    }
)
"""What else may be there at whatever time."""


SHOWN = {
    "cancel": frozenset(
        {
            "GroupCoordinator._heartbeat_routine",
            "Handlers.work",
            "LifecycleStage._order_loop",
            "Sender._sender_routine",
            "serve",
        }
    ),
    "raise": frozenset(
        {
            "Conductor._subscriber",
            "Fetcher._fetcher",
            "RollupStage.run",
            "LibraryTaskMonitor._check_for_ever",
            "_polled",
        }
    ),
}
"""Some of a kind: of the fetcher, the group, the producer, Faust and every stage, and
of each way in which their end is noticed. All die in `make soak`."""


HEALED = frozenset({("raise", "AIOKafkaConnection._read"), ("raise", "Recovery._slurp_changelogs")})
"""aiokafka closes a connection whose reader failed, and connects again; Faust passes over an error
there, and goes on. Each has to work on."""


@asynccontextmanager
async def doomed(world: FaultWorld, roles: Sequence[str]) -> AsyncIterator[Worker]:
    """Run a worker whose tasks can be killed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HOSTWATCH_")}
    ours = {"HOSTWATCH_KAFKA__INSTANCE": "doomed", "HOSTWATCH_WEB__PORT": "0"}
    asked = world.folder / ASKED
    if not asked.exists():
        os.mkfifo(asked)
    listens = f"import os, sys; os.dup2(os.open({str(asked)!r}, os.O_RDWR), 0); sys.stdin = open(0)"
    process = await fork_server.start(
        (str(world.config), *roles),
        world.folder,
        {**kept, **ours},
        program=f"{listens}; {fork_server.script(doomed_worker.__file__)}",
    )
    worker = Worker("doomed", process)
    listening = asyncio.create_task(worker.listen())
    try:
        yield worker
    finally:
        found = identify(process.pid)
        if found is not None and process.returncode is None:
            await asyncio.to_thread(end, found, 0)
        await process.wait()
        await listening


def tell(world: FaultWorld, line: str) -> None:
    """Write to what the worker takes for its standard input; nobody waits for a reader."""
    asked = os.open(world.folder / ASKED, os.O_RDWR)
    os.write(asked, f"{line}\n".encode())
    os.close(asked)


async def tasks_of(world: FaultWorld, worker: Worker) -> set[str]:
    """Return the names of the tasks that live in a worker."""
    before = len(worker.said)
    tell(world, "list")
    async with asyncio.timeout(END_WITHIN_S):
        while True:
            for line in worker.said[before:]:
                if line.startswith(doomed_worker.LISTED):
                    return set(line.removeprefix(doomed_worker.LISTED).split())
            await asyncio.sleep(0.05)


async def killed(world: FaultWorld, worker: Worker, how: str, names: set[str]) -> str:
    """Kill one of some tasks and return its name; the process has to end by that.

    One that is not `STANDING` may be begun anew instead; then the process works on.
    """
    name = min(names)
    tell(world, f"{how} {name}")
    try:
        async with asyncio.timeout(END_WITHIN_S):
            code = await worker.process.wait()
    except TimeoutError:
        if f"NONE {name}" in worker.said:  # it had ended by itself
            return name
        if name not in STANDING or (how, name) in HEALED:
            await world.feed(URLS_A_LIFE)
            await world.drained(worker.check)
            return name
        raise AssertionError(f"{how} {name}: still there. {worker.tale()}") from None
    assert code != 0, f"{how} {name}: {worker.tale()}"
    return name


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(
    "deaths",
    [
        "cancel some",
        "raise some",
        pytest.param("cancel all", marks=pytest.mark.soak),
        pytest.param("raise all", marks=pytest.mark.soak),
    ],
)
async def test_a_worker_that_lost_a_task_ends_and_nothing_is_lost(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int, deaths: str
) -> None:
    """Whichever task ends, the process does within 10 s; restarted it goes on; verify agrees."""
    how, shown = deaths.split()
    wanted = SHOWN[how] if shown == "some" else STANDING
    roles = SOME_ROLES if shown == "some" else ROLES
    async with fault_world(broker.bootstrap, tmp_path, seed) as world:
        done: set[str] = set()
        always: set[str] = set()
        while len(done) < LIVES_MAX:
            async with doomed(world, roles) as worker:
                await worker.is_ready()
                await world.feed(URLS_A_LIFE)
                await world.drained(worker.check)
                alive = await tasks_of(world, worker)
                always = always & alive if done else alive
                left = alive - done
                if shown == "some":
                    left &= wanted
                if not left:
                    break
                done.add(await killed(world, worker, how, left))
        assert done >= wanted, wanted - done
        assert always <= STANDING | PASSING, always - STANDING - PASSING
        async with running(world, roles) as heir:
            await heir.is_ready()
            await peace.agrees(
                world, InjectedFault(f"{how} of {shown} tasks of a worker", len(done)), heir
            )
