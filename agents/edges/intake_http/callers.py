"""Who sends a request: the hotline of its key, and how many connections it may have."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from agents.edges.http_server.admission import Admission, Refusal
from agents.edges.http_server.connection import Connection
from agents.edges.intake_http.api_keys import ApiKeys
from agents.edges.intake_http.problems import Problem, ProblemError
from agents.edges.intake_http.requests_in_progress import RETRY_AFTER_S
from schemas.moments import Instant
from schemas.records.ledger import HotlineId


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes:
        hotline: whose key it showed; everything that it reads or writes is this hotline's.
    """

    hotline: HotlineId


class Callers:
    """Finds out who sends a request.

    Args:
        keys: whose key is whose.
        inboxes: whose they are, and when each hotline ends, None = not at all. A write to another
            would fail and take others' with it.
        admission: counts the connections.
        connections_max: that have shown a key of one hotline.
        now: tells the instant.
    """

    def __init__(
        self,
        keys: ApiKeys,
        inboxes: Mapping[HotlineId, Instant | None],
        admission: Admission,
        connections_max: int,
        now: Callable[[], Instant],
    ) -> None:
        """Know nobody's connections yet."""
        self._keys = keys
        self._inboxes = inboxes
        self._now = now
        self._admission = admission
        self._connections_max = connections_max
        self._connections: defaultdict[HotlineId, set[Connection]] = defaultdict(set)

    def caller(self, request: web.Request) -> Caller:
        """Return who sends a request.

        Raises:
            ProblemError: nobody's key, a hotline without an inbox, or one with too many
                connections.
        """
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        hotline = self._keys.hotline(key.strip()) if scheme.lower() == "bearer" else None
        if hotline is None:
            raise ProblemError(Problem.UNKNOWN_KEY, headers={"WWW-Authenticate": "Bearer"})
        if not self._has_inbox(hotline):
            raise ProblemError(Problem.NO_INBOX)
        self._take_place(request, hotline)
        return Caller(hotline)

    def _has_inbox(self, hotline: HotlineId) -> bool:
        if hotline not in self._inboxes:
            return False
        until = self._inboxes[hotline]
        return until is None or self._now() < until

    def _take_place(self, request: web.Request, hotline: HotlineId) -> None:
        """Count the request's connection among those of its hotline."""
        connection, mine = request.protocol, self._connections[hotline]
        if not isinstance(connection, Connection) or connection in mine:
            return
        if len(mine) >= self._connections_max:
            self._admission.refused[Refusal.KEY] += 1
            raise ProblemError(
                Problem.CONNECTIONS_OF_KEY,
                retry_after_s=RETRY_AFTER_S,
                ends_connection=True,
            )
        mine.add(connection)
        connection.known(partial(mine.discard, connection))
