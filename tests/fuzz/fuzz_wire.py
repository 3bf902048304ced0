"""Any bytes on a real socket: what an exchange reads of them, and how it ends.

Oracles: it ends, and as the same bytes end in the reader alone. It takes no more from the kernel
than it may, and no more than one read of 2 KiB holds behind the head, whatever it counts itself.
"""

import asyncio
import socket

from fuzz_bytes import Reader

from agents.edges.http_probe.connection import ConnectRequest, ProbeFailed
from agents.edges.http_probe.exchange import Exchange
from agents.edges.http_probe.poller import Poller
from agents.edges.http_probe.response import HeadReader, Malformed
from schemas.closed_lists import ProbeError

_LOOP = asyncio.new_event_loop()
_POLLER = Poller()
_REQUESTS = tuple(
    ConnectRequest(address="192.0.2.1", port=80, request=b"HEAD / HTTP/1.1\r\n\r\n", room=room)
    for room in (16_384, 16_384, 5_000, 1)
)
_TIMES = (1, 1, 2, 40, 900)
_READ_BYTES = 2_048
_ANSWER_BYTES_MAX = 48 * 1_024  # more than is ever read, less than the socket holds


def check(data: bytes) -> None:
    """Judge one input: how often to repeat what, and what follows it."""
    reader = Reader(data)
    times, connect = reader.pick(_TIMES), reader.pick(_REQUESTS)
    first = reader.take(min(reader.number(), reader.left))
    answer = (first + reader.rest() * times)[:_ANSWER_BYTES_MAX]
    _LOOP.run_until_complete(_exchanged(answer, connect))


async def _exchanged(answer: bytes, connect: ConnectRequest) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        with ours.dup() as kernel:
            exchange = Exchange(connect, None, lambda: None, _POLLER)
            until = asyncio.get_running_loop().time() + 60
            exchange._sock = ours
            exchange._step = _POLLER.watch(ours.fileno(), exchange, until)
            exchange.ready(more=False)
            exchange.ready(more=True)
            taken = len(answer) - _unread(kernel)
        assert exchange._done.done(), "an exchange that does not end"
        assert taken == exchange.wire_bytes == exchange.bytes, "bytes read are not those counted"
        ending, needed = _expected(answer, connect.room)
        assert taken == needed, "read over the limit"
        assert _ending(exchange) == ending, "another ending than the bytes have"


def _unread(kernel: socket.socket) -> int:
    unread = 0
    while data := kernel.recv(1 << 16):
        unread += len(data)
    return unread


def _ending(exchange: Exchange) -> object:
    failed = exchange._done.exception()
    if failed is None:
        return exchange._done.result()
    assert isinstance(failed, ProbeFailed)
    return failed.error


def _expected(answer: bytes, room: int) -> tuple[object, int]:
    """Return the head or why there is none, and after how many bytes, read by read, it is known."""
    reader = HeadReader()
    taken = 0
    try:
        while taken < min(len(answer), room):
            piece = answer[taken : min(taken + _READ_BYTES, room)]
            taken += len(piece)
            reader.feed(piece)
            if reader.head is not None:
                return reader.head, taken
    except Malformed:
        return ProbeError.PROTOCOL, taken
    finally:
        reader.close()
    return (ProbeError.TOO_LARGE if taken == room else ProbeError.RESET), taken
