"""Malformed HTTP/1.1 requests of every part a request has, the same for one seed.

Each holds the leak marker wherever its kind has room for it: no sink may show it afterwards.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

LEAK_MARKER = "canary-k7Qw9zR2"

_ODD = (b"\x00", b"\xff\xfe", b"\r", b"\x0b", b"\x7f", "\u017f".encode(), b"\x1b[31m", b"\t")

Kind = Callable[[Random, bytes], bytes]


def malformed(
    count: int = 1_000, *, seed: int = 16, leak_marker: str = LEAK_MARKER
) -> Iterator[bytes]:
    """Yield so many requests, each the whole of what one client sends.

    Args:
        count: how many.
        seed: of what is chosen.
        leak_marker: stands in them; ASCII without blanks.
    """
    dice = Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](dice, leak_marker.encode("ascii"))


def request(line: bytes = b"POST /v1/records HTTP/1.1", *fields: bytes, body: bytes = b"") -> bytes:
    """Return a request as it is written, whether it is one or not."""
    return b"\r\n".join((line, b"Host: 127.0.0.1", *fields, b"", body))


def _odd(dice: Random) -> bytes:
    return dice.choice(_ODD)


@cache
def _bomb() -> bytes:
    """Return what is small and unpacks to 10 MB."""
    return gzip.compress(b"\x00" * 10_000_000, mtime=0)


def _methods(dice: Random, marker: bytes) -> bytes:
    wrong = (
        b"",
        b"post",
        b"G(T",
        _odd(dice) + b"GET",
        b"X" * dice.randint(100, 9_000),
        b"GET " + marker,
        marker + b"{}",
    )
    return request(dice.choice(wrong) + b" /v1/records HTTP/1.1")


def _targets(dice: Random, marker: bytes) -> bytes:
    wrong = (
        b"",
        b"http://" + marker + b".example/" + _odd(dice),
        b"/" + marker + b"%zz%",
        b"/" + marker + _odd(dice),
        b"//" + marker + b"@[::1",
        b"/v1/records?" + marker * dice.randint(600, 900),
        b"*",
        b"/../" * 500 + marker,
        b"http://[" + marker + b"/",
        b"/v1/records#" + marker,
    )
    method = dice.choice((b"GET", b"POST", b"CONNECT", b"OPTIONS"))
    return request(method + b" " + dice.choice(wrong) + b" HTTP/1.1")


def _versions(dice: Random, marker: bytes) -> bytes:
    wrong = (
        b"HTTP/9.9",
        b"HTTP/1.1" + marker,
        b"",
        b"HTTP/1",
        b"http/1.1",
        b"HTTP/0.9",
        b"HTTP/-1",
    )
    return request(b"POST /v1/records " + dice.choice(wrong), b"X: " + marker)


def _fields(dice: Random, marker: bytes) -> bytes:
    wrong = (
        marker,
        b" " + marker + b": folded",
        b"X : " + marker,
        b"X: " + marker + _odd(dice),
        _odd(dice) + marker + b": 1",
        b": " + marker,
        b"X: " + marker * dice.randint(600, 900),
        b"\r\n".join(b"X-%d: " % n + marker for n in range(dice.randint(200, 2_000))),
        b"X: 1\n" + marker + b": 2",
        b"X: 1\r" + marker + b": 2",
        b"Host: " + marker + b"\r\nHost: other",
        b"Cookie: " + marker + b"=\xff;;=",
    )
    return request(b"POST /v1/records HTTP/1.1", dice.choice(wrong))


def _lengths(dice: Random, marker: bytes) -> bytes:
    wrong = (
        b"-1",
        b"+5",
        b"0x10",
        b"1e3",
        b"5 5",
        b"9" * dice.randint(19, 400),
        b"5, 6",
        marker,
        b"",
        "\u0665".encode(),
        b"5\r\nContent-Length: 7",
        b"5\r\nTransfer-Encoding: chunked",
    )
    return request(
        b"POST /v1/records HTTP/1.1", b"Content-Length: " + dice.choice(wrong), body=marker
    )


def _chunks(dice: Random, marker: bytes) -> bytes:
    coding = dice.choice((b"chunked", b"chunked, chunked", b"gzip, chunked", b"xchunked", marker))
    body = dice.choice(
        (
            b"zz\r\n" + marker,
            b"-1\r\n" + marker,
            b"f" * dice.randint(17, 400) + b"\r\n" + marker,
            b"5;" + marker * 2_000 + b"\r\nabcde\r\n0\r\n\r\n",
            b"%x\r\n" % len(marker) + marker + b"0\r\n\r\n",
            b"%x\r\n" % len(marker) + marker + b"\r\n0\r\n" + marker + b"\r\n\r\n",
            b"5\n" + marker,
            b"\r\n\r\n" + marker,
        )
    )
    return request(
        b"POST /v1/records HTTP/1.1",
        b"Transfer-Encoding: " + coding,
        b"Content-Type: application/x-ndjson",
        body=body,
    )


def _codings(dice: Random, marker: bytes) -> bytes:
    coding, body = dice.choice(
        (
            (b"deflate", b"\xff\xfe" + marker),
            (b"deflate", zlib.compress(marker)[:-3]),
            (b"gzip", marker),
            (b"gzip", gzip.compress(marker, mtime=0)[:-6] + b"\x00" * 6),
            (b"gzip", _bomb()),
            (b"br", marker),
            (b"zstd", marker),
            (b"gzip, deflate", marker),
            (marker, marker),
        )
    )
    return request(
        b"POST /v1/records HTTP/1.1",
        b"Content-Encoding: " + coding,
        b"Content-Type: application/x-ndjson",
        b"Content-Length: %d" % len(body),
        body=body,
    )


def _keys(dice: Random, marker: bytes) -> bytes:
    wrong = (
        b"Bearer \xff\xfe",
        b"Bearer " + marker,
        b"bearer  \t " + marker,
        b"Bearer" + marker,
        b"Bearer " + marker * dice.randint(100, 500),
        b"Basic " + marker,
        b"Basic \xff",
        b"Bearer " + "\u017f".encode() + marker,
        b"",
    )
    return request(
        b"POST /v1/records HTTP/1.1",
        b"Authorization: " + dice.choice(wrong),
        b"Content-Length: 2",
        body=b"{}",
    )


def _types(dice: Random, marker: bytes) -> bytes:
    wrong = (
        b"Content-Type: application/json; charset=" + marker,
        b"Content-Type: \xff" + marker,
        b"Content-Type: application/json;;;=" + marker,
        b"Content-Type: multipart/form-data; boundary=" + marker,
        b"Expect: " + marker,
        b"Accept: " + marker + b"\xff;q=\xfe",
        b"Accept-Encoding: " + marker,
        b"Range: bytes=" + marker,
        b"If-Modified-Since: " + marker,
        b"Connection: " + marker,
    )
    return request(
        b"POST /v1/records HTTP/1.1", dice.choice(wrong), b"Content-Length: 2", body=b"{}"
    )


def _upgrades(dice: Random, marker: bytes) -> bytes:
    wrong = (
        (b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: " + marker),
        (b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: " + marker),
        (b"Upgrade: " + marker, b"Connection: Upgrade"),
    )
    line = dice.choice((b"GET /healthz HTTP/1.1", b"CONNECT " + marker + b":443 HTTP/1.1"))
    return request(line, *dice.choice(wrong), body=_odd(dice) + marker)


def _other_protocols(dice: Random, marker: bytes) -> bytes:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + dice.randbytes(200) + marker
    wrong = (
        hello,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + marker,
        b"EHLO " + marker + b"\r\n",
        b"SSH-2.0-" + marker + b"\r\n",
        b"\x00\x00\x00\x0a\x00\x12\x00\x00" + marker,
        dice.randbytes(dice.randint(1, 400)) + marker,
        b"\r\n" * dice.randint(2, 100) + marker,
        b"HTTP/1.1 200 OK\r\n\r\n" + marker,
    )
    return dice.choice(wrong)


def _behind_a_good_one(dice: Random, marker: bytes) -> bytes:
    good = request(b"GET /healthz HTTP/1.1")
    return good * dice.randint(1, 40) + _fields(dice, marker)


def _flipped(dice: Random, marker: bytes) -> bytes:
    whole = bytearray(
        request(
            b"POST /v1/records?" + marker + b" HTTP/1.1",
            b"Authorization: Bearer " + marker,
            b"Content-Type: application/x-ndjson",
            b"Content-Length: %d" % len(marker),
            body=marker,
        )
    )
    for _ in range(dice.randint(1, 8)):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    return bytes(whole)


def _cut(dice: Random, marker: bytes) -> bytes:
    whole = _flipped(dice, marker)
    return whole[: dice.randrange(1, len(whole))]


KINDS: tuple[Kind, ...] = (
    _methods,
    _targets,
    _versions,
    _fields,
    _lengths,
    _chunks,
    _codings,
    _keys,
    _types,
    _upgrades,
    _other_protocols,
    _behind_a_good_one,
    _flipped,
    _cut,
)
"""Each in turn."""
