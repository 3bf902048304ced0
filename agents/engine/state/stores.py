"""Chooses where the stores of a topic are kept, by `state.store`."""

from agents.config import Settings
from agents.engine.state.store import MemoryStores, Stores
from agents.errors import UserError


def stores_for(settings: Settings, topic: str) -> Stores:
    """Return the place of a topic's stores; whoever got it closes it.

    Args:
        settings: where and how.
        topic: name without prefix.

    Raises:
        UserError: another process has the place, it cannot be written, or a package is missing.
    """
    if settings.state.store == "memory":
        return MemoryStores()
    try:
        from agents.engine.state.disk_stores import DiskStores  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise UserError(
            'state.store = "rocksdb" needs a package: pip install "hostwatch[rocksdb]"'
        ) from None
    name = settings.kafka.topic_prefix + topic
    return DiskStores(
        settings.state_dir / "state" / name, settings.state, settings.kafka.partitions
    )
