"""How identity is derived: canonical URL, url_key, case id, order id, Kafka partition.

Nothing here is random. The same input gives the same identity on every worker, after every
restart, for the life of a ledger; the canonicalisation version and the key are fixed with it.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from struct import Struct
from typing import Final, TypeAlias

import ada_url
import msgspec

from schemas.closed_lists import Role, Target
from schemas.identity.url_text import parse, plain_escapes, undotted

CANONICAL_VERSION: Final = 1
"""Changing anything below that changes a canonical form needs a new ledger."""

KEY_HEX_LENGTH: Final = 32
"""128 bits: no collision among 10^12 URLs worth speaking of, and hard to guess without the key."""

_WORDS: Final = tuple(Struct(f"<{count}I") for count in range(33))
_WORDS_BYTES: Final = 4 * len(_WORDS)  # longer than any key of ours

_URL_PURPOSE: Final = f"url/{CANONICAL_VERSION}"
_HMAC_BLOCK_BYTES: Final = 64  # of SHA-256
_INNER_PAD: Final = bytes(byte ^ 0x36 for byte in range(256))  # RFC 2104, section 2
_OUTER_PAD: Final = bytes(byte ^ 0x5C for byte in range(256))

_SCHEMES: Final = {"http:": "80", "https:": "443"}
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN: Final = re.compile(
    r"(https?)://"
    r"(?:((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)"
    rf"|({_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}))"
    r"(?::([1-9][0-9]{0,4}))?"
    r"(/[A-Za-z0-9_.~!$&'()*+,;=:@/-]*)?"
    r"(\?[A-Za-z0-9_.~!$&()*+,;=:@/?-]+)?"
)
"""Most URLs as reported: parsing changes nothing. `_plain` has what else rules that out."""


class BadUrl(ValueError):
    """The text is no http(s) URL with a host; the message never holds the text."""


class CanonicalUrl(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A URL in the one form that identity is derived from.

    Attributes:
        text: scheme-less form `host[:port]/path[?query]`; http and https twins are one.
        host: lower-case ASCII host, IPv6 in brackets.
        port: the port if it is not the scheme's own, else None.
        scheme: `http` or `https`, as reported.
        literal: the host is an address.
        request: what a probe asks for: path and query.
    """

    text: str
    host: str
    port: int | None
    scheme: str
    literal: bool
    request: str

    def __repr__(self) -> str:
        """Show nothing of what it names."""
        return f"CanonicalUrl(scheme={self.scheme!r}, literal={self.literal!r})"


def canonical(url: str) -> CanonicalUrl:
    """Bring a URL into canonical form.

    WHATWG parsing gives case, IDN, address spellings, default port and dot segments; on top,
    escapes of unreserved characters are undone and the others upper-cased (RFC 3986 6.2.2). User
    info, fragment and a final dot of the host are dropped.

    Raises:
        BadUrl: no http or https URL with a host.
    """
    return _plain(url) or _parsed(url)


def _plain(url: str) -> CanonicalUrl | None:
    """Return the canonical form of a URL that is in it already, None if it has to be parsed.

    Of 19,495 real reports all but three are; parsing them all was a third of intake's work.
    """
    found = _PLAIN.fullmatch(url)
    if found is None:
        return None
    scheme, name, address, number, path, query = found.groups("")
    port = int(number) if number else None
    if port is not None and (port > 65_535 or number == _SCHEMES[f"{scheme}:"]):
        return None
    if "/." in path or "xn--" in name:  # dot segments; punycode is checked by the parser
        return None
    host = name or address
    request = (path or "/") + query
    return CanonicalUrl(
        text=f"{host}:{number}{request}" if number else host + request,
        host=host,
        port=port,
        scheme=scheme,
        literal=not name,
        request=request,
    )


def _parsed(url: str) -> CanonicalUrl:
    try:
        parts, name = parse(url.strip())
    except ValueError:
        raise BadUrl("not a URL") from None
    if parts.protocol not in _SCHEMES:
        raise BadUrl("not http or https")
    host = name or undotted(parts.hostname)
    if not host:
        raise BadUrl("no host")
    if not host.isascii():  # nobody could be asked for it, and it would have twins
        raise BadUrl("not a URL")
    path = plain_escapes(parts.pathname or "/")
    query = plain_escapes(parts.search)
    port = int(parts.port) if parts.port else None
    if port == 0:
        raise BadUrl("port 0")
    text = f"{host}{f':{port}' if port else ''}{path}{query}"
    return CanonicalUrl(
        text=text,
        host=host,
        port=port,
        scheme=parts.protocol[:-1],
        literal=parts.host_type != ada_url.HostType.DEFAULT,
        request=path + query,
    )


class KeyedHash:
    """Names texts under one key: HMAC-SHA-256 (RFC 2104), 32 hex characters.

    The hash states behind the padded key are made once, which is half the work for short texts: a
    call takes 0.8 us. A copy of the standard library's `hmac` object takes 1.1 us and gives the
    same bytes, `hmac.digest` takes 1.6 us; intake names several texts of every record.

    Args:
        key: the ledger's secret, at least 16 bytes.
    """

    __slots__ = ("_copy_inner", "_copy_outer")

    def __init__(self, key: bytes) -> None:
        """Take the key in; it is not kept."""
        if len(key) > _HMAC_BLOCK_BYTES:
            key = hashlib.sha256(key).digest()
        padded = key.ljust(_HMAC_BLOCK_BYTES, b"\x00")
        self._copy_inner = hashlib.sha256(padded.translate(_INNER_PAD)).copy
        self._copy_outer = hashlib.sha256(padded.translate(_OUTER_PAD)).copy

    def __call__(self, purpose: str, text: str) -> str:
        """Hash a text for one purpose.

        Args:
            purpose: keeps hashes of different kinds apart, such as `url` or `address`.
            text: what is named.
        """
        inner, outer = self._copy_inner(), self._copy_outer()
        inner.update(f"{purpose}\x00{text}".encode())
        outer.update(inner.digest())
        return outer.hexdigest()[:KEY_HEX_LENGTH]

    def url_key(self, url: CanonicalUrl) -> str:
        """Return the only name a URL has outside the sealed field."""
        return self(_URL_PURPOSE, url.text)


Hash: TypeAlias = Callable[[str, str], str]
"""Keyed hash of a text for a purpose, as `KeyedHash` gives it."""


def keyed_record_id(hash: Hash, hotline: str, key: str) -> str:
    """Return what names a hotline's record outside its inbox.

    Args:
        hash: under the ledger's secret.
        hotline: whose.
        key: the record's id; of a refused one the Kafka key it came with, read as Latin-1.
    """
    return hash("record", f"{hotline}\x00{key}")


def keyed_hotline_text_id(hash: Hash, purpose: str, hotline: str, text: str) -> str:
    """Return the keyed hash of another id of a hotline: a `reference`, `message` or `envelope`.

    Args:
        hash: under the ledger's secret.
        purpose: the kind of id.
        hotline: whose.
        text: the id.
    """
    return hash(purpose, f"{hotline}\x00{text}")


def keyed_digest(hash: Hash, digest: str) -> str:
    """Return a digest of something secret in the form that confirms no guess."""
    return hash("digest", digest)


def keyed_hash(key: bytes, purpose: str, text: str) -> str:
    """Hash a text for one purpose under a key; see `KeyedHash`."""
    return KeyedHash(key)(purpose, text)


def url_key(key: bytes, url: CanonicalUrl) -> str:
    """Return the only name a URL has outside the sealed field."""
    return KeyedHash(key).url_key(url)


_ID_BYTES: Final = 12
_FRACTION_BYTES: Final = 7
_FRACTION_UNIT: Final = 2.0 ** (-8 * _FRACTION_BYTES)
_JOINED: Final = tuple("\x00".join(["%s"] * count) for count in range(8))
"""Texts of so many parts with a zero byte between them; filling one in is faster than joining."""


def case_id(url_key: str, group: str, role: Role, ordinal: int) -> str:
    """Return the id of the ordinal-th case (from 0) of a URL at a group in a role."""
    text = f"case\x00{url_key}\x00{group}\x00{role}\x00{ordinal}"
    return hashlib.blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest()


def order_id(case_id: str, slot_at: int, vantage: str, target: Target) -> str:
    """Return the id of a probe order: the same slot asked again is the same order."""
    return order_ids(case_id, slot_at, [probe_name(vantage, target)])[0]


def order_ids(case_id: str, slot_at: int, probes: Iterable[bytes]) -> list[str]:
    """Return the ids of the orders of a slot, faster than each by itself.

    Args:
        case_id: the case.
        slot_at: the slot.
        probes: what `probe_name` gives for each order.
    """
    slot = hashlib.blake2b(f"order\x00{case_id}\x00{slot_at}\x00".encode(), digest_size=_ID_BYTES)
    found = []
    for probe in probes:
        one = slot.copy()
        one.update(probe)
        found.append(one.hexdigest())
    return found


def probe_name(vantage: str, target: Target) -> bytes:
    """Return what tells the orders of a slot apart, as it goes into their ids."""
    return f"{vantage}\x00{target}".encode()


def fraction(*parts: str | int) -> float:
    """Return a number in [0, 1) derived from the parts; spreads slots without chance."""
    raw = (_JOINED[len(parts)] % parts).encode()
    drawn = hashlib.blake2b(raw, digest_size=_FRACTION_BYTES).digest()
    return int.from_bytes(drawn, "big") * _FRACTION_UNIT


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition a Java client would pick for a key (murmur2, as in Kafka's Utils)."""
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    length = len(data)
    m = 0x5BD1E995
    h = 0x9747B28C ^ length
    words = _WORDS[length >> 2] if length < _WORDS_BYTES else Struct(f"<{length >> 2}I")
    for word in words.unpack_from(data):
        k = word * m & 0xFFFFFFFF
        h = (h * m ^ (k ^ k >> 24) * m) & 0xFFFFFFFF
    tail = data[length & ~3 :]
    if tail:
        h = ((h ^ int.from_bytes(tail, "little")) * m) & 0xFFFFFFFF
    h = (h ^ (h >> 13)) * m & 0xFFFFFFFF
    return h ^ (h >> 15)
