"""Folds one URL without holding up the loop: what is long goes to a thread.

A thread hands Python over every 5 ms, so the loop goes on beside a fold that takes a second.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from agents.engine.stage import Received
from schemas import codec, topics
from schemas.case import UrlState
from streams import lifecycle
from streams.lifecycle import Refolded
from streams.lifecycle.fold import Happened

HEAVY_BYTES: Final = 4_096
"""A state costs 2 us a byte at most to judge again, so one below it some 8 ms; most have 1,200."""

HEAVY_RECORDS: Final = 200
"""A record costs some 20 us to decode and add."""

_CODECS: Final[Mapping[str, codec.Codec[Any]]] = {
    topics.REPORTS.name: codec.LEDGER,
    topics.FACTS.name: codec.FACT,
    topics.DECISIONS.name: codec.DECISION,
}


async def refolded(key: bytes, before: bytes | None, records: Sequence[Received]) -> Refolded:
    """Return a URL's record after records of the ledger; see `streams.lifecycle.refold`.

    Args:
        key: of the URL.
        before: its record as it stands; None = there is none yet.
        records: of the ledger.
    """
    if len(before or b"") < HEAVY_BYTES and len(records) < HEAVY_RECORDS:
        return _refolded(key, before, records)
    return await asyncio.to_thread(_refolded, key, before, records)


def _refolded(key: bytes, before: bytes | None, records: Sequence[Received]) -> Refolded:
    # decoded only now, so that a URL's records are at hand and soon go
    return lifecycle.refold(key.decode(), before, _events(records))


async def decoded(record_value: bytes) -> UrlState:
    """Return the state that stands in a record of `cases.v1`."""
    if len(record_value) < HEAVY_BYTES:
        return codec.STATE.decode(record_value)
    return await asyncio.to_thread(codec.STATE.decode, record_value)


def _events(records: Sequence[Received]) -> list[Happened]:
    return [(_CODECS[record.topic].decode(record.value), record.appended_at) for record in records]
