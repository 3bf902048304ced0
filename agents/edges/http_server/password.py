"""Who may read the pages and /metrics: this machine, and elsewhere whoever has the password."""

import base64
import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from aiohttp import web

from agents.errors import UserError

HEALTH: Final = frozenset({"/healthz", "/readyz"})
"""Answered to anybody: they say one word, and what starts containers has no password."""

PASSWORD_BYTES_MIN: Final = 16
PASSWORD_BYTES_MAX: Final = 1_024

_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="hostwatch", charset="UTF-8"'}

RouteHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RequestGuard = Callable[[web.Request], None]
"""Raises an HTTPException for who may not come in."""


def guard(password: bytes | None) -> RequestGuard:
    """Return what judges each request.

    Args:
        password: asked for by HTTP Basic (RFC 7617), with any user name; None = nobody is asked,
            and only loopback names are answered to, so that no web page can read us through its
            own name (DNS rebinding).
    """

    def local(request: web.Request) -> None:
        host = request.headers.get("Host", "").rsplit("]", 1)
        name = f"{host[0]}]" if len(host) > 1 else host[0].split(":", 1)[0]
        if name.lower() not in _NAMES and not loopback(name):
            raise web.HTTPMisdirectedRequest(text="ask by a loopback name\n")

    def known(request: web.Request) -> None:
        if request.path in HEALTH:
            return
        given = _password(request.headers.get("Authorization", ""))
        if not hmac.compare_digest(given, password or b""):
            raise web.HTTPUnauthorized(text="a password is needed\n", headers=_CHALLENGE)

    return local if password is None else known


def _password(header: str) -> bytes:
    """Return the password of an Authorization header; empty where there is none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(token, validate=True).partition(b":")[2]
    except ValueError:
        return b""


def password_of(file: Path) -> bytes:
    """Return the password that stands in a file, on one line.

    Raises:
        UserError: the file cannot be read, or what it holds is no safe password.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(PASSWORD_BYTES_MAX + 2).rstrip(b"\r\n")
    except OSError:
        raise UserError("web.password_file cannot be read") from None
    if b"\n" in text or not PASSWORD_BYTES_MIN <= len(text) <= PASSWORD_BYTES_MAX:
        raise UserError(
            f"web.password_file must hold one line of {PASSWORD_BYTES_MIN} bytes or more"
        )
    return text


def is_private(address: str) -> bool:
    """Return whether an address is of this machine or of a private network (RFC 1918, RFC 4193).

    Args:
        address: as a socket gives it.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_private)


def loopback(host: str) -> bool:
    """Return whether a host names this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
