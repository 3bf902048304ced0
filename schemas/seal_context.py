"""Where a sealed text belongs: it opens there alone.

A sealed text is bound to the topic, the key and the field that it was sealed for, so one that
was moved to another URL's record or into another field does not open. Records that pass one on
unopened change nothing about that: orders (`probes.<vantage>.v1`) and states (`cases.v1`) carry
texts of `reports.v1` and `facts.v1`, which are opened as such. Every kind of sealed text has its
function here.
"""

from typing import Final, NewType

from schemas.records.flow import Origin
from schemas.records.ledger import UrlKey
from schemas.topics import FACTS, QUARANTINE, REPORTS

_REPORTS: Final = REPORTS.name
_FACTS: Final = FACTS.name


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


def reported_url(url_key: UrlKey) -> SealContext:
    """Return where the URL of a report belongs; orders and states carry it too."""
    return bound_to(_REPORTS, url_key, "sealed")


def hotline_ids(url_key: UrlKey) -> SealContext:
    """Return where the ids that a hotline gave a record belong."""
    return bound_to(_REPORTS, url_key, "sealed_ids")


def placed_address(url_key: UrlKey) -> SealContext:
    """Return where the address of a placement belongs; orders and states carry it too."""
    return bound_to(_FACTS, url_key, "address")


def resolved_names(url_key: UrlKey) -> SealContext:
    """Return where the CNAME chain of an attribution belongs."""
    return bound_to(_FACTS, url_key, "names")


def quarantined_record(origin: Origin) -> SealContext:
    """Return where a quarantined record belongs; its URL, if it has one, was never read."""
    return bound_to(QUARANTINE.name, _where(origin), "record")


def quarantined_key(origin: Origin) -> SealContext:
    """Return where the Kafka key of a quarantined record belongs."""
    return bound_to(QUARANTINE.name, _where(origin), "key")


def _where(origin: Origin) -> str:
    return f"{origin.topic}/{origin.partition}/{origin.offset}"
