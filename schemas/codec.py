"""Between bytes on a topic and frozen records.

Decoding validates. Fields a version does not know are passed over, so a newer writer does not
stop an older reader; a wrong or missing field is `Rejected` with a closed reason and never with
the offending text.

Records are frozen and hold texts, numbers, times, members of enums and other records: none closes
a cycle, so Python's collector need not look at them (`gc=False`); for its sake lists of thousands
would be walked through several times.
"""

import re
from typing import Any, Final, Generic, TypeVar, get_args

import msgspec

from schemas import packing
from schemas.closed_lists import Quarantine
from schemas.records.case import CaseSummary, Position, UrlState
from schemas.records.custody import AuditEntry, HandoverRecord, KeyRecord, LedgerRoot
from schemas.records.facts import Decision, Fact
from schemas.records.feedback import Feedback, FollowedUrl, HosterAnswer
from schemas.records.history import History
from schemas.records.hotline import RECORD_BYTES_MAX, HotlineRecord
from schemas.records.processing import ClockReading, OutcomeRecord, ProbeOrder, Quarantined
from schemas.records.proposals import ProposalRecord
from schemas.records.registry import Registry
from schemas.records.reports import ReportsEntry
from schemas.records.skips import Skip

T = TypeVar("T")


class Rejected(Exception):
    """The bytes are no record of their topic, and never will be.

    What follows is for whoever reads them. Intake quarantines a record of an inbox; the HTTP intake
    refuses one before it is written. In a topic that hostwatch itself writes it is a fault, which
    ends the worker.

    Attributes:
        reason: why, from the closed list.
        field: the field of the record that is wrong, such as `url` or `source.status`; empty =
            none is, or none is known.
    """

    def __init__(self, reason: Quarantine, field: str = "") -> None:
        """Keep both."""
        super().__init__(reason, field)
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        """Return the reason alone."""
        return self.reason.value


class _Head(msgspec.Struct):
    type: Any = ""
    kind: Any = ""
    v: int = 1


_HEAD: Final = msgspec.json.Decoder(_Head)
_ENCODER: Final = msgspec.json.Encoder()


_MISSING: Final = re.compile(r"Object missing required field `([a-z_]+)`")
_PLACE: Final = re.compile(r" - at `\$\.([a-z_.]+)`$")


def _field(message: str) -> str:
    """Return the field that msgspec's message is about; a message may quote the input elsewhere."""
    place, missing = _PLACE.search(message), _MISSING.match(message)
    return ".".join(found[1] for found in (place, missing) if found)


class Codec(Generic[T]):
    """Encodes and decodes the records of one topic.

    Args:
        record: the record type, or a union of tagged ones.
        version: the newest version of the records, which is written; all from 1 on are read.
    """

    def __init__(self, record: Any, version: int = 1) -> None:
        """Build the decoder once."""
        self.record = record
        self.version = version
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(record)
        configs = [kind.__struct_config__ for kind in get_args(record) or (record,)]
        self._tag_field = configs[0].tag_field
        self._tags = frozenset(config.tag for config in configs)

    def encode(self, record: T) -> bytes:
        """Return the record's JSON, fields in the order of the schema."""
        return _ENCODER.encode(record)

    def decode(self, raw: bytes | None) -> T:
        """Return the record.

        Args:
            raw: the value; None = a tombstone, which is no record.

        Raises:
            Rejected: the bytes are not such a record.
        """
        if raw is None:
            raise Rejected(Quarantine.MALFORMED)
        try:
            return self._decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Rejected(self._why(raw), _field(str(error))) from None

    def _why(self, raw: bytes) -> Quarantine:
        try:
            head = _HEAD.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Quarantine.MALFORMED
        if not 1 <= head.v <= self.version:
            return Quarantine.UNKNOWN_VERSION
        tag = {"type": head.type, "kind": head.kind}.get(self._tag_field or "", "")
        if isinstance(tag, str) and tag and tag not in self._tags:
            return Quarantine.UNKNOWN_TYPE
        return Quarantine.MALFORMED


class StateCodec(Codec[UrlState]):
    """Encodes states in their packed form (`schemas.packing.state_record`), and takes them as JSON
    too.
    """

    def encode(self, record: UrlState) -> bytes:
        """Return the packed form; equal states give equal bytes."""
        return packing.packed(record)

    def decode(self, raw: bytes | None) -> UrlState:
        """Return the state.

        Args:
            raw: the value; None = a tombstone, which is no state.

        Raises:
            Rejected: the bytes are no state.
        """
        if raw is None:
            raise Rejected(Quarantine.MALFORMED)
        try:
            if packing.is_packed(raw):
                return packing.unpacked(raw).state
            state = self._of_json(raw)
            packing.packed(state)  # JSON has integers beyond 64 bits, the packed form has not
        except (*packing.DECODE_ERRORS, OverflowError):
            raise Rejected(Quarantine.MALFORMED) from None
        return state

    def _of_json(self, raw: bytes) -> UrlState:
        return packing.state_of(super().decode(raw))

    def cold_part(self, raw: bytes) -> packing.ColdPart:
        """Read the cold part of a state in its packed form.

        Raises:
            Rejected: it is damaged.
        """
        try:
            return packing.read_cold_part(raw)
        except packing.DECODE_ERRORS:
            raise Rejected(Quarantine.MALFORMED) from None

    def decode_before(
        self, packed: bytes, hot: packing.Hot, cold: packing.ColdPart | None = None
    ) -> packing.DecodedState:
        """Return a state without its cases, with the parts of its packed form for `encode_after`.

        Args:
            packed: the packed form.
            hot: its hot part, unchanged.
            cold: the cold part, if that was read before.

        Raises:
            Rejected: it is damaged.
        """
        try:
            return packing.unpacked(packed, hot, cold)
        except packing.DECODE_ERRORS:
            raise Rejected(Quarantine.MALFORMED) from None

    def encode_after(self, record: UrlState, before: packing.DecodedState) -> bytes:
        """Return what `encode` does, faster if much of the state is as it was."""
        return packing.packed(record, before)

    def hot(self, packed: bytes) -> packing.Hot:
        """Return the hot part of a state in its packed form.

        Raises:
            Rejected: it is damaged.
        """
        try:
            return packing.hot_of(packed)
        except packing.DECODE_ERRORS:
            raise Rejected(Quarantine.MALFORMED) from None

    def named_cases(self, raw: bytes) -> packing.NamedCases:
        """Return the number of reports, the cases as the packed form has them, and their names.

        Raises:
            Rejected: the bytes are no state.
        """
        if not packing.is_packed(raw):
            state = self._of_json(raw)
            cases = tuple(packing.hot_case(case) for case in state.cases)
            names = tuple(packing.CaseName(case.case_id, case.group) for case in state.cases)
            return packing.NamedCases(len(state.reports), cases, names)
        try:
            return packing.named_cases_of(raw)
        except packing.DECODE_ERRORS:
            raise Rejected(Quarantine.MALFORMED) from None

    def figures(self, raw: bytes) -> tuple[int, tuple[CaseSummary, ...]]:
        """Return the number of reports, and of the cases what figures need.

        Raises:
            Rejected: the bytes are no state.
        """
        if not packing.is_packed(raw):
            state = self._of_json(raw)
            return len(state.reports), state.cases
        try:
            found = packing.cases_of(raw)
            return found.reports, tuple([packing.figures_of(case) for case in found.cases])
        except packing.DECODE_ERRORS:
            raise Rejected(Quarantine.MALFORMED) from None


HOTLINE: Final[Codec[HotlineRecord]] = Codec(HotlineRecord, version=2)
REPORTS_ENTRY: Final[Codec[ReportsEntry]] = Codec(ReportsEntry, version=2)
FACT: Final[Codec[Fact]] = Codec(Fact, version=2)
DECISION: Final[Codec[Decision]] = Codec(Decision, version=2)
OUTCOME: Final[Codec[OutcomeRecord]] = Codec(OutcomeRecord, version=2)
QUARANTINED: Final[Codec[Quarantined]] = Codec(Quarantined, version=2)
REGISTRY: Final[Codec[Registry]] = Codec(Registry, version=2)
ORDER: Final[Codec[ProbeOrder]] = Codec(ProbeOrder, version=2)
CLOCK: Final[Codec[ClockReading]] = Codec(ClockReading)
KEY: Final[Codec[KeyRecord]] = Codec(KeyRecord)
ROOT: Final[Codec[LedgerRoot]] = Codec(LedgerRoot)
AUDIT: Final[Codec[AuditEntry]] = Codec(AuditEntry)
HOTLINE_OUT: Final[Codec[Feedback]] = Codec(Feedback)
FEEDBACK_TABLE: Final[Codec[FollowedUrl]] = Codec(FollowedUrl)
ANSWER: Final[Codec[HosterAnswer]] = Codec(HosterAnswer)
HANDOVER: Final[Codec[HandoverRecord]] = Codec(HandoverRecord)
STATE: Final = StateCodec(packing.StateJson)
POSITION: Final[Codec[Position]] = Codec(Position)
SKIP: Final[Codec[Skip]] = Codec(Skip)
PROPOSAL: Final[Codec[ProposalRecord]] = Codec(ProposalRecord)
HISTORY: Final[Codec[History]] = Codec(History)


def decode_hotline(raw: bytes) -> HotlineRecord:
    """Return a hotline's record.

    Raises:
        Rejected: too large, not JSON, an unknown type or version, or a wrong field.
    """
    if len(raw) > RECORD_BYTES_MAX:
        raise Rejected(Quarantine.TOO_LARGE)
    return HOTLINE.decode(raw)
