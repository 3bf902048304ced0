"""Packed forms of states that are alike but for what is their own, without packing a state.

By far most records of `cases.v1` are of a URL that was reported once and then placed. Behind its
report such a state is the same for all URLs of its kind but for identities, instants and texts. So
one of a kind is packed as any other and cut where others differ, and they fill in what is theirs.
The bytes are those that `schemas.packing.state_record` writes, which
tests/streams/lifecycle/events/test_first_report.py holds them to.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from schemas.moments import Instant
from schemas.packing import state_record
from schemas.packing.hot_cases import Hot
from schemas.packing.rest_bytes import inflated
from schemas.packing.sealed_texts import to_bytes, to_text
from schemas.packing.tracks import hot_tracks
from schemas.records.case import UrlState
from schemas.records.case_events import PackedPlacement, PackedReport

_T = TypeVar("_T")

INSTANTS_FROM: Final[Instant] = 1 << 32
INSTANTS_UNTIL: Final[Instant] = 1 << 62
"""From the first on MessagePack writes numbers in eight bytes; the other leaves room for what is
later by years."""

PLACES_MAX: Final = 6
"""Two texts of a state and two a placement: up to fifteen are an array whose head is one byte."""

ADDRESSES_KEPT: Final = 4_096
"""Addresses whose texts are kept packed, some 300 bytes each: many URLs share one."""

_EIGHT_BYTES: Final = b"\xcf"
_ARRAY: Final = 0x90
"""MessagePack's first bytes of a number of eight bytes, and of an array of up to fifteen."""

_INSTANT_BYTES: Final = len(_EIGHT_BYTES) + 8

_BEGIN: Final = {
    (False, False): b"[1,false,false",
    (False, True): b"[1,false,true",
    (True, False): b"[1,true,false",
    (True, True): b"[1,true,true",
}
"""How a rest begins: its version, whether the host is an address, whether the URL is its root."""

_FLAGS: Final = {begin: flags for flags, begin in _BEGIN.items()}
_BEFORE_REPORT: Final = b",[],["
_BEHIND_REPORT: Final = b"]" + b",[]" * 7 + b",0]"
"""What stands around the report of a state that has nothing else; no text ends like the second."""

_TO_HOT: Final = msgspec.msgpack.Encoder()
_TEXT: Final = msgspec.msgpack.Decoder(bytes)
_TO_JSON: Final = msgspec.json.Encoder()
_REPORT: Final = msgspec.json.Decoder(PackedReport)


class Reported(Struct, frozen=True):
    """A state of one report and nothing else, taken apart.

    Attributes:
        url_key: the URL.
        sealed: the URL, sealed.
        flags: whether its host is an address, and whether it is its host's root.
        report: the report.
        texts: the texts as they stand in the packed form, without the head of their array.
        said: the report as it stands there.
    """

    url_key: str
    sealed: str
    flags: tuple[bool, bool]
    report: PackedReport
    texts: bytes
    said: bytes


class Instants(Struct, frozen=True, gc=False):
    """What is a state's own of time; `seen_at` is any instant if nobody saw."""

    received_at: Instant
    reported_at: Instant
    seen_at: Instant
    placed_at: Instant
    newest_at: Instant


class Own(Struct, frozen=True):
    """What is a state's own.

    Attributes:
        ids: of its cases.
        texts: sealed and hashed texts of its placements, packed.
    """

    at: Instants
    ids: Sequence[str]
    texts: bytes


def reported(url_key: str, sealed: str, flags: tuple[bool, bool], report: PackedReport) -> Reported:
    """Return the parts of a URL's state after its first report; see `Reported`."""
    texts = _TO_HOT.encode(to_bytes(url_key)) + _TO_HOT.encode(to_bytes(sealed))
    return Reported(url_key, sealed, flags, report, texts, _TO_JSON.encode(report))


def packed_reported(parts: Reported, newest_at: Instant, evaluated_by: str) -> bytes:
    """Return the packed form of a state of one report and nothing else."""
    before, after = _bare(evaluated_by)
    hot = b"".join((before, _TO_HOT.encode(newest_at), after))
    begin = _BEGIN[parts.flags]
    rest = b"".join((begin, _BEFORE_REPORT, parts.said, _BEHIND_REPORT))
    return state_record.joined(hot, bytes((_ARRAY + 2,)) + parts.texts, rest)


def unpacked_reported(url_key: str, raw: bytes, evaluated_by: str) -> Reported | None:
    """Return the parts of a packed state of one report; None = it is another one, or damaged."""
    try:
        return _unpacked(url_key, raw, evaluated_by)
    except state_record.DECODE_ERRORS:
        return None  # whoever reads it as any other finds out


def _unpacked(url_key: str, raw: bytes, evaluated_by: str) -> Reported | None:
    hot, texts, held = state_record.parted(raw)
    before, after = _bare(evaluated_by)
    key = _TO_HOT.encode(to_bytes(url_key))
    if len(hot) != len(before) + _INSTANT_BYTES + len(after):
        return None
    if not (hot.startswith(before) and hot.endswith(after)):
        return None
    if hot[len(before)] != _EIGHT_BYTES[0]:
        return None
    if texts[0] != _ARRAY + 2 or not texts.startswith(key, 1):
        return None
    rest = inflated(held)
    flags, begin, _ = rest.partition(_BEFORE_REPORT)
    if flags not in _FLAGS or not rest.endswith(_BEHIND_REPORT):
        return None
    said = rest[len(flags) + len(begin) : -len(_BEHIND_REPORT)]
    sealed = to_text(_TEXT.decode(texts[1 + len(key) :]))
    return Reported(url_key, sealed, _FLAGS[flags], _REPORT.decode(said), texts[1:], said)


class StateTemplate:
    """The packed form of the states of one kind.

    Args:
        state: one of them: a report, its placement, the cases that follow from them.
        at: its instants, unlike each other and all else in it; `newest_at` is `placed_at`.
    """

    def __init__(self, state: UrlState, at: Instants) -> None:
        """Cut the state's packed form."""
        hot, _, held = state_record.parted(state_record.packed(state))
        own = {at.reported_at: (1, 0), at.seen_at: (2, 0), at.newest_at: (3, 0)}
        own |= {
            phase.from_at: (0, phase.from_at - at.received_at)
            for case in state.cases
            for phase in case.phases
        }
        marks = {_EIGHT_BYTES + _eight(mark): which for mark, which in own.items()}
        between, self._hot_own = _cut(hot, marks, b"%b")
        shared = [part + _EIGHT_BYTES for part in between[:-1]]
        self._hot = struct.Struct(f">{''.join([f'{len(p)}sQ' for p in shared])}{len(between[-1])}s")
        self._hot_shared: list[bytes | int] = [one for part in shared for one in (part, 0)]
        self._hot_shared.append(between[-1])
        (report,) = state.reports
        values = {b"%d" % at.received_at: 0, b"%d" % at.placed_at: 1, _TO_JSON.encode(report): 2}
        values |= {b'"%b"' % case.case_id.encode(): n for n, case in enumerate(state.cases, 3)}
        rest = inflated(held)[len(_BEGIN[state.literal, state.root]) :]
        between, order = _cut(rest, values, rb"(?<=[\[,])%b(?=[\],])")
        self._rest = b"%b".join([part.replace(b"%", b"%%") for part in between])
        self._rest_own = itemgetter(*order)
        self._head = bytes((_ARRAY + 2 + 2 * len(state.placements),))

    def filled(self, parts: Reported, own: Own) -> bytes:
        """Return the packed form of the state that has parts and more of its own.

        Args:
            parts: what was known of it when it was reported.
            own: all else; its instants lie from `INSTANTS_FROM` to `INSTANTS_UNTIL`.
        """
        at = own.at
        instants = at.received_at, at.reported_at, at.seen_at, at.newest_at
        numbers = self._hot_shared.copy()
        numbers[1::2] = [instants[of] + later for of, later in self._hot_own]
        hot = self._hot.pack(*numbers)
        values = (
            b"%d" % at.received_at,
            b"%d" % at.placed_at,
            parts.said,
            *[b'"%b"' % one.encode() for one in own.ids],
        )
        rest = _BEGIN[parts.flags] + self._rest % self._rest_own(values)
        return state_record.joined(hot, b"".join((self._head, parts.texts, own.texts)), rest)


def is_usual(at: Instants) -> bool:
    """Return whether instants can be filled in."""
    earliest = min(at.received_at, at.reported_at, at.seen_at, at.placed_at)
    return earliest >= INSTANTS_FROM and max(at.received_at, at.newest_at) < INSTANTS_UNTIL


def texts_of(places: Sequence[PackedPlacement]) -> bytes:
    """Return the texts of placements as they stand in the packed form."""
    return b"".join(
        [_key_of(place.address_key) + _TO_HOT.encode(to_bytes(place.address)) for place in places]
    )


@lru_cache(maxsize=ADDRESSES_KEPT)
def _key_of(address_key: str) -> bytes:
    """Return an address's keyed hash; many URLs have it, and each its own sealed form of it."""
    return _TO_HOT.encode(to_bytes(address_key))


def _eight(at: Instant) -> bytes:
    return at.to_bytes(8, "big")


def _cut(raw: bytes, marks: Mapping[bytes, _T], place: bytes) -> tuple[list[bytes], list[_T]]:
    """Return what stands between marks, and whose these are.

    Args:
        raw: the bytes.
        marks: what is cut out, and whose it is.
        place: pattern of what stands around a mark.
    """
    longest = sorted(marks, key=len, reverse=True)
    parts = re.split(place % (b"(" + b"|".join(map(re.escape, longest)) + b")"), raw)
    return parts[::2], [marks[mark] for mark in parts[1::2]]


@lru_cache(maxsize=4)
def _bare(evaluated_by: str) -> tuple[bytes, bytes]:
    """Return the hot part of a state of one report before and behind `newest_at`."""
    hot = _TO_HOT.encode(Hot(1, (), INSTANTS_FROM, evaluated_by, (), (), hot_tracks(())))
    before, after = hot.split(_TO_HOT.encode(INSTANTS_FROM))
    return before, after
