"""What the hotlines of the practice world send, and what should become of each record.

A hotline works in bursts: some URLs at one hoster are reported together and, after the
hotline's own delay, noticed together. Some records are sent twice, some URLs are known to two
hotlines, some records are bad. Record times are the times they are sent at, in whole seconds.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from schemas import codec
from schemas.hotline import RECORD_BYTES_MAX, Answer, HotlineRecord, Notice, Report
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant, moment
from schemas.reasons import AnswerKind, Delivery, Quarantine, Result
from sim.hosters import SimHoster
from sim.laws import seconds_between
from sim.material import Material

NOTICE_DELAY_MIN_MS: Final = 3 * MINUTE_MS
NOTICE_DELAY_MAX_MS: Final = 45 * MINUTE_MS
"""Below an hour, so that the report's own sighting still counts as one before the notice."""

_RESENT: Final = 0.05  # one record in twenty comes again, as at-least-once senders do
_ANSWERED: Final = 0.1  # one notice in ten is answered
_SHARED: Final = 0.05  # one URL in twenty is known to a second hotline


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
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


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events in the order they are sent in, the same for the same events."""
    return sorted(events, key=lambda event: (event.at, event.hotline, event.key, event.value))


def _event(at: Instant, hotline: str, record: HotlineRecord) -> Event:
    return Event(
        at=at,
        hotline=hotline,
        key=record.id.encode(),
        value=codec.HOTLINE.encode(record),
        type=type(record).__name__.lower(),
    )


def _report(id: str, url: str, at: Instant) -> Report:
    return Report(v=1, id=id, url=url, reported_at=moment(at), seen_at=moment(at))


def _notice(id: str, url: str, at: Instant, recipient: str) -> Notice:
    return Notice(
        v=1,
        id=id,
        url=url,
        recipient=recipient,
        sent_at=moment(at),
        delivered_at=moment(at),
        result=Delivery.DELIVERED,
    )


def told(
    material: Material, hoster: SimHoster, hotline: str, id: str, chance: random.Random
) -> Iterator[Event]:
    """Yield report, notice and perhaps an answer about one URL, with some sent twice.

    Args:
        material: what is reported; its times are the first hotline's.
        hoster: who serves it.
        hotline: who reports it.
        id: suffix of the records' ids, unique for the hotline.
        chance: where the sampling comes from.
    """
    recipient = chance.choice((hoster.id, hoster.contact, hoster.entry().name))
    events = [
        _event(
            material.reported_at, hotline, _report(f"r-{id}", material.url, material.reported_at)
        ),
        _event(
            material.noticed_at,
            hotline,
            _notice(f"n-{id}", material.url, material.noticed_at, recipient),
        ),
    ]
    if chance.random() < _ANSWERED:
        at = material.noticed_at + seconds_between(chance, HOUR_MS, 6 * HOUR_MS)
        answer = Answer(
            v=1,
            id=f"a-{id}",
            url=material.url,
            answered_at=moment(at),
            recipient=hoster.id,
            answer=AnswerKind.REMOVED,  # said whether it is true or not; it closes nothing
        )
        events.append(_event(at, hotline, answer))
    for event in events:
        yield event
        if chance.random() < _RESENT:
            yield _again(event, chance)


def _again(event: Event, chance: random.Random) -> Event:
    later_ms = seconds_between(chance, MINUTE_MS, 6 * HOUR_MS)
    return replace(event, at=event.at + later_ms, result=Result.DUPLICATE)


def shared(
    material: Material, hoster: SimHoster, others: Sequence[str], id: str, chance: random.Random
) -> Iterator[Event]:
    """Yield what a second hotline says of the same URL, spelled another way, or nothing.

    It sees the material between the first report and the first notice, so before any removal,
    and its notice is the later one: the case and its clock stay the first hotline's.
    """
    if chance.random() >= _SHARED:
        return
    hotline = chance.choice(others)
    url = material.url.replace(material.host, material.host.upper()) + "#top"
    seen_at = seconds_between(chance, material.reported_at, material.noticed_at)
    noticed_at = material.noticed_at + seconds_between(chance, MINUTE_MS, NOTICE_DELAY_MAX_MS)
    yield _event(seen_at, hotline, _report(f"r-{id}", url, seen_at))
    yield _event(noticed_at, hotline, _notice(f"n-{id}", url, noticed_at, hoster.contact))


def bad(hotline: str, day: int, at: Instant, like: Event) -> Event:
    """Return one record that cannot be taken; the kinds take turns by day and hotline.

    Args:
        hotline: who sends it.
        day: number of the day in the world.
        at: when.
        like: a report of the day; the bad record is about its URL.
    """
    kinds = sorted(_BAD)
    spoil = _BAD[kinds[(day * 3 + sum(hotline.encode())) % len(kinds)]]
    return spoil(_event(at, hotline, _report(f"bad-{day}", _url(like), at)))


def _url(event: Event) -> str:
    return codec.decode_hotline(event.value).url


def _refused(event: Event, reason: Quarantine, value: bytes, *, readable: bool = False) -> Event:
    return replace(
        event,
        value=value,
        result=Result.QUARANTINED,
        reason=reason,
        type=event.type if readable else "",
    )


def _malformed(event: Event) -> Event:
    return _refused(event, Quarantine.MALFORMED, event.value[: len(event.value) // 2])


def _unknown_type(event: Event) -> Event:
    value = event.value.replace(b'"type":"report"', b'"type":"rumour"')
    return _refused(event, Quarantine.UNKNOWN_TYPE, value)


def _unknown_version(event: Event) -> Event:
    value = event.value.replace(b'"v":1', b'"v":2')
    return _refused(event, Quarantine.UNKNOWN_VERSION, value)


def _bad_url(event: Event) -> Event:
    value = event.value.replace(b"http://", b"ftp://")
    return _refused(event, Quarantine.BAD_URL, value, readable=True)


def _future(event: Event) -> Event:
    record = codec.decode_hotline(event.value)
    value = codec.HOTLINE.encode(_report(record.id, record.url, event.at + 30 * DAY_MS))
    return _refused(event, Quarantine.FUTURE_TIME, value, readable=True)


def _mismatch(event: Event) -> Event:
    refused = _refused(event, Quarantine.KEY_MISMATCH, event.value, readable=True)
    return replace(refused, key=event.key + b"-other")


def _too_large(event: Event) -> Event:
    return _refused(event, Quarantine.TOO_LARGE, event.value + b" " * RECORD_BYTES_MAX)


_BAD: Final[dict[Quarantine, Callable[[Event], Event]]] = {
    Quarantine.MALFORMED: _malformed,
    Quarantine.UNKNOWN_TYPE: _unknown_type,
    Quarantine.UNKNOWN_VERSION: _unknown_version,
    Quarantine.BAD_URL: _bad_url,
    Quarantine.FUTURE_TIME: _future,
    Quarantine.KEY_MISMATCH: _mismatch,
    Quarantine.TOO_LARGE: _too_large,
}


def conflict(event: Event, later_ms: int) -> Event:
    """Return a record with an accepted record's id and other content."""
    record = codec.decode_hotline(event.value)
    other = msgspec.structs.replace(record, url=f"{record.url}?other")
    later = replace(event, at=event.at + later_ms)
    return _refused(later, Quarantine.CONFLICT, codec.HOTLINE.encode(other), readable=True)
