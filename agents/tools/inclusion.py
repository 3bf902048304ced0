"""Reads the open cases of every hoster from `cases.v1`, for the suggestion of inclusion."""

from collections.abc import Callable

from msgspec.structs import replace

from agents.config import Settings
from agents.engine.read.bulk import Follower
from schemas.closed_lists import OPEN
from schemas.codec import STATE
from schemas.moments import Instant
from schemas.records.case import POSITION_KEY, CaseSummary
from schemas.records.reports import HosterId
from schemas.topics import CASES
from streams.case_class import class_at


async def open_cases(
    settings: Settings, say: Callable[[int], None]
) -> dict[HosterId, list[CaseSummary]]:
    """Return the cases that are open now, by hoster, as far as timetables ask.

    Args:
        settings: broker and clock.
        say: is told how many URLs were read.

    Raises:
        Rejected: a state is damaged.
        KafkaError, TimeoutError: the broker does not answer, or the topic is missing.
    """
    now = settings.clock.clock().now()
    held: dict[bytes, tuple[CaseSummary, ...]] = {}
    follower = Follower(settings, CASES.name)
    try:
        await follower.start()
        while not follower.caught_up:
            for record in await follower.poll():
                if not record.key.startswith(POSITION_KEY):
                    held[record.key] = _open(record.key, record.value, now)
            say(len(held))
    finally:
        await follower.stop()
    found: dict[HosterId, list[CaseSummary]] = {}
    for cases in held.values():
        for case in cases:
            found.setdefault(case.hoster, []).append(case)
    return found


def _open(key: bytes, value: bytes | None, now: Instant) -> tuple[CaseSummary, ...]:
    """Return a URL's open cases; slots are spread by its key instead of by the case's id.

    The part of a state that figures are made of says no id. For how slots are spread over many
    cases one hash is as good as another.
    """
    if not value:
        return ()
    _, cases = STATE.figures(value)
    return tuple(
        [
            replace(case, case_id=key.decode("ascii"))
            for case in cases
            if class_at(case, now) in OPEN
        ]
    )
