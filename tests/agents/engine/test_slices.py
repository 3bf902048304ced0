"""The loop is given back by time, whatever a step costs."""

import asyncio

import pytest

from agents.engine.slices import Slices


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        """Return what it shows."""
        return self.now_s


@pytest.mark.parametrize(("step_s", "steps"), [(0.001, 10), (0.004, 3), (0.5, 1)])
async def test_others_get_the_loop_after_ten_milliseconds(monkeypatch, step_s, steps) -> None:
    """And at once behind a step that took longer; then the next slice begins."""
    clock = Hands()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    paused = Slices()
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    for expected in (1, 2):
        taken = 0
        while True:
            clock.now_s += step_s
            taken += 1
            if await paused.pause():
                break
        assert taken == pytest.approx(steps, abs=1)
        assert turns == expected
    task.cancel()
