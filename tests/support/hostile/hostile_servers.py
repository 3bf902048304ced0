"""A pack of hostile servers: what each does to a probe, and how the probe has to end.

Every one of them sends `LEAK_MARKER` where a body would stand, so that a test can search for it.
"""

import asyncio
import gzip
import socket
import struct
from dataclasses import dataclass

from web_server import Behave, answers, response

from schemas.closed_lists import ProbeError

LEAK_MARKER = "CANARY-of-a-body"
BOMB = gzip.compress((LEAK_MARKER * 64).encode() * 4_096)
"""4 MB in 20 KB."""

_E = ProbeError


@dataclass(frozen=True, slots=True)
class HostileServer:
    """A server and the ends a probe of it may have.

    Attributes:
        behave: what it does.
        ends: allowed errors, or statuses where there is an answer.
        short: the probe only ends at its deadline, so it gets a short one.
    """

    behave: Behave
    ends: tuple[ProbeError | int, ...]
    short: bool = False


async def silence(_: str, _writer: asyncio.StreamWriter) -> None:
    """Say nothing, for ever."""
    await asyncio.Event().wait()


async def drip(_: str, writer: asyncio.StreamWriter) -> None:
    """Send a head byte by byte, for ever."""
    writer.write(f"HTTP/1.1 200 OK\r\nX: {LEAK_MARKER}".encode())
    while True:
        writer.write(b"y")
        await writer.drain()
        await asyncio.sleep(0.01)


async def push(_: str, writer: asyncio.StreamWriter) -> None:
    """Push a body without end behind a head."""
    writer.write(response(200).encode())
    while True:
        writer.write(LEAK_MARKER.encode() * 4_096)
        await writer.drain()


async def interim(_: str, writer: asyncio.StreamWriter) -> None:
    """Announce an answer without end."""
    while True:
        writer.write(f"HTTP/1.1 103 Early Hints\r\nLink: <{LEAK_MARKER}>\r\n\r\n".encode() * 100)
        await writer.drain()


def reset_after(count: int) -> Behave:
    """Send so many bytes of an answer and reset the connection."""

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(response(200, f"X: {LEAK_MARKER}").encode()[:count])
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behave


def raw(*parts: bytes) -> Behave:
    """Send bytes as they are."""

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return behave


def _framed(*fields: str) -> Behave:
    return answers(response(200, *fields, body=LEAK_MARKER))


PACK: dict[str, HostileServer] = {
    "silence": HostileServer(silence, (_E.TIMEOUT,), short=True),
    "drip": HostileServer(drip, (_E.TIMEOUT, _E.TOO_LARGE), short=True),
    "push": HostileServer(push, (200,)),
    "endless 1xx": HostileServer(interim, (_E.PROTOCOL,)),
    "body to HEAD": HostileServer(answers(response(200, body=LEAK_MARKER * 99)), (200,)),
    "body instead of a head": HostileServer(answers(LEAK_MARKER * 99), (_E.PROTOCOL,)),
    "leak marker in the reason": HostileServer(
        answers(f"HTTP/1.1 404 {LEAK_MARKER}\r\n\r\n"), (404,)
    ),
    "leak marker in every field": HostileServer(
        answers(
            response(
                200,
                f"ETag: {LEAK_MARKER}",
                f"Content-Type: {LEAK_MARKER}",
                f"Location: /{LEAK_MARKER}",
                f"Last-Modified: {LEAK_MARKER}",
                f"Age: {LEAK_MARKER}",
                f"Retry-After: {LEAK_MARKER}",
                f"X-Cache: {LEAK_MARKER}",
                f"Set-Cookie: {LEAK_MARKER}",
            )
        ),
        (200,),
    ),
    "header bomb": HostileServer(
        answers("HTTP/1.1 200 OK\r\n" + f"X: {LEAK_MARKER * 500}\r\n" * 120 + "\r\n"),
        (_E.TOO_LARGE,),
    ),
    "compression bomb": HostileServer(
        raw(response(200, "Content-Encoding: gzip", f"Content-Length: {len(BOMB)}").encode(), BOMB),
        (200,),
    ),
    "compressed head": HostileServer(raw(BOMB), (_E.PROTOCOL,)),
    "two lengths": HostileServer(
        _framed("Content-Length: 3", "Content-Length: 4"), (200, _E.PROTOCOL)
    ),
    "negative length": HostileServer(_framed("Content-Length: -1"), (200, _E.PROTOCOL)),
    "endless length": HostileServer(_framed("Content-Length: " + "9" * 99), (200, _E.PROTOCOL)),
    "length and chunks": HostileServer(
        _framed("Content-Length: 3", "Transfer-Encoding: chunked"), (200, _E.PROTOCOL)
    ),
    "bad chunks": HostileServer(_framed("Transfer-Encoding: chunked"), (200, _E.PROTOCOL)),
    "NUL in a field": HostileServer(
        answers("HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n"), (_E.PROTOCOL,)
    ),
    "folded field": HostileServer(
        answers(f"HTTP/1.1 200 OK\r\nX: a\r\n {LEAK_MARKER}\r\n\r\n"), (200, _E.PROTOCOL)
    ),
    "an answer to nobody": HostileServer(answers(response(200) * 9 + LEAK_MARKER), (200,)),
    "GET answered without end": HostileServer(
        answers(response(405), response(206, body=LEAK_MARKER * 999)), (206,)
    ),
}
"""By what they do."""

ZOO: dict[str, tuple[str, ProbeError | int]] = {
    "loop": ("/again", _E.TOO_MANY_REDIRECTS),
    "to itself": ("", 302),
    "relative upwards": ("../../../../x", _E.TOO_MANY_REDIRECTS),
    "fragment only": ("#x", _E.TOO_MANY_REDIRECTS),
    "query only": ("?x", _E.TOO_MANY_REDIRECTS),
    "ftp": ("ftp://y.example/", 302),
    "file": ("file:///etc/passwd", 302),
    "gopher": ("gopher://127.0.0.1:6379/_x", 302),
    "javascript": ("javascript:alert(1)", 302),
    "data": (f"data:text/html,{LEAK_MARKER}", 302),
    "too long": ("/" + "x" * 5_000, 302),
    "not UTF-8": ("/\xff\xfe", _E.TOO_MANY_REDIRECTS),
    "control characters": ("/a\tb", _E.TOO_MANY_REDIRECTS),
    "zone": ("http://[fe80::1%25eth0]/", 302),
    "octal": ("http://0177.0.0.2/", _E.BLOCKED_POLICY_HOP),
    "hex": ("http://0x7f000002/", _E.BLOCKED_POLICY_HOP),
    "short": ("http://127.2/", _E.BLOCKED_POLICY_HOP),
    "circled digits": ("http://\u2460\u2461\u2466.0.0.2/", _E.BLOCKED_POLICY_HOP),
    "mapped": ("http://[::ffff:169.254.169.254]/", _E.BLOCKED_POLICY_HOP),
    "NAT64": ("http://[64:ff9b::10.0.0.1]/", _E.BLOCKED_POLICY_HOP),
    "6to4": ("http://[2002:7f00:1::]/", _E.BLOCKED_POLICY_HOP),
    "metadata": ("http://169.254.169.254/latest/meta-data/", _E.BLOCKED_POLICY_HOP),
    "user info": ("http://x.example@10.0.0.1/", _E.BLOCKED_POLICY_HOP),
    "backslashes": ("\\\\10.0.0.1\\x", _E.BLOCKED_POLICY_HOP),
    "port of mail": ("//y.example:25/", _E.BLOCKED_POLICY_HOP),
    "same host, other port": ("//x.example:6379/", _E.BLOCKED_POLICY_HOP),
    "a name that does not exist": ("http://gone.example/", _E.DNS_FAILURE),
}
"""Where redirects lead, and how a probe that is led there ends."""
