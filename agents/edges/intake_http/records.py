"""`POST /v1/records`: takes a hotline's records and answers when the broker has them.

What is stored stands in the hotline's inbox, and its outcome follows as for any other record. What
cannot be accepted is refused here, record by record, so that a mistake is mended where it was made;
nothing of such a body is stored. If the broker fails a part may be (`not_written`). The same record
sent again is a duplicate and does no harm, so a client that got no answer sends again.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote

from aiohttp import web
from msgspec import Meta, Struct

from agents.edges.intake_http.callers import Caller, Callers
from agents.edges.intake_http.descriptions import Description
from agents.edges.intake_http.problems import Problem, ProblemError, RecordError, json_response
from agents.edges.intake_http.request_body import (
    BODY_PROBLEMS,
    JSON,
    NDJSON,
    RECORDS_MAX,
    raw_records,
)
from agents.edges.intake_http.requests_in_progress import RETRY_AFTER_S, RequestsInProgress
from agents.engine.failures import SendFailed
from agents.engine.stage import Outbox, Send
from schemas.codec import HOTLINE as CODEC
from schemas.moments import Instant
from schemas.records.hotline import HotlineRecord
from schemas.topics import HOTLINE
from streams.intake.record_check import RecordCheck, RefusedRecord

PATH: Final = "/v1/records"

WRITE_DEADLINE_S: Final = 30.0

CHECKED_AT_ONCE_MAX: Final = 20
"""Records that are checked between two turns of the loop, in 1 ms; more are checked in a thread,
so that other requests are answered meanwhile."""


class StoredRecord(Struct, frozen=True, kw_only=True):
    """A record that was stored.

    Attributes:
        id: the hotline's own id of it.
        href: where GET tells what became of it.
    """

    id: str
    href: str


class Stored(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to records that were stored.

    Attributes:
        taken: how many; all of the body.
        records: each of them, in the order of the body.
        sandbox: the key is one of the sandbox: they were judged, and written nowhere.
    """

    taken: int
    records: tuple[StoredRecord, ...]
    sandbox: bool = False


DESCRIPTION: Final = Description(
    id="postRecords",
    summary="Stores records in the hotline's inbox: of a body with a wrong record, none.",
    answers={HTTPStatus.ACCEPTED: Stored},
    problems=(*BODY_PROBLEMS, Problem.RECORDS_OF_KEY, Problem.RECORDS, Problem.NOT_WRITTEN),
    body={
        JSON: HotlineRecord
        | Annotated[list[HotlineRecord], Meta(min_length=1, max_length=RECORDS_MAX)],
        NDJSON: None,
    },
)


class RecordsOperation:
    """Takes records.

    Args:
        outbox: writes to the inboxes.
        in_progress: ends what a request waits for when the intake stops.
        callers: knows whether a caller may still come in, and how much it may send.
    """

    def __init__(
        self,
        outbox: Outbox,
        in_progress: RequestsInProgress,
        callers: Callers,
    ) -> None:
        """Take what it works with."""
        self._outbox = outbox
        self._in_progress = in_progress
        self._callers = callers

    async def post(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Store the records of a request, and answer when the broker has acknowledged them.

        Raises:
            ProblemError: they were not stored.
        """
        raw = await raw_records(request, self._in_progress)
        self._callers.count_records(caller, len(raw))
        now = self._callers.now()
        if len(raw) > CHECKED_AT_ONCE_MAX:
            records = await asyncio.to_thread(checked, raw, now)
        else:
            records = checked(raw, now)
        self._callers.check_again(caller)
        if not caller.key.sandbox:
            topic = HOTLINE.named(caller.hotline)
            await self._write([Send(topic, one.id.encode(), CODEC.encode(one)) for one in records])
        stored = tuple(StoredRecord(id=one.id, href=record_path(one.id)) for one in records)
        answer = Stored(taken=len(stored), records=stored, sandbox=caller.key.sandbox)
        return json_response(answer, HTTPStatus.ACCEPTED)

    async def _write(self, sends: Sequence[Send]) -> None:
        try:
            async with self._in_progress.within(WRITE_DEADLINE_S):
                await self._outbox.send(sends)
        except (SendFailed, TimeoutError):
            raise ProblemError(Problem.NOT_WRITTEN, retry_after_s=RETRY_AFTER_S) from None


def record_path(id: str) -> str:
    """Return where GET tells what became of a record.

    Args:
        id: the hotline's own id of it.
    """
    return f"{PATH}/{quote(id, safe='')}"


def checked(raw: Sequence[bytes], now: Instant) -> list[HotlineRecord]:
    """Return the records of a body, if all of them can be accepted.

    Args:
        raw: the records as they were sent.
        now: the earliest instant at which the broker takes them.

    Raises:
        ProblemError: some cannot; it has an error for each.
    """
    check = RecordCheck(now)
    records: list[HotlineRecord] = []
    errors: list[RecordError] = []
    for number, one in enumerate(raw, 1):
        try:
            records.append(check.validated(one))
        except RefusedRecord as refused:
            errors.append(RecordError(line=number, field=refused.field, reason=refused.reason))
    if errors:
        raise ProblemError(Problem.RECORDS, errors=errors)
    return records
