"""Waiting on sockets: each is told, none is kept, and a deadline is never late."""

import asyncio
import socket

import pytest

from agents.edges.http_probe.poller import TICK_S, Poller


class Note:
    """Notes what it is told.

    Attributes:
        told: whether there was more to read, each time.
        expired_at: loop time of its end.
    """

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.expired_at = 0.0
        self.news = asyncio.Event()

    def ready(self, *, more: bool) -> None:
        """Note it."""
        self.told.append(more)
        self.news.set()

    def expire(self) -> None:
        """Note when."""
        self.expired_at = asyncio.get_running_loop().time()
        self.news.set()


@pytest.mark.parametrize("left_s", [0.0, 0.01, TICK_S, 0.13, 0.31])
async def test_a_deadline_is_never_late_and_a_step_early_at_most(left_s: float) -> None:
    """The end comes within a step before the deadline, or at the next step if that is over."""
    loop = asyncio.get_running_loop()
    poller, note = Poller(), Note()
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        began = loop.time()
        step = poller.watch(here.fileno(), note, began + left_s)
        while not note.expired_at:
            note.news.clear()
            await asyncio.wait_for(note.news.wait(), 30)
        poller.forget(here.fileno(), step)
    assert note.expired_at >= began + left_s - TICK_S - 0.01
    assert (step - 1) * TICK_S <= began + left_s


async def test_what_is_there_is_told_once() -> None:
    """Room to write is told, then what can be read; nothing is told of a forgotten socket."""
    loop = asyncio.get_running_loop()
    poller, note, other = Poller(), Note(), Note()
    here, there = socket.socketpair()
    with here, there:
        step = poller.watch(here.fileno(), note, loop.time() + 60)
        await note.news.wait()
        note.news.clear()
        there.send(b"x")
        await note.news.wait()
        assert note.told == [False, True]
        poller.forget(here.fileno(), step)
        there.send(b"y")
        step = poller.watch(there.fileno(), other, loop.time() + 60)
        await other.news.wait()
        poller.forget(there.fileno(), step)
    assert note.told == [False, True]


async def test_the_loop_is_watched_only_while_somebody_waits() -> None:
    """A prober at rest has neither a reader nor a timer in the loop, again and again."""
    loop = asyncio.get_running_loop()
    poller = Poller()
    for _ in range(3):
        here, there = socket.socketpair()
        with here, there:
            note = Note()
            step = poller.watch(here.fileno(), note, loop.time() + 60)
            await note.news.wait()
            poller.forget(here.fileno(), step)
        assert loop.remove_reader(poller._epoll.fileno()) is False
        assert poller._tick.cancelled()
        assert (poller._waiters, poller._due) == ({}, {})
