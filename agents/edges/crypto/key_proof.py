"""Whether a key file is the one a ledger was made with, shown by the ledger's newest reports."""

import asyncio
from enum import IntEnum
from typing import Final

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import NoKey, NotSealed
from agents.engine.read.log_reader import ANSWER_DEADLINE_S, LogReader
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.identity.ids import BadUrl, canonical
from schemas.records.reports import ReportAccepted
from schemas.seal_context import reported_url
from schemas.topics import REPORTS

NEWEST: Final = 200
"""So many of the last offsets of each partition are checked."""


class KeyFileProof(IntEnum):
    """What the reports show; the greatest of what they show by themselves."""

    EMPTY = 0
    """There are none."""
    NONE = 1
    """None opens: there is no key for its month."""
    FOREIGN = 2
    """One is sealed with another key, or its URL has another name."""
    OWN = 3
    """One opens, and its URL has the name it was filed under."""


async def proof_of(settings: Settings, ring: Keyring) -> KeyFileProof:
    """Hold a key file against the newest reports of a ledger.

    Args:
        settings: the broker.
        ring: the key file, with the data keys it has.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    found = KeyFileProof.EMPTY
    reader = LogReader(settings.kafka, settings.kafka.topic_prefix + REPORTS.name)
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            bounds = await reader.bounds(await reader.start())
        ends = {partition: end for partition, (begin, end) in bounds.items() if begin < end}
        begins = {p: max(bounds[p][0], end - NEWEST) for p, end in ends.items()}
        left = set(ends)
        reader.follow(begins)
        while left:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                while not (spans := await reader.poll()):
                    pass
            for span in spans:
                if span.position >= ends[span.partition]:
                    left.discard(span.partition)
                for record in span.received(REPORTS.name, settings.clock.clock()):
                    found = max(found, _shown(record.value, ring))
                if found is KeyFileProof.OWN:
                    return found
    finally:
        await reader.stop()
    return found


def _shown(value: bytes | None, ring: Keyring) -> KeyFileProof:
    """Return what a record of `reports.v1` shows."""
    try:
        entry = REPORTS_ENTRY.decode(value)
    except Rejected:
        return KeyFileProof.EMPTY
    if not isinstance(entry, ReportAccepted):
        return KeyFileProof.EMPTY
    try:
        url = ring.open(entry.sealed, reported_url(entry.url_key)).reveal()
        own = ring.url_key(canonical(url)) == entry.url_key
    except (NoKey, BadUrl):
        return KeyFileProof.NONE
    except NotSealed:
        return KeyFileProof.FOREIGN
    return KeyFileProof.OWN if own else KeyFileProof.FOREIGN
