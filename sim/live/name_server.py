"""A real name server over UDP and TCP that knows the names of the practice world and no other.

For names that have addresses at the moment it answers A, and other types with an empty answer. All
other names are NXDOMAIN (RFC 1035, RFC 2308). It stays silent where a packet is no query.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL_S: Final = 60
"""Short: a hoster that moves shows up within a minute."""

TCP_DEADLINE_S: Final = 10.0
_ATTEMPTS: Final = 20  # a port free for UDP may be taken for TCP


ZoneLookup = Callable[[str], Sequence[str]]
"""Returns the addresses of a name, lower case and without a final dot; none = no such name."""


def respond(lookup: ZoneLookup, packet: bytes) -> bytes | None:
    """Return the answer to a packet, None if it is no query.

    Args:
        lookup: knows the names.
        packet: what came in.
    """
    try:
        query = dns.message.from_wire(packet)
        response = dns.message.make_response(query, recursion_available=True)
    except dns.exception.DNSException:
        return None
    if len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
        return response.to_wire()
    question = query.question[0]
    response.flags |= dns.flags.AA
    found = lookup(question.name.to_text(omit_final_dot=True).lower())
    if not found:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif question.rdtype == dns.rdatatype.A:
        response.answer.append(dns.rrset.from_text(question.name, TTL_S, "IN", "A", *found))
    return response.to_wire()


class NameServer:
    """Answers on 127.0.0.1, one free port for UDP and TCP; use it as an asynchronous context.

    Args:
        lookup: knows the names.
    """

    def __init__(self, lookup: ZoneLookup) -> None:
        """Open nothing yet."""
        self._lookup = lookup
        self._transport: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        """Bind a free port.

        Raises:
            OSError: there is none.
        """
        udp, tcp = _bound()
        self.port = udp.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Udp(self._lookup), sock=udp
        )
        self._server = await asyncio.start_server(self._tcp, sock=tcp)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close both."""
        if self._transport is not None:
            self._transport.close()
        if self._server is not None:
            self._server.close()

    async def _tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(TCP_DEADLINE_S):
                length = int.from_bytes(await reader.readexactly(2), "big")
                answer = respond(self._lookup, await reader.readexactly(length))
                if answer is not None:
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        writer.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, lookup: ZoneLookup) -> None:
        self._lookup = lookup
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # CPython 3.11's transport of a datagram endpoint is none by inheritance
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = respond(self._lookup, data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def _bound() -> tuple[socket.socket, socket.socket]:
    for attempt in range(1, _ATTEMPTS + 1):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp = socket.socket()
        try:
            udp.bind(("127.0.0.1", 0))
            tcp.bind(("127.0.0.1", udp.getsockname()[1]))
        except OSError:
            udp.close()
            tcp.close()
            if attempt == _ATTEMPTS:
                raise
        else:
            return udp, tcp
    raise AssertionError("every attempt returns or raises")
