"""Who may send a form of a hoster's page, and how often: against forgery and floods."""

import hmac
import re
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from schemas.identity.ids import Hash

COOKIE: Final = "hostwatch-form"
COOKIE_S: Final = 43_200
"""Half a day: a page that lay open longer is loaded again."""

LINKS_MAX: Final = 10_000
"""Links of which it is kept how often they sent; the one that sent longest ago is forgotten."""

_NONCE: Final = re.compile("[0-9a-f]{32}")
_PURPOSE: Final = "hoster form"


class Forged(Exception):
    """The form does not come from the page it says."""


class TooOften(Exception):
    """More was sent than may be; `retry_s` is when there is room again, in seconds."""

    def __init__(self, retry_s: int) -> None:
        """Say when."""
        super().__init__("too often")
        self.retry_s = retry_s


@dataclass(frozen=True, slots=True)
class FormGuard:
    """Binds a form to a link and to the browser it was shown in (RFC 6265 cookie, SameSite).

    Attributes:
        hash: the ledger's keyed hash.
        secure: pages go over TLS alone.
    """

    hash: Hash
    secure: bool

    def nonce(self, request: web.Request) -> str:
        """Return the browser's own number, a fresh one where it has none."""
        held = request.cookies.get(COOKIE, "")
        return held if _NONCE.fullmatch(held) else secrets.token_hex(16)

    def field(self, link_id: str, nonce: str) -> str:
        """Return what a form carries that only this page knows."""
        return self.hash(_PURPOSE, f"{link_id}\x00{nonce}")

    def keep(self, response: web.Response, nonce: str) -> None:
        """Have the browser keep its number for this page alone."""
        response.set_cookie(
            COOKIE,
            nonce,
            max_age=COOKIE_S,
            path="/h/",
            secure=self.secure,
            httponly=True,
            samesite="Strict",
        )

    def check(self, request: web.Request, link_id: str, given: str) -> None:
        """Let a form pass that comes from its own page.

        Raises:
            Forged: it does not.
        """
        nonce = request.cookies.get(COOKIE, "")
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        foreign = origin is not None and _host_of(origin) != request.host
        known = _NONCE.fullmatch(nonce) is not None and hmac.compare_digest(
            given.encode(errors="replace"), self.field(link_id, nonce).encode()
        )
        if foreign or site != "same-origin" or not known:
            raise Forged


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


@dataclass(slots=True)
class Allowance:
    """How often something may be done by a link.

    Attributes:
        most: so many times.
        within_s: in so many seconds.
        now_s: seconds that never go back.
    """

    most: int
    within_s: float
    now_s: Callable[[], float]
    _of: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, link_id: str) -> None:
        """Count one more.

        Raises:
            TooOften: there were as many as may be.
        """
        now_s = self.now_s()
        times = self._of.pop(link_id, deque())
        self._of[link_id] = times  # the one that sent last stands last
        if len(self._of) > LINKS_MAX:
            del self._of[next(iter(self._of))]
        while times and now_s - times[0] > self.within_s:
            times.popleft()
        if len(times) >= self.most:
            raise TooOften(1 + int(self.within_s - (now_s - times[0])))
        times.append(now_s)
