"""Topics of tests that are over are removed: a client that starts reads the names of all there are.

With the 4,000 partitions of a whole run each start takes 70 ms of work, and `verify` alone makes
dozens: its tests take seven times as long as on an empty broker.
"""

import asyncio
import contextlib
import os
import re
import threading

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

TOPICS_AT_ONCE = 200


async def remove_topics(bootstrap: str, pattern: str = "") -> None:
    """Remove all topics whose name begins like a pattern; the broker's own stay.

    A broker that is gone has none.

    Args:
        bootstrap: a broker that a test started.
        pattern: a regular expression; without one, whoever uses the broker is through.
    """
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    with contextlib.suppress(KafkaError, TimeoutError, OSError):
        await client.start()
        try:
            names = [
                name
                for name in await client.list_topics()
                if re.match(pattern, name) and not name.startswith("__")
            ]
            for first in range(0, len(names), TOPICS_AT_ONCE):
                await client.delete_topics(names[first : first + TOPICS_AT_ONCE])
        finally:
            await client.close()


def remove_all_topics(bootstrap: str, pattern: str = "") -> None:
    """Remove topics from a place without a loop; the caller's loop is left alone."""
    removing = threading.Thread(target=lambda: asyncio.run(remove_topics(bootstrap, pattern)))
    removing.start()
    removing.join()


def remove_topics_of_process(bootstrap: str) -> None:
    """Remove what tests of this process made: the prefix of their topics has its number."""
    remove_all_topics(bootstrap, rf"[a-z]+{os.getpid()}x[0-9]")
