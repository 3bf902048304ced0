"""The operations of the API, and what every request passes before its operation.

To add one, write a function of a request and its `Caller`, and hand a `Route` of it to
`IntakeServer(..., routes=[...])`:

    async def record(request: web.Request, caller: Caller) -> web.StreamResponse:
        found = lookup(caller.hotline, request.match_info["id"])
        if found is None:
            raise ProblemError(Problem.NOT_FOUND)
        return json_response(found)

    Route("GET", "/v1/records/{id}", record, Description(id="getRecord", ...))

The description has the types of the answers and the refusals that the function raises; OpenAPI is
made from it. The caller's key is checked and counted before the function runs. `caller.hotline` is
the only hotline that it may read or write; what belongs to another is answered like what does not
exist. `caller.key.sandbox` says that nothing of what it sends may be written. A `ProblemError` that
it raises becomes the refusal; anything else that it raises is a fault of ours, answered with 500.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agents.edges.http_server.password import RouteHandler
from agents.edges.intake_http.callers import Caller, Callers
from agents.edges.intake_http.descriptions import Description
from agents.edges.intake_http.problems import Problem, ProblemError, problem_response
from agents.edges.intake_http.requests_in_progress import RequestsInProgress

Operation = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]

_HTTP_PROBLEMS: Final = {
    web.HTTPNotFound: Problem.NOT_FOUND,
    web.HTTPMethodNotAllowed: Problem.METHOD,
}
"""Refusals of aiohttp's own router."""


@dataclass(frozen=True, slots=True)
class Route:
    """An operation behind a key.

    Attributes:
        method: of HTTP.
        path: aiohttp's pattern, such as `/v1/records/{id}`.
        operation: answers.
        description: what `GET /v1/openapi.json` says of it.
    """

    method: str
    path: str
    operation: Operation
    description: Description | None = None


@dataclass(frozen=True, slots=True)
class PublicRoute:
    """An operation that anybody may ask for.

    Attributes:
        method: of HTTP.
        path: aiohttp's pattern.
        handler: answers.
        description: what `GET /v1/openapi.json` says of it; None = it is no part of the API.
    """

    method: str
    path: str
    handler: RouteHandler
    description: Description | None = None


class Router:
    """Puts routes into an application.

    Args:
        callers: finds out who sends a request.
        in_progress: counts the requests behind a key.

    Attributes:
        refused: refused requests by problem.
    """

    def __init__(self, callers: Callers, in_progress: RequestsInProgress) -> None:
        """Begin with nothing refused."""
        self._callers = callers
        self._in_progress = in_progress
        self.refused: Counter[Problem] = Counter()

    def application(
        self, routes: Sequence[Route | PublicRoute], body_bytes_max: int
    ) -> web.Application:
        """Return an application with the routes.

        Args:
            routes: its operations.
            body_bytes_max: the largest body, after decompression.
        """
        app = web.Application(client_max_size=body_bytes_max, middlewares=[self._refusing])
        for route in routes:
            handler = self._behind_key(route) if isinstance(route, Route) else route.handler
            app.router.add_route(route.method, route.path, handler)
        return app

    def _behind_key(self, route: Route) -> RouteHandler:
        async def handler(request: web.Request) -> web.StreamResponse:
            caller = self._callers.caller(request)
            with self._in_progress.request():
                return await route.operation(request, caller)

        return handler

    @web.middleware
    async def _refusing(self, request: web.Request, handler: RouteHandler) -> web.StreamResponse:
        """Answer every refusal as problem details, and count it."""
        try:
            return await handler(request)
        except ProblemError as refused:
            error = refused
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as refused:
            allow = refused.headers.get("Allow")
            headers = {"Allow": allow} if allow else {}
            error = ProblemError(_HTTP_PROBLEMS[type(refused)], headers=headers)
        self.refused[error.problem] += 1
        return problem_response(error)
