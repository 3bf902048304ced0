"""`POST /v1/records`: takes a hotline's records and answers when the broker has them.

What is stored stands in the hotline's inbox, and its outcome follows as for any other record. A
body is stored whole or not at all: what cannot be accepted is refused here, record by record, so
that a mistake is mended where it was made. The same record sent again is a duplicate and does no
harm, so a client that got no answer sends again.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web
from msgspec import Struct

from agents.edges.intake_http.callers import Caller
from agents.edges.intake_http.problems import Problem, ProblemError, RecordError, json_response
from agents.edges.intake_http.request_body import raw_records
from agents.edges.intake_http.requests_in_progress import RETRY_AFTER_S, RequestsInProgress
from agents.engine.failures import SendFailed
from agents.engine.stage import Outbox, Send
from schemas.codec import Rejected, decode_hotline
from schemas.topics import HOTLINE

PATH: Final = "/v1/records"

WRITE_DEADLINE_S: Final = 30.0


class Taken(Struct, frozen=True, kw_only=True):
    """The answer to records that were stored.

    Attributes:
        taken: how many; all of the body.
    """

    taken: int


class RecordsOperation:
    """Takes records.

    Args:
        outbox: writes to the inboxes.
        in_progress: ends what a request waits for when the intake stops.
    """

    def __init__(self, outbox: Outbox, in_progress: RequestsInProgress) -> None:
        """Take what it works with."""
        self._outbox = outbox
        self._in_progress = in_progress

    async def post(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Store the records of a request, and answer when the broker has acknowledged them.

        Raises:
            ProblemError: they were not stored.
        """
        records = await raw_records(request, self._in_progress)
        sends = _checked(records, HOTLINE.named(caller.hotline))
        try:
            async with self._in_progress.within(WRITE_DEADLINE_S):
                await self._outbox.send(sends)
        except (SendFailed, TimeoutError):
            raise ProblemError(Problem.NOT_WRITTEN, retry_after_s=RETRY_AFTER_S) from None
        return json_response(Taken(taken=len(sends)), HTTPStatus.ACCEPTED)


def _checked(records: Sequence[bytes], topic: str) -> list[Send]:
    sends: list[Send] = []
    errors: list[RecordError] = []
    for number, raw in enumerate(records, 1):
        try:
            record = decode_hotline(raw)
        except Rejected as rejected:
            errors.append(RecordError(line=number, reason=rejected.reason))
            continue
        sends.append(Send(topic, record.id.encode(), raw))
    if errors:
        raise ProblemError(Problem.RECORDS, errors=errors)
    return sends
