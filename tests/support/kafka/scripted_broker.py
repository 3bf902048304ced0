"""A broker of one topic on loopback that answers as a test says: for what a real one rarely does.

It speaks just what a reader asks: ApiVersions, Metadata, ListOffsets and Fetch.
"""

import asyncio
import struct
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO

from aiokafka.protocol.admin import ApiVersionResponse_v0
from aiokafka.protocol.fetch import FetchRequest_v11, FetchResponse_v11
from aiokafka.protocol.metadata import MetadataResponse_v5
from aiokafka.protocol.offset import OffsetRequest_v3, OffsetResponse_v3
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from agents.config import KafkaSettings, Settings
from agents.engine.read import topic_id

TOPIC = "cases.v1"
"""Its offsets may have gaps."""
_FETCH, _OFFSETS, _METADATA, _VERSIONS = 1, 2, 3, 18
_ID_VERSION = 12
_HEAD = struct.Struct(">hhi")


def batch(offset: int, pairs: Iterable[tuple[bytes, bytes | None]]) -> bytes:
    """Return a record batch that begins at an offset."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1_000_000)
    for n, (key, value) in enumerate(pairs):
        builder.append(n, 1, key, value, [])
    return struct.pack(">q", offset) + bytes(builder.build())[8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionAnswer:
    """What a fetch answers of a partition."""

    error: int = 0
    stable: int = 0
    records: bytes = b""


@dataclass(slots=True)
class ScriptedBroker:
    """What it answers.

    Attributes:
        bounds: beginning and stable end, by partition.
        then: the same once something was fetched; None = as before.
        fetches: answers to fetches, one after the other; then nothing new is answered.
        refusals: errors that ListOffsets answers first.
        asked: the positions of each fetch.
        waits: how long each asked to be held where nothing is found, in ms.
    """

    bounds: dict[int, tuple[int, int]]
    then: dict[int, tuple[int, int]] | None = None
    fetches: deque[Mapping[int, PartitionAnswer]] = field(default_factory=deque)
    refusals: deque[int] = field(default_factory=deque)
    asked: list[dict[int, int]] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    port: int = 0

    @property
    def settings(self) -> Settings:
        """Settings that lead to it."""
        return Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{self.port}"))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends."""
        try:
            while True:
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                asked = BytesIO(await reader.readexactly(size))
                api, version, correlation = _HEAD.unpack(asked.read(_HEAD.size))
                asked.read(struct.unpack(">h", asked.read(2))[0])  # the client's name
                said = struct.pack(">i", correlation) + self._answer(api, version, asked)
                writer.write(struct.pack(">i", len(said)) + said)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, api: int, version: int, asked: BytesIO) -> bytes:
        if api == _VERSIONS:
            speaks = [(_FETCH, 0, 11), (_OFFSETS, 0, 3), (_METADATA, 0, 12), (_VERSIONS, 0, 0)]
            return ApiVersionResponse_v0(0, speaks).encode()
        if api == _METADATA:
            return self._id() if version == _ID_VERSION else self._metadata()
        if api == _OFFSETS:
            return self._offsets(OffsetRequest_v3.decode(asked))
        return self._fetch(FetchRequest_v11.decode(asked))

    def _metadata(self) -> bytes:
        parts = [(0, p, 1, [1], [1], []) for p in self.bounds]
        broker = (1, "127.0.0.1", self.port, None)
        return MetadataResponse_v5(0, [broker], "c", 1, [(0, TOPIC, False, parts)]).encode()

    def _id(self) -> bytes:
        parts = [(0, p, 1, 0, [1], [1], [], {}) for p in self.bounds]
        topic = (0, TOPIC, 1, 2, False, parts, 0, {})
        return b"\x00" + topic_id._Answer(0, [], "c", 1, [topic], {}).encode()

    def _offsets(self, asked: OffsetRequest_v3) -> bytes:
        error = self.refusals.popleft() if self.refusals else 0
        bounds = self.then if self.asked and self.then else self.bounds
        found = [
            (partition, error, -1, bounds[partition][which == -1])
            for _, parts in asked.topics
            for partition, which in parts
        ]
        return OffsetResponse_v3(0, [(TOPIC, found)]).encode()

    def _fetch(self, asked: FetchRequest_v11) -> bytes:
        positions = {row[0]: row[2] for _, rows in asked.topics for row in rows}
        self.asked.append(positions)
        self.waits.append(asked.max_wait_time)
        parts = self.fetches.popleft() if self.fetches else {}
        rows = [
            (p, part.error, part.stable, part.stable, 0, [], -1, part.records)
            for p, part in parts.items()
            if p in positions
        ]
        return FetchResponse_v11(0, 0, 0, [(TOPIC, rows)] if rows else []).encode()


@asynccontextmanager
async def scripted(
    bounds: dict[int, tuple[int, int]],
    *fetches: Mapping[int, PartitionAnswer],
    then: dict[int, tuple[int, int]] | None = None,
    refusals: Iterable[int] = (),
) -> AsyncIterator[ScriptedBroker]:
    """Run a broker that answers so."""
    broker = ScriptedBroker(bounds, then, deque(fetches), deque(refusals))
    server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
    broker.port = server.sockets[0].getsockname()[1]
    try:
        yield broker
    finally:
        server.close()
