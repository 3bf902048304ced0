"""The position that a report reads the ledger up to: stated once, and the same ever after."""

import asyncio
import hashlib
from dataclasses import asdict
from typing import Final, NamedTuple

from msgspec import Struct

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.engine.read.log_reader import ANSWER_DEADLINE_S, LogReader
from agents.errors import UserError
from agents.tools.verification.broker import PartitionReader, opened
from agents.tools.verification.signed import Signed, read_signed
from schemas.moments import Instant, rfc3339
from schemas.records.case import Position
from schemas.topics import CASES, LEDGER, REPORTS
from streams.lifecycle import METHOD_VERSION

Positions = dict[str, dict[str, int]]
"""Of each partition the next offset of each topic."""

LEDGER_TOPICS: Final = tuple(spec.name for spec in LEDGER)


class Stated(Struct, frozen=True, kw_only=True):
    """Where the reading of a report ends.

    Attributes:
        positions: of the partitions that have one.
        partitions: of each topic of the ledger.
        ledger: tells this ledger and its key file from any other.
        signed: digest of what two persons signed; who signs more begins a reading anew.
    """

    positions: Positions
    partitions: int
    ledger: str
    signed: str = ""


class Ground(NamedTuple):
    """What a reading rests on: its position, and what two persons signed of the ledger."""

    stated: Stated
    signed: Signed


async def ground_of(
    settings: Settings, as_of: Instant, positions: Positions | None = None
) -> Ground:
    """Return where the ledger is to be read up to.

    Args:
        settings: with `kafka.bootstrap` and the key file set.
        as_of: up to when it has to be read at least.
        positions: that were stated before; None = those that lifecycle is at now.

    Raises:
        UserError: the broker has no cases, is another ledger's, or the ledger is not read so far.
        KafkaError, TimeoutError: the broker failed.
    """
    async with opened(settings) as broker:
        topics = await broker.topics()
        if not {CASES.name, *LEDGER_TOPICS} <= topics.keys():
            raise UserError("the broker has no cases: check kafka.bootstrap and kafka.topic_prefix")
        if positions is None:
            there = await broker.positions(topics[CASES.name])
            if len(there) < topics[CASES.name]:
                raise UserError(
                    f"{topics[CASES.name] - len(there)} partitions of the table of cases have no"
                    " position yet: let lifecycle read them first"
                )
            for one in there.values():
                _require_read_to(one, as_of)
            positions = {
                str(p): dict(sorted(one.offsets.items())) for p, one in sorted(there.items())
            }
        else:
            await _require_log_reaches(broker, topics[REPORTS.name], positions)
        signed = await read_signed(settings, topics)
    stated = Stated(
        positions=positions,
        partitions=topics[CASES.name],
        ledger=await ledger_of(settings),
        signed=_digest(signed),
    )
    return Ground(stated, signed)


def _digest(signed: Signed) -> str:
    said = asdict(signed)
    whole = [(name, sorted(one) if isinstance(one, set) else one) for name, one in said.items()]
    return hashlib.sha256(repr(whole).encode()).hexdigest()


def _require_read_to(position: Position, as_of: Instant) -> None:
    if position.as_of < as_of:
        raise UserError(
            f"the ledger is read up to {rfc3339(position.as_of)}; this report needs it up to"
            f" {rfc3339(as_of)}, 31 days after --to"
        )
    if position.method != METHOD_VERSION:
        raise UserError("the table of cases is of another method: let lifecycle renew it first")


async def _require_log_reaches(
    broker: PartitionReader, partitions: int, positions: Positions
) -> None:
    ends = await broker.ends(dict.fromkeys(LEDGER_TOPICS, partitions))
    for partition, offsets in positions.items():
        for topic in LEDGER_TOPICS:
            if offsets.get(topic, 0) > ends.get((topic, int(partition)), 0):
                raise UserError(
                    f"{topic} ends before the position of this report: this broker has another"
                    " ledger, or lost records"
                )


async def ledger_of(settings: Settings) -> str:
    """Return what tells a ledger and its key file from others, without saying either.

    Args:
        settings: with `kafka.bootstrap` and the key file set.

    Raises:
        KafkaError, TimeoutError: the broker failed.
    """
    reader = LogReader(settings.kafka, settings.kafka.topic_prefix + REPORTS.name)
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await reader.start()
            identity = await reader.identity()
    finally:
        await reader.stop()
    return Keyring.load(settings.key_file).hash("report/ledger", identity)[:16]
