"""Malformed HTTP requests for the intake, from a seed, with a leak marker in all that each has."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

from unicode_urls import LEAK_MARKER

_REPORT = {
    "v": 1,
    "type": "report",
    "id": f"{LEAK_MARKER}-id",
    "url": f"http://{LEAK_MARKER}.example/{LEAK_MARKER}",
    "reported_at": "2026-01-01T00:00:00Z",
}
_BODY = json.dumps(_REPORT).encode()
_LINE = b"POST /v1/records HTTP/1.1"
_MARK = LEAK_MARKER.encode()

Make = Callable[[Random, str], bytes]


def _request(
    key: str, body: bytes = _BODY, *fields: bytes, line: bytes = _LINE, length: bytes | None = None
) -> bytes:
    size = str(len(body)).encode() if length is None else length
    head = (
        line,
        b"Host: " + _MARK + b".example",
        b"Authorization: Bearer " + key.encode("latin-1"),
        b"Content-Type: application/x-ndjson",
        *((b"Content-Length: " + size,) if size else ()),
        *fields,
    )
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def _odd_line(chance: Random, key: str) -> bytes:
    lines = (
        b"GET /%s HTTP/1.1",
        b"POST http://%s.example/v1/records HTTP/1.1",
        b"BREW /%s HTTP/1.1",
        b"POST /v1/records?%s HTTP/9.9",
        b"POST /v1/../%s HTTP/1.1",
        b"CONNECT %s.example:443 HTTP/1.1",
        b"POST /%s",
        b"%s",
        b"\x00%s HTTP/1.1",
        b"POST /v1/records HTTP/1.1 %s",
        b"PRI * HTTP/2.0 %s",
        b"OPTIONS * HTTP/1.1 %s",
        b"POST  /%s  HTTP/1.1",
        b"post /%s http/1.1",
        b"HEAD /%s HTTP/1.0",
    )
    return _request(key, line=chance.choice(lines) % _MARK)


def _odd_field(chance: Random, key: str) -> bytes:
    fields = (
        b"X-%s",
        b": %s",
        b"X %s: 1",
        b"X-A: \x00%s",
        b"X-A: %s\n\n",
        b"\xff%s: \xfe",
        b"X-A: %s" + b"a" * 9_000,
        b"Host: %s",
        b"Content-Length: 3%s",
        b"Content-Length: -1\r\nX: %s",
        b"Expect: %s",
        b"Transfer-Encoding: %s",
        b"Connection: upgrade\r\nUpgrade: %s",
        b"Content-Encoding: %s",
        b"X-A: 1\r\n %s",
        b'Cookie: %s="',
        b"Authorization: Basic %s",
        b"Authorization: Bearer \xff\xfe%s",
    )
    return _request(key, _BODY, chance.choice(fields) % _MARK)


def _odd_length(chance: Random, key: str) -> bytes:
    lengths = (b"-1", b"99999999999999999999", b"0x10", b"1e3", b"+5", b"5, 5", b"", b" ", b"\xb2")
    return _request(key, length=chance.choice(lengths))


def _odd_chunks(chance: Random, key: str) -> bytes:
    chunks = (
        b"zz\r\n%s\r\n0\r\n\r\n",
        b"-5\r\n%s",
        b"ffffffffffffffff\r\n%s",
        b"8;%s\r\nqzkanari\r\n0\r\n\r\n",
        b"8\r\n%s0\r\n\r\n",
        b"0\r\n%s: x\r\n\r\n",
        b"8\n%s\n0\n\n",
        b"9\r\n%s",
    )
    body = chance.choice(chunks) % _MARK
    return _request(key, body, b"Transfer-Encoding: chunked", length=b"")


@cache
def _coded() -> tuple[tuple[bytes, bytes], ...]:
    """Return bodies that are not what their coding says, made once and where they are sent."""
    return (
        (b"gzip", gzip.compress(_BODY)[:-4]),
        (b"gzip", _BODY),
        (b"deflate", _BODY),
        (b"deflate", zlib.compress(_BODY)[:9]),
        (b"br", _BODY),
        (b"zstd", _BODY),
        (b"gzip", gzip.compress(b" " * 40_000_000)),
        (b"deflate", zlib.compress(bytes(40_000_000))),
    )


def _odd_coding(chance: Random, key: str) -> bytes:
    coding, body = chance.choice(_coded())
    return _request(key, body, b"Content-Encoding: " + coding)


def _odd_body(chance: Random, key: str) -> bytes:
    bodies = (
        b"[" * 100_000,
        b'{"id":' * 20_000,
        b'{"id":"%s","url":%s}',
        b"\xff\xfe%s",
        b'"%s"',
        b"null%s",
        b'{"id":1e999,"url":"%s"}',
        b'{"type":"%s","v":1}',
        b'{"v":99,"url":"%s"}',
        b"%s\n" * 30_000,
        b'{"id":"\\ud800%s"}',
        b"\x00%s",
        _BODY.replace(b"2026", b"9999"),
        _BODY.replace(b'"http', b'"ftp'),
        _BODY.replace(b"-id", b"\\u0000"),
        _BODY[:-9],
        _BODY.replace(b"id", b"\xc0\xaf"),
    )
    return _request(key, chance.choice(bodies).replace(b"%s", _MARK))


def _cut(chance: Random, key: str) -> bytes:
    whole = _request(key)
    return whole[: chance.randrange(len(whole))]


def _flipped(chance: Random, key: str) -> bytes:
    whole = bytearray(_request(key))
    for _ in range(chance.randrange(1, 9)):
        whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    return bytes(whole)


def _wrong_key(chance: Random, _: str) -> bytes:
    keys = (
        LEAK_MARKER * 6,
        f"{LEAK_MARKER}\xff\xfe",
        "",
        LEAK_MARKER * 2_000,
        f"{LEAK_MARKER} {LEAK_MARKER}",
        f"\t{LEAK_MARKER}",
    )
    return _request(chance.choice(keys))


def _noise(chance: Random, _: str) -> bytes:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    start = chance.choice((b"", hello, b"SSH-2.0-", b"\r\n" * 40, b"GET "))
    return start + _MARK + chance.randbytes(chance.randrange(400))


_MAKES: tuple[Make, ...] = (
    _odd_line,
    _odd_field,
    _odd_length,
    _odd_chunks,
    _odd_coding,
    _odd_body,
    _cut,
    _flipped,
    _wrong_key,
    _noise,
)


def requests(count: int, key: str, seed: int = 1) -> Iterator[bytes]:
    """Give so many requests, the kinds of fault in turn.

    Args:
        count: how many.
        key: one that the intake knows.
        seed: of what is drawn.
    """
    chance = Random(seed)
    for number in range(count):
        yield _MAKES[number % len(_MAKES)](chance, key)
