"""A real name server on loopback, over UDP and TCP, that answers from a table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

UDP_BYTES_MAX = 1_232
"""What a UDP answer may hold (dnsflagday.net/2020); more is cut off and asked again over TCP."""


@dataclass
class Name:
    """What the server says of one name."""

    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    cname: str | None = None
    ttl_s: int = 300
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    rcode_aaaa: dns.rcode.Rcode | None = None
    silent: bool = False
    bogus: bool = False  # signed wrongly: SERVFAIL unless checking is disabled (RFC 4035 5.5)
    beside: tuple[tuple[str, str], ...] = ()


@dataclass
class NameServer:
    """The running server.

    Attributes:
        names: the table; names that are not in it do not exist.
        asked: (name, type, transport) of every question, in order.
        gate: questions wait here before they are answered; open unless a test closes it.
    """

    names: dict[str, Name] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    waiting: int = 0
    waiting_most: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def address(self) -> str:
        """Its place in the form of the settings."""
        return f"127.0.0.1:{self.port}"

    def count(self, name: str, kind: str = "A") -> int:
        """Return how often a name was asked for."""
        return sum((one, what) == (name, kind) for one, what, _ in self.asked)

    async def holds(self, count: int) -> None:
        """Wait until so many questions wait at the gate."""
        async with self._came:
            await self._came.wait_for(lambda: self.waiting >= count)

    async def heard(self, count: int) -> None:
        """Wait until so many questions were asked, those asked again not counted."""
        async with self._came:
            await self._came.wait_for(lambda: len(set(self.asked)) >= count)

    async def insisted(self, name: str, times: int) -> None:
        """Wait until a name's A was asked for so many times, each time without an answer."""
        async with self._came:
            await self._came.wait_for(lambda: self.count(name) >= times)

    async def answer(self, wire: bytes, transport: str) -> bytes | None:
        """Return the answer to a question, None to stay silent."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind, transport))
        self.waiting += 1
        self.waiting_most = max(self.waiting_most, self.waiting)
        async with self._came:
            self._came.notify_all()
        await self.gate.wait()
        self.waiting -= 1
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name not in self.names:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply.to_wire()
        entry = self.names[name]
        if entry.silent:
            return None
        rcode = entry.rcode_aaaa if kind == "AAAA" and entry.rcode_aaaa is not None else entry.rcode
        if entry.bogus and not query.flags & dns.flags.CD:
            rcode = dns.rcode.SERVFAIL
        reply.set_rcode(rcode)
        if rcode == dns.rcode.NOERROR:
            self._fill(reply, name, kind)
        wire = reply.to_wire(max_size=65_535)
        if transport == "udp" and len(wire) > UDP_BYTES_MAX:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            return reply.to_wire()
        return wire

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        for _ in range(20):
            entry = self.names.get(name)
            if entry is None:
                return
            for owner, text in entry.beside if kind == "A" else ():
                _add(reply, owner, entry.ttl_s, kind, (text,))
            if entry.cname is None:
                _add(reply, name, entry.ttl_s, kind, entry.a if kind == "A" else entry.aaaa)
                return
            _add(reply, name, entry.ttl_s, "CNAME", (entry.cname + ".",))
            name = entry.cname


def _add(
    reply: dns.message.Message, owner: str, ttl_s: int, kind: str, texts: tuple[str, ...]
) -> None:
    if texts:
        reply.answer.append(dns.rrset.from_text_list(owner + ".", ttl_s, "IN", kind, texts))


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._reply(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, addr: tuple[str, int]) -> None:
        wire = await self._server.answer(data, "udp")
        if wire is not None:
            self._transport.sendto(wire, addr)


@asynccontextmanager
async def name_server(**names: Name) -> AsyncIterator[NameServer]:
    """Run a name server for the names `<key>.example`; more can be put into `names`."""
    server = NameServer({f"{key}.example": entry for key, entry in names.items()})
    server.gate.set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                wire = await server.answer(await reader.readexactly(length), "tcp")
                if wire is not None:
                    writer.write(len(wire).to_bytes(2, "big") + wire)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    tcp = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    udp, _ = await loop.create_datagram_endpoint(
        lambda: _Udp(server), local_addr=("127.0.0.1", server.port)
    )
    try:
        yield server
    finally:
        udp.close()
        tcp.close()
