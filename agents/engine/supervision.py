"""Tasks that have to live as long as what they serve, and what happens when one ends.

asyncio tells nobody that a task which nobody awaits has ended. A process that lost one seems well
and does a part of its work no longer. So the end of any such task ends the process:

- our own are `Supervisor`: their end is fatal unless they were told to end;
- those of a library are looked for every second in the objects that hold them (`keep`). A client
  of aiokafka forgets a task that it ends itself, so one that is over and still held ended unasked;
  a service of mode forgets each task that ends, so one that is missing while its service is to run
  ended unasked.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final, NoReturn, TypeGuard

from mode import Service

from agents.engine.failures import EngineFailure, crash

POLL_EVERY_S: Final = 1.0
"""Between two checks of what libraries hold. If two checks in a row say so, a task has ended
unasked, so a process ends within some 3 s."""

SHUT_DOWN_S: Final = 0.1
"""A loop that is shut down has by then no task left but the one that shuts it down."""

ELEMENTS_CHECKED_MAX: Final = 1_000
"""Elements of one collection that are checked: connections and tasks of a client are some ten."""

_CLIENT: Final = "aiokafka."

_QUALNAME: Final = re.compile(r"<coroutine object (\S+) at ", re.ASCII)

OnCrash = Callable[[str, BaseException], object]


class EndedAlone(EngineFailure):
    """A task ended that nobody told to end."""


def crash_on_unexpected_exit(where: str, what: str, on_crash: OnCrash = crash) -> None:
    """End the process since something ended alone, unless its loop is being shut down.

    Args:
        where: named when the process ends.
        what: ended.
        on_crash: ends the process.
    """
    loop, error = asyncio.get_running_loop(), EndedAlone(f"{what} ended alone")

    def end() -> None:
        if any("shutdown_" not in called(task) for task in asyncio.all_tasks(loop)):
            on_crash(where, error)

    loop.call_later(SHUT_DOWN_S, end)


class Supervisor:
    """A task whose end ends the process, unless that end is expected.

    Args:
        work: what it does.
        where: named when it ends alone.
        on_crash: told of its end; ends the process.
    """

    def __init__(
        self, work: Coroutine[Any, Any, object], where: str, on_crash: OnCrash = crash
    ) -> None:
        self._where = where
        self._on_crash = on_crash
        self._end_is_expected = False
        self._task = asyncio.create_task(work, name=where)
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[object]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._on_crash(self._where, error)
        elif not self._end_is_expected:
            crash_on_unexpected_exit(self._where, f"the task {self._where}", self._on_crash)

    @property
    def over(self) -> bool:
        """Say whether it has ended."""
        return self._task.done()

    def check(self) -> None:
        """Do nothing while it goes on.

        Raises:
            BaseException: what it ended with.
        """
        if self._task.done():
            self._task.result()

    def cancel_as_expected(self) -> None:
        """Cancel it, and take its end as expected."""
        self._end_is_expected = True
        if not self._task.get_loop().is_closed():
            self._task.cancel()

    async def end(self) -> None:
        """Cancel it and wait until it has ended."""
        self.cancel_as_expected()
        await asyncio.gather(self._task, return_exceptions=True)


async def together(*work: Coroutine[Any, Any, object]) -> NoReturn:
    """Do things that never end; when one ends, in whatever way, the others are ended too.

    Raises:
        EndedAlone: one returned or was cancelled. What one raised is raised as it is.
    """
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
    raise EndedAlone(f"{called(done.pop())} ended alone")


def held(root: object) -> Iterator[tuple[object, asyncio.Task[Any]]]:
    """Give each task that has to live and that a library's object holds, with its holder.

    A service of mode has them in a set; a task in its field is another's. A client of aiokafka has
    them in fields. In a set it has requests: these end, and stay there until all of them have.
    """
    seen, left = set(), [root]
    while left:
        holder = left.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        in_fields, in_sets, below = _parts(holder)
        left += below
        yield from ((holder, task) for task in (in_sets if _service(holder) else in_fields))


def _parts(holder: object) -> tuple[list[asyncio.Task[Any]], list[asyncio.Task[Any]], list[object]]:
    """Return the tasks in an object's fields, those in its collections, and what may hold more."""
    in_fields: list[asyncio.Task[Any]] = []
    in_sets: list[asyncio.Task[Any]] = []
    below: list[object] = []
    for value in list(getattr(holder, "__dict__", {}).values()):
        kind: type = type(value)
        what = _kind(kind)
        if what is asyncio.Task:
            in_fields.append(value)
        elif what is object:
            below.append(value)
        elif what is not None:
            for one in _of_interest(value, what):
                (in_sets if isinstance(one, asyncio.Task) else below).append(one)
    return in_fields, in_sets, below


@cache
def _kind(kind: type) -> type | None:
    """Return as what objects of a type are checked: a task, what may hold one, or nothing.

    What may hold one is a collection, `Mapping` or `list`, or a library's object, `object`. Some
    thousand objects are asked about every second, and `Service` and `Mapping` answer slowly.
    """
    if issubclass(kind, Mapping):
        return Mapping
    if issubclass(kind, list | tuple | set | frozenset):
        return list
    if issubclass(kind, asyncio.Task):
        return asyncio.Task
    holds = kind.__dictoffset__ != 0 and not issubclass(kind, BaseException)
    if issubclass(kind, Service) or (holds and kind.__module__.startswith(_CLIENT)):
        return object
    return None


def _of_interest(collection: Any, what: type) -> list[Any]:
    """Return the tasks in a collection and what may hold some, by their types alone."""
    elements = list(
        islice(collection.values() if what is Mapping else collection, ELEMENTS_CHECKED_MAX)
    )
    kinds = {kind for kind in set(map(type, elements)) if _may_hold(kind)}
    return [one for one in elements if type(one) in kinds] if kinds else []


@cache
def _may_hold(kind: type) -> bool:
    """Say whether an element of a collection is checked; a collection in one is not."""
    return _kind(kind) in {asyncio.Task, object}


@cache
def _serves(kind: type) -> bool:
    return issubclass(kind, Service)


@dataclass(slots=True, eq=False)
class _WatchedObject:
    where: str
    root: object
    must_live: Callable[[], bool]
    raises_itself: bool = False
    seen: dict[asyncio.Task[Any], object] = field(default_factory=dict)
    suspects: set[asyncio.Task[Any]] = field(default_factory=set)

    def dead(self) -> Iterator[str]:
        """Give the names of tasks that two checks in a row found to have ended alone."""
        now = {task: holder for holder, task in held(self.root)}
        over = {
            task: holder
            for task, holder in (self.seen | now).items()
            if task.done() and (not holder.should_stop if _service(holder) else task in now)
        }
        if self.raises_itself:
            over = {t: one for t, one in over.items() if t.cancelled() or not t.exception()}
        self.seen = {task: holder for task, holder in now.items() if not task.done()} | over
        before, self.suspects = self.suspects, set(over) if self.must_live() else set()
        yield from (called(task) for task in before & self.suspects)


def called(task: asyncio.Task[Any]) -> str:
    """Return the name of what a task does; that of mode's services stands in the task's name."""
    found = _QUALNAME.match(task.get_name())
    return found[1] if found else getattr(task.get_coro(), "__qualname__", "?")


def _service(one: object) -> TypeGuard[Service]:
    kind: type = type(one)
    return _serves(kind)


@dataclass(slots=True)
class LibraryTaskMonitor:
    """Checks what libraries hold.

    Attributes:
        on_crash: told of a task that ended alone; ends the process.
    """

    on_crash: OnCrash = crash
    _kept: dict[int, _WatchedObject] = field(default_factory=dict)
    _checking: Supervisor | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    def keep(
        self,
        one: object,
        where: str,
        must_live: Callable[[], bool] = lambda: True,
        *,
        raises_itself: bool = False,
    ) -> None:
        """Look at the tasks of an object from now on.

        Args:
            one: a client of aiokafka that is started, or a Faust app.
            where: named when a task of it ends alone.
            must_live: says whether its tasks have to live now: a rebalance ends some.
            raises_itself: the library raises an error that ends its task, in whoever uses it next.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # what lived in another one has ended with it
            self._kept.clear()
            self._checking, self._loop = None, loop
        kept = self._kept[id(one)] = _WatchedObject(where, one, must_live, raises_itself)
        list(kept.dead())  # a first check: what mode forgot before one was never there
        if self._checking is None:
            self._checking = Supervisor(self._check_for_ever(), "watch", self.on_crash)

    def let_go(self, one: object) -> None:
        """Look at an object no longer, from before it is stopped."""
        self._kept.pop(id(one), None)
        if not self._kept and self._checking is not None:
            self._checking.cancel_as_expected()
            self._checking = None

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.sleep(POLL_EVERY_S)
            for where, name in self.ended():
                self.on_crash(where, EndedAlone(f"{name} ended alone"))

    def ended(self) -> list[tuple[str, str]]:
        """Return where tasks ended alone, and which."""
        kept = list(self._kept.values())
        return [(one.where, name) for one in kept for name in one.dead()]


LIBRARY_TASKS: Final = LibraryTaskMonitor()
"""The one of this process."""
