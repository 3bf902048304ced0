"""Where a sealed text belongs: it opens there alone.

A sealed text is bound to the topic, the key and the field that it was sealed for. So one that was
moved to another URL's record or into another field does not open. Records that pass one on unopened
change nothing about that: orders (`probes.<vantage>.v1`) and states (`cases.v1`) carry texts of
`reports.v1` and `facts.v1`, which are opened as such. Every kind of sealed text has its function
here.
"""

from typing import Final, NewType

from schemas.records.processing import Origin
from schemas.records.reports import UrlKey
from schemas.topics import FACTS, QUARANTINE, REPORTS

SealContext = NewType("SealContext", bytes)
"""Where a sealed text belongs: the bytes that are authenticated with it, made by `bound_to`."""


def bound_to(topic: str, key: str, field: str) -> SealContext:
    """Return a place; no part holds a zero byte, so no two read alike.

    Args:
        topic: the topic a text is sealed for, without a prefix.
        key: the record's url_key; of a record without one, what tells it from all others.
        field: the record's field.
    """
    return SealContext(f"{topic}\x00{key}\x00{field}".encode())


def _around(topic: str, field: str) -> tuple[bytes, bytes]:
    """Return what stands before and behind the key in the places of a field."""
    before, behind = bound_to(topic, "\n", field).split(b"\n")
    return before, behind


_URL: Final = _around(REPORTS.name, "sealed")
_IDS: Final = _around(REPORTS.name, "sealed_ids")
_ADDRESS: Final = _around(FACTS.name, "address")
_NAMES: Final = _around(FACTS.name, "names")
_ADDRESSES: Final = _around(FACTS.name, "addresses")


def reported_url(url_key: UrlKey) -> SealContext:
    """Return where the URL of a report belongs; orders and states carry it too."""
    return SealContext(_URL[0] + url_key.encode() + _URL[1])


def hotline_ids(url_key: UrlKey) -> SealContext:
    """Return where the ids that a hotline gave a record belong."""
    return SealContext(_IDS[0] + url_key.encode() + _IDS[1])


def placed_address(url_key: UrlKey) -> SealContext:
    """Return where the address of a placement belongs; orders and states carry it too."""
    return SealContext(_ADDRESS[0] + url_key.encode() + _ADDRESS[1])


def resolved_names(url_key: UrlKey) -> SealContext:
    """Return where the CNAME chain of an attribution belongs."""
    return SealContext(_NAMES[0] + url_key.encode() + _NAMES[1])


def resolved_addresses(url_key: UrlKey) -> SealContext:
    """Return where the addresses of an attribution belong."""
    return SealContext(_ADDRESSES[0] + url_key.encode() + _ADDRESSES[1])


def quarantined_record(origin: Origin) -> SealContext:
    """Return where a quarantined record belongs; it may have no URL, or one that cannot be read."""
    return bound_to(QUARANTINE.name, _where(origin), "record")


def quarantined_key(origin: Origin) -> SealContext:
    """Return where the Kafka key of a quarantined record belongs."""
    return bound_to(QUARANTINE.name, _where(origin), "key")


def _where(origin: Origin) -> str:
    return f"{origin.topic}/{origin.partition}/{origin.offset}"
