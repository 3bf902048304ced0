"""An event loop on virtual time: when nothing is left to do now, its time jumps to the next timer.

Several processes of the simulator share it. Each of their callbacks carries its process in its
context. A process stands still while its callbacks are held back. It is dead when they are held
back for ever, as by kill -9: nothing of it is unwound.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Lively(Protocol):
    """What runs in a process."""

    def passed(self) -> None:
        """Be at a point at which a process may be ended or stand still."""
        ...

    def crashed(self, where: str, error: BaseException) -> None:
        """End on an exception."""
        ...


@dataclass(slots=True, eq=False)
class Process:
    """A process of the simulator.

    Attributes:
        asleep: it stands still, as by SIGSTOP.
        dead: it was ended, as by SIGKILL.
        member: what it runs.
        held: what it would have done meanwhile.
    """

    member: "Lively"
    asleep: bool = False
    dead: bool = False
    held: list["_Handle"] = field(default_factory=list)

    def wake(self, loop: "VirtualLoop") -> None:
        """Go on where it stood."""
        self.asleep = False
        held, self.held = self.held, []
        loop.again(held)


PROCESS: Final[ContextVar[Process | None]] = ContextVar("process", default=None)
"""Whose the running code is; None = the simulator's own."""


class _Handle(asyncio.TimerHandle):
    """A callback, now or later."""

    __slots__ = ("act", "at", "is_cancelled", "of", "within")

    def __init__(
        self, at: float, act: Callable[..., object], of: tuple[object, ...], within: Context
    ) -> None:
        self.at = at
        self.act = act
        self.of = of
        self.within = within
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def cancelled(self) -> bool:
        return self.is_cancelled

    def when(self) -> float:
        return self.at


class _Task(asyncio.Task[T]):
    """A task whose place in a set does not depend on where in memory it lies."""

    numbers = count()

    def __init__(self, *of: Any, **named: Any) -> None:
        self.number = next(_Task.numbers)
        super().__init__(*of, **named)

    def __hash__(self) -> int:
        return self.number


class VirtualLoop(asyncio.AbstractEventLoop):
    """The loop.

    Attributes:
        failures: exceptions of callbacks that nobody else was told of.
    """

    def __init__(self) -> None:
        """Begin at 0."""
        self.failures: list[BaseException] = []
        self._now_s = 0.0
        self._ready: deque[_Handle] = deque()
        self._timers: list[tuple[float, int, _Handle]] = []
        self._numbers = count()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._over = False

    def time(self) -> float:
        """Return virtual seconds since the loop was made."""
        return self._now_s

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> _Handle:
        """Call a function in this turn or the next."""
        handle = _Handle(self._now_s, callback, args, _within(context))
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> _Handle:
        """Do the same: there are no threads."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> _Handle:
        """Call a function after some seconds."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> _Handle:
        """Call a function at a time of this loop; those of one time in the order they came in."""
        handle = _Handle(when, callback, args, _within(context))
        heapq.heappush(self._timers, (when, next(self._numbers), handle))
        return handle

    def again(self, handles: list[_Handle]) -> None:
        """Call what was held back."""
        self._ready.extend(handles)

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future."""
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        """Run a coroutine; whatever becomes of its process, it is kept until the loop goes."""
        task: asyncio.Task[T] = _Task(coro, loop=self, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def run_in_executor(
        self, executor: Any, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Call a function at once: what a thread would do takes no time here."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whoever awaits it is told
            future.set_exception(error)
        return future

    def get_debug(self) -> bool:
        """Return that nothing is debugged."""
        return False

    def is_running(self) -> bool:
        """Return that it runs: whoever asks is called by it."""
        return not self._over

    def is_closed(self) -> bool:
        """Return whether the run is over."""
        return self._over

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Note what a callback or a task raised that nobody awaits."""
        error = context.get("exception")
        if isinstance(error, BaseException) and not self._over:
            self.failures.append(error)

    def run(self, until: float) -> None:
        """Do all that is to be done up to a time.

        Args:
            until: of this loop, in seconds.

        Raises:
            BaseException: what a callback of nobody's process raised.
        """
        with self._running():
            while True:
                self._turn()
                if not self._timers or self._timers[0][0] > until:
                    break
                self._now_s = max(self._now_s, self._timers[0][0])
                while self._timers and self._timers[0][0] <= self._now_s:
                    self._ready.append(heapq.heappop(self._timers)[2])
            self._now_s = max(self._now_s, until)
        if self.failures:
            raise self.failures[0]

    @contextmanager
    def _running(self) -> Iterator[None]:
        """Be the loop that runs; asyncio has these two functions for the makers of loops."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)

    def _turn(self) -> None:
        ready = self._ready
        while ready:
            handle = ready.popleft()
            if handle.is_cancelled:
                continue
            process = handle.within.get(PROCESS)
            if process is not None and (process.asleep or process.dead):
                if not process.dead:
                    process.held.append(handle)
                continue
            try:
                handle.within.run(handle.act, *handle.of)
            except ProcessEnded:
                pass
            except Exception as error:  # noqa: BLE001 - `run` raises it
                self.failures.append(error)

    def close(self) -> None:
        """Let go of everything; nothing that is left does anything more."""
        self._over = True
        with self._running():
            for task in sorted(self._tasks, key=hash):
                left = task.get_coro()
                with suppress(BaseException):  # it may want to wait for something, or complain
                    if left is not None:  # from Python 3.12 on a task may have none
                        left.close()
        self._ready.clear()
        self._timers.clear()
        self._tasks.clear()


def virtual_loop() -> VirtualLoop:
    """Return a loop at time 0; it has no sockets, signals and child processes."""
    return VirtualLoop()  # type: ignore[abstract]  # nobody asks for those


class ProcessEnded(BaseException):
    """The process whose code runs has ended."""


def _within(context: Context | None) -> Context:
    """Return the context to call in; one with nothing in it counts as false."""
    return copy_context() if context is None else context
