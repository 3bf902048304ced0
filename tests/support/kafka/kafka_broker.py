"""A real broker for tests: the configured one, else one child process for the whole run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.config import Settings
from agents.edges.local_broker.broker import Broker


@contextmanager
def kafka(folder: Path) -> Iterator[str]:
    """Yield the address of a broker; HOSTWATCH_KAFKA__BOOTSTRAP spares starting one."""
    configured = Settings().kafka.bootstrap
    if configured:
        yield configured
        return
    with Broker(folder) as broker:
        yield broker.bootstrap
