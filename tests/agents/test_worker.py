"""The roles of a process: started side by side, and stopped as a whole."""

import asyncio
import re
import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiokafka.admin import AIOKafkaAdminClient
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.topic_admin import apply, wanted
from agents.errors import UserError
from agents.http_settings import WebSettings
from agents.worker import Worker

DEADLINE_S = 60


@pytest.fixture
async def settings(bootstrap, tmp_path: Path) -> Settings:
    """Return settings of a ledger with topics and keys; its page takes any port."""
    keys = tmp_path / "keys.json"
    Keyring.create(keys)
    made = scratch_settings(
        bootstrap, state_dir=tmp_path, key_file=keys, web=WebSettings(port=0), vantages=()
    )
    await apply(made, wanted(made))
    return made


async def test_roles_start_and_stop_as_a_whole(settings: Settings) -> None:
    """Every role runs on entry; on exit none of them leaves a task."""
    before = asyncio.all_tasks()
    async with Worker(settings).run(("attribution", "rollup")) as worker:
        assert worker.web is not None
        assert worker.web.port
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before


async def test_a_served_role_tells_what_it_owns(settings: Settings) -> None:
    """A worker without figures serves its partitions, and is ready when it has them."""
    async with Worker(settings, serving=True).run(("attribution",)) as worker:
        assert worker.web is not None
        async with asyncio.timeout(DEADLINE_S), ClientSession() as session:
            while True:
                async with session.get(worker.web.url + "readyz") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.05)
            async with session.get(worker.web.url + "metrics") as answer:
                said = await answer.text()
    owned = re.findall(r'hostwatch_partition_owned\{partition="(\d+)",role="attribution"\} 1', said)
    assert sorted(map(int, owned)) == list(range(settings.kafka.partitions))
    assert 'hostwatch_partitions{role="lifecycle"} ' in said


async def test_a_role_without_figures_serves_nothing_unasked(settings: Settings) -> None:
    """A replay runs roles beside a worker and takes no port of its."""
    async with Worker(settings).run(("attribution",)) as worker:
        assert worker.web is None


async def test_what_started_is_stopped_if_another_role_cannot(settings: Settings) -> None:
    """A page whose port is taken ends the start, and the roles beside it leave nothing behind."""
    before = asyncio.all_tasks()
    with socket.create_server(("127.0.0.1", 0)) as other:
        web = WebSettings(port=other.getsockname()[1])
        taken = settings.model_copy(update={"web": web})
        with pytest.raises(UserError):
            async with Worker(taken).run(("attribution", "rollup")):
                pass
    assert asyncio.all_tasks() == before


async def test_a_worker_whose_port_is_taken_joins_no_group(settings: Settings) -> None:
    """It would be given partitions, and hold them until its session is over."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        web = WebSettings(port=other.getsockname()[1])
        taken = settings.model_copy(update={"web": web})
        for roles in (("attribution",), ("attribution", "rollup")):
            with pytest.raises(UserError):
                async with Worker(taken, serving=True).run(roles):
                    pass
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        groups = {name for name, *_ in await client.list_consumer_groups()}
    finally:
        await client.close()
    assert settings.kafka.topic_prefix + "attribution" not in groups
