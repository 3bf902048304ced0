"""Who sends a request: the hotline of its key, and how many connections it may have."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from agents.edges.http_server.admission import Admission, ConnectionRefusal
from agents.edges.http_server.connection import Connection
from agents.edges.intake_http.api_keys import ApiKey, ApiKeys
from agents.edges.intake_http.problems import Problem, ProblemError
from agents.edges.intake_http.rate_limits import RateLimits
from agents.edges.intake_http.requests_in_progress import RETRY_AFTER_S
from agents.http_settings import IntakeSettings
from schemas.moments import Instant
from schemas.records.reports import HotlineId


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes:
        key: what is known of the key it showed.
    """

    key: ApiKey

    @property
    def hotline(self) -> HotlineId:
        """Whose key it is; everything that the caller reads or writes is this hotline's."""
        return self.key.hotline


class Callers:
    """Finds out who sends a request.

    Args:
        keys: whose key is whose.
        inboxes: whose they are, and when each hotline ends, None = not at all. A write to another
            would fail and take others' with it.
        admission: counts the connections.
        settings: how much one hotline or key may use.
        now: tells the earliest instant at which the broker takes what is written now.

    Attributes:
        limited: requests that were refused as too many, by hotline.
    """

    def __init__(
        self,
        keys: ApiKeys,
        inboxes: Mapping[HotlineId, Instant | None],
        admission: Admission,
        settings: IntakeSettings,
        now: Callable[[], Instant],
    ) -> None:
        """Know nobody's connections yet."""
        self._keys = keys
        self._inboxes = inboxes
        self.now = now
        self._admission = admission
        self._connections_max = settings.connections_per_hotline_max
        self._limits = RateLimits(settings)
        self.limited: Counter[HotlineId] = Counter()
        self._connections: defaultdict[HotlineId, set[Connection]] = defaultdict(set)

    def caller(self, request: web.Request) -> Caller:
        """Return who sends a request.

        Raises:
            ProblemError: nobody's key, a hotline without an inbox, or one with too many
                connections.
        """
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        found = self._keys.find(key.strip()) if scheme.lower() == "bearer" else None
        caller = self._admitted(found)
        with self._counting(caller.hotline):
            self._take_place(request, caller.hotline)
            self._limits.request(caller.key.id)
        return caller

    def count_records(self, caller: Caller, count: int) -> None:
        """Count records that a caller sends.

        Raises:
            ProblemError: its key has sent too many.
        """
        with self._counting(caller.hotline):
            self._limits.records(caller.key.id, count)

    @contextmanager
    def _counting(self, hotline: HotlineId) -> Iterator[None]:
        """Count a refusal for a hotline that uses more than its share."""
        try:
            yield
        except ProblemError:
            self.limited[hotline] += 1
            raise

    def check_again(self, caller: Caller) -> None:
        """Check that a caller may still come in: its body may have taken half a minute.

        Raises:
            ProblemError: its key was revoked or has expired, or its hotline has ended.
        """
        self._admitted(self._keys.holding(caller.key.digest))

    def _admitted(self, key: ApiKey | None) -> Caller:
        if key is None:
            raise ProblemError(Problem.UNKNOWN_KEY, headers={"WWW-Authenticate": "Bearer"})
        if not self._has_inbox(key.hotline):
            raise ProblemError(Problem.NO_INBOX)
        return Caller(key)

    def _has_inbox(self, hotline: HotlineId) -> bool:
        if hotline not in self._inboxes:
            return False
        until = self._inboxes[hotline]
        return until is None or self.now() < until

    def _take_place(self, request: web.Request, hotline: HotlineId) -> None:
        """Count the request's connection among those of its hotline."""
        connection, mine = request.protocol, self._connections[hotline]
        if not isinstance(connection, Connection) or connection in mine:
            return
        if len(mine) >= self._connections_max:
            self._admission.refused[ConnectionRefusal.HOTLINE] += 1
            raise ProblemError(
                Problem.CONNECTIONS_OF_HOTLINE,
                retry_after_s=RETRY_AFTER_S,
                ends_connection=True,
            )
        mine.add(connection)
        connection.known(partial(mine.discard, connection))
