"""In which order records of the ledger become events of a history."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

import msgspec

from schemas.closed_lists import Target
from schemas.moments import Instant
from schemas.records.facts import Observation
from streams.lifecycle.events.event_union import Happened

ProbedSlot: TypeAlias = list[tuple[Observation, Instant]]
"""An observation of the URL, and behind it those of its controls, with their append times."""


def in_order(known: Sequence[Happened]) -> Iterator[Happened | ProbedSlot]:
    """Yield records in order of what they tell of; a probe comes with its controls.

    How the ledger's topics are interleaved changes nothing.

    Args:
        known: records of one URL with their append times.
    """
    yield from map(itemgetter(-1), sorted(_placed(known), key=itemgetter(0, 1, 2)))


def _placed(
    known: Sequence[Happened],
) -> Iterator[tuple[Instant, str, bytes, Happened | ProbedSlot]]:
    """Yield what is put in order, and before it by what: its time, its kind, and all it says."""
    controls: dict[tuple[Any, ...], ProbedSlot] = defaultdict(list)
    seen: list[tuple[Observation, Instant]] = []
    for record, appended_at in known:
        if not isinstance(record, Observation):
            place = _at(record), type(record).__name__, msgspec.json.encode(record)
            yield *place, (record, appended_at)
        elif record.target is Target.URL:
            seen.append((record, appended_at))
        else:
            controls[_slot_of(record)].append((record, appended_at))
    for url, appended_at in seen:
        beside = sorted(controls[_slot_of(url)], key=lambda one: (one[0].done_at, one[0].target))
        place = counted_at(url), Observation.__name__, msgspec.json.encode(url)
        yield *place, [(url, appended_at), *beside]


def _slot_of(seen: Observation) -> tuple[Any, ...]:
    return seen.slot_at, seen.vantage, seen.hoster, seen.role


def counted_at(url: Observation) -> Instant:
    """Return the instant that a probe counts from: sent for a sighting, else answered.

    Args:
        url: the observation of the URL.
    """
    return url.sent_at if 200 <= url.facts.status < 300 else url.done_at


def _at(record: Any) -> Instant:
    for name in (
        "reported_at",
        "noticed_at",
        "withdrawn_at",
        "checked_at",
        "answered_at",
        "decided_at",
        "at",
    ):
        if hasattr(record, name):
            found: Instant = getattr(record, name)
            return found
    return 0
