"""Laws of what is looked up in the background."""

import asyncio
import gc

import pytest

from agents.edges.lookup.jobs import (
    KEPT_MAX,
    KEPT_S,
    RUNNING_MAX,
    WAITING_MAX,
    Busy,
    Failed,
    Jobs,
    UnknownOrExpired,
)


async def test_a_question_goes_on_and_its_answer_is_found_later() -> None:
    """Who asks is not held up, the same question is worked on once, and the answer is kept."""
    jobs, gate, asked = Jobs(), asyncio.Event(), []

    async def make() -> str:
        asked.append(1)
        await gate.wait()
        return "found"

    assert await jobs.answer("a", make, 0) == (False, None)
    assert await jobs.answer("a", make, 0) == (False, None)
    gate.set()
    assert await jobs.answer("a", make, 10) == (True, "found")
    assert await jobs.answer("a", make, 0) == (True, "found")
    assert len(asked) == 1


async def test_what_runs_and_what_waits_is_bounded() -> None:
    """A crowd of questions gets a word, not the machine."""
    jobs, gate, running = Jobs(), asyncio.Event(), []

    async def make() -> None:
        running.append(1)
        await gate.wait()

    for n in range(WAITING_MAX):
        await jobs.answer(f"{n}", make, 0)
    await asyncio.sleep(0)
    assert len(running) == RUNNING_MAX
    with pytest.raises(Busy):
        await jobs.answer("one more", make, 0)
    await jobs.stop()


async def test_a_failure_is_said_and_asked_anew() -> None:
    """What the broker could not tell may be told the next time."""
    jobs, told = Jobs(), [OSError(), None]

    async def make() -> str:
        error = told.pop(0)
        if error is not None:
            raise error
        return "found"

    with pytest.raises(Failed):
        await jobs.answer("a", make, 10)
    assert await jobs.answer("a", make, 10) == (True, "found")


async def test_answers_are_forgotten_after_a_minute_and_beyond_their_number() -> None:
    """Memory is bounded, and no page is older than it says."""
    now = [0.0]
    jobs = Jobs(lambda: now[0])

    async def make() -> int:
        return 1

    for n in range(KEPT_MAX + 5):
        await jobs.answer(f"{n}", make, 10)
        await asyncio.sleep(0)
    with pytest.raises(UnknownOrExpired):
        await jobs.result("0", 0)
    assert await jobs.result(f"{KEPT_MAX + 4}", 0) == (True, 1)
    now[0] = KEPT_S + 1
    with pytest.raises(UnknownOrExpired):
        await jobs.result(f"{KEPT_MAX + 4}", 0)


async def test_a_failure_that_nobody_comes_back_for_is_not_printed() -> None:
    """Its text may hold what no log holds; who asks again is told that it failed."""
    printed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, of: printed.append(of))
    now, gate = [0.0], asyncio.Event()
    jobs = Jobs(lambda: now[0])

    async def make() -> None:
        await gate.wait()
        raise OSError

    assert await jobs.answer("a", make, 0) == (False, None)
    gate.set()
    for _ in range(5):  # turns of the loop: the question fails and is noted
        await asyncio.sleep(0)
    now[0] = KEPT_S + 1
    with pytest.raises(UnknownOrExpired):
        await jobs.result("a", 0)
    gc.collect()
    assert printed == []
