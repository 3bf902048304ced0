"""The cold part of a packed state: the texts, and the rest.

    length of the texts (4 bytes, big-endian), texts, rest

`schemas.packing.state_record` says what is in each.
"""

import re
import struct
from typing import Final, NamedTuple, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.moments import Instant
from schemas.packing.case_fields import cold_case
from schemas.packing.hot_cases import CaseName, ColdCase
from schemas.packing.rest_bytes import (
    STORED_LAST,
    bare_attribution,
    deflated,
    inflated,
    inflated_beginning,
    stored,
    without_texts,
)
from schemas.packing.sealed_texts import to_bytes, to_text
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

LENGTH: Final = struct.Struct(">I")
"""Of the texts, before them."""

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


class _RestBeginning(Struct, array_like=True, gc=False):
    v: int
    literal: bool
    root: bool
    cases: tuple[CaseName, ...]


_ONE_NAMED: Final = re.compile(rb'\[[0-9]+,[a-z]+,[a-z]+,\[\["([0-9a-z]*)","([0-9a-z-]*)"')
_ONE_NAMED_BYTES: Final = 128
"""Of a rest up to the end of its first case's owner; a longer one is read as a whole."""

_TO_TEXTS: Final = msgspec.msgpack.Encoder()
_TEXTS: Final = msgspec.msgpack.Decoder(tuple[bytes, ...])
_TO_REST: Final = msgspec.json.Encoder()
_REST: Final = msgspec.json.Decoder(_Rest)
_BEGINNING: Final = msgspec.json.Decoder(_RestBeginning)


class ColdPart(NamedTuple):
    """The cold part, read: an observation that ends nothing leaves it as it is.

    Attributes:
        raw: as it stands there.
        texts: the texts as they stand there.
        rest: the rest, inflated.
        state: what it says; what the hot part says is empty.
        cases: of the cases.
    """

    raw: bytes
    texts: tuple[bytes, ...]
    rest: bytes
    state: UrlState
    cases: tuple[ColdCase, ...]


def read_cold_part(raw: bytes) -> ColdPart:
    """Read the cold part of a packed state.

    Raises:
        DECODE_ERRORS: the bytes are none.
    """
    texts_end = LENGTH.size + LENGTH.unpack_from(raw)[0]
    texts = _TEXTS.decode(memoryview(raw)[LENGTH.size : texts_end])
    url_key, sealed, *addresses = map(to_text, texts)
    encoded = inflated(raw[texts_end:])
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
        decisions=rest.decisions,
    )
    return ColdPart(raw, texts, encoded, state, rest.cases)


def read_case_names(raw: bytes, cases: int) -> tuple[CaseName, ...]:
    """Read what cases are called off the cold part of a packed state, and pass over all else.

    Args:
        raw: the cold part.
        cases: how many the state has; a single one is named where the rest begins.

    Raises:
        DECODE_ERRORS: the bytes are none.
    """
    held = raw[LENGTH.size + LENGTH.unpack_from(raw)[0] :]
    if not cases:
        return ()
    if cases == 1:
        named = _ONE_NAMED.match(inflated_beginning(held, _ONE_NAMED_BYTES))
        if named is not None:
            return (CaseName(named[1].decode(), named[2].decode()),)
    names = _BEGINNING.decode(inflated(held)).cases
    if len(names) != cases:
        raise ValueError("another number of names than of cases")
    return names


def cold_part_bytes(state: UrlState, before: UrlState | None, cold: ColdPart | None) -> bytes:
    """Return the cold part of a state.

    Args:
        state: the state.
        before: a state it was made from; saves time and changes nothing.
        cold: that one's cold part.
    """
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
    encoded, thinned = _TO_REST.encode(rest), _thinned(state, before, cold)
    if cold is not None and (thinned, encoded) == (cold.texts, cold.rest):
        return with_rest_deflated(cold.raw) if state.tracks else cold.raw
    held = deflated(encoded) if state.tracks else stored(encoded)
    written = _TO_TEXTS.encode(thinned)
    return LENGTH.pack(len(written)) + written + held


def with_rest_deflated(raw: bytes) -> bytes:
    """Return the cold part of a state with observations: the same, its rest deflated.

    Raises:
        DECODE_ERRORS: the rest has to be written in another way, and is none.
    """
    texts_end = LENGTH.size + LENGTH.unpack_from(raw)[0]
    if raw[texts_end] != STORED_LAST:
        return raw
    return raw[:texts_end] + deflated(inflated(raw[texts_end:]))


def _thinned(state: UrlState, before: UrlState | None, cold: ColdPart | None) -> tuple[bytes, ...]:
    """Return the texts as they stand in the packed form."""
    known: dict[str, bytes] = {}
    if before is not None and cold is not None:
        same = (before.url_key, before.sealed) == (state.url_key, state.sealed)
        if same and before.placements is state.placements:
            return cold.texts
        known = dict(zip(_texts(before), cold.texts, strict=True))
    return tuple([known.get(text) or to_bytes(text) for text in _texts(state)])


def _texts(state: UrlState) -> list[str]:
    """Return the texts that cannot be deflated."""
    found = [state.url_key, state.sealed]
    for place in state.placements:
        found += (place.address_key, place.address)
    return found


def _sealed_at(rest: _Rest) -> Instant:
    """Return when the text's report was received; 0 = it is the newest of `reports`."""
    if rest.sealed_at != _EARLIEST:
        return rest.sealed_at
    received = [report.received_at for report in rest.reports]
    return 0 if not received or received[0] == max(received) else received[0]
