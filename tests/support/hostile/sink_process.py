"""A prober in a network namespace in which every packet is seen, whatever it is sent to.

`unshare -n python sink_process.py COUNT SEED` makes all addresses of the world local to the
namespace. So a packet to any of them passes its loopback device. What goes to denied addresses
is counted there. One server answers at all public addresses, mostly with redirects
inwards; one name server lies. Last line: JSON.
"""

import asyncio
import json
import random
import socket
import struct
import subprocess
import sys
import threading
from collections import Counter
from ipaddress import IPv4Address, IPv6Address, ip_address

import hostile_urls

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolution import DnsStatus
from agents.edges.dns.resolver import Resolver
from agents.edges.http_probe.connection import ProbeFailed
from agents.edges.http_probe.probe import HttpProber, ProberConfig
from schemas.closed_lists import ProbeError
from schemas.identity.ids import BadUrl, canonical, keyed_hash
from streams.network import address
from streams.probe.gate import Rules, judge_all

SERVER = "93.184.215.53"  # of the name server; public, so its packets are none to the inside
OURS = ("93.184.215.1", "2606:2800:21f::1")
"""What the prober connects from; public too, so answers to it are none to the inside."""
AT_ONCE = 64
_OUTGOING = 4  # linux/if_packet.h PACKET_OUTGOING: each packet is counted once
_ETH_P_ALL = 3
_IPPROTO_ICMPV6 = 58
_SO_RCVBUFFORCE = 33


def all_is_local() -> None:
    """Let the kernel of this namespace hold every address of the world for its own."""
    for command in (
        "ip link set lo up",
        f"ip -4 addr add {OURS[0]} dev lo",
        f"ip -6 addr add {OURS[1]} dev lo",
        f"ip -4 route add local 0.0.0.0/0 dev lo src {OURS[0]}",
        f"ip -6 route add local ::/0 dev lo src {OURS[1]}",
    ):
        subprocess.run(command.split(), check=True)


class Sink(threading.Thread):
    """Counts packets by where they go.

    Attributes:
        seen: all packets but the kernel's own of ICMPv6.
        denied: those to denied addresses.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen = 0
        self.denied = 0
        self._done = threading.Event()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
        self._socket.settimeout(0.2)

    def run(self) -> None:
        """Read until told to stop and nothing is left."""
        while True:
            try:
                packet, place = self._socket.recvfrom(40)
            except TimeoutError:
                if self._done.is_set():
                    return
                continue
            if place[2] == _OUTGOING:
                self._count(packet)

    def _count(self, packet: bytes) -> None:
        to: IPv4Address | IPv6Address
        if packet[0] >> 4 == 4:
            to = IPv4Address(packet[16:20])
        elif packet[6] == _IPPROTO_ICMPV6:
            return  # the kernel's own: it looks for neighbours and tells of its groups
        else:
            to = IPv6Address(packet[24:40])
        self.seen += 1
        self.denied += hostile_urls.is_denied(to)

    def stop(self) -> int:
        """Stop, and return how many packets the kernel could not hand over."""
        self._done.set()
        self.join()
        _, lost = struct.unpack("II", self._socket.getsockopt(263, 6, 8))  # PACKET_STATISTICS
        return int(lost)


class Liar(asyncio.DatagramProtocol):
    """A name server: what it says of a name depends on the name's first part and on its mood."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._asked: Counter[bytes] = Counter()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        """Keep the socket."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        end = data.index(b"\x00", 12) + 5
        question = data[12:end]
        six = question[-4:-2] == b"\x00\x1c"
        kind = question[1 : 1 + question[0]].decode()
        self._asked[question] += 1
        answers = self._answers(kind, six, self._asked[question])
        head = data[:2] + b"\x81\x80" + struct.pack("!HHHH", 1, len(answers), 0, 0)
        self._transport.sendto(head + question + b"".join(answers), addr)

    def _answers(self, kind: str, six: bool, times: int) -> list[bytes]:
        chance, make = self._chance, hostile_urls.denied_v6 if six else hostile_urls.denied_v4
        inside = make(chance)
        outside = hostile_urls.public(chance)
        while (outside.version == 6) != six:
            outside = hostile_urls.public(chance)
        found = {
            "inside": [inside],
            "mixed": [outside, inside] if chance.random() < 0.5 else [inside, outside],
            "rebinding": [outside if times == 1 else inside],
            "open": [outside],
        }.get(kind, [inside])
        owner, before = b"\xc0\x0c", b""
        if kind == "alias":  # a CNAME to another name of the same answer
            alias = b"\x03own\xc0\x0c"
            before = owner + struct.pack("!HHIH", 5, 1, 0, len(alias)) + alias
            owner = alias
        records = [
            owner + struct.pack("!HHIH", 28 if six else 1, 1, 0, len(one.packed)) + one.packed
            for one in found
        ]
        return [before, *records] if before else records


class Evil(asyncio.Protocol):
    """A server of one answer a connection, at every address there is."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the connection."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Redirect, mostly."""
        where = hostile_urls.location(self._chance)
        head = f"HTTP/1.1 302 Found\r\nLocation: {where}\r\n\r\n"
        if self._chance.random() < 0.2:
            head = "HTTP/1.1 200 OK\r\n\r\n"
        self._transport.write(head.encode())
        self._transport.close()


class Prober:
    """Probes as the probe stage does: it resolves, judges and asks.

    Attributes:
        ends: how often each end came.
    """

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        clock = Clock()
        self._resolver = Resolver(clock, DnsSettings(servers=(SERVER,), names_per_s=10_000))
        self._rules = Rules()
        config = ProberConfig(user_agent="watcher/1", rules=self._rules)
        self._http = HttpProber(
            config, clock, lambda what, text: keyed_hash(b"k" * 16, what, text), self._addresses
        )

    async def _addresses(self, host: str) -> tuple[str, ...]:
        literal = address(host)
        if literal is not None:
            return (str(literal),)
        found = await self._resolver.resolve(host, fresh=True)
        if found.status is not DnsStatus.OK:
            raise ProbeFailed(ProbeError.DNS_FAILURE)
        return found.addresses

    async def probe(self, text: str) -> None:
        """Probe one URL and count how it ended; a literal address meets the last gate alone."""
        try:
            url = canonical(text)
        except BadUrl:
            self.ends["bad_url"] += 1
            return
        try:
            addresses = await self._addresses(url.host)
        except ProbeFailed as failed:
            self.ends[failed.error] += 1
            return
        if not url.literal and not judge_all(addresses, self._rules).allowed:
            self.ends["denied_name"] += 1
            return
        until = asyncio.get_running_loop().time() + 5
        seen = await self._http.probe(url, addresses[0], until)
        self.ends[seen.facts.error or "answered"] += 1

    async def close(self) -> None:
        """Close the resolver."""
        await self._resolver.close()


async def run(count: int, seed: int) -> dict[str, int]:
    """Probe so many URLs."""
    chance = random.Random(seed)
    loop = asyncio.get_running_loop()
    for host in ("0.0.0.0", "::"):
        await loop.create_server(lambda: Evil(chance), host, 80, backlog=1_024)
    await loop.create_datagram_endpoint(lambda: Liar(chance), local_addr=(SERVER, 53))
    prober = Prober()
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await prober.probe(hostile_urls.url(chance))

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    await prober.close()
    return dict(prober.ends)


def ungated() -> int:
    """Send a packet to one address of each denied network that the kernel connects to."""
    sent = 0
    for network in hostile_urls.DENIED:
        to = ip_address(int(network[0]) + (1 if network.num_addresses > 1 else 0))
        family = socket.AF_INET6 if to.version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.settimeout(0.2)
            try:
                sock.connect((str(to), 9))
            except ConnectionRefusedError:
                sent += 1
            except OSError:
                continue  # multicast, and what else TCP does not know
    return sent


def main() -> None:
    """Run, then show that the sink is not blind."""
    all_is_local()
    sink = Sink()
    sink.start()
    ends = asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))
    lost = sink.stop()
    control = Sink()
    control.start()
    sent = ungated()
    lost += control.stop()
    sys.stdout.write(
        json.dumps(
            {
                "packets": sink.seen,
                "denied": sink.denied,
                "lost": lost,
                "control_sent": sent,
                "control_denied": control.denied,
                "ends": ends,
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
