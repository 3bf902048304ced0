"""What a hotline is told over HTTP: a real server, a real broker, two hotlines."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.intake_http.feedback import operations
from agents.edges.intake_http.feedback.changes_reader import ChangesReader
from agents.edges.intake_http.feedback.operations import FeedbackOperations, Served
from agents.edges.intake_http.intake_server import IntakeServer
from agents.edges.intake_http.requests_in_progress import REQUESTS_MAX
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.engine.supervision import Supervisor
from agents.http_settings import IntakeSettings
from schemas.closed_lists import Result
from schemas.codec import HOTLINE_OUT
from schemas.moments import moment
from schemas.records.feedback import Feedback
from schemas.topics import HOTLINE_OUT as TOPIC

NORTH, SOUTH, SANDBOX = new_key(), new_key(), new_key()
ODD = "a/b+c%20~#?{}&=;"


def feedback(id: str, at: int = 0) -> bytes:
    """Return what a hotline is told of a record; `at` tells one from the next."""
    return HOTLINE_OUT.encode(Feedback(id=id, result=Result.ACCEPTED, as_of=moment(at * 1_000)))


async def until(true: Callable[[], object]) -> None:
    """Return as soon as something is true."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


@dataclass
class Ledger:
    """A broker's topics of two hotlines, and who writes to them."""

    settings: Settings
    outbox: KafkaOutbox

    async def tell(self, *ids: str, hotline: str = "north", at: int = 0) -> None:
        """Write one feedback of each record."""
        topic = TOPIC.named(hotline)
        await self.outbox.send([Send(topic, id.encode(), feedback(id, at)) for id in ids])


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> AsyncIterator[Ledger]:
    """Two hotlines with keys and no record."""
    keys = tmp_path / "keys"
    lines = [key_line("north", NORTH), key_line("south", SOUTH)]
    lines.append(f"{key_line('north', SANDBOX)} sandbox")
    keys.write_text("\n".join(lines) + "\n")
    made = scratch_settings(bootstrap, intake=IntakeSettings(port=0, keys_file=keys))
    settings = made.model_copy(update={"kafka": made.kafka.model_copy(update={"partitions": 3})})
    await apply(settings, wanted(settings, ["north", "south"]))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    yield Ledger(settings, outbox)
    await outbox.stop()


@dataclass
class Serving:
    """A running intake and a client of it."""

    server: IntakeServer
    operations: FeedbackOperations
    reader: ChangesReader
    session: aiohttp.ClientSession

    async def get(self, path: str, key: str = NORTH) -> tuple[int, Any]:
        """Return status and answer."""
        url = f"http://127.0.0.1:{self.server.port}{path}"
        headers = {"Authorization": f"Bearer {key}"}
        async with self.session.get(url, headers=headers) as answer:
            return answer.status, msgspec.json.decode(await answer.read())

    async def changes(self, cursor: str = "", **more: object) -> tuple[list[Any], str, bool]:
        """Return a page: ids with their times, the cursor, and whether there is more."""
        said = "".join(f"&{name}={value}" for name, value in more.items())
        status, page = await self.get(f"/v1/changes?cursor={cursor}{said}")
        assert status == 200, page
        return [(one["id"], one["as_of"]) for one in page["changes"]], page["cursor"], page["more"]

    async def read(self, hotline: str, ids: Sequence[str]) -> None:
        """Wait until the index knows records."""
        await until(lambda: all(self.reader.places.find(hotline, id.encode()) for id in ids))


@asynccontextmanager
async def serving(ledger: Ledger, *, following: bool = True) -> AsyncIterator[Serving]:
    """Run an intake, as after a start."""
    reader = ChangesReader(ledger.settings, ["north", "south"], 10_000)
    server = IntakeServer(ledger.settings.intake, ledger.outbox, {"north": None, "south": None})
    made = FeedbackOperations(reader, server.in_progress)
    server.add(made.routes())
    following_task = Supervisor(reader.run(), "feedback") if following else None
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            if following:
                await until(lambda: all(topic.loaded for topic in reader.topics.values()))
            yield Serving(server, made, reader, session)
    finally:
        await server.stop()
        if following_task is not None:
            await following_task.end()


async def test_a_record_is_found_by_the_id_that_its_hotline_gave_it(ledger: Ledger) -> None:
    """The newest that was told of it; an id may hold any sign that a URL quotes."""
    await ledger.tell("r1", ODD, at=1)
    async with serving(ledger) as intake:
        await ledger.tell("r1", at=2)
        await until(intake.reader.topics["north"].filled.keys)
        for id, at in (("r1", 2), (ODD, 1)):
            await intake.read("north", [id])
            async with asyncio.timeout(20):
                while True:
                    status, said = await intake.get(f"/v1/records/{quote(id, safe='')}")
                    assert status == 200
                    if said == msgspec.json.decode(feedback(id, at)):
                        break
        assert intake.operations.served[Served.RECORD] >= 2


async def test_another_hotline_s_record_is_like_one_that_nobody_sent(ledger: Ledger) -> None:
    """404 in 1,000 of 1,000 of the other's records, with the words for one of nobody's."""
    theirs = [f"s{number}" for number in range(1_000)]
    await ledger.tell(*theirs, hotline="south")
    await ledger.tell("r1")
    answers = set()
    async with serving(ledger) as intake:
        await intake.read("south", theirs)
        for id in (*theirs, "nobody-s"):
            status, said = await intake.get(f"/v1/records/{id}")
            answers.add((status, msgspec.json.encode(said)))
        assert intake.operations.served == {Served.NO_RECORD: 1_001}
        assert (await intake.get("/v1/records/s7", SOUTH))[0] == 200
        assert [id for id, _ in (await intake.changes())[0]] == ["r1"]
    ((status, _),) = answers
    assert status == 404


async def test_a_key_of_the_sandbox_reads_nothing(ledger: Ledger) -> None:
    """It is for trying: its holder need not see what became of real records."""
    await ledger.tell("r1")
    async with serving(ledger) as intake:
        await intake.read("north", ["r1"])
        assert (await intake.get("/v1/records/r1", SANDBOX))[0] == 404
        status, page = await intake.get("/v1/changes?wait_s=30", SANDBOX)
        assert (status, page["changes"], page["more"]) == (200, [], False)


async def test_changes_are_read_in_pages_over_a_restart(ledger: Ledger) -> None:
    """Each once while nothing fails, in order for each record; the cursor is all that is kept."""
    ids = [f"r{number}" for number in range(40)]
    await ledger.tell(*ids, at=1)
    await ledger.tell(*ids, at=2)
    found, cursor, more = [], "", True
    while more:
        async with serving(ledger) as intake:
            page, cursor, more = await intake.changes(cursor, limit=30)
            assert len(page) == 30 or not more
            found += page
    assert len(found) == len(set(found)) == 80
    for id in ids:
        assert [at for one, at in found if one == id] == [
            "1970-01-01T00:00:01Z",
            "1970-01-01T00:00:02Z",
        ]
    async with serving(ledger) as intake:
        assert await intake.changes(cursor) == ([], cursor, False)
        await ledger.tell("new")
        await intake.read("north", ["new"])
        assert [id for id, _ in (await intake.changes(cursor))[0]] == ["new"]


async def test_a_request_waits_for_news(ledger: Ledger) -> None:
    """It is answered when something is told; when the intake stops, with an empty page."""
    async with serving(ledger) as intake:
        _, cursor, _ = await intake.changes()
        waiting = asyncio.create_task(intake.changes(cursor, wait_s=30))
        await until(lambda: intake.operations._waiting["north"])
        await ledger.tell("r1")
        async with asyncio.timeout(20):
            page, cursor, _ = await waiting
        assert [id for id, _ in page] == ["r1"]
        waiting = [asyncio.create_task(intake.changes(cursor, wait_s=30)) for _ in range(3)]
        async with asyncio.timeout(20):  # of three one finds no place, and is answered at once
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert len(done) == 1
        intake.server.in_progress.end_within(0)
        async with asyncio.timeout(20):
            assert {len(page) for page, *_ in await asyncio.gather(*waiting)} == {0}


async def test_a_cursor_that_is_too_old_says_how_to_go_on(ledger: Ledger) -> None:
    """What it names is older than the topic keeps: 410, and without a cursor it goes on."""
    ids = [f"r{number}" for number in range(9)]
    await ledger.tell(*ids)
    async with serving(ledger) as intake:
        await intake.read("north", ids)
        _, cursor, more = await intake.changes(limit=1)
        assert more
        await _forget(ledger.settings, intake.reader.topics["north"].filled)
        await ledger.tell("new")
        await intake.read("north", ["new"])
        status, problem = await intake.get(f"/v1/changes?cursor={cursor}")
        assert (status, problem["reason"]) == (410, "cursor_gone")
        assert "without a cursor" in problem["detail"]
        assert [id for id, _ in (await intake.changes())[0]] == ["new"]
        assert (await intake.get("/v1/records/r1"))[0] == 404
        assert intake.operations.served[Served.CURSOR_GONE] == 1


async def _forget(settings: Settings, ends: dict[int, int]) -> None:
    """Have the broker drop what stands before some offsets, as retention does."""
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        topic = settings.kafka.topic_prefix + TOPIC.named("north")
        gone = {TopicPartition(topic, p): RecordsToDelete(end) for p, end in ends.items()}
        await client.delete_records(gone)
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("cursor=x", "cursor"),
        ("limit=0", "query"),
        ("limit=1001", "query"),
        ("limit=many", "query"),
        ("wait_s=31", "query"),
        ("wait_s=-1", "query"),
    ],
)
async def test_a_mistake_is_named(ledger: Ledger, query: str, reason: str) -> None:
    """400 with the reason; nothing is read."""
    async with serving(ledger) as intake:
        status, problem = await intake.get(f"/v1/changes?{query}")
    assert (status, problem["reason"]) == (400, reason)


async def test_nothing_is_said_before_the_topics_are_read(ledger: Ledger) -> None:
    """A 404 would be a guess: 503 until the index is there."""
    async with serving(ledger, following=False) as intake:
        for path in ("/v1/records/r1", "/v1/changes"):
            status, problem = await intake.get(path)
            assert (status, problem["reason"]) == (503, "feedback_loading")
        assert not intake.reader.current


def test_waiting_leaves_room_for_records() -> None:
    """Requests that wait take at most a quarter of those that the intake works on."""
    assert 4 * operations.WAITING_MAX <= REQUESTS_MAX
