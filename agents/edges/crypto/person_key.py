"""A person's private key: a file of its own, on that person's machine, and nowhere else.

Ed25519 (RFC 8032) as PEM PKCS8, readable by its owner only, encrypted where a passphrase is set.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from agents.edges.crypto.key_file import is_exposed
from agents.errors import UserError
from schemas.signing import PersonId, PublicKey

FILE_BYTES_MAX: Final = 4_096
"""A key takes 300 bytes; what is larger is another file named by mistake."""

PassphrasePrompt = Callable[[], str]
"""Asks the person for the passphrase."""


class PersonKeyError(UserError):
    """A person's key or card cannot be used; the message says what to do."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person hands to others so that they can be entered: no secret.

    Attributes:
        id, name: of the person.
        public_key: checks what the person signs.
    """

    id: PersonId
    name: str
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A private key that was read.

    Attributes:
        public_key: checks what it signs.
    """

    _private: Ed25519PrivateKey = field(repr=False)
    public_key: PublicKey

    @classmethod
    def create(cls, file: Path, passphrase: str = "") -> Self:
        """Make a key and its file, mode 0600.

        Args:
            file: must not be there yet.
            passphrase: encrypts it; empty = it is not encrypted.

        Raises:
            PersonKeyError: there is such a file, or it cannot be written.
        """
        private = Ed25519PrivateKey.generate()
        text = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode())
            if passphrase
            else serialization.NoEncryption(),
        )
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
        except FileExistsError:
            raise PersonKeyError(f"{file}: is there already; a key is never overwritten") from None
        except OSError:
            raise PersonKeyError(f"{file}: cannot be written") from None
        return cls(private, _public(private))

    @classmethod
    def load(cls, file: Path, ask: PassphrasePrompt) -> Self:
        """Read a key.

        Args:
            file: its file.
            ask: is called where the file is encrypted.

        Raises:
            PersonKeyError: there is none, others may read it, it is no such key, or the
                passphrase is wrong.
        """
        try:
            with file.open("rb") as opened:
                found = os.fstat(opened.fileno())
                text = opened.read(FILE_BYTES_MAX)
        except OSError:
            raise PersonKeyError(f"{file}: cannot be read; --person names your key") from None
        if is_exposed(found):
            mode = found.st_mode & 0o777
            raise PersonKeyError(f"{file}: others may read it (mode {mode:o}): run chmod 600 on it")
        private = _private(file, text, ask)
        if not isinstance(private, Ed25519PrivateKey):
            raise PersonKeyError(f"{file}: is no key of `hostwatch keys person create`")
        return cls(private, _public(private))

    def sign(self, message: bytes) -> str:
        """Return the signature of a message in hex."""
        return self._private.sign(message).hex()


def _private(file: Path, text: bytes, ask: PassphrasePrompt) -> object:
    try:
        return serialization.load_pem_private_key(text, password=None)
    except TypeError:  # it is encrypted
        pass
    except (ValueError, UnsupportedAlgorithm):
        return None
    try:
        return serialization.load_pem_private_key(text, password=ask().encode())
    except (ValueError, UnsupportedAlgorithm):
        raise PersonKeyError(f"{file}: the passphrase is wrong") from None


def _public(private: Ed25519PrivateKey) -> PublicKey:
    return private.public_key().public_bytes_raw().hex()


def genuine(public_key: PublicKey, signature: str, message: bytes) -> bool:
    """Return whether a signature is that of a key over a message."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def card_of(file: Path) -> Card:
    """Read a person's card.

    Raises:
        PersonKeyError: there is none, or it is no card.
    """
    try:
        with file.open("rb") as opened:
            return msgspec.json.decode(opened.read(FILE_BYTES_MAX), type=Card)
    except OSError:
        raise PersonKeyError(f"{file}: cannot be read") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise PersonKeyError(
            f"{file}: is no card; `hostwatch keys person create` writes one beside the key"
        ) from None
