"""Which rules a record must keep whatever was accepted before: its URL and its times.

Intake judges by them what stands in an inbox (`streams/intake/judgement.py`), and the HTTP intake
what may come into one (`streams/intake/record_check.py`). So what is refused at the door is what
would be quarantined behind it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.closed_lists import Quarantine
from schemas.codec import Rejected
from schemas.identity.ids import BadUrl, CanonicalUrl, canonical
from schemas.moments import MINUTE_MS, Instant, instant
from schemas.records.hotline import URL_BYTES_MAX, HotlineRecord

FUTURE_MS: Final = 5 * MINUTE_MS
"""How far a hotline's clock may run ahead (docs/measurement.md, Clocks)."""

URL_FIELD: Final = "url"


class Admissible(NamedTuple):
    """What the rules found in a record: its URL, and the times it states as instants."""

    url: CanonicalUrl
    times: list[Instant]


def admissible(
    record: HotlineRecord, times: Sequence[datetime], appended_at: Instant
) -> Admissible:
    """Return URL and times of a record that keeps the rules.

    Args:
        record: of a hotline.
        times: what `streams.intake.content.times_of` says of it.
        appended_at: when the broker took it.

    Raises:
        Rejected: with the first rule that fails, and the field.
    """
    if len(record.url.encode()) > URL_BYTES_MAX:
        raise Rejected(Quarantine.TOO_LARGE, URL_FIELD)
    try:
        url = canonical(record.url)
    except BadUrl:
        raise Rejected(Quarantine.BAD_URL, URL_FIELD) from None
    stated = [instant(time) for time in times]
    for at in stated:
        if at < 0:
            raise Rejected(Quarantine.MALFORMED, _field_of(record, at))
        if at > appended_at + FUTURE_MS:
            raise Rejected(Quarantine.FUTURE_TIME, _field_of(record, at))
    return Admissible(url, stated)


def _field_of(record: Struct, at: Instant) -> str:
    """Return the field that states a time, with that of the object it stands in."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, datetime) and instant(value) == at:
            return name
        if isinstance(value, Struct) and (inner := _field_of(value, at)):
            return f"{name}.{inner}"
    return ""
