"""The packed form of a state, as it stands on `cases.v1` and in the memory of lifecycle.

    0x01, length of the hot part (4 bytes, big-endian), hot part, rest

The hot part is what changes with every look and what figures are made of: a MessagePack array
(`Hot`). The rest is what a look leaves alone: a JSON array (`_Rest`), raw deflate (RFC 1951, window
4 KiB) against `DICTIONARY`. So a look copies the rest unread, a rollup never inflates it, and a
loaded record is kept as it was read. Equal states have equal packed forms.

`schemas/contract/cases.v1.md` says the same for readers in other languages.
"""

import struct
import zlib
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from schemas.case import (
    CaseSummary,
    Fingerprint,
    PackedAttribution,
    PackedDecision,
    PackedMark,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    Phase,
    Return,
    Steady,
    UrlState,
)
from schemas.casetracks import HotTracks, hot_tracks, tracks_of
from schemas.moments import Instant
from schemas.reasons import Flag, NormVerdict, Role

FORM: Final = 1
"""First byte. Text JSON begins with `{`, so the two are told apart."""

DICTIONARY: Final = (
    b'"undelivered","sent","bounced","order","sent_only","on_report","historic","contested",'
    b'"prefix","organisation","statement","unknown","proxy",true,true,"exclude","confirm_backdated"'
    b',null,null,false,"delivery",[3600,43200,86400,172800],86400,null,null]],[[17'
    b',"notice","delivered",null,null,false,"delivery","unknown"]],[],[],[],[['
    b',"hosting","NL",64500,"US","name","asn",false,"'
    b'"]],[[17,"attribution",true,false,[0]]],[],[["'
)
"""What rests are made of, the likeliest last. Part of form 1: with another it is another form."""

_LEVEL: Final = 6
_WINDOW: Final = -12
_MEMORY: Final = 5
"""4 KiB of window and little memory for hashes: a rest is short, and setting up is what costs."""

_HEAD: Final = struct.Struct(">BI")
_LETTERS: Final = {verdict: verdict.value[0] for verdict in NormVerdict}
_VERDICTS: Final = {letter: verdict for verdict, letter in _LETTERS.items()}


class HotCase(Struct, array_like=True, gc=False):
    """What of a `CaseSummary` looks move and figures need; `verdicts` by their first letters."""

    hoster: str
    role: Role
    reported_at: Instant
    noticed_at: Instant | None
    norm_from_at: Instant | None
    norm_s: int
    norms_s: tuple[int, ...]
    first_seen_at: Instant | None
    last_seen_at: Instant | None
    gone_at: Instant | None
    phases: tuple[Phase, ...]
    verdicts: str
    flags: tuple[Flag, ...]
    naming: bool
    first_end: tuple[Instant, Instant] | None
    returns: tuple[Return, ...]
    unnoticed: tuple[Phase, ...]
    again_noticed_at: Instant | None
    again_verdicts: str
    answered: tuple[Instant, ...]


class HotCases(Struct, array_like=True, gc=False):
    """The head of a hot part: the number of reports, and the cases."""

    reports: int
    cases: tuple[HotCase, ...]


class Hot(Struct, array_like=True):
    """The hot part; `streams.lifecycle.steady` changes it in place."""

    reports: int
    cases: tuple[HotCase, ...]
    newest_at: Instant
    steady: tuple[Steady, ...]
    fingerprints: tuple[Fingerprint, ...]
    tracks: HotTracks


class _ColdCase(Struct, array_like=True, gc=False):
    case_id: str
    group: str
    country: str
    asn: int
    asn_country: str
    opened_at: Instant
    received_at: Instant
    naming_at: Instant | None
    settled_at: Instant | None
    hotlines: tuple[str, ...]


class _Rest(Struct, array_like=True, gc=False):
    v: int
    url_key: str
    sealed: str
    literal: bool
    root: bool
    cases: tuple[_ColdCase, ...]
    reports: tuple[PackedReport, ...]
    notices: tuple[PackedNotice, ...]
    withdrawals: tuple[PackedMark, ...]
    checks: tuple[PackedMark, ...]
    answers: tuple[PackedMark, ...]
    placements: tuple[PackedPlacement, ...]
    attributions: tuple[PackedAttribution, ...]
    decisions: tuple[PackedDecision, ...]


_TO_HOT: Final = msgspec.msgpack.Encoder()
_HOT: Final = msgspec.msgpack.Decoder(Hot)
_CASES: Final = msgspec.msgpack.Decoder(HotCases)
_TO_REST: Final = msgspec.json.Encoder()
_REST: Final = msgspec.json.Decoder(_Rest)

DAMAGED: Final = (msgspec.DecodeError, ValueError, struct.error, zlib.error, LookupError)
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
    """Return a packed state with another hot part and the same rest."""
    return _framed(_TO_HOT.encode(hot), raw[_HEAD.size + _HEAD.unpack_from(raw)[1] :])


class Opened(NamedTuple):
    """A state and the parts it was read from, so that what stays the same is not made again."""

    state: UrlState
    tracks: HotTracks
    text: bytes
    rest: bytes


def packed(state: UrlState, before: Opened | None = None) -> bytes:
    """Return the packed form of a state.

    Args:
        state: the state.
        before: what it was made from; saves time and changes nothing.
    """
    hot = Hot(
        reports=len(state.reports),
        cases=tuple(_hot_case(case) for case in state.cases),
        newest_at=state.newest_at,
        steady=state.steady,
        fingerprints=state.fingerprints,
        tracks=_tracks(state, before),
    )
    rest = _Rest(
        v=state.v,
        url_key=state.url_key,
        sealed=state.sealed,
        literal=state.literal,
        root=state.root,
        cases=tuple(_cold_case(case) for case in state.cases),
        reports=state.reports,
        notices=state.notices,
        withdrawals=state.withdrawals,
        checks=state.checks,
        answers=state.answers,
        placements=state.placements,
        attributions=state.attributions,
        decisions=state.decisions,
    )
    text = _TO_REST.encode(rest)
    same = before is not None and text == before.text
    return _framed(_TO_HOT.encode(hot), before.rest if before and same else _deflated(text))


def _tracks(state: UrlState, before: Opened | None) -> HotTracks:
    if before is None:
        return hot_tracks(state.tracks)
    return hot_tracks(state.tracks, before.state.tracks, before.tracks)


def opened(raw: bytes) -> Opened:
    """Return the state that was packed.

    Raises:
        DAMAGED: the bytes are no packed state.
    """
    hot = hot_of(raw)
    behind = raw[_HEAD.size + _HEAD.unpack_from(raw)[1] :]
    text = _inflated(behind)
    rest = _REST.decode(text)
    state = UrlState(
        v=rest.v,
        url_key=rest.url_key,
        sealed=rest.sealed,
        literal=rest.literal,
        root=rest.root,
        reports=rest.reports,
        notices=rest.notices,
        withdrawals=rest.withdrawals,
        checks=rest.checks,
        answers=rest.answers,
        placements=rest.placements,
        attributions=rest.attributions,
        fingerprints=hot.fingerprints,
        tracks=tracks_of(hot.tracks),
        decisions=rest.decisions,
        cases=tuple(map(_summary, hot.cases, rest.cases)),
        newest_at=hot.newest_at,
        steady=hot.steady,
    )
    return Opened(state, hot.tracks, text, behind)


def figures_of(case: HotCase) -> CaseSummary:
    """Return what figures need of a case; everything else says nothing."""
    return CaseSummary(
        case_id="",
        hoster=case.hoster,
        group="",
        role=case.role,
        country="",
        asn_country="",
        opened_at=case.reported_at,
        reported_at=case.reported_at,
        received_at=case.reported_at,
        noticed_at=case.noticed_at,
        norm_from_at=case.norm_from_at,
        norm_s=case.norm_s,
        norms_s=case.norms_s,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        first_end=case.first_end,
        returns=case.returns,
        phases=case.phases,
        unnoticed=case.unnoticed,
        verdicts=verdicts(case.verdicts),
        flags=case.flags,
        naming=case.naming,
        again_noticed_at=case.again_noticed_at,
        again_verdicts=verdicts(case.again_verdicts),
        answered=case.answered,
    )


@lru_cache(maxsize=1_024)
def verdicts(letters: str) -> tuple[NormVerdict, ...]:
    """Return the verdicts that letters stand for: `i`, `l` and `u`."""
    return tuple(_VERDICTS[letter] for letter in letters)


def _hot_case(case: CaseSummary) -> HotCase:
    return HotCase(
        hoster=case.hoster,
        role=case.role,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        norm_from_at=case.norm_from_at,
        norm_s=case.norm_s,
        norms_s=case.norms_s,
        first_seen_at=case.first_seen_at,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        phases=case.phases,
        verdicts="".join([_LETTERS[verdict] for verdict in case.verdicts]),
        flags=case.flags,
        naming=case.naming,
        first_end=case.first_end,
        returns=case.returns,
        unnoticed=case.unnoticed,
        again_noticed_at=case.again_noticed_at,
        again_verdicts="".join([_LETTERS[verdict] for verdict in case.again_verdicts]),
        answered=case.answered,
    )


def _cold_case(case: CaseSummary) -> _ColdCase:
    return _ColdCase(
        case_id=case.case_id,
        group=case.group,
        country=case.country,
        asn=case.asn,
        asn_country=case.asn_country,
        opened_at=case.opened_at,
        received_at=case.received_at,
        naming_at=case.naming_at,
        settled_at=case.settled_at,
        hotlines=case.hotlines,
    )


def _summary(hot: HotCase, cold: _ColdCase) -> CaseSummary:
    return msgspec.structs.replace(
        figures_of(hot),
        first_seen_at=hot.first_seen_at,
        case_id=cold.case_id,
        group=cold.group,
        country=cold.country,
        asn=cold.asn,
        asn_country=cold.asn_country,
        opened_at=cold.opened_at,
        received_at=cold.received_at,
        naming_at=cold.naming_at,
        settled_at=cold.settled_at,
        hotlines=cold.hotlines,
    )


def _framed(hot: bytes, rest: bytes) -> bytes:
    return b"".join((_HEAD.pack(FORM, len(hot)), hot, rest))


def _hot_bytes(raw: bytes) -> memoryview:
    return memoryview(raw)[_HEAD.size : _HEAD.size + _HEAD.unpack_from(raw)[1]]


def _deflated(rest: bytes) -> bytes:
    deflate = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, DICTIONARY
    )
    return deflate.compress(rest) + deflate.flush()


def _inflated(held: bytes) -> bytes:
    inflate = zlib.decompressobj(_WINDOW, DICTIONARY)
    return inflate.decompress(held) + inflate.flush()
