"""The body of a request, taken apart into records."""

from typing import Final

import msgspec
from aiohttp import web

from agents.edges.intake_http.problems import Problem, ProblemError
from agents.edges.intake_http.requests_in_progress import RequestsInProgress

RECORDS_MAX: Final = 1_000
"""Records in one request: written in one go, acknowledged in well under a second."""

BODY_BYTES_MAX: Final = 2 * 1_048_576
"""A thousand ordinary records have 400 KB; larger bodies come in parts."""

READ_DEADLINE_S: Final = 30.0

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CONTENT_TYPES: Final = (JSON, NDJSON)
CONTENT_ENCODINGS: Final = ("identity", "gzip", "deflate")

BODY_PROBLEMS: Final = (
    Problem.BODY,
    Problem.SLOW_BODY,
    Problem.BODY_TOO_LARGE,
    Problem.NUMBER_OF_RECORDS,
    Problem.CONTENT_TYPE,
    Problem.CONTENT_ENCODING,
    Problem.NO_RECORDS,
)
"""Why a body is refused as such."""

_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])


async def raw_records(request: web.Request, in_progress: RequestsInProgress) -> list[bytes]:
    """Return the records of a request as they were sent, one at least and 1,000 at most.

    Args:
        request: with a body of one of `CONTENT_TYPES`.
        in_progress: ends the wait for the body when the intake stops.

    Raises:
        ProblemError: it has another type, cannot be read in 30 s, or has none or too many records.
    """
    _check_types(request)
    body = await _body(request, in_progress)
    records = _lines(body) if request.content_type == NDJSON else _values(body)
    if not records:
        raise ProblemError(Problem.NO_RECORDS)
    if len(records) > RECORDS_MAX:
        raise ProblemError(Problem.NUMBER_OF_RECORDS)
    return records


def _check_types(request: web.Request) -> None:
    if request.content_type not in CONTENT_TYPES:
        taken = ", ".join(CONTENT_TYPES)  # RFC 9110, 15.5.16, and Linked Data Platform 7.1
        raise ProblemError(Problem.CONTENT_TYPE, headers={"Accept": taken, "Accept-Post": taken})
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in CONTENT_ENCODINGS:
        taken = ", ".join(CONTENT_ENCODINGS)  # RFC 9110, 12.5.3
        raise ProblemError(Problem.CONTENT_ENCODING, headers={"Accept-Encoding": taken})


async def _body(request: web.Request, in_progress: RequestsInProgress) -> bytes:
    try:
        async with in_progress.within(READ_DEADLINE_S):
            return await request.read()
    except TimeoutError:
        raise ProblemError(Problem.SLOW_BODY) from None
    except web.HTTPRequestEntityTooLarge:
        raise ProblemError(Problem.BODY_TOO_LARGE) from None
    except (web.RequestPayloadError, web.HTTPBadRequest, ValueError):
        raise ProblemError(Problem.BODY) from None  # not the encoding it says, or cut short


def _lines(body: bytes) -> list[bytes]:
    return [line.strip() for line in body.split(b"\n") if line.strip()]


def _values(body: bytes) -> list[bytes]:
    """Return the elements of an array, or the one value that the body is."""
    value = body.strip()
    if not value.startswith(b"["):
        return [value] if value else []
    try:
        return [bytes(one) for one in _ARRAY.decode(value)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProblemError(Problem.BODY) from None
