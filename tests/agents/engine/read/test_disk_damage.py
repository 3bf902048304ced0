"""What a broker's disk damaged is told of once the broker has said so three times."""

import asyncio
from typing import Any

from aiokafka.errors import CorruptRecordException
from aiokafka.protocol.fetch import FetchRequest

from agents.engine.read.disk_damage import TIMES, UNREADABLE, DamageAsUnreadable


class Answer:
    """A broker's answer."""

    def __init__(self, topics: list) -> None:
        self.topics = topics


def asked(*said: tuple[int, int]) -> list[Any]:
    """Return what is told of a partition: asked from offsets, answered with error codes."""
    codes = iter(code for _, code in said)

    async def ask(_: int, __: Any) -> Answer:
        return Answer([("reports.v1", [(3, next(codes), 99, 98, [], b"bytes")])])

    damage = DamageAsUnreadable(ask)

    async def all_of_them() -> list[Any]:
        found = []
        for offset, _ in said:
            request = FetchRequest(0, 1, 1, 0, [("reports.v1", [(3, offset, 1)])])
            answer = await damage.send(1, request)
            found.append(answer.topics[0][1][0])
        return found

    return asyncio.run(all_of_them())


BROKEN = CorruptRecordException.errno


def test_a_sound_answer_stays_as_it_is() -> None:
    """Whatever else it says."""
    assert asked((7, 0)) == [(3, 0, 99, 98, [], b"bytes")]


def test_damage_is_believed_the_third_time() -> None:
    """Then the offset reads as bytes that nobody can read, and the next one is asked for."""
    found = asked(*[(7, BROKEN)] * TIMES)
    assert [part[1] for part in found] == [BROKEN] * (TIMES - 1) + [0]
    assert found[-1] == (3, 0, 8, 98, [], UNREADABLE)


def test_each_offset_is_counted_by_itself() -> None:
    """One that is asked for anew begins anew."""
    found = asked((7, BROKEN), (7, BROKEN), (8, BROKEN), (7, BROKEN), (7, BROKEN))
    assert {part[1] for part in found} == {BROKEN}
