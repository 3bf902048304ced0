"""A topic of its own and an outbox, for each test that writes."""

import pytest
from scratch_topics import create_topic, scratch_settings

from agents.engine.produce.outbox import KafkaOutbox

PARTITIONS = 3


@pytest.fixture
async def settings(bootstrap):
    """Return settings whose prefix has the topic `out` alone."""
    made = scratch_settings(bootstrap)
    await create_topic(made, "out", PARTITIONS)
    return made


@pytest.fixture
async def outbox(settings):
    """Return an outbox that is started."""
    made = KafkaOutbox(settings)
    await made.start()
    yield made
    await made.stop()
