"""Requests as they reach a practice hoster, and what it may answer."""

from dataclasses import dataclass, field
from typing import Final

PAGE_BYTES: Final = 1_270
MISSING_BYTES: Final = 153


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it reached a hoster.

    Attributes:
        source: address it came from.
        agent: User-Agent.
        host: Host without the port, lower case.
        path: path without the query.
        method: HEAD or GET.
    """

    source: str
    agent: str
    host: str = field(repr=False)
    path: str = field(repr=False)
    method: str = "HEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The head of an answer; the body is `length` zero bytes.

    Attributes:
        location: where a redirect leads.
        etag: of the material.
        fields: further header fields.
        drips: it goes out a byte now and then, and never ends.
    """

    status: int
    type: str = "text/html; charset=utf-8"
    length: int = 0
    location: str = ""
    etag: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    drips: bool = False


FORBIDDEN: Final = Reply(status=403, length=MISSING_BYTES)
MISSING: Final = Reply(status=404, length=MISSING_BYTES)
GONE: Final = Reply(status=410, length=MISSING_BYTES)
HOME: Final = Reply(status=200, length=PAGE_BYTES)
TO_HOME: Final = Reply(status=302, location="/")
CANARY: Final = Reply(status=200, type="image/png", length=68, etag='"canary"')

PLACEHOLDER: Final = Reply(status=200, type="image/gif", length=4_300, etag='"no-such-picture"')
"""What a picture host may show in the place of a picture it does not have."""

CHALLENGE: Final = Reply(status=403, length=PAGE_BYTES, fields=(("cf-mitigated", "challenge"),))
TOO_MANY: Final = Reply(status=429, length=MISSING_BYTES, fields=(("Retry-After", "3600"),))
FAILED: Final = Reply(status=503, length=MISSING_BYTES)
DRIP: Final = Reply(status=200, type="image/jpeg", drips=True)
EVERYTHING: Final = Reply(status=200, type="image/jpeg", length=100_000)
"""The one answer of a hoster that answers everything alike."""
