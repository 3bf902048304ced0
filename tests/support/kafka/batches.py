"""Batches of Kafka's records as other writers make them: any codec, sound, damaged or a bomb."""

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Final

import cramjam
from aiokafka import TopicPartition, codec
from aiokafka import errors as kafka
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from agents.config import Settings

HEADER_BYTES = 61
DEADLINE_S = 60
NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)

PACKERS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "none": (NONE, bytes),
    "gzip": (GZIP, codec.gzip_encode),
    "snappy": (SNAPPY, codec.snappy_encode),
    "bare snappy": (SNAPPY, lambda raw: bytes(cramjam.snappy.compress_raw(raw))),
    "lz4": (LZ4, lambda raw: bytes(codec.lz4_encode(raw))),
    "zstd": (ZSTD, lambda raw: bytes(codec.zstd_encode(raw))),
}
"""By name: the codec's number and what packs."""

CODECS = tuple(name for name, (number, _) in PACKERS.items() if number)

Header = tuple[str, bytes]


def batch(
    pairs: Sequence[tuple[bytes | None, bytes | None]],
    packer: str = "none",
    base: int = 0,
    headers: Sequence[Header] = (),
) -> bytes:
    """Return a batch of records.

    Args:
        pairs: keys and values.
        packer: how they are packed.
        base: the first offset.
        headers: of every record.
    """
    builder = DefaultRecordBatchBuilder(2, NONE, 0, -1, -1, -1, 2**31 - 1)
    for number, (key, value) in enumerate(pairs):
        builder.append(number, 1_000 + number, key, value, list(headers))
    return repacked(bytes(builder.build()), packer, base)


def repacked(plain: bytes, packer: str, base: int = 0, **fields: int) -> bytes:
    """Return an unpacked batch as another writer makes it.

    Args:
        plain: the batch.
        packer: how its records are packed.
        base: the first offset.
        fields: `count`, `delta`, `codec` or `magic` as it claims them.
    """
    number, pack = PACKERS[packer]
    head = bytearray(plain[:HEADER_BYTES])
    body = pack(plain[HEADER_BYTES:])
    struct.pack_into(">h", head, 21, fields.get("codec", number))
    if "delta" in fields:
        struct.pack_into(">i", head, 23, fields["delta"])
    if "count" in fields:
        struct.pack_into(">i", head, 57, fields["count"])
    head[16] = fields.get("magic", 2)
    whole = head + body
    struct.pack_into(">qi", whole, 0, base, len(whole) - 12)
    struct.pack_into(">I", whole, 17, calc_crc32c(bytes(whole[21:])))
    return bytes(whole)


def flipped(raw: bytes, bit: int) -> bytes:
    """Return bytes with one bit turned over."""
    found = bytearray(raw)
    found[bit // 8 % len(raw)] ^= 1 << bit % 8
    return bytes(found)


_NOT_HERE: Final = {
    kafka.LeaderNotAvailableError.errno,
    kafka.NotLeaderForPartitionError.errno,
    kafka.UnknownTopicOrPartitionError.errno,
}
"""A broker says so of a topic made a moment ago; it has appended nothing."""


async def append_raw(
    settings: Settings, topic: str, raw: bytes, partition: int = 0, times: int = 1
) -> None:
    """Have the broker append a batch as it is.

    Args:
        settings: of the broker.
        topic: its name without prefix.
        raw: the batch.
        partition: where to.
        times: how often.
    """
    await append_all(settings, topic, [raw] * times, partition)


async def append_all(
    settings: Settings, topic: str, batches: Sequence[bytes], partition: int = 0
) -> None:
    """Have the broker append batches as they are, one after the other.

    Args:
        settings: of the broker.
        topic: its name without prefix.
        batches: in their order.
        partition: where to.
    """
    client = AIOKafkaClient(bootstrap_servers=settings.kafka.bootstrap)
    name = settings.kafka.topic_prefix + topic
    place = TopicPartition(name, partition)
    await client.bootstrap()
    try:
        await client.set_topics([name])
        async with asyncio.timeout(DEADLINE_S):
            for raw in batches:
                while (code := await _appended(client, place, raw)) in _NOT_HERE:
                    await client.force_metadata_update()
                if code:
                    raise kafka.for_code(code)
    finally:
        await client.close()


async def _appended(client: AIOKafkaClient, place: TopicPartition, raw: bytes) -> int:
    """Have the partition's leader append a batch, and return the code of its error; 0 = none."""
    node = client.cluster.leader_for_partition(place)
    if node in {None, -1}:
        return kafka.LeaderNotAvailableError.errno
    request = ProduceRequest(None, -1, 5_000, [(place.topic, [(place.partition, raw)])])
    answer = await client.send(node, request)
    ((_, ((_, code, *_),)),) = answer.topics
    return int(code)
