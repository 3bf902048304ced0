"""Refusals of the API as problem details (RFC 9457), each with a reason from a closed list.

A refusal says which mistake it was and what to do. It repeats nothing of what was sent.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Final, NamedTuple

import msgspec
from aiohttp import web
from msgspec import UNSET, Struct, UnsetType

from streams.intake.record_check import Inadmissible

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PATH: Final = "/v1/problems/"
"""`type` of a problem is this and its reason, relative to where the API is; GET explains it."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer of the API."""


class Problem(StrEnum):
    """Why a request was refused."""

    BODY = "body"
    UNKNOWN_KEY = "unknown_key"
    NO_INBOX = "no_inbox"
    NOT_FOUND = "not_found"
    METHOD = "method"
    SLOW_BODY = "slow_body"
    BODY_TOO_LARGE = "body_too_large"
    NUMBER_OF_RECORDS = "number_of_records"
    CONTENT_TYPE = "content_type"
    CONTENT_ENCODING = "content_encoding"
    NO_RECORDS = "no_records"
    RECORDS = "records"
    CONNECTIONS_OF_HOTLINE = "connections_of_key"  # of all its keys; the word is older
    REQUESTS_OF_KEY = "requests_of_key"
    RECORDS_OF_KEY = "records_of_key"
    QUERY = "query"
    CURSOR = "cursor"
    CURSOR_GONE = "cursor_gone"
    FEEDBACK_LOADING = "feedback_loading"
    FEEDBACK_UNREAD = "feedback_unread"
    BUSY = "busy"
    NOT_WRITTEN = "not_written"


class Meaning(NamedTuple):
    """What is said of a problem: the status, its name, and what to do."""

    status: HTTPStatus
    title: str
    detail: str


MEANINGS: Final[Mapping[Problem, Meaning]] = {
    Problem.BODY: Meaning(
        HTTPStatus.BAD_REQUEST,
        "The body cannot be read.",
        "The body is not in the encoding that Content-Encoding says, it was cut short, or it is"
        " no JSON. Nothing was stored.",
    ),
    Problem.UNKNOWN_KEY: Meaning(
        HTTPStatus.UNAUTHORIZED,
        "The key is not known.",
        "Send the header `Authorization: Bearer <key>`. A revoked or expired key is not known:"
        " ask the operator for a new one.",
    ),
    Problem.NO_INBOX: Meaning(
        HTTPStatus.FORBIDDEN,
        "The hotline has no inbox.",
        "The key is valid, but its hotline is not in the registry, or it has ended. Ask the"
        " operator.",
    ),
    Problem.NOT_FOUND: Meaning(
        HTTPStatus.NOT_FOUND,
        "Nothing is found there.",
        "The address is no operation of this API, or it names no record of this key's hotline."
        " GET /v1/openapi.json lists the operations.",
    ),
    Problem.METHOD: Meaning(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The method is not allowed there.",
        "The header Allow lists the methods of this address.",
    ),
    Problem.SLOW_BODY: Meaning(
        HTTPStatus.REQUEST_TIMEOUT,
        "The body took over 30 s.",
        "Send smaller bodies. Nothing was stored.",
    ),
    Problem.BODY_TOO_LARGE: Meaning(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is larger than 2 MiB.",
        "Send the records in several requests. Nothing was stored.",
    ),
    Problem.NUMBER_OF_RECORDS: Meaning(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body has more than 1,000 records.",
        "Send the records in several requests. Nothing was stored.",
    ),
    Problem.CONTENT_TYPE: Meaning(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The content type is not taken.",
        "Send application/json (one record or an array) or application/x-ndjson (a record a"
        " line). Nothing was stored.",
    ),
    Problem.CONTENT_ENCODING: Meaning(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The content encoding is not taken.",
        "Send the body as it is, or with gzip or deflate. Nothing was stored.",
    ),
    Problem.NO_RECORDS: Meaning(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The body has no record.",
        "Send one record or more. Nothing was stored.",
    ),
    Problem.RECORDS: Meaning(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Records cannot be accepted.",
        "Nothing was stored. Mend the records that `errors` lists, or leave them out, and send"
        " the body again.",
    ),
    Problem.CONNECTIONS_OF_HOTLINE: Meaning(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The hotline has too many connections.",
        "Keep connections open and use them again. Send again after the seconds in Retry-After.",
    ),
    Problem.REQUESTS_OF_KEY: Meaning(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The key has sent too many requests.",
        "Put more records into a request. Send again after the seconds in Retry-After.",
    ),
    Problem.RECORDS_OF_KEY: Meaning(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The key has sent too many records.",
        "Nothing was stored. Send again after the seconds in Retry-After.",
    ),
    Problem.QUERY: Meaning(
        HTTPStatus.BAD_REQUEST,
        "A value of the query is none that is taken.",
        "`limit` is a whole number from 1 to 1000, `wait_s` one from 0 to 30.",
    ),
    Problem.CURSOR: Meaning(
        HTTPStatus.BAD_REQUEST,
        "The cursor was not given to this hotline.",
        "Send the `cursor` of an earlier answer as it was given, quoted for a URL. Without a cursor"
        " the changes begin with the oldest that are kept.",
    ),
    Problem.CURSOR_GONE: Meaning(
        HTTPStatus.GONE,
        "The cursor is too old.",
        "Changes are kept for 30 days, and what follows this cursor is gone. Ask without a cursor:"
        " the changes then begin with the oldest that are kept. GET /v1/records/{id} tells how a"
        " record stands.",
    ),
    Problem.FEEDBACK_LOADING: Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "What became of records is not loaded yet.",
        "The intake was started a moment ago. Ask again after the seconds in Retry-After.",
    ),
    Problem.FEEDBACK_UNREAD: Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "What became of records cannot be read now.",
        "The broker did not answer. Ask again after the seconds in Retry-After, with the same"
        " cursor.",
    ),
    Problem.BUSY: Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The intake is busy.",
        "Send again after the seconds in Retry-After. Nothing was stored.",
    ),
    Problem.NOT_WRITTEN: Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The broker did not acknowledge the records.",
        "Send the same records again after the seconds in Retry-After. Whatever was stored"
        " already is then a duplicate and does no harm.",
    ),
}


class RecordError(Struct, frozen=True, kw_only=True):
    """A record that cannot be accepted.

    Attributes:
        line: the record's number in the body, from 1; empty lines do not count.
        field: the field that is wrong, such as `url` or `source.status`; None = the record as
            a whole.
        reason: why, from a closed list.
    """

    line: int
    field: str | None = None
    reason: Inadmissible


class ProblemDetails(Struct, frozen=True, kw_only=True):
    """The body of a refusal (RFC 9457).

    Attributes:
        type: where the problem is explained, relative to the API's address.
        title: the problem in a sentence.
        status: the HTTP status.
        detail: what to do.
        reason: the problem, from a closed list.
        errors: the records that cannot be accepted; only of `records`.
    """

    type: str
    title: str
    status: int
    detail: str
    reason: Problem
    errors: tuple[RecordError, ...] | UnsetType = UNSET


class ProblemError(Exception):
    """A request is refused; the router answers with the problem.

    Args:
        problem: why.
        retry_after_s: when to send again, in seconds; None = not at all.
        headers: further headers of the answer.
        errors: records that cannot be accepted.
        ends_connection: the connection is closed after the answer.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        retry_after_s: int | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[RecordError] = (),
        ends_connection: bool = False,
    ) -> None:
        """Keep what the answer says; the message is the reason alone."""
        super().__init__(problem.value)
        self.problem = problem
        self.errors = tuple(errors)
        self.ends_connection = ends_connection
        wait = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        self.headers = {**wait, **(headers or {})}


def problem_response(error: ProblemError) -> web.Response:
    """Return the answer to a refused request."""
    meaning = MEANINGS[error.problem]
    details = ProblemDetails(
        type=TYPE_PATH + error.problem.value,
        title=meaning.title,
        status=meaning.status,
        detail=meaning.detail,
        reason=error.problem,
        errors=error.errors or UNSET,
    )
    answer = web.Response(
        body=msgspec.json.encode(details),
        status=meaning.status,
        content_type=CONTENT_TYPE,
        headers={**HEADERS, **error.headers},
    )
    if error.ends_connection:
        answer.force_close()
    return answer


def json_response(value: Struct, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Return an answer that is no refusal.

    Args:
        value: the body; JSON as its type says.
        status: of the answer.
    """
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers=HEADERS,
    )
