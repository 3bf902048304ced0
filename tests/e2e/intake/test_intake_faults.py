"""The HTTP intake on a broker that goes away, and what is found of what it refused."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout
from content_places import IMAGE, PLACES
from hotline_records import report
from live_folder import contents

from agents.config import KafkaSettings, Settings
from agents.edges.intake_http import records
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.intake_http.intake_server import IntakeServer
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.produce.outbox import KafkaOutbox
from agents.http_settings import IntakeSettings
from schemas.codec import HOTLINE

TRIES = 1_000
AT_ONCE = 32
KEY = new_key()


async def posted(session: ClientSession, port: int, body: bytes) -> tuple[int, str]:
    """Send a record; return status and reason of the answer."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{port}/v1/records"
    async with session.post(url, data=body, headers=headers) as answer:
        said = await answer.json(content_type=None)
        return answer.status, str(said.get("errors", [{}])[0].get("reason") or said.get("reason"))


def found(folder: Path, text: str) -> list[str]:
    """Return the names of the files below a folder that hold a text."""
    return [file.name for file, held in contents(folder) if text.encode() in held]


async def test_content_is_on_no_disk_and_no_try_without_a_broker_is_a_success(
    tmp_path, monkeypatch
):
    """An image in 20 places of a record is refused and in no file of the broker's, where what was
    taken is. With the broker killed, none of 1,000 tries is answered with 202.
    """
    keys = tmp_path / "keys"
    keys.write_text(key_line("north", KEY))
    intake = IntakeSettings(port=0, keys_file=keys, connections_per_hotline_max=AT_ONCE)
    with LocalBroker(tmp_path / "kafka") as broker:
        settings = Settings(kafka=KafkaSettings(bootstrap=broker.bootstrap, partitions=1))
        await apply(settings, wanted(settings, ["north"]))
        outbox = KafkaOutbox(settings)
        await outbox.start()
        server = IntakeServer(intake, outbox, {"north": None})
        await server.start()
        async with ClientSession(timeout=ClientTimeout(total=120)) as session:
            port = server.port
            taken = report("r1", url="http://a.example/taken-canary")
            assert (await posted(session, port, HOTLINE.encode(taken)))[0] == 202
            for place, body in PLACES.items():
                assert await posted(session, port, body) == (422, "content"), place
            assert found(tmp_path, "taken-canary")
            assert found(tmp_path, IMAGE[:40]) == []
            monkeypatch.setattr(records, "WRITE_DEADLINE_S", 0.05)
            os.kill(broker.process.pid, signal.SIGKILL)
            seen: Counter[tuple[int, str]] = Counter()

            async def some(numbers: range) -> None:
                for number in numbers:
                    body = HOTLINE.encode(report(f"late{number}"))
                    seen[await posted(session, port, body)] += 1

            async with asyncio.TaskGroup() as group:
                for first in range(AT_ONCE):
                    group.create_task(some(range(first, TRIES, AT_ONCE)))
            assert seen == {(503, "not_written"): TRIES}
        await server.stop()
        outbox_stop = asyncio.create_task(outbox.stop())
        await asyncio.wait([outbox_stop], timeout=1)
        outbox_stop.cancel()
        await asyncio.wait([outbox_stop])
