"""Knows which records are set aside, and names the record that stops a stage.

A list is cut so that what is set aside is not handed over, and what failed before is handed over
record by record (`agents.engine.consume.failed_attempts`). A failure is noted and named; the
process still ends. At the third the process prints the command that sets the record aside. It then
waits a little, so that the alert sees it and a skip that comes takes effect at once.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, Protocol

from aiokafka.errors import KafkaError

from agents.engine.consume.failed_attempts import Attempts
from agents.engine.failures import SendFailed
from agents.engine.stage import Received
from agents.engine.state.store import StoreDamaged, StoreFailed
from agents.errors import UserError
from agents.process.log import log

ATTEMPTS_TOLD: Final = 3
"""From this attempt on the command is said: what passes by itself has passed by then."""

STOPPED_WAIT_S: Final = 20.0
"""Wall time that the process waits at such a record. Longer than a scrape's 15 s, so that the
alert sees it, and shorter than the deadline of a stop, 30 s."""

POLL_EVERY_S: Final = 0.1

_TOO_LARGE: Final = ("MessageSizeTooLargeError", "RecordTooLargeError", "RecordListTooLargeError")
"""What a broker says of a record, and not of itself."""

_OTHERS_FAULT: Final = (
    KafkaError,
    UserError,
    TimeoutError,
    OSError,
    MemoryError,
    StoreDamaged,
    StoreFailed,
)
"""Of the broker, a setting or the machine."""


class Aside(Protocol):
    """What is set aside; `agents.edges.registry.skips.SetAside` is it."""

    def __bool__(self) -> bool:
        """Say whether anything is."""
        ...

    def holds(self, record: Received) -> bool:
        """Say whether a record is."""
        ...

    def of(self, topic: str, partition: int) -> Mapping[int, object]:
        """Return what is, of a partition, by offset."""
        ...

    def digest(self, record: Received) -> str:
        """Return the keyed digest by which a record is set aside."""
        ...


class RecordStops(Exception):
    """A record elsewhere than in the list at hand stops the stage.

    Attributes:
        topic, partition, offset: where it stands.
    """

    def __init__(self, topic: str, partition: int, offset: int) -> None:
        """Keep the place."""
        super().__init__(topic, partition, offset)
        self.topic = topic
        self.partition = partition
        self.offset = offset

    def __str__(self) -> str:
        """Return the place alone."""
        return f"{self.topic} {self.partition} {self.offset}"


STOPPED: Final[dict[str, bool]] = {}
"""By role of this process: whether one record stopped the role three times and is not set aside.

For /metrics and the health check."""


class Guard:
    """What a role knows of records that it cannot handle.

    Args:
        role: whose.
        aside: what is set aside; grows while the process runs.
        attempts: what stopped it before.
        check: raises where `aside` is no longer kept up to date.
        stopped_wait_s: see `STOPPED_WAIT_S`.
    """

    def __init__(
        self,
        role: str,
        aside: Aside,
        attempts: Attempts,
        check: Callable[[], None] = lambda: None,
        stopped_wait_s: float = STOPPED_WAIT_S,
    ) -> None:
        self.aside = aside
        self._role = role
        self._attempts = attempts
        self._check = check
        self._stopped_wait_s = stopped_wait_s
        self._tell()

    def _tell(self) -> None:
        STOPPED[self._role] = any(
            one.attempts >= ATTEMPTS_TOLD
            and one.first not in self.aside.of(one.topic, one.partition)
            for one in self._attempts.suspects
        )

    def runs(self, records: Sequence[Received]) -> Iterator[tuple[bool, Sequence[Received]]]:
        """Cut a list into runs: give what is to be handled and what is set aside, in order.

        Returns:
            Whether the records are set aside, and the records.
        """
        self._check()
        if not self._attempts.suspects and not self._may_hold(records):
            yield False, records
            return
        aside = {id(record) for record in records if self.aside.holds(record)}
        alone = {id(r) for r in records if id(r) not in aside and self._attempts.is_suspect(r)}

        def kind(record: Received) -> int:
            return 1 if id(record) in aside else id(record) if id(record) in alone else 0

        for what, run in groupby(records, kind):
            yield what == 1, list(run)

    def _may_hold(self, records: Sequence[Received]) -> bool:
        """Return whether anything is set aside where a list stood; nearly nowhere is."""
        if not self.aside:
            return False
        topics = {record.topic for record in records}
        return any(self.aside.of(topic, records[0].partition) for topic in topics)

    def passed(self, records: Sequence[Received]) -> None:
        """Forget that records stopped the role: they were handled or are set aside."""
        if self._attempts.suspects:
            self._attempts.passed(records)
            self._tell()

    async def met(self, records: Sequence[Received], error: Exception) -> None:
        """Name the records on which the role failed; return if they are set aside meanwhile.

        Raises:
            Exception: the error, if they are not: the process must end.
        """
        if isinstance(error, RecordStops):
            await self.met_at((error.topic, error.partition, error.offset), error)
            raise error
        for _, of_topic in groupby(records, lambda record: record.topic):
            stretch = list(of_topic)
            self._name(stretch[0], stretch[-1], error)
        if len(records) > 1 or not await self._held(records[0], error):
            raise error

    async def met_at(self, place: tuple[str, int, int], error: Exception) -> None:
        """Name a record that was not at hand, and wait a limited time for a skip of it."""
        topic, partition, offset = place
        record = Received(topic, partition, offset, 0, b"", b"")
        self._name(record, record, error)
        await self._held(record, error, lambda: offset in self.aside.of(topic, partition))

    def _name(self, first: Received, last: Received, error: Exception) -> None:
        where = f"{first.topic}, partition {first.partition}"
        span = f"offset {first.offset}"
        if last.offset != first.offset:
            span = f"offsets {first.offset} to {last.offset}"
        counts = _is_records_fault(error)
        attempt = 0
        if counts:
            place = first.topic, first.partition, first.offset, last.offset
            attempt = self._attempts.note(*place)
        log(self._role).error(
            f"{self._role} could not handle {where}, {span}",
            error=type(error).__name__,
            topic=first.topic,
            partition=first.partition,
            offset=first.offset,
            offset_last=last.offset,
            attempt=attempt,
        )
        if counts and not self._attempts.lasting:
            log(self._role).error(
                "attempts cannot be noted in state_dir: the next start does not"
                " look for the one record"
            )

    async def _held(
        self, record: Received, error: Exception, come: Callable[[], bool] | None = None
    ) -> bool:
        """Say the command if it is time, wait a little, and return whether a skip came."""
        count = max(
            (one.attempts for one in self._attempts.suspects if one.covers(*_place(record))),
            default=0,
        )
        if count < ATTEMPTS_TOLD or not _is_records_fault(error):
            return False
        STOPPED[self._role] = True
        place = f"{record.topic} {record.partition} {record.offset}"
        if come is None:  # the record is at hand; whoever sets it aside need not read it
            place += f" --digest {self.aside.digest(record)}"
        log(self._role).error(
            f"{self._role} is stopped by one record, {count} times by now;"
            f" two persons can set it aside: hostwatch skip propose {place}"
            " --reason TEXT --person FILE",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            attempt=count,
        )
        came = come or (lambda: self.aside.holds(record))
        until = asyncio.get_running_loop().time() + self._stopped_wait_s
        while not came() and asyncio.get_running_loop().time() < until:
            self._check()
            await asyncio.sleep(POLL_EVERY_S)
        return came()


async def taken(guard: Guard | None, record: Received, take: Callable[[Received], None]) -> None:
    """Take in a record that was read outside of a list, unless it is set aside.

    Args:
        guard: of the role; None = nothing is set aside.
        record: from a topic that is read whole.
        take: takes it in.

    Raises:
        Exception: what `take` raised, once the record is named.
    """
    if guard is None:
        take(record)
        return
    if not (guard.aside and guard.aside.holds(record)):
        try:
            take(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, the record is named
            await guard.met([record], error)
    guard.passed([record])


def _place(record: Received) -> tuple[str, int, int, int]:
    return record.topic, record.partition, record.offset, record.offset


def _is_records_fault(error: BaseException) -> bool:
    """Return whether a failure may be due to a record, and not to the broker or a setting."""
    if isinstance(error, BaseExceptionGroup):
        return any(_is_records_fault(one) for one in error.exceptions)
    if isinstance(error, SendFailed):
        return str(error) in _TOO_LARGE
    return not isinstance(error, _OTHERS_FAULT)
