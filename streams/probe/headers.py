"""What of a response's head becomes a fact: a closed list of fields, each in a closed form.

Header values are chosen by whoever runs the server. Nothing here returns one as it came: a value
is parsed into a bounded number, an instant, a mark or a short text of a safe alphabet, or it
counts as not said. What has to be compared later (ETag, Location) is hashed by the caller.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeAlias

from schemas.moments import SECOND_MS, Instant, instant

HeaderFields: TypeAlias = Mapping[bytes, bytes]
"""Header fields by lower-case name; of a repeated field the first."""

TYPE_CHARACTERS_MAX: Final = 64
"""The longest media types in use are shorter; the rest is somebody's message to us."""

RETRY_AFTER_MAX_S: Final = 3_600
"""A server may ask for patience, not for freedom from being probed."""

AGE_MAX_S: Final = 400 * 86_400
"""No case is followed for longer."""

DAYS_MAX: Final = 1_024
"""Days whose beginning is remembered."""

_TYPE: Final = re.compile(rb"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_NUMBER: Final = re.compile(rb"[0-9]{1,15}")  # 15 digits: a petabyte, and safe in JSON
_TOTAL: Final = re.compile(rb"bytes [0-9]{1,15}-[0-9]{1,15}/([0-9]{1,15})")  # RFC 9110 14.4
_DATE: Final = re.compile(  # IMF-fixdate, RFC 9110 5.6.7
    rb"[A-Z][a-z]{2}, ([0-9]{2} [A-Z][a-z]{2} [0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_MONTHS: Final = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

_CACHE_FIELDS: Final = frozenset(
    {b"x-cache", b"cf-cache-status", b"x-cache-status", b"x-proxy-cache"}
)
_CACHE_HIT: Final = re.compile(
    rb"(?<![a-z0-9])(hit|stale|updating|revalidated)(?![a-z0-9])", re.IGNORECASE
)
"""In `TCP_MEM_HIT` of squid's heirs too."""

_CACHE_STATUS: Final = b"cache-status"
_CACHE_STATUS_HIT: Final = re.compile(rb";\s*hit\s*(?:=\?1)?\s*(?:[;,]|$)")  # RFC 9211 2.1

_KEPT_COPY: Final[tuple[tuple[bytes, re.Pattern[bytes]], ...]] = (
    *(
        (name, _CACHE_HIT)
        for name in (
            b"cdn-cache",
            b"x-cache-lookup",
            b"x-drupal-cache",
            b"x-fastcgi-cache",
            b"x-litespeed-cache",
            b"x-nginx-cache",
            b"x-sucuri-cache",
            b"x-varnish-cache",
        )
    ),
    (b"x-vercel-cache", re.compile(rb"HIT|STALE|PRERENDER", re.IGNORECASE)),
    (b"x-rack-cache", re.compile(rb"fresh|stale|valid", re.IGNORECASE)),
    (b"x-cache-hits", re.compile(rb"[1-9]")),
    (b"x-varnish", re.compile(rb"[0-9]+ +[0-9]+")),  # the second is the request it was kept of
    (b"warning", re.compile(rb"11[0-3] ")),  # RFC 7234 5.5: stale, or not asked for anew
)
"""Other fields by which caches say that they answered with a copy."""

_CHALLENGES: Final[tuple[tuple[bytes, re.Pattern[bytes]], ...]] = (
    (b"cf-mitigated", re.compile(rb"challenge", re.IGNORECASE)),
    (b"x-amzn-waf-action", re.compile(rb"challenge|captcha", re.IGNORECASE)),
    (b"x-datadome", re.compile(rb"protected", re.IGNORECASE)),
    (b"x-sucuri-block", re.compile(rb".")),
    (b"x-vercel-mitigated", re.compile(rb"challenge", re.IGNORECASE)),
)
"""Fields by which known proxies say that they answered in place of the server."""

_CHALLENGED: Final = frozenset(name for name, _ in _CHALLENGES)

_KEPT: Final = frozenset(
    {
        b"content-type",
        b"content-length",
        b"content-range",
        b"etag",
        b"location",
        b"last-modified",
        b"age",
        b"retry-after",
        _CACHE_STATUS,
        *_CACHE_FIELDS,
        *(name for name, _ in _KEPT_COPY),
        *(name for name, _ in _CHALLENGES),
    }
)


def fields(raw: Sequence[tuple[bytes, bytes]]) -> HeaderFields:
    """Return the fields that can become facts, of a repeated one the first."""
    kept: dict[bytes, bytes] = {}
    for name, value in raw:
        lower = name.lower()
        if lower in _KEPT:
            kept.setdefault(lower, value.strip())
    return kept


def media_type(head: HeaderFields) -> str:
    """Return the media type in lower case without parameters, empty if there is no sound one."""
    value = head.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if len(value) > TYPE_CHARACTERS_MAX or not _TYPE.fullmatch(value):
        return ""
    return value.decode("ascii")


def length(head: HeaderFields, *, part: bool = False) -> int | None:
    """Return the length of the whole representation in bytes, None if it is not said.

    Args:
        head: the fields.
        part: they are of an answer to a range (206): the length is the total of Content-Range, and
            of a whole whose length its server does not know, nothing; never that of the part.
    """
    total = _TOTAL.fullmatch(head.get(b"content-range", b""))
    if total is not None:
        return int(total[1])
    return None if part else _number(head.get(b"content-length"))


def age_s(head: HeaderFields) -> int | None:
    """Return the age of a cached answer in seconds, None if it is not said."""
    age = _number(head.get(b"age"))
    return None if age is None else min(age, AGE_MAX_S)


def modified(head: HeaderFields) -> Instant | None:
    """Return Last-Modified, None if it is not said or no date."""
    return _date(head.get(b"last-modified"))


def retry_after_s(head: HeaderFields, now: Instant) -> int | None:
    """Return how long the server asks us to wait, seconds, at most an hour.

    Args:
        head: the response's fields.
        now: from when a date counts.
    """
    value = head.get(b"retry-after")
    seconds = _number(value)
    if seconds is None:
        until = _date(value)
        if until is None:
            return None
        seconds = max(0, until - now) // SECOND_MS
    return min(seconds, RETRY_AFTER_MAX_S)


def cached(head: HeaderFields) -> bool:
    """Return whether the answer is marked as served from a cache."""
    if _CACHE_STATUS_HIT.search(head.get(_CACHE_STATUS, b"")):
        return True
    if head.keys().isdisjoint(_CACHE_FIELDS):
        return False
    return any(_CACHE_HIT.search(head.get(name, b"")) for name in _CACHE_FIELDS)


def kept_copy(head: HeaderFields) -> bool:
    """Return whether an answer says in any known way that a cache gave it and not the server.

    It is a reason to ask otherwise, and no fact: whoever runs the server can say so.
    """
    if cached(head) or (age_s(head) or 0) > 0:  # RFC 9111 5.1
        return True
    return any(pattern.search(head.get(name, b"")) for name, pattern in _KEPT_COPY)


def challenge(head: HeaderFields) -> bool:
    """Return whether a known proxy says that it answered with a test for robots."""
    if head.keys().isdisjoint(_CHALLENGED):
        return False
    return any(marker.search(head.get(name, b"")) for name, marker in _CHALLENGES)


def _number(value: bytes | None) -> int | None:
    return int(value) if value is not None and _NUMBER.fullmatch(value) else None


def _date(value: bytes | None) -> Instant | None:
    found = _DATE.fullmatch(value or b"")
    if found is None:
        return None
    date, hour, minute, second = found.groups()
    midnight = _midnight(date)
    if midnight is None or hour > b"23" or minute > b"59" or second > b"59":
        return None
    of_day_s = 3_600 * int(hour) + 60 * int(minute) + int(second)
    return max(0, midnight + SECOND_MS * of_day_s)


@lru_cache(maxsize=DAYS_MAX)
def _midnight(date: bytes) -> Instant | None:
    day, month, year = date.split(b" ")
    if month not in _MONTHS:
        return None
    try:
        return instant(datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC))
    except ValueError:  # the 30th of February
        return None
