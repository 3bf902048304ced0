"""Waits on the sockets of all probes of a prober: one epoll, and one timer for all deadlines.

The event loop's own readers cost a handle, a context and several system calls for each wait; a
probe waits twice and little else. Here a socket is told to the kernel once, edge-triggered
(epoll(7)), and the loop watches the one epoll. Linux only, as the prober is.
"""

import asyncio
import select
from typing import Final, Protocol

EVENTS_MAX: Final = 128
"""Sockets served in one turn of the loop: some milliseconds, so that others have theirs."""

TICK_S: Final = 0.05
"""Deadlines are kept in steps of this; a probe ends at most one step early and never late."""

_WANTED: Final = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET


class Waiter(Protocol):
    """Waits on a socket."""

    def ready(self, *, more: bool) -> None:
        """Go on: the socket has become writable.

        Args:
            more: it is readable too, or has failed; what is not read now may not be told again.
        """
        ...

    def expire(self) -> None:
        """End: the deadline is there."""
        ...


class Poller:
    """Waits on sockets; the loop is watched only while there are any."""

    def __init__(self) -> None:
        """Open the epoll; the loop is not needed yet."""
        self._epoll = select.epoll()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: dict[int, Waiter] = {}
        self._due: dict[int, dict[int, Waiter]] = {}
        self._tick: asyncio.TimerHandle | None = None

    def watch(self, fd: int, waiter: Waiter, until: float) -> int:
        """Wait on a socket and return what `forget` wants to know.

        Args:
            fd: a socket whose connect has been begun.
            waiter: who is told.
            until: loop time at which it is to end.
        """
        if not self._waiters:
            self._begin()
        step = int(until / TICK_S)
        self._waiters[fd] = waiter
        self._due.setdefault(step, {})[fd] = waiter
        self._epoll.register(fd, _WANTED)
        return step

    def forget(self, fd: int, step: int) -> None:
        """Wait on a socket no more; it is to be closed at once, which the kernel takes as its word.

        Args:
            fd: the socket.
            step: what `watch` returned.
        """
        del self._waiters[fd]
        due = self._due.get(step)
        if due is not None:
            due.pop(fd, None)
            if not due:
                del self._due[step]
        if not self._waiters:
            self._end()

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._epoll.fileno(), self._serve)
        self._wind(self._loop)

    def _end(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._epoll.fileno())
        if self._tick is not None:
            self._tick.cancel()

    def _wind(self, loop: asyncio.AbstractEventLoop) -> None:
        step = int(loop.time() / TICK_S) + 1
        self._tick = loop.call_at(step * TICK_S, self._ticked, loop)

    def _ticked(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time() + TICK_S / 8  # timers of some loops are early by a millisecond
        for step in [step for step in self._due if step * TICK_S <= now]:
            for waiter in tuple(self._due.pop(step, {}).values()):
                waiter.expire()
        if self._waiters:
            self._wind(loop)

    def _serve(self) -> None:
        for fd, events in self._epoll.poll(0, EVENTS_MAX):
            waiter = self._waiters.get(fd)
            if waiter is not None:
                waiter.ready(more=events != select.EPOLLOUT)
