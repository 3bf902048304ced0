"""The restore drill of docs/operations.md: broker's data and key file put back, figures equal."""

import asyncio
import shutil
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from command import hostwatch, said
from pipeline_world import PipelineWorld, command_of, pipeline_world
from worker_figures import DEADLINE_S, POLL_S, Figures

from agents.edges.local_broker.broker import LocalBroker
from agents.process import broker_access

FIGURES = {
    ("hostwatch_open_cases", "quay", ""): 1.0,
    ("hostwatch_open_cases", "reef", ""): 0.0,
    ("hostwatch_awaiting_cases", "reef", ""): 1.0,
    ("hostwatch_received_records", "", ""): 3.0,
    ("hostwatch_accepted_records", "", ""): 3.0,
}


async def lose_the_table(world: PipelineWorld) -> None:
    """Delete `cases.v1`: it is no part of a backup, and comes back from the ledger."""
    client = AIOKafkaAdminClient(**broker_access.arguments(world.settings.kafka))
    await client.start()
    try:
        table = f"{world.settings.kafka.topic_prefix}cases.v1"
        await client.delete_topics([table])
        async with asyncio.timeout(DEADLINE_S):
            while table in await client.list_topics():  # an operator starts no worker before
                await asyncio.sleep(POLL_S)
    finally:
        await client.close()


async def test_a_backup_gives_the_figures_back(tmp_path: Path) -> None:
    """Data folder and key file of a stopped broker, put back elsewhere, without the table.

    A worker on the copy shows the figures of before; what came after the backup is not there.
    """
    data, key_file = tmp_path / "kafka", tmp_path / "keys.json"
    backup = tmp_path / "backup"
    broker = LocalBroker(data)
    broker.start()
    try:
        async with pipeline_world(broker.bootstrap, tmp_path) as world:
            command = command_of(world, tmp_path)
            figures = Figures(world.settings.web.port)
            async with hostwatch(tmp_path, *command) as worker:
                await world.say(world.report("quay"), world.notice("quay"), world.report("reef"))
                await figures.become(FIGURES, worker)
            broker.stop()
            shutil.copytree(data, backup / "kafka")
            shutil.copy(key_file, backup)
            shutil.rmtree(data)
            key_file.unlink()

            shutil.copytree(backup / "kafka", data)
            shutil.copy(backup / key_file.name, key_file)
            broker.start()
            assert broker.bootstrap == world.settings.kafka.bootstrap
            await lose_the_table(world)
            restored = Figures(world.settings.web.port)
            async with hostwatch(tmp_path, *command) as worker:
                await restored.become(FIGURES, worker)
    finally:
        broker.stop()
    assert "quay.example" not in said(tmp_path)
