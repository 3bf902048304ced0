"""The packed form of a state, as it stands on `cases.v1` and in the memory of lifecycle.

    0x01, length of the hot part (4 bytes, big-endian), hot part,
    length of the texts (4 bytes, big-endian), texts, rest

The hot part is what changes with every observation and what figures are made of: a MessagePack
array (`Hot`). Texts are what is sealed or hashed, a MessagePack array of byte strings
(`schemas.packing.sealed_texts`). The rest is a JSON array (`_Rest`), raw deflate (RFC 1951, window
4 KiB) against a dictionary (`schemas.packing.rest_bytes`); without observations it is one stored
block, since such a state is soon followed by another. An observation copies texts and rest unread.
Of these a rollup reads what cases are called and nothing else. A loaded record is kept as it was
read. Equal states have equal packed forms.

`schemas/contract/cases/v1/packed.md` says the same for readers in other languages.
"""

import struct
import zlib
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.packing.case_fields import hot_case, summary_of
from schemas.packing.cold_part import (
    LENGTH,
    ColdPart,
    cold_part_bytes,
    read_case_names,
    read_cold_part,
    with_rest_deflated,
)
from schemas.packing.hot_cases import CaseName, Hot, HotCase, HotCases
from schemas.packing.rest_bytes import stored
from schemas.packing.tracks import HotTracks, hot_tracks, tracks_of
from schemas.records.case import UrlState

FORM: Final = 1
"""First byte. Text JSON begins with `{`, so the two are told apart."""

_HEAD: Final = struct.Struct(">BI")


_TO_HOT: Final = msgspec.msgpack.Encoder()
_HOT: Final = msgspec.msgpack.Decoder(Hot)
_CASES: Final = msgspec.msgpack.Decoder(HotCases)

DECODE_ERRORS: Final = (msgspec.DecodeError, ValueError, struct.error, zlib.error, LookupError)
"""What reading bytes that are no packed state raises; `schemas.codec` turns it into a refusal."""


def is_packed(raw: bytes) -> bool:
    """Return whether bytes are meant as a packed state of this form."""
    return raw[:1] == b"\x01"


def hot_of(raw: bytes) -> Hot:
    """Return the hot part of a packed state."""
    return _HOT.decode(_hot_bytes(raw))


def cases_of(raw: bytes) -> HotCases:
    """Return the cases of a packed state and nothing else; tracks are passed over."""
    return _CASES.decode(_hot_bytes(raw))


class NamedCases(NamedTuple):
    """The cases of a packed state as they stand there.

    Attributes:
        reports: how many the state has.
        cases: what figures need of each.
        names: what each is called.
    """

    reports: int
    cases: tuple[HotCase, ...]
    names: tuple[CaseName, ...]


def named_cases_of(raw: bytes) -> NamedCases:
    """Return the cases of a packed state and what they are called; all else is passed over.

    Raises:
        DECODE_ERRORS: the bytes are no packed state.
    """
    found = cases_of(raw)
    names = read_case_names(cold_part_of(raw), len(found.cases))
    return NamedCases(found.reports, found.cases, names)


def with_hot(raw: bytes, hot: Hot) -> bytes:
    """Return a packed state with another hot part and the same rest.

    Raises:
        DECODE_ERRORS: the rest has to be written in another way, and is none.
    """
    cold = cold_part_of(raw)
    return _framed(_TO_HOT.encode(hot), with_rest_deflated(cold) if hot.tracks.hosters else cold)


class DecodedState(NamedTuple):
    """A state and the parts it was read from, so that what stays the same is not made again.

    Attributes:
        state: the state.
        tracks: their packed form.
        cold: the cold part.
    """

    state: UrlState
    tracks: HotTracks
    cold: ColdPart


def packed(state: UrlState, before: DecodedState | None = None) -> bytes:
    """Return the packed form of a state.

    Args:
        state: the state.
        before: what it was made from; saves time and changes nothing.
    """
    hot = Hot(
        reports=len(state.reports),
        cases=tuple([hot_case(case) for case in state.cases]),
        newest_at=state.newest_at,
        evaluated_by=state.evaluated_by,
        expectations=state.expectations,
        fingerprints=state.fingerprints,
        tracks=_tracks(state, before),
    )
    kept = (None, None) if before is None else (before.state, before.cold)
    return _framed(_TO_HOT.encode(hot), cold_part_bytes(state, *kept))


def _tracks(state: UrlState, before: DecodedState | None) -> HotTracks:
    if before is None:
        return hot_tracks(state.tracks)
    if before.state.tracks is state.tracks:
        return before.tracks
    return hot_tracks(state.tracks, before.state.tracks, before.tracks)


def cold_part_of(raw: bytes) -> bytes:
    """Return the cold part of a packed state."""
    return raw[_HEAD.size + _HEAD.unpack_from(raw)[1] :]


def unpacked(raw: bytes, hot: Hot | None = None, cold: ColdPart | None = None) -> DecodedState:
    """Return the state that was packed.

    Args:
        raw: the packed form.
        hot: its hot part, unchanged, if it was decoded before. The state is then one that is judged
            again: its cases are left out.
        cold: the cold part, if that was read before.

    Raises:
        DECODE_ERRORS: the bytes are no packed state.
    """
    again = hot is not None
    hot = hot or hot_of(raw)
    cold = cold or read_cold_part(cold_part_of(raw))
    state = replace(
        cold.state,
        fingerprints=hot.fingerprints,
        tracks=tracks_of(hot.tracks),
        cases=() if again else tuple(map(summary_of, hot.cases, cold.cases)),
        newest_at=hot.newest_at,
        evaluated_by=hot.evaluated_by,
        expectations=hot.expectations,
    )
    return DecodedState(state, hot.tracks, cold)


def parted(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the hot part of a packed state, its texts, and its rest as it is held.

    Raises:
        DECODE_ERRORS: the bytes are no packed state.
    """
    form, size = _HEAD.unpack_from(raw)
    if form != FORM:
        raise ValueError("another form")
    hot_end = _HEAD.size + size
    texts_at = hot_end + LENGTH.size
    texts_end = texts_at + LENGTH.unpack_from(raw, hot_end)[0]
    return raw[_HEAD.size : hot_end], raw[texts_at:texts_end], raw[texts_end:]


def joined(hot: bytes, texts: bytes, rest: bytes) -> bytes:
    """Return the packed state of parts; it has no observations."""
    head = _HEAD.pack(FORM, len(hot))
    return b"".join((head, hot, LENGTH.pack(len(texts)), texts, stored(rest)))


def _framed(hot: bytes, rest: bytes) -> bytes:
    return b"".join((_HEAD.pack(FORM, len(hot)), hot, rest))


def _hot_bytes(raw: bytes) -> memoryview:
    return memoryview(raw)[_HEAD.size : _HEAD.size + _HEAD.unpack_from(raw)[1]]
