"""Where a sealed text belongs: it opens there alone.

A sealed text is bound to the topic, the key and the field that it was sealed for, so one that
was moved to another URL's record or into another field does not open. Records that pass one on
unopened change nothing about that: orders (`probes.<vantage>.v1`) and states (`cases.v1`) carry
texts of `reports.v1` and `facts.v1`, which are opened as such. Every kind of sealed text has its
function here.
"""

from typing import Final, NamedTuple

from schemas.flow import Origin
from schemas.ledger import UrlKey
from schemas.topics import FACTS, QUARANTINE, REPORTS

_REPORTS: Final = REPORTS.name
_FACTS: Final = FACTS.name


class Bound(NamedTuple):
    """Where a sealed text belongs.

    Attributes:
        topic: the topic it was sealed for, without a prefix.
        key: the record's url_key; of a record without one, what tells it from all others.
        field: the record's field.
    """

    topic: str
    key: str
    field: str

    def authenticated(self) -> bytes:
        """Return it as bytes; no part holds a zero byte, so no two read alike."""
        return f"{self.topic}\x00{self.key}\x00{self.field}".encode()


def reported_url(url_key: UrlKey) -> Bound:
    """Return where the URL of a report belongs; orders and states carry it too."""
    return Bound(_REPORTS, url_key, "sealed")


def hotline_ids(url_key: UrlKey) -> Bound:
    """Return where the ids that a hotline gave a record belong."""
    return Bound(_REPORTS, url_key, "sealed_ids")


def placed_address(url_key: UrlKey) -> Bound:
    """Return where the address of a placement belongs; orders and states carry it too."""
    return Bound(_FACTS, url_key, "address")


def resolved_names(url_key: UrlKey) -> Bound:
    """Return where the CNAME chain of an attribution belongs."""
    return Bound(_FACTS, url_key, "names")


def quarantined_record(origin: Origin) -> Bound:
    """Return where a quarantined record belongs; its URL, if it has one, was never read."""
    return Bound(QUARANTINE.name, _where(origin), "record")


def quarantined_key(origin: Origin) -> Bound:
    """Return where the Kafka key of a quarantined record belongs."""
    return Bound(QUARANTINE.name, _where(origin), "key")


def _where(origin: Origin) -> str:
    return f"{origin.topic}/{origin.partition}/{origin.offset}"
