"""A server on loopback that answers each request of one probe as it likes.

Oracles: a probe never raises, and ends well within its deadline where the server ends. The server
counts as many requests as the facts, few enough. All answers together are read to 16 KiB and no
further. An error has no status and an answer has one. Facts survive the codec.
"""

import asyncio
import socket

import msgspec
from fuzz_bytes import Reader

from agents.clock import Clock
from agents.edges.http_probe.connection import ProbeFailed
from agents.edges.http_probe.get_comparison import Compare
from agents.edges.http_probe.probe import HttpProber, ProberConfig
from schemas.closed_lists import ProbeError
from schemas.identity.ids import canonical
from schemas.records.facts import Facts
from streams.probe.gate import Rules

_STARTS = (
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: ",
    b"HTTP/1.1 405 No\r\n",
    b"HTTP/1.1 404 No\r\n",
    b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: /",
    b"HTTP/1.0 403 No\r\ncf-mitigated: challenge\r\n",
)
_TIMES = (1, 1, 1, 900)
_ANSWERS_MAX = 20
_REQUESTS_MAX = 18  # six hops by HEAD, each refused and asked by GET, and six hops by GET
_DEADLINE_S = 5.0
_SLACK_S = 4.0  # of a busy machine
_LOOP = asyncio.new_event_loop()


class _Server:
    """Answers one connection after the other from a list, then with 404."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.requests = 0
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    async def start(self) -> None:
        """Listen."""
        await asyncio.start_server(self._answer, sock=self._socket)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.requests += 1
            writer.write(self.answers.pop(0) if self.answers else b"HTTP/1.1 404 No\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def check(data: bytes) -> None:
    """Judge one input: whether HEAD is checked by GET, then the answers."""
    reader = Reader(data)
    compare = reader.pick(tuple(Compare))
    _SERVER.answers, _SERVER.requests = [], 0
    while reader.left and len(_SERVER.answers) < _ANSWERS_MAX:
        start, times = reader.pick(_STARTS), reader.pick(_TIMES)
        _SERVER.answers.append(start + reader.take(min(reader.number(), reader.left)) * times)
    _LOOP.run_until_complete(_probed(compare))


async def _probed(compare: Compare) -> None:
    url = canonical(f"http://a.example:{_SERVER.port}/x?y=1")
    until = _LOOP.time() + _DEADLINE_S
    seen = await _HTTP.probe(url, "127.0.0.1", until, compare=compare)
    assert _LOOP.time() < until + _SLACK_S, "a probe that does not end"
    facts = seen.facts
    assert facts.error is not ProbeError.TIMEOUT, "a server that ends is waited for"
    assert facts.requests == _SERVER.requests <= _REQUESTS_MAX, "requests not recorded"
    assert facts.bytes <= 16_384, "read over the limit"
    assert facts.hops <= 5
    assert (facts.status == 0) == (facts.error is not None), "neither an answer nor an error"
    assert facts.head_status == 0 or compare is not Compare.NONE
    assert msgspec.json.decode(msgspec.json.encode(facts), type=Facts) == facts


async def _resolved(host: str) -> tuple[str, ...]:
    """Lead `a` names here, `b` names inside, others nowhere."""
    if host.startswith("a"):
        return ("127.0.0.1",)
    if host.startswith("b"):
        return ("127.0.0.1", "169.254.169.254")
    raise ProbeFailed(ProbeError.DNS_FAILURE)


def _hashed(purpose: str, text: str) -> str:
    """Stand for a keyed hash; the text must be one that can be hashed."""
    text.encode()
    return purpose


_SERVER = _Server()
_LOOP.run_until_complete(_SERVER.start())
_HTTP = HttpProber(
    ProberConfig(user_agent="watcher/1", rules=Rules.of(exceptions=("127.0.0.0/8",))),
    Clock(),
    _hashed,
    _resolved,
)
