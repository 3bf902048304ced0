"""Reads what hotlines were told, and lays it beside what the second reading would tell them.

A record is named by the keyed hash of its id, as in the ledger, so the key file is needed. Where it
is not at hand, or a topic may not be read, nothing of that is compared, and it is said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiokafka.errors import TopicAuthorizationFailedError

from agents.config import Settings
from agents.edges.crypto.key_file import KeyFileError
from agents.edges.crypto.key_reading import is_there, read_ring
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import NotSealed
from agents.engine.read.bulk import read_partitions
from agents.tools.verification.broker import PartitionReader
from schemas.closed_lists import Result
from schemas.codec import HOTLINE_OUT as CODEC
from schemas.codec import Rejected
from schemas.identity.ids import keyed_record_id
from schemas.moments import Instant, instant
from schemas.records.case import Position
from schemas.records.feedback import Feedback
from schemas.seal_context import hotline_ids
from schemas.topics import CASES, FEEDBACK_TABLE, HOTLINE_OUT, REPORTS
from verify.compared.compare import Difference
from verify.compared.outcomes import Outcome
from verify.compared.record import Case
from verify.feedback.told import (
    ENTRY,
    FollowedEntry,
    differ,
    expected,
    followed,
    holds_address,
    own_id,
)
from verify.ledger.records import UrlRecords
from verify.methods import NEWEST, READINGS

_TOLD: Final = re.compile(re.escape(HOTLINE_OUT.name).replace(r"\{id\}", "([a-z0-9-]+)"))
_Name = tuple[str, str]
"""Hotline, and keyed hash of its record's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlAtInstant:
    """A URL as verification read it.

    Attributes:
        partition: of the ledger.
        records: everything that stands in the ledger of it.
        cases: by the second reading, at the instant of all figures.
        entries: its records of hotlines, with their offsets.
        state_at: the offset of its newest state; -1 = there is none.
    """

    partition: int
    records: UrlRecords
    cases: Sequence[Case]
    entries: Sequence[tuple[int, FollowedEntry]]
    state_at: int


@dataclass(slots=True)
class ToldHotlines:
    """What hotlines were told, and what was found of it.

    Attributes:
        compared: records whose newest word was laid beside the second reading.
        untold: records that nothing is told of: their ids hold an address, or the month's key is
            gone, or what was told is not kept any more.
        retold: words that say nothing new.
        behind: records that the feedback stage has not come to yet.
        closed: hotlines whose topic may not be read; `*` = the key file is not at hand.
        ring: names records and opens ids; None = there is no key file.
        newest: what holds of each accepted record, by hotline and the keyed hash of its id.
    """

    compared: int = 0
    untold: int = 0
    retold: int = 0
    behind: int = 0
    closed: list[str] = field(default_factory=list)
    ring: Keyring | None = None
    _positions: Mapping[int, Position] = field(default_factory=dict)
    newest: dict[_Name, Feedback] = field(default_factory=dict)
    _whole: dict[str, bool] = field(default_factory=dict)
    _refused: set[tuple[_Name, Result]] = field(default_factory=set)
    _known: set[_Name] = field(default_factory=set)

    async def read(
        self, settings: Settings, broker: PartitionReader, topics: Mapping[str, int]
    ) -> None:
        """Read where the feedback stage stands, and then what it told.

        Whatever it told by then, the table and the ledger read after it hold as well.
        """
        if FEEDBACK_TABLE.name not in topics:
            return
        try:
            ring = self.ring = await read_ring(settings)
        except KeyFileError:
            self.closed = ["*"]
            return
        self._positions = await broker.positions(topics[FEEDBACK_TABLE.name], FEEDBACK_TABLE.name)
        for topic, partitions in sorted(topics.items()):
            found = _TOLD.fullmatch(topic)
            if found is None:
                continue
            begins = await broker.begins({topic: partitions})
            self._whole[found[1]] = not any(begins.values())
            try:
                async for records in read_partitions(settings, topic, range(partitions)):
                    for record in records:
                        name = keyed_record_id(ring.hash, found[1], record.key.decode("latin-1"))
                        self._take((found[1], name), record.value or b"")
            except TopicAuthorizationFailedError:
                self.closed.append(found[1])
                del self._whole[found[1]]

    def _take(self, name: _Name, value: bytes) -> None:
        try:
            said = CODEC.decode(value)
        except Rejected:
            return  # its hotline would have to pass it over too; what it lacks is found below
        if said.result is not Result.ACCEPTED:
            self._refused.add((name, said.result))
            return
        before = self.newest.get(name)
        self.retold += before is not None and before.cases == said.cases
        self.newest[name] = said

    def url(self, url: UrlAtInstant) -> Iterator[Difference]:
        """Give what hotlines were told otherwise of a URL."""
        if self.ring is None:
            return
        self._known |= {(one.hotline, one.record_id) for _, one in url.entries}
        position = self._positions.get(url.partition)
        read_to = {} if position is None else position.offsets
        reports_to, cases_to = read_to.get(REPORTS.name, 0), read_to.get(CASES.name, 0)
        if url.state_at >= cases_to or any(at >= reports_to for at, _ in url.entries):
            self.behind += len(url.entries)
            return
        as_of = 0 if position is None else position.as_of
        for entry in followed((one for _, one in url.entries), as_of):
            if entry.hotline in self._whole:
                yield from self._entry(entry, url, as_of)

    def _entry(
        self, entry: FollowedEntry, url: UrlAtInstant, as_of: Instant
    ) -> Iterator[Difference]:
        said = self.newest.get((entry.hotline, entry.record_id))
        if said is None:
            self.untold += 1
            if self._whole[entry.hotline] and self._could_be_told(entry):
                yield Difference(
                    url_key=entry.url_key,
                    what=f"told to {entry.hotline} of a record",
                    ledger="there",
                    published="",
                )
            return
        self.compared += 1
        found = list(differ(entry, expected(entry, url.cases, url.records), said.cases))
        if found:  # classes may have changed by time between the two instants
            at = max(as_of, instant(said.as_of))
            then = READINGS[NEWEST](url.records, at)
            found = list(differ(entry, expected(entry, then, url.records), said.cases))
        if found and holds_address(self._own_id(entry)):  # an older version told of it
            self.untold, self.compared = self.untold + 1, self.compared - 1
            return
        yield from found

    def _could_be_told(self, entry: FollowedEntry) -> bool:
        """Return whether a record's id can be opened, and holds no address."""
        id = self._own_id(entry)
        return bool(id) and not holds_address(id)

    def _own_id(self, entry: FollowedEntry) -> str:
        """Return the hotline's id of a record, shown nowhere; empty = it cannot be opened."""
        if self.ring is None or not is_there(self.ring, entry.sealed_ids):
            return ""
        try:
            opened = self.ring.open_bytes(entry.sealed_ids, hotline_ids(entry.url_key))
        except NotSealed:
            return ""
        return own_id(opened.reveal())

    def set_aside(self, value: bytes) -> None:
        """Take a record that two persons set aside: what was told of it stays told."""
        with suppress(msgspec.DecodeError):
            entry = ENTRY.decode(value)
            self._known.add((entry.hotline, entry.record_id))

    def outcome(self, outcome: Outcome) -> None:
        """Count a record that was not accepted and of which its hotline was told nothing."""
        if outcome.hotline not in self._whole or outcome.result is Result.ACCEPTED:
            return
        name = outcome.hotline, outcome.record_id
        self.untold += (name, outcome.result) not in self._refused

    def finish(self) -> Iterator[Difference]:
        """Give what hotlines were told of records that nobody accepted."""
        for hotline, name in self.newest.keys() - self._known:
            yield Difference(
                what=f"accepted record of {hotline}", ledger="", published=f"told {name[:8]}"
            )
