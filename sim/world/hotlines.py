"""What the hotlines of the practice world send, and what should become of each record.

A hotline works in bursts: some URLs at one hoster are reported together and, after the
hotline's own delay, noticed together (`sim.world.hotline_records`). Some records are bad. Record
times are the times they are sent at, in whole seconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from schemas import codec
from schemas.closed_lists import Quarantine, Result
from schemas.moments import DAY_MS, MINUTE_MS, Instant, moment
from schemas.records.hotline import RECORD_BYTES_MAX, HotlineRecord, Report

NOTICE_DELAY_MIN_MS: Final = 3 * MINUTE_MS
NOTICE_DELAY_MAX_MS: Final = 45 * MINUTE_MS
"""Below an hour, so that the report's own sighting still counts as one before the notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineEvent:
    """One record that a hotline hands to Kafka.

    Attributes:
        at: when, in world time.
        hotline: whose topic.
        key, value: the Kafka record.
        result, reason: what must become of it.
        type: the record's type, empty where it cannot be read.
    """

    at: Instant
    hotline: str
    key: bytes
    value: bytes = field(repr=False)
    result: Result = Result.ACCEPTED
    reason: Quarantine | None = None
    type: str = ""


def in_order(events: Iterable[HotlineEvent]) -> list[HotlineEvent]:
    """Return events in the order they are sent in, the same for the same events."""
    return sorted(events, key=lambda event: (event.at, event.hotline, event.key, event.value))


def event_of(at: Instant, hotline: str, record: HotlineRecord) -> HotlineEvent:
    """Return the event of a record that a hotline sends at an instant."""
    return HotlineEvent(
        at=at,
        hotline=hotline,
        key=record.id.encode(),
        value=codec.HOTLINE.encode(record),
        type=type(record).__name__.lower(),
    )


def _report(id: str, url: str, at: Instant) -> Report:
    return Report(v=1, id=id, url=url, reported_at=moment(at), seen_at=moment(at))


def bad(
    hotline: str, day: int, at: Instant, like: HotlineEvent, id: str | None = None
) -> HotlineEvent:
    """Return one record that cannot be taken; the kinds take turns by day and hotline.

    Args:
        hotline: who sends it.
        day: number of the day in the world.
        at: when.
        like: a report of the day; the bad record is about its URL.
        id: suffix of the record's id; None = the day's number.
    """
    kinds = sorted(_BAD)
    spoil = _BAD[kinds[(day * 3 + sum(hotline.encode())) % len(kinds)]]
    return spoil(event_of(at, hotline, _report(f"bad-{id or day}", _url(like), at)))


def _url(event: HotlineEvent) -> str:
    return codec.decode_hotline(event.value).url


def _refused(
    event: HotlineEvent, reason: Quarantine, value: bytes, *, readable: bool = False
) -> HotlineEvent:
    return replace(
        event,
        value=value,
        result=Result.QUARANTINED,
        reason=reason,
        type=event.type if readable else "",
    )


def _malformed(event: HotlineEvent) -> HotlineEvent:
    return _refused(event, Quarantine.MALFORMED, event.value[: len(event.value) // 2])


def _unknown_type(event: HotlineEvent) -> HotlineEvent:
    value = event.value.replace(b'"type":"report"', b'"type":"rumour"')
    return _refused(event, Quarantine.UNKNOWN_TYPE, value)


def _unknown_version(event: HotlineEvent) -> HotlineEvent:
    value = event.value.replace(b'"v":1', b'"v":99')
    return _refused(event, Quarantine.UNKNOWN_VERSION, value)


def _bad_url(event: HotlineEvent) -> HotlineEvent:
    value = event.value.replace(b"http://", b"ftp://")
    return _refused(event, Quarantine.BAD_URL, value, readable=True)


def _future(event: HotlineEvent) -> HotlineEvent:
    record = codec.decode_hotline(event.value)
    value = codec.HOTLINE.encode(_report(record.id, record.url, event.at + 30 * DAY_MS))
    return _refused(event, Quarantine.FUTURE_TIME, value, readable=True)


def _mismatch(event: HotlineEvent) -> HotlineEvent:
    refused = _refused(event, Quarantine.KEY_MISMATCH, event.value, readable=True)
    return replace(refused, key=event.key + b"-other")


def _too_large(event: HotlineEvent) -> HotlineEvent:
    return _refused(event, Quarantine.TOO_LARGE, event.value + b" " * RECORD_BYTES_MAX)


_BAD: Final[dict[Quarantine, Callable[[HotlineEvent], HotlineEvent]]] = {
    Quarantine.MALFORMED: _malformed,
    Quarantine.UNKNOWN_TYPE: _unknown_type,
    Quarantine.UNKNOWN_VERSION: _unknown_version,
    Quarantine.BAD_URL: _bad_url,
    Quarantine.FUTURE_TIME: _future,
    Quarantine.KEY_MISMATCH: _mismatch,
    Quarantine.TOO_LARGE: _too_large,
}


def conflict(event: HotlineEvent, later_ms: int) -> HotlineEvent:
    """Return a record with an accepted record's id and other content."""
    record = codec.decode_hotline(event.value)
    other = msgspec.structs.replace(record, url=f"{record.url}?other")
    later = replace(event, at=event.at + later_ms)
    return _refused(later, Quarantine.CONFLICT, codec.HOTLINE.encode(other), readable=True)
