"""A real broker for tests: the configured one, else one child process for the whole run."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from agents.config import Settings
from agents.edges.local_broker.broker import LocalBroker


@contextmanager
def kafka(folder: Path) -> Iterator[str]:
    """Yield the address of a broker; HOSTWATCH_KAFKA__BOOTSTRAP spares starting one."""
    configured = Settings().kafka.bootstrap
    if configured:
        yield configured
        return
    with cleaning_broker(folder) as broker:
        yield broker.bootstrap


@contextmanager
def cleaning_broker(folder: Path) -> Iterator[LocalBroker]:
    """Yield a broker whose log cleaner works twice a second, and not each 15 s.

    Whoever destroys a key waits for it.
    """
    with LocalBroker(folder) as broker:
        with ThreadPoolExecutor(1) as elsewhere:  # an async test may have asked for the broker
            elsewhere.submit(lambda: asyncio.run(_clean_often(broker.bootstrap))).result()
        yield broker


async def _clean_often(bootstrap: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        config = {"log.cleaner.backoff.ms": "500"}
        whole = ConfigResource(ConfigResourceType.BROKER, "1", configs=config)
        answers = await client.alter_configs([whole])
        assert [code for answer in answers for code, *_ in answer.resources] == [0]
    finally:
        await client.close()
