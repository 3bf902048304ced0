"""What stands for the key file in memory: names of URLs, hashes, seals that anybody can open."""

import base64
import hashlib
from typing import Final

from schemas.identity import ids
from schemas.identity.ids import CanonicalUrl, canonical
from schemas.moments import DAY_MS, Instant
from schemas.seal_context import Bound
from sim.world.material import Material
from streams.intake.entries import Secrets

_SECRET: Final = b"practice-secret-"
_MONTH_MS: Final = 30 * DAY_MS


def url_key(url: CanonicalUrl) -> str:
    """Return the name of a URL."""
    return ids.url_key(_SECRET, url)


def key_of(item: Material) -> str:
    """Return the name of a URL of the world."""
    return url_key(canonical(item.url))


def hashed(purpose: str, text: str) -> str:
    """Return the keyed hash of a text."""
    name = f"{purpose}\x00{text}".encode()
    return hashlib.blake2b(name, digest_size=16, key=_SECRET).hexdigest()


def sealed(text: bytes, at: Instant, bound: Bound) -> str:
    """Return a text sealed for the month of an instant and a place; here it is only wrapped."""
    month = b"%d\x00" % (at // _MONTH_MS)
    return base64.b64encode(month + bound + b"\x00" + text).decode("ascii")


def opened(text: str, bound: Bound) -> str:
    """Return what was sealed.

    Raises:
        ValueError: it was sealed for another place.
    """
    _, *place, raw = base64.b64decode(text).split(b"\x00", 4)
    if b"\x00".join(place) != bound:
        raise ValueError("sealed for another place")
    return raw.decode()


SECRETS: Final = Secrets(url_key=url_key, hash=hashed, seal=sealed)
