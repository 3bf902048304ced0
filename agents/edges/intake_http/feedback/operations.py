"""`GET /v1/records/{id}` and `GET /v1/changes`: what became of a hotline's own records.

A record of another hotline and one that nobody sent are the same answer: each hotline has its own
topic, and a request reads the topic of its key's hotline alone. A key of the sandbox reads nothing:
who tries the interface need not see what became of real records.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final, NoReturn

import msgspec
from aiohttp import web
from msgspec import Meta
from prometheus_client.registry import Collector

from agents.edges.intake_http.callers import Caller
from agents.edges.intake_http.descriptions import Description, Parameter
from agents.edges.intake_http.feedback.changes_reader import ChangesReader, Expired, NotRead
from agents.edges.intake_http.feedback.cursor import BadCursor, cursor_text, read_cursor
from agents.edges.intake_http.feedback.index import ChangesTopic
from agents.edges.intake_http.problems import HEADERS, Problem, ProblemError
from agents.edges.intake_http.requests_in_progress import RETRY_AFTER_S, RequestsInProgress
from agents.edges.intake_http.routes import Route
from agents.edges.metrics.result_metrics import ResultCollector
from agents.edges.metrics.told_metrics import FEEDBACK_ANSWERS, CurrentCollector
from agents.engine.stage import Received
from schemas.records.feedback import Feedback
from schemas.records.hotline import RecordId
from schemas.records.reports import HotlineId

RECORD_PATH: Final = "/v1/records/{id:.+}"
"""An id may hold any sign that a URL quotes; by default aiohttp takes no quoted slash or brace."""

CHANGES_PATH: Final = "/v1/changes"

PAGE: Final = 100
PAGE_MAX: Final = 1_000

WAIT_S_MAX: Final = 30
WAITING_MAX: Final = 16
WAITING_OF_HOTLINE_MAX: Final = 2
"""Requests that wait for news: each takes a place of the 64 that the intake works on. Of more, a
request is answered at once."""

_DIGITS_MAX: Final = 4


class Served(StrEnum):
    """What was answered."""

    RECORD = "record"
    NO_RECORD = "no_record"
    CHANGES = "changes"
    CURSOR_GONE = "cursor_gone"
    UNAVAILABLE = "unavailable"  # the topics are not read yet, or the broker does not answer


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """A page of changes.

    Attributes:
        changes: what was told, as it stands in the hotline's topic; in order for each record.
        cursor: what to ask with for what follows.
        more: there is more by now.
    """

    changes: tuple[msgspec.Raw, ...]
    cursor: str
    more: bool


RECORD: Final = Description(
    id="getRecord",
    summary="Says what became of a record, by the hotline's own id of it.",
    answers={HTTPStatus.OK: Feedback},
    problems=(
        Problem.NOT_FOUND,
        Problem.CURSOR_GONE,
        Problem.FEEDBACK_LOADING,
        Problem.FEEDBACK_UNREAD,
    ),
    parameters=(Parameter("id", "path", RecordId, "The hotline's own id of the record."),),
)
CHANGES: Final = Description(
    id="getChanges",
    summary="Says what was told since a cursor, at least once and in order for each record.",
    answers={HTTPStatus.OK: Changes},
    problems=(
        Problem.QUERY,
        Problem.CURSOR,
        Problem.CURSOR_GONE,
        Problem.FEEDBACK_LOADING,
        Problem.FEEDBACK_UNREAD,
    ),
    parameters=(
        Parameter("cursor", "query", str, "Where to go on; without it, from the oldest kept."),
        Parameter(
            "limit", "query", Annotated[int, Meta(ge=1, le=PAGE_MAX)], "Changes in a page, at most."
        ),
        Parameter(
            "wait_s",
            "query",
            Annotated[int, Meta(ge=0, le=WAIT_S_MAX)],
            "Seconds to wait where there is no change yet.",
        ),
    ),
)


class FeedbackOperations:
    """Answers from the index.

    Args:
        reader: follows the topics.
        in_progress: ends what a request waits for when the intake stops.

    Attributes:
        served: answers since the start.
    """

    def __init__(self, reader: ChangesReader, in_progress: RequestsInProgress) -> None:
        self._reader = reader
        self._in_progress = in_progress
        self._waiting: Counter[HotlineId] = Counter()
        self.served: Counter[Served] = Counter()

    def routes(self) -> tuple[Route, ...]:
        """Return the operations."""
        return (
            Route("GET", RECORD_PATH, self.record, RECORD),
            Route("GET", CHANGES_PATH, self.changes, CHANGES),
        )

    def collectors(self) -> tuple[Collector, ...]:
        """Return what the operations tell of themselves."""
        return (
            ResultCollector(FEEDBACK_ANSWERS, Served, lambda: self.served),
            CurrentCollector(lambda: self._reader.current),
        )

    async def record(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Answer what became of a record.

        Raises:
            ProblemError: it is none of this hotline's, or it cannot be read now.
        """
        self._topic(caller)
        id = request.match_info["id"].encode()
        place = self._reader.places.find(caller.hotline, id)
        if place is not None and not caller.key.sandbox:
            spans = {place.partition: (place.offset, place.offset + 1)}
            found, _ = await self._read(caller.hotline, spans, 1)
            if found and found[0].offset == place.offset and found[0].key == id:
                value = found[0].value
                if value is not None:  # whoever took it away left a tombstone
                    self.served[Served.RECORD] += 1
                    return _json(value)
        self.served[Served.NO_RECORD] += 1
        raise ProblemError(Problem.NOT_FOUND)

    async def changes(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Answer what was told since a cursor, or from the oldest that is kept.

        Raises:
            ProblemError: the cursor is none, or too old; it cannot be read now.
        """
        topic = self._topic(caller)
        limit = _number(request, "limit", PAGE, (1, PAGE_MAX))
        wait_s = _number(request, "wait_s", 0, (0, WAIT_S_MAX))
        offsets = self._since(request, caller.hotline, topic)
        if caller.key.sandbox:
            return self._page(caller.hotline, topic, (), offsets)
        if wait_s and not topic.unread(offsets):
            await self._wait(caller.hotline, topic, wait_s)
        spans = topic.unread(offsets)
        after = {p: max(at, offsets.get(p, 0)) for p, at in topic.positions.items()}
        values: list[bytes] = []
        if spans:
            named = frozenset(offsets)
            found, read_to = await self._read(caller.hotline, spans, limit, named)
            values = [record.value for record in found if record.value is not None]
            after |= read_to
        return self._page(caller.hotline, topic, values, after)

    def _page(
        self,
        hotline: HotlineId,
        topic: ChangesTopic,
        values: Sequence[bytes],
        after: Mapping[int, int],
    ) -> web.Response:
        page = Changes(
            changes=tuple(msgspec.Raw(value) for value in values),
            cursor=cursor_text(hotline, topic.log, after),
            more=bool(values and topic.unread(after)),
        )
        self.served[Served.CHANGES] += 1
        return _json(msgspec.json.encode(page))

    def _topic(self, caller: Caller) -> ChangesTopic:
        topic = self._reader.topics.get(caller.hotline)
        if topic is None or not topic.loaded:
            self.served[Served.UNAVAILABLE] += 1
            raise ProblemError(Problem.FEEDBACK_LOADING, retry_after_s=RETRY_AFTER_S)
        return topic

    def _since(
        self, request: web.Request, hotline: HotlineId, topic: ChangesTopic
    ) -> Mapping[int, int]:
        """Return the next offsets that a request names, none without a cursor."""
        text = request.query.get("cursor", "")
        if not text:
            return {}
        try:
            cursor = read_cursor(text, hotline)
        except BadCursor:
            raise ProblemError(Problem.CURSOR) from None
        if cursor.log != topic.log:  # the topic was made anew
            self._refuse_old()
        return cursor.offsets

    def _refuse_old(self) -> NoReturn:
        self.served[Served.CURSOR_GONE] += 1
        raise ProblemError(Problem.CURSOR_GONE)

    async def _wait(self, hotline: HotlineId, topic: ChangesTopic, wait_s: int) -> None:
        waiting = self._waiting
        if waiting.total() >= WAITING_MAX or waiting[hotline] >= WAITING_OF_HOTLINE_MAX:
            return
        waiting[hotline] += 1
        try:
            with suppress(TimeoutError):
                async with self._in_progress.within(wait_s):
                    await topic.news()
        finally:
            waiting[hotline] -= 1

    async def _read(
        self,
        hotline: HotlineId,
        spans: Mapping[int, tuple[int, int]],
        limit: int,
        named: Collection[int] = (),
    ) -> tuple[list[Received], dict[int, int]]:
        try:
            return await self._reader.read(hotline, spans, limit, named)
        except Expired:
            self._refuse_old()
        except NotRead:
            self.served[Served.UNAVAILABLE] += 1
            raise ProblemError(Problem.FEEDBACK_UNREAD, retry_after_s=RETRY_AFTER_S) from None


def _number(request: web.Request, name: str, default: int, bounds: tuple[int, int]) -> int:
    """Return a whole number of the query.

    Raises:
        ProblemError: it is none, or outside its bounds.
    """
    text = request.query.get(name)
    if text is None:
        return default
    least, most = bounds
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise ProblemError(Problem.QUERY)
    if not least <= int(text) <= most:
        raise ProblemError(Problem.QUERY)
    return int(text)


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", headers=HEADERS)
