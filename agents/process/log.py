"""What a process says of itself: one line an event, JSON or plain, with fields of a closed list.

A field outside the list is a mistake of ours and ends in an error where it is written. So no
address reaches a log through a new field. `url_key` and `case_id` name a URL and a case; what they
stand for is never here. Libraries' lines are closed by `agents.process.library_log`.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from agents.config import LogSettings
from agents.process.library_log import ClosedRecord, RateLimitFilter, closed_record

FIELDS: Final = frozenset(
    {
        *("at", "level", "event", "stage", "library", "where"),
        *("case_id", "url_key", "vantage", "target", "error", "status"),
        *("owned", "ready", "roles", "page", "networks", "healthy", "frames"),
        *("topic", "partition", "offset", "offset_last", "attempt"),
    }
)
"""All that a line may carry."""


_KAFKA_CLIENT: Final = "aiokafka"


class FieldNotAllowed(Exception):
    """A line was to carry a field that is not in `FIELDS`."""


def closed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Let a line pass if its fields are known.

    Raises:
        FieldNotAllowed: one is not; the message names the field and not its value.
    """
    unknown = event.keys() - FIELDS - {"_record", "_from_structlog"}
    if unknown:
        raise FieldNotAllowed(", ".join(sorted(unknown)))
    return event


def _plain(_: WrappedLogger, __: str, event: EventDict) -> str:
    """Write a line for a person: the time to the second, the event, then its fields."""
    said, at = event.pop("event", ""), f"{str(event.pop('at', ''))[:19]}Z"
    for name in ("level", "page", "roles", "networks", "owned"):  # the event has them in words
        event.pop(name, None)
    fields = " ".join(f"{name}={value}" for name, value in event.items() if value not in ("", None))
    return f"{at} hostwatch: {said} {fields}".rstrip()


_SHARED: Final[list[Processor]] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]


class _StandardError:
    """Standard error as it is at the moment of writing: who replaces it gets the lines."""

    def write(self, text: str) -> int:
        """Write a text."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Hand on what was written."""
        sys.stderr.flush()


_STANDARD_ERROR: Final = cast(TextIO, _StandardError())


def configure(settings: LogSettings) -> None:
    """Say from now on what the settings want said, on standard error.

    Lines of libraries go the same way, from warnings on: their information is for their makers.
    Handlers that a library brought are taken from it.
    """
    _own(settings)
    logging.setLogRecordFactory(closed_record)
    logging.raiseExceptions = False  # a handler that fails would print what it was given
    handler = logging.StreamHandler(_STANDARD_ERROR)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                _of_library,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                closed,
                _renderer(settings),
            ],
        )
    )
    handler.addFilter(RateLimitFilter())
    for name in tuple(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.lastResort = handler
    root.setLevel(logging.WARNING)
    hear_kafka_client()


def mute_kafka_client() -> None:
    """Leave out what the broker's client says: a command that ends says what failed in one line."""
    logging.getLogger(_KAFKA_CLIENT).setLevel(logging.CRITICAL)


def hear_kafka_client() -> None:
    """Write what the broker's client says, for what goes on when the broker is away for a time."""
    logging.getLogger(_KAFKA_CLIENT).setLevel(logging.NOTSET)


def _own(settings: LogSettings) -> None:
    structlog.configure(
        processors=[*_SHARED, closed, _renderer(settings)],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        logger_factory=structlog.PrintLoggerFactory(_STANDARD_ERROR),
        cache_logger_on_first_use=False,
    )


@contextmanager
def errors_only() -> Iterator[None]:
    """Say nothing below an error meanwhile, as where thousands of hours of faults are simulated."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    try:
        yield
    finally:
        structlog.configure(wrapper_class=before)


def _renderer(settings: LogSettings) -> Processor:
    if settings.format == "json":
        return structlog.processors.JSONRenderer(sort_keys=True)
    return _plain


def _of_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, ClosedRecord):
        event.update(library=record.library, where=record.where)
        if record.error:
            event.update(error=record.error, frames=record.frames)
    return event


def log(stage: str) -> FilteringBoundLogger:
    """Return what a stage says its lines with."""
    bound: FilteringBoundLogger = structlog.get_logger().bind(stage=stage)
    return bound


def debugging() -> bool:
    """Return whether lines of level `debug` are written; a probe asks before it makes one."""
    wanted: bool = structlog.get_logger().is_enabled_for(logging.DEBUG)
    return wanted


_own(LogSettings(level="warning"))
"""Commands and tests that configure nothing hear of warnings only."""
