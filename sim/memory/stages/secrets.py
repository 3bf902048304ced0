"""The keys of a run in memory: the product's key ring, with keys and nonces that never vary."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agents.edges.crypto.key_file import KEY_BYTES, KeyFile
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import NONCE_BYTES, MonthKey
from schemas.identity.ids import canonical
from schemas.seal_context import SealContext
from sim.world.material import Material
from streams.intake.entries import KeyOperations

_SECRET: Final = b"practice-secret-".ljust(KEY_BYTES, b"-")


class _SteadyKey(MonthKey):
    """A month's key that seals the same bytes for the same place alike, so that a run replays."""

    __slots__ = ()

    def seal(self, raw: bytes, bound: SealContext) -> str:
        """Seal bytes with a nonce that is made of them."""
        nonce = hashlib.blake2b(raw, digest_size=NONCE_BYTES, key=bound[:64]).digest()
        return self.seal_with_nonce(raw, bound, nonce)


@dataclass(frozen=True, slots=True)
class _Months:
    """Makes the key of each month when it is asked for."""

    ring: Keyring

    async def make(self, months: Collection[int]) -> None:
        """Have the ring hold the keys of months."""
        for month in months:
            key = hashlib.blake2b(b"%d" % month, digest_size=KEY_BYTES, key=_SECRET).digest()
            self.ring.put(month, [_SteadyKey(month, key)])

    async def read_on(self) -> None:
        """Do nothing: whoever sealed in a month has made its key."""


def _ring() -> Keyring:
    ring = Keyring(Path("none"), KeyFile(v=2, master=_SECRET, secret=_SECRET))
    ring.source = _Months(ring)
    return ring


RING: Final = _ring()
"""The key ring of every process of every run."""

SECRETS: Final = KeyOperations(url_key=RING.url_key, hash=RING.hash, seal=RING.seal_bytes)


def key_of(item: Material) -> str:
    """Return the name of a URL of the world."""
    return RING.url_key(canonical(item.url))
