"""Facts of the ledger, decoded into what is needed here: resolutions and observations."""

from typing import Final, NamedTuple

import msgspec

from schemas.closed_lists import ProbeError, Role, Target
from schemas.moments import Instant
from schemas.records.case_observations import (
    MARK_AGED,
    MARK_CACHED,
    MARK_CHALLENGE,
    MARK_HEAD_DIFFERS,
    MARK_LEFT_HOST,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    MARK_TO_ROOT,
)

PLACES_MAX: Final = 8
"""Addresses a resolution."""


class Placement(msgspec.Struct, frozen=True, array_like=False):
    """Where a resolution found the URL."""

    hoster: str
    group: str
    role: Role = Role.HOSTING
    country: str = "??"
    asn: int = 0
    asn_country: str = "??"
    confidence: str = "unknown"
    contested: bool = False
    address_key: str = ""
    inclusion: float = 1.0
    sampled: bool = True
    formerly: tuple[str, ...] = ()
    behind: bool = False
    disclosed: bool = False


class Resolution(msgspec.Struct, frozen=True, tag_field="type", tag="attribution"):
    """A resolution by one vantage.

    Attributes:
        placements: where it found the URL, the first eight.
        more: the answer had more hosters than these.
    """

    vantage: str
    at: Instant
    answered: bool = True
    nxdomain: bool = False
    placements: tuple[Placement, ...] = ()
    more: bool = False


class _Facts(msgspec.Struct, frozen=True):
    error: ProbeError | None = None
    status: int = 0
    type: str = ""
    type_key: str = ""
    length: int | None = None
    etag_key: str = ""
    location_key: str = ""
    age_s: int | None = None
    cached: bool = False
    left_host: bool = False
    to_root: bool = False
    challenge: bool = False
    suspended: bool = False
    parked: bool = False
    placeholder: bool = False
    method: str = "HEAD"
    head_status: int = 0


class _Observation(msgspec.Struct, frozen=True, tag_field="type", tag="observation"):
    hoster: str
    vantage: str
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    facts: _Facts
    role: Role = Role.HOSTING
    asked: tuple[str, ...] = ()
    canary_ok: bool = True
    hosters: tuple[str, ...] = ()
    nxdomain: bool = False
    old_address: bool = False
    announced: bool = True
    asn: int = 0


class HttpAnswer(NamedTuple):
    """What of an answer a verdict rests on; `size` is floor(log2(length)) + 1, -1 = not said."""

    error: ProbeError | None
    status: int
    type: str
    size: int
    location_key: str
    etag_key: str
    marks: int

    def marked(self, mark: int) -> bool:
        """Return whether it bears a mark of `schemas.records.case`."""
        return bool(self.marks & mark)


class Observation(NamedTuple):
    """One observation as it was made; equal observations are one."""

    hoster: str
    role: Role
    vantage: str
    target: Target
    asked: tuple[str, ...]
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    canary_ok: bool
    announced: bool
    asn: int
    old_address: bool
    nxdomain: bool
    present: bool
    age_s: int
    checked: bool
    answer: HttpAnswer


_DECODE: Final = msgspec.json.Decoder(Resolution | _Observation).decode
_encode: Final = msgspec.json.Encoder().encode


def fact(value: bytes) -> Resolution | Observation:
    """Return a resolution, its places once each and in order, or an observation.

    Raises:
        msgspec.DecodeError: it is neither.
    """
    found: Resolution | _Observation = _DECODE(value)
    if isinstance(found, _Observation):
        return _observe(found)
    places = tuple(sorted(set(found.placements[:PLACES_MAX]), key=_place_order))
    more = found.more or len(found.placements) > PLACES_MAX
    return msgspec.structs.replace(found, placements=places, more=more)


def _place_order(place: Placement) -> bytes:
    """Return what the places of one resolution are sorted by: their text."""
    return _encode(msgspec.structs.astuple(place))


def _observe(fact: _Observation) -> Observation:
    facts = fact.facts
    by_get = facts.method == "GET" and facts.head_status > 0
    marks = (
        MARK_LEFT_HOST * facts.left_host
        | MARK_TO_ROOT * facts.to_root
        | MARK_CHALLENGE * facts.challenge
        | MARK_SUSPENDED * facts.suspended
        | MARK_PARKED * facts.parked
        | MARK_CACHED * facts.cached
        | MARK_AGED * (facts.age_s is not None)
        | MARK_PLACEHOLDER * facts.placeholder
        | MARK_HEAD_DIFFERS * by_get
    )
    return Observation(
        fact.hoster, fact.role, fact.vantage, fact.target, fact.asked,
        fact.slot_at, fact.sent_at, fact.done_at,
        fact.canary_ok, fact.announced, fact.asn, fact.old_address, fact.nxdomain,
        fact.hoster in fact.hosters,
        facts.age_s or 0,
        facts.method == "GET" or facts.head_status > 0,
        HttpAnswer(
            facts.error, 200 if by_get and facts.status == 206 else facts.status,
            f"{facts.type} {facts.type_key}".rstrip(),
            -1 if facts.length is None else facts.length.bit_length(),
            facts.location_key, facts.etag_key, marks,
        ),
    )  # what is compared, a kind a line # fmt: skip
