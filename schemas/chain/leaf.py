"""What is hashed: a record as it stood on the broker, and an hour of the log.

Each part stands behind its length, four bytes, the greatest first. So no two lists of parts have
the same bytes. Numbers are written in decimal.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from schemas import topics
from schemas.moments import Instant
from schemas.records.custody import LedgerRoot

NO_VALUE: Final = b"\xff\xff\xff\xff"
"""Stands for the length of a value that is not there, which differs from an empty one."""


COVERED: Final = (
    *topics.LEDGER,
    topics.OUTCOMES,
    topics.REGISTRY,
    topics.SKIPS,
    topics.PROPOSALS,
    topics.ANSWERS,
    topics.HANDOVERS,
    topics.AUDIT,
)
"""What the roots cover: all that is kept for ever, but for `roots.v1` itself."""


class TopicPosition(NamedTuple):
    """Where a record stands."""

    topic: str
    partition: int
    offset: int


def parts(found: Iterable[bytes | None]) -> bytes:
    """Return parts, each behind its length."""
    return b"".join(
        NO_VALUE if part is None else len(part).to_bytes(4, "big") + part for part in found
    )


def record_leaf(position: TopicPosition, at: Instant, key: bytes, value: bytes | None) -> bytes:
    """Return the content of a record's leaf.

    Args:
        position: where the record stands.
        at: when the broker took it.
        key: its key.
        value: its value; None = it has none.
    """
    numbers = (str(position.partition), str(position.offset), str(at))
    return parts((position.topic.encode(), *(one.encode() for one in numbers), key, value))


def hour_leaf(root: LedgerRoot) -> bytes:
    """Return the content of an hour's leaf in the log of hours."""
    found = [b"hour", str(root.hour_at).encode(), str(root.size).encode(), bytes.fromhex(root.root)]
    for extent in root.extents:
        found.append(extent.topic.encode())
        found += [str(n).encode() for n in (extent.partition, extent.begin, extent.end)]
    return parts(found)
