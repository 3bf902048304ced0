"""The proposal of inclusion rests on the cases that are open now, each of them once."""

from ledger_events import GONE, ONLINE, at, notice, place, placed, report, slots
from scratch_topics import create_topic, scratch_settings

from agents.engine.produce.outbox import send_once
from agents.engine.stage import Send
from agents.tools.inclusion import open_cases
from schemas.codec import POSITION, STATE
from schemas.records.case import Position, position_key
from schemas.topics import CASES
from streams import lifecycle

KEYS = tuple(f"{n:032x}" for n in range(4))


def state(key: str, hoster: str, facts) -> bytes:
    """Return the state of a URL that was seen at a hoster, and later as the facts say."""
    there = {"hoster": hoster, "hosters": (hoster,)}
    happened = [
        report(seen=0),
        placed(0, place(hoster)),
        notice(1, recipient=hoster),
        *slots([1.5, 4], ONLINE, **there),
        *slots([5, 5.2, 5.4, 5.6], facts, **there),
    ]
    return STATE.encode(lifecycle.advance(key, None, happened))


async def test_open_cases_are_told_by_hoster_and_spread_by_their_urls(bootstrap):
    """Of a URL the newest state counts; one that is gone, removed or a position is no case."""
    settings = scratch_settings(bootstrap)
    await create_topic(settings, CASES.name, 2)
    position = Position(partition=0, offsets={}, as_of=at(100), code="1", method="1")
    first, second, removed, dropped = KEYS
    sends = [
        (first, state(first, "other", ONLINE)),
        (second, state(second, "acme", ONLINE)),
        (removed, state(removed, "acme", GONE)),
        (dropped, state(dropped, "acme", ONLINE)),
        (first, state(first, "acme", ONLINE)),
        (dropped, None),
    ]
    await send_once(
        settings,
        [
            *(Send(CASES.name, key.encode(), value) for key, value in sends),
            Send(CASES.name, position_key(0), POSITION.encode(position), partition=0),
        ],
    )
    counts: list[int] = []
    found = await open_cases(settings, counts.append)
    assert found.keys() == {"acme"}
    assert sorted(case.case_id for case in found["acme"]) == [first, second]
    assert counts[-1] == len(KEYS)
