"""The bytes of a dossier's file: one way to write it, so that no byte can be changed unseen."""

import hashlib
import json
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from agents.edges.crypto.person_key import PersonKey
from agents.errors import UserError
from schemas.dossier.dossier import Dossier

DOMAIN: Final = b"hostwatch dossier 1"

FILE_BYTES_MAX: Final = 1024 * 1024 * 1024
"""5,000 cases take some 500 MB."""

_DECODER: Final = msgspec.json.Decoder(Dossier)


def encode(dossier: Dossier) -> bytes:
    """Return the bytes of a dossier: fields sorted by name, no blanks, a line feed at the end."""
    plain = msgspec.to_builtins(dossier)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def decode(raw: bytes) -> Dossier:
    """Return a dossier.

    Raises:
        UserError: the bytes are none.
    """
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UserError("it is no dossier, or it was changed") from None


def read(file: Path) -> bytes:
    """Return the content of a dossier's file.

    Raises:
        UserError: it cannot be read, or is too large.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(FILE_BYTES_MAX + 1)
    except OSError:
        raise UserError(f"{file}: cannot be read") from None
    if len(raw) > FILE_BYTES_MAX:
        raise UserError(f"{file}: is larger than {FILE_BYTES_MAX:,} bytes")
    return raw


def message(dossier: Dossier) -> bytes:
    """Return what is signed of a dossier."""
    bare = encode(replace(dossier, signature=""))
    return DOMAIN + b"\x00" + hashlib.sha256(bare).digest()


def signed(dossier: Dossier, key: PersonKey) -> Dossier:
    """Return a dossier, signed."""
    return replace(dossier, signature=key.sign(message(dossier)))
