"""How a resting state is held in memory: its JSON, deflated against a dictionary of its own words.

A state is too short for deflate to learn its field names; given them beforehand it shrinks by a
quarter more. The dictionary is made from the schemas, so it never leaves this process.
"""

import zlib
from typing import Final

import msgspec

from schemas.case import CaseSummary, UrlState
from schemas.reasons import (
    Basis,
    Confidence,
    Delivery,
    HotlineMode,
    NormVerdict,
    Outcome,
    Role,
    Target,
)

LEVEL: Final = 6
"""Higher levels shrink no further; lower ones save 8 us and cost a tenth more memory."""

_RAW: Final = -zlib.MAX_WBITS  # no header and no checksum: the bytes never leave the process
_MEMORY: Final = 9


def _words() -> bytes:
    lists = (Delivery, Basis, HotlineMode, Confidence, Target, Role, NormVerdict, Outcome)
    values = "".join(f'"{value}",' for words in lists for value in words)
    fields = [f for record in (UrlState, CaseSummary) for f in msgspec.structs.fields(record)]
    names = "".join(f',"{name.encode_name}":[[' for name in fields)
    usual = 'null,null,false,"delivery",[3600,43200,86400,172800],86400,null,null]]'
    return (values + names + usual).encode()


_DICTIONARY: Final = _words()


def packed(encoded: bytes) -> bytes:
    """Return the bytes deflated."""
    deflate = zlib.compressobj(
        LEVEL, zlib.DEFLATED, _RAW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY
    )
    return deflate.compress(encoded) + deflate.flush()


def opened(held: bytes) -> bytes:
    """Return what was packed."""
    inflate = zlib.decompressobj(_RAW, _DICTIONARY)
    return inflate.decompress(held) + inflate.flush()
