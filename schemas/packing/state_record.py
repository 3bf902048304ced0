"""The packed form of a state, as it stands on `cases.v1` and in the memory of lifecycle.

    0x01, length of the hot part (4 bytes, big-endian), hot part,
    length of the texts (4 bytes, big-endian), texts, rest

The hot part is what changes with every observation and what figures are made of: a MessagePack
array (`Hot`). Texts are what is sealed or hashed, a MessagePack array of byte strings
(`schemas.packing.sealed_texts`). The rest is a JSON array (`_Rest`), raw deflate (RFC 1951, window
4 KiB) against a dictionary (`schemas.packing.rest_bytes`); without observations it is one stored
block, since such a state is soon followed by another. An observation copies texts and rest unread,
a rollup never inflates them, and a loaded record is kept as it was read. Equal states have equal
packed forms.

`schemas/contract/cases/v1/packed.md` says the same for readers in other languages.
"""

import struct
import zlib
from typing import Final, NamedTuple, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.moments import Instant
from schemas.packing.case_fields import cold_case, hot_case, summary_of
from schemas.packing.hot_cases import ColdCase, Hot, HotCases
from schemas.packing.rest_bytes import (
    STORED_LAST,
    bare_attribution,
    deflated,
    inflated,
    stored,
    without_texts,
)
from schemas.packing.sealed_texts import to_bytes, to_text
from schemas.packing.tracks import HotTracks, hot_tracks, tracks_of
from schemas.records.case import UrlState
from schemas.records.case_events import (
    PackedAnswer,
    PackedAttribution,
    PackedCheck,
    PackedDecision,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    PackedWithdrawal,
)

FORM: Final = 1
"""First byte. Text JSON begins with `{`, so the two are told apart."""

_HEAD: Final = struct.Struct(">BI")
_LENGTH: Final = struct.Struct(">I")


_EARLIEST: Final = -1
"""A record of releases that kept the text of the earliest report; they did not say so."""


class _Rest(Struct, array_like=True, gc=False):
    v: int
    literal: bool
    root: bool
    cases: tuple[ColdCase, ...]
    reports: tuple[PackedReport, ...]
    notices: tuple[PackedNotice, ...]
    withdrawals: tuple[PackedWithdrawal, ...]
    checks: tuple[PackedCheck, ...]
    answers: tuple[PackedAnswer, ...]
    placements: tuple[PackedPlacement, ...]
    attributions: tuple[PackedAttribution, ...]
    decisions: tuple[PackedDecision, ...]
    sealed_at: int = _EARLIEST


_TO_HOT: Final = msgspec.msgpack.Encoder()
_HOT: Final = msgspec.msgpack.Decoder(Hot)
_CASES: Final = msgspec.msgpack.Decoder(HotCases)
_TEXTS: Final = msgspec.msgpack.Decoder(tuple[bytes, ...])
_TO_REST: Final = msgspec.json.Encoder()
_REST: Final = msgspec.json.Decoder(_Rest)

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


def with_hot(raw: bytes, hot: Hot) -> bytes:
    """Return a packed state with another hot part and the same rest.

    Raises:
        DECODE_ERRORS: the rest has to be written in another way, and is none.
    """
    behind = raw[_HEAD.size + _HEAD.unpack_from(raw)[1] :]
    if hot.tracks.places:
        texts_end = _LENGTH.size + _LENGTH.unpack_from(behind)[0]
        if behind[texts_end] == STORED_LAST:
            behind = behind[:texts_end] + deflated(inflated(behind[texts_end:]))
    return _framed(_TO_HOT.encode(hot), behind)


class Opened(NamedTuple):
    """A state and the parts it was read from, so that what stays the same is not made again.

    Attributes:
        state: the state.
        tracks: their packed form.
        behind: all that stands behind the hot part.
        texts: the texts as they stand there.
        rest: the rest, inflated.
    """

    state: UrlState
    tracks: HotTracks
    behind: bytes
    texts: tuple[bytes, ...]
    rest: bytes


def packed(state: UrlState, before: Opened | None = None) -> bytes:
    """Return the packed form of a state.

    Args:
        state: the state.
        before: what it was made from; saves time and changes nothing.
    """
    hot = Hot(
        reports=len(state.reports),
        cases=tuple(hot_case(case) for case in state.cases),
        newest_at=state.newest_at,
        rules=state.rules,
        expectations=state.expectations,
        fingerprints=state.fingerprints,
        tracks=_tracks(state, before),
    )
    rest = _Rest(
        v=state.v,
        literal=state.literal,
        root=state.root,
        cases=cast("tuple[ColdCase, ...]", tuple(map(cold_case, state.cases))),
        reports=state.reports,
        notices=state.notices,
        withdrawals=state.withdrawals,
        checks=state.checks,
        answers=state.answers,
        placements=cast("tuple[PackedPlacement, ...]", tuple(map(without_texts, state.placements))),
        attributions=cast(
            "tuple[PackedAttribution, ...]", tuple(map(bare_attribution, state.attributions))
        ),
        decisions=state.decisions,
        sealed_at=state.sealed_at,
    )
    encoded = _TO_REST.encode(rest)
    texts = _texts(state)
    known = {} if before is None else dict(zip(_texts(before.state), before.texts, strict=True))
    thinned = tuple([known.get(text) or to_bytes(text) for text in texts])
    if (
        before is not None
        and (thinned, encoded) == (before.texts, before.rest)
        and bool(state.tracks) is bool(before.state.tracks)  # else it is written another way
    ):
        return _framed(_TO_HOT.encode(hot), before.behind)
    held = deflated(encoded) if state.tracks else stored(encoded)
    written = _TO_HOT.encode(thinned)
    return _framed(_TO_HOT.encode(hot), _LENGTH.pack(len(written)) + written + held)


def _texts(state: UrlState) -> list[str]:
    """Return the texts that cannot be deflated."""
    found = [state.url_key, state.sealed]
    for place in state.placements:
        found += (place.address_key, place.address)
    return found


def _tracks(state: UrlState, before: Opened | None) -> HotTracks:
    if before is None:
        return hot_tracks(state.tracks)
    return hot_tracks(state.tracks, before.state.tracks, before.tracks)


def opened(raw: bytes, hot: Hot | None = None) -> Opened:
    """Return the state that was packed.

    Args:
        raw: the packed form.
        hot: its hot part, unchanged, if it was decoded before. The state is then one that is judged
            again: its cases are left out.

    Raises:
        DECODE_ERRORS: the bytes are no packed state.
    """
    again = hot is not None
    hot = hot or hot_of(raw)
    behind = raw[_HEAD.size + _HEAD.unpack_from(raw)[1] :]
    texts_end = _LENGTH.size + _LENGTH.unpack_from(behind)[0]
    texts = _TEXTS.decode(memoryview(behind)[_LENGTH.size : texts_end])
    url_key, sealed, *addresses = map(to_text, texts)
    encoded = inflated(behind[texts_end:])
    rest = _REST.decode(encoded)
    state = UrlState(
        v=rest.v,
        url_key=url_key,
        sealed=sealed,
        sealed_at=_sealed_at(rest),
        literal=rest.literal,
        root=rest.root,
        reports=rest.reports,
        notices=rest.notices,
        withdrawals=rest.withdrawals,
        checks=rest.checks,
        answers=rest.answers,
        placements=tuple(
            [
                replace(place, address_key=key, address=address)
                for place, key, address in zip(
                    rest.placements, addresses[::2], addresses[1::2], strict=True
                )
            ]
        ),
        attributions=rest.attributions,
        fingerprints=hot.fingerprints,
        tracks=tracks_of(hot.tracks),
        decisions=rest.decisions,
        cases=() if again else tuple(map(summary_of, hot.cases, rest.cases)),
        newest_at=hot.newest_at,
        rules=hot.rules,
        expectations=hot.expectations,
    )
    return Opened(state, hot.tracks, behind, texts, encoded)


def _sealed_at(rest: _Rest) -> Instant:
    """Return when the text's report was received; 0 = it is the newest of `reports`."""
    if rest.sealed_at != _EARLIEST:
        return rest.sealed_at
    received = [report.received_at for report in rest.reports]
    return 0 if not received or received[0] == max(received) else received[0]


def parted(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the hot part of a packed state, its texts, and its rest as it is held.

    Raises:
        DECODE_ERRORS: the bytes are no packed state.
    """
    form, size = _HEAD.unpack_from(raw)
    if form != FORM:
        raise ValueError("another form")
    hot_end = _HEAD.size + size
    texts_at = hot_end + _LENGTH.size
    texts_end = texts_at + _LENGTH.unpack_from(raw, hot_end)[0]
    return raw[_HEAD.size : hot_end], raw[texts_at:texts_end], raw[texts_end:]


def joined(hot: bytes, texts: bytes, rest: bytes) -> bytes:
    """Return the packed state of parts; it has no observations."""
    head = _HEAD.pack(FORM, len(hot))
    return b"".join((head, hot, _LENGTH.pack(len(texts)), texts, stored(rest)))


def _framed(hot: bytes, rest: bytes) -> bytes:
    return b"".join((_HEAD.pack(FORM, len(hot)), hot, rest))


def _hot_bytes(raw: bytes) -> memoryview:
    return memoryview(raw)[_HEAD.size : _HEAD.size + _HEAD.unpack_from(raw)[1]]
