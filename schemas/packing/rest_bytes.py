"""The JSON of a cold part as bytes: deflated once the URL has observations, else stored."""

import struct
import zlib
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from schemas.closed_lists import Confidence, Role
from schemas.records.case_events import PackedAttribution, PackedPlacement

DICTIONARY: Final = (
    b'"undelivered","sent","bounced","order","sent_only","on_report","historic","contested",true,'
    b'"prefix","organisation","statement","unknown","proxy",true,"exclude","confirm_backdated",'
    b',"hosting","NL",64500,"US","name","asn",false,"",""]],[[17,"attribution",true,false,[0]],[17'
    b'00,"notice","delivered",null,null,false,"delivery","unknown"]],[],[],[],[["'
    b'00,null,false,"delivery",[3600,43200,86400,172800],86400,null,null]],[[17'
    b'[1,false,false,[["","NL",64500,"??",170,170,170,null,["'
)
"""What rests are made of, the likeliest last. Part of form 1: with another it is another form."""

_LEVEL: Final = 6
_WINDOW: Final = -12
_MEMORY: Final = 5
"""4 KiB of window and little memory for hashes: a rest is short, and setting up is what costs."""

_STORED: Final = struct.Struct("<BHH")
"""A last block without compression: its header, its length, the same inverted (RFC 1951, 3.2.4)."""

STORED_LAST: Final = 1
_STORED_BYTES_MAX: Final = 65_535


class Bare(Struct, array_like=True, gc=False):
    """A `PackedPlacement` whose last fields are as usual and left out: it reads as one."""

    hoster: str
    group: str
    role: Role
    country: str
    asn: int
    asn_country: str
    confidence: Confidence
    contested: bool
    address_key: str = ""
    address: str = ""


class BareAttribution(Struct, array_like=True, gc=False):
    """A `PackedAttribution` that names all hosters: it reads as one."""

    at: int
    vantage: str
    answered: bool
    nxdomain: bool
    placement_indexes: tuple[int, ...]


def bare_attribution(made: PackedAttribution) -> PackedAttribution | BareAttribution:
    """Return an attribution without what is as usual at its end."""
    if made.more:
        return made
    return BareAttribution(
        made.at, made.vantage, made.answered, made.nxdomain, made.placement_indexes
    )


def without_texts(place: PackedPlacement) -> PackedPlacement | Bare:
    """Return a placement without its texts, and without what is as usual at its end."""
    sampled = place.inclusion != 1 or not place.sampled
    if sampled or place.formerly or place.behind or place.disclosed:
        return replace(place, address_key="", address="")
    return Bare(
        place.hoster,
        place.group,
        place.role,
        place.country,
        place.asn,
        place.asn_country,
        place.confidence,
        place.contested,
    )


def deflated(rest: bytes) -> bytes:
    """Return a rest deflated against `DICTIONARY`."""
    deflate = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, DICTIONARY
    )
    return deflate.compress(rest) + deflate.flush()


def stored(rest: bytes) -> bytes:
    """Return a rest as one stored block, which inflates like any other."""
    size = len(rest)
    if size > _STORED_BYTES_MAX:
        return deflated(rest)
    return _STORED.pack(STORED_LAST, size, size ^ 0xFFFF) + rest


def inflated(held: bytes) -> bytes:
    """Return the rest; raises what is in `schemas.packing.state_record.DECODE_ERRORS`."""
    if held[0] == STORED_LAST:
        _, size, inverted = _STORED.unpack_from(held)
        if size != len(held) - _STORED.size or size ^ 0xFFFF != inverted:
            raise ValueError("no such length of a block")
        return held[_STORED.size :]
    inflate = zlib.decompressobj(_WINDOW, DICTIONARY)
    return inflate.decompress(held) + inflate.flush()


def inflated_beginning(held: bytes, size: int) -> bytes:
    """Return the rest up to so many bytes; raises the same."""
    if held[0] == STORED_LAST:
        return held[_STORED.size : _STORED.size + size]
    return zlib.decompressobj(_WINDOW, DICTIONARY).decompress(held, size)
