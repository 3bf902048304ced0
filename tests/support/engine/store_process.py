"""A process that writes a store on disk until it is ended: batch n holds the keys of `written`.

Arguments: folder, and optionally the largest size of a file in bytes.
"""

import itertools
import resource
import sys
from pathlib import Path

from agents.config import StateSettings
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import Pair, StoreFailed

SMALL = StateSettings(cache_bytes=16 * 1024 * 1024, write_buffer_bytes=4 * 1024 * 1024)
BATCH = 50
KEYS = 400
VALUE_BYTES = 1_000


def batch(number: int) -> list[Pair]:
    """Return what the batch of a number writes; every seventh key is taken away."""
    return [
        (b"%d" % (k % KEYS), None if k % 7 == 0 else b"%d;" % k + bytes(VALUE_BYTES))
        for k in range(number * BATCH, (number + 1) * BATCH)
    ]


def held_at(position: int) -> dict[bytes, bytes]:
    """Return what a store at a position holds: the batches below it."""
    found: dict[bytes, bytes | None] = {}
    for number in range(position):
        found.update(batch(number))
    return {key: value for key, value in found.items() if value is not None}


def main() -> None:
    """Write for ever, one line for each batch."""
    if len(sys.argv) > 2:
        limit = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    store = DiskStores(Path(sys.argv[1]), SMALL, 1).open(0)
    try:
        for number in itertools.count(store.position):
            store.write(batch(number), number + 1)
            print(number, flush=True)
    except StoreFailed:
        store.close()
        print("failed", flush=True)


if __name__ == "__main__":
    main()
