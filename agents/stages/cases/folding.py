"""Folds one URL without holding up the loop: what is long goes to a thread.

A thread hands Python over every 5 ms, so the loop goes on beside a fold that takes a second.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from agents.engine.stage import Pairing, Received
from schemas import codec, topics
from schemas.records.case import UrlState
from schemas.topics import OF_A_URL
from streams import lifecycle
from streams.lifecycle import RecordUpdate
from streams.lifecycle.events.event_union import Happened

HEAVY_BYTES: Final = 4_096
"""A state costs 2 us a byte at most to judge again, so one below it some 8 ms; most have 1,200."""

HEAVY_RECORDS: Final = 200
"""A record costs some 20 us to decode and add."""

PAIRING: Final = Pairing(topics.REPORTS.name, topics.FACTS.name, b'{"type":"report",')
"""A first report and its placement are one fold and one state instead of two. Of the entries of
`reports.v1` reports alone are placed: a notice waits for nothing."""

EventsDecoder: TypeAlias = Callable[[str, Sequence[Received]], list[Happened]]
"""Decodes a URL's records."""


class StateDamaged(Exception):
    """A record of `cases.v1` that stands is none."""


def events_of(_: str, records: Sequence[Received]) -> list[Happened]:
    """Return records of the ledger decoded.

    Raises:
        Rejected: one is no such record.
    """
    return [(OF_A_URL[record.topic].decode(record.value), record.appended_at) for record in records]


async def fold_records(
    key: bytes, before: bytes | None, records: Sequence[Received], events: EventsDecoder = events_of
) -> RecordUpdate | None:
    """Return a URL's record after records of the ledger; see `streams.lifecycle.update_record`.

    Args:
        key: of the URL.
        before: its record as it stands; None = there is none yet.
        records: of the ledger.
        events: decodes those that count; it may be called in a thread.

    Returns:
        None if none of the records counts.

    Raises:
        StateDamaged: the record that stands is none.
    """
    if is_light(before, records):
        return fold_records_now(key, before, records, events)
    return await asyncio.to_thread(fold_records_now, key, before, records, events)


def is_light(before: bytes | None, records: Sequence[Received]) -> bool:
    """Return whether a fold is so short that it needs no thread, as nearly all are."""
    return (before is None or len(before) < HEAVY_BYTES) and len(records) < HEAVY_RECORDS


def fold_records_now(
    key: bytes, before: bytes | None, records: Sequence[Received], events: EventsDecoder
) -> RecordUpdate | None:
    """Return what `fold_records` does, at once; for what is light that saves a coroutine a URL."""
    # decoded only now, so that a URL's records are at hand and soon go
    url_key = key.decode()
    happened = events(url_key, records)
    if not happened:
        return None
    try:
        return lifecycle.update_record(url_key, before, happened)
    except codec.Rejected:
        raise StateDamaged from None


async def decoded(record_value: bytes) -> UrlState:
    """Return the state that stands in a record of `cases.v1`."""
    if len(record_value) < HEAVY_BYTES:
        return codec.STATE.decode(record_value)
    return await asyncio.to_thread(codec.STATE.decode, record_value)
