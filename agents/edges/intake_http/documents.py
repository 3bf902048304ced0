"""What anybody may read of the API: its description, and what each refusal means."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from msgspec import Struct

from agents.edges.intake_http.descriptions import Description, Parameter
from agents.edges.intake_http.openapi import document
from agents.edges.intake_http.problems import (
    HEADERS,
    MEANINGS,
    TYPE_PATH,
    Problem,
    ProblemError,
    json_response,
)
from agents.edges.intake_http.routes import PublicRoute, Route

OPENAPI_PATH: Final = "/v1/openapi.json"


class ProblemMeaning(Struct, frozen=True, kw_only=True):
    """What a refusal means.

    Attributes:
        reason: the problem.
        title: the problem in a sentence.
        status: the HTTP status.
        detail: what to do.
    """

    reason: Problem
    title: str
    status: int
    detail: str


async def problem(request: web.Request) -> web.StreamResponse:
    """Answer what a refusal means.

    Raises:
        ProblemError: there is no such problem.
    """
    try:
        asked = Problem(request.match_info["reason"])
    except ValueError:
        raise ProblemError(Problem.NOT_FOUND) from None
    meaning = MEANINGS[asked]
    return json_response(
        ProblemMeaning(
            reason=asked, title=meaning.title, status=meaning.status, detail=meaning.detail
        )
    )


def with_documents(routes: tuple[Route | PublicRoute, ...]) -> tuple[Route | PublicRoute, ...]:
    """Return routes and those of their documents."""
    described = (
        *routes,
        PublicRoute(
            "GET",
            f"{TYPE_PATH}{{reason}}",
            problem,
            Description(
                id="getProblem",
                summary="Says what a refusal means, and what to do.",
                answers={HTTPStatus.OK: ProblemMeaning},
                problems=(Problem.NOT_FOUND,),
                parameters=(
                    Parameter("reason", "path", str, "The reason that the refusal gives."),
                ),
            ),
        ),
    )

    async def openapi(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json", headers=HEADERS)

    about = Description(
        id="getOpenapi",
        summary="Describes this API in OpenAPI 3.1.",
        answers={HTTPStatus.OK: dict},
    )
    whole = (*described, PublicRoute("GET", OPENAPI_PATH, openapi, about))
    body = document(whole)
    return whole
