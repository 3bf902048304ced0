"""Malformed HTTP/1.1 requests of every part a request has, the same for one seed.

Each holds the canary wherever its kind has room for it: no sink may show it afterwards.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

CANARY = "canary-k7Qw9zR2"

_ODD = (b"\x00", b"\xff\xfe", b"\r", b"\x0b", b"\x7f", "\u017f".encode(), b"\x1b[31m", b"\t")

Kind = Callable[[Random, bytes], bytes]


def malformed(count: int = 1_000, *, seed: int = 16, canary: str = CANARY) -> Iterator[bytes]:
    """Yield so many requests, each the whole of what one client sends.

    Args:
        count: how many.
        seed: of what is chosen.
        canary: stands in them; ASCII without blanks.
    """
    dice = Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](dice, canary.encode("ascii"))


def request(line: bytes = b"POST /v1/records HTTP/1.1", *fields: bytes, body: bytes = b"") -> bytes:
    """Return a request as it is written, whether it is one or not."""
    return b"\r\n".join((line, b"Host: 127.0.0.1", *fields, b"", body))


def _odd(dice: Random) -> bytes:
    return dice.choice(_ODD)


@cache
def _bomb() -> bytes:
    """Return what is small and unpacks to 10 MB."""
    return gzip.compress(b"\x00" * 10_000_000, mtime=0)


def _methods(dice: Random, canary: bytes) -> bytes:
    wrong = (
        b"",
        b"post",
        b"G(T",
        _odd(dice) + b"GET",
        b"X" * dice.randint(100, 9_000),
        b"GET " + canary,
        canary + b"{}",
    )
    return request(dice.choice(wrong) + b" /v1/records HTTP/1.1")


def _targets(dice: Random, canary: bytes) -> bytes:
    wrong = (
        b"",
        b"http://" + canary + b".example/" + _odd(dice),
        b"/" + canary + b"%zz%",
        b"/" + canary + _odd(dice),
        b"//" + canary + b"@[::1",
        b"/v1/records?" + canary * dice.randint(600, 900),
        b"*",
        b"/../" * 500 + canary,
        b"http://[" + canary + b"/",
        b"/v1/records#" + canary,
    )
    method = dice.choice((b"GET", b"POST", b"CONNECT", b"OPTIONS"))
    return request(method + b" " + dice.choice(wrong) + b" HTTP/1.1")


def _versions(dice: Random, canary: bytes) -> bytes:
    wrong = (
        b"HTTP/9.9",
        b"HTTP/1.1" + canary,
        b"",
        b"HTTP/1",
        b"http/1.1",
        b"HTTP/0.9",
        b"HTTP/-1",
    )
    return request(b"POST /v1/records " + dice.choice(wrong), b"X: " + canary)


def _fields(dice: Random, canary: bytes) -> bytes:
    wrong = (
        canary,
        b" " + canary + b": folded",
        b"X : " + canary,
        b"X: " + canary + _odd(dice),
        _odd(dice) + canary + b": 1",
        b": " + canary,
        b"X: " + canary * dice.randint(600, 900),
        b"\r\n".join(b"X-%d: " % n + canary for n in range(dice.randint(200, 2_000))),
        b"X: 1\n" + canary + b": 2",
        b"X: 1\r" + canary + b": 2",
        b"Host: " + canary + b"\r\nHost: other",
        b"Cookie: " + canary + b"=\xff;;=",
    )
    return request(b"POST /v1/records HTTP/1.1", dice.choice(wrong))


def _lengths(dice: Random, canary: bytes) -> bytes:
    wrong = (
        b"-1",
        b"+5",
        b"0x10",
        b"1e3",
        b"5 5",
        b"9" * dice.randint(19, 400),
        b"5, 6",
        canary,
        b"",
        "\u0665".encode(),
        b"5\r\nContent-Length: 7",
        b"5\r\nTransfer-Encoding: chunked",
    )
    return request(
        b"POST /v1/records HTTP/1.1", b"Content-Length: " + dice.choice(wrong), body=canary
    )


def _chunks(dice: Random, canary: bytes) -> bytes:
    coding = dice.choice((b"chunked", b"chunked, chunked", b"gzip, chunked", b"xchunked", canary))
    body = dice.choice(
        (
            b"zz\r\n" + canary,
            b"-1\r\n" + canary,
            b"f" * dice.randint(17, 400) + b"\r\n" + canary,
            b"5;" + canary * 2_000 + b"\r\nabcde\r\n0\r\n\r\n",
            b"%x\r\n" % len(canary) + canary + b"0\r\n\r\n",
            b"%x\r\n" % len(canary) + canary + b"\r\n0\r\n" + canary + b"\r\n\r\n",
            b"5\n" + canary,
            b"\r\n\r\n" + canary,
        )
    )
    return request(
        b"POST /v1/records HTTP/1.1",
        b"Transfer-Encoding: " + coding,
        b"Content-Type: application/x-ndjson",
        body=body,
    )


def _codings(dice: Random, canary: bytes) -> bytes:
    coding, body = dice.choice(
        (
            (b"deflate", b"\xff\xfe" + canary),
            (b"deflate", zlib.compress(canary)[:-3]),
            (b"gzip", canary),
            (b"gzip", gzip.compress(canary, mtime=0)[:-6] + b"\x00" * 6),
            (b"gzip", _bomb()),
            (b"br", canary),
            (b"zstd", canary),
            (b"gzip, deflate", canary),
            (canary, canary),
        )
    )
    return request(
        b"POST /v1/records HTTP/1.1",
        b"Content-Encoding: " + coding,
        b"Content-Type: application/x-ndjson",
        b"Content-Length: %d" % len(body),
        body=body,
    )


def _keys(dice: Random, canary: bytes) -> bytes:
    wrong = (
        b"Bearer \xff\xfe",
        b"Bearer " + canary,
        b"bearer  \t " + canary,
        b"Bearer" + canary,
        b"Bearer " + canary * dice.randint(100, 500),
        b"Basic " + canary,
        b"Basic \xff",
        b"Bearer " + "\u017f".encode() + canary,
        b"",
    )
    return request(
        b"POST /v1/records HTTP/1.1",
        b"Authorization: " + dice.choice(wrong),
        b"Content-Length: 2",
        body=b"{}",
    )


def _types(dice: Random, canary: bytes) -> bytes:
    wrong = (
        b"Content-Type: application/json; charset=" + canary,
        b"Content-Type: \xff" + canary,
        b"Content-Type: application/json;;;=" + canary,
        b"Content-Type: multipart/form-data; boundary=" + canary,
        b"Expect: " + canary,
        b"Accept: " + canary + b"\xff;q=\xfe",
        b"Accept-Encoding: " + canary,
        b"Range: bytes=" + canary,
        b"If-Modified-Since: " + canary,
        b"Connection: " + canary,
    )
    return request(
        b"POST /v1/records HTTP/1.1", dice.choice(wrong), b"Content-Length: 2", body=b"{}"
    )


def _upgrades(dice: Random, canary: bytes) -> bytes:
    wrong = (
        (b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: " + canary),
        (b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: " + canary),
        (b"Upgrade: " + canary, b"Connection: Upgrade"),
    )
    line = dice.choice((b"GET /healthz HTTP/1.1", b"CONNECT " + canary + b":443 HTTP/1.1"))
    return request(line, *dice.choice(wrong), body=_odd(dice) + canary)


def _other_protocols(dice: Random, canary: bytes) -> bytes:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + dice.randbytes(200) + canary
    wrong = (
        hello,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + canary,
        b"EHLO " + canary + b"\r\n",
        b"SSH-2.0-" + canary + b"\r\n",
        b"\x00\x00\x00\x0a\x00\x12\x00\x00" + canary,
        dice.randbytes(dice.randint(1, 400)) + canary,
        b"\r\n" * dice.randint(2, 100) + canary,
        b"HTTP/1.1 200 OK\r\n\r\n" + canary,
    )
    return dice.choice(wrong)


def _behind_a_good_one(dice: Random, canary: bytes) -> bytes:
    good = request(b"GET /healthz HTTP/1.1")
    return good * dice.randint(1, 40) + _fields(dice, canary)


def _flipped(dice: Random, canary: bytes) -> bytes:
    whole = bytearray(
        request(
            b"POST /v1/records?" + canary + b" HTTP/1.1",
            b"Authorization: Bearer " + canary,
            b"Content-Type: application/x-ndjson",
            b"Content-Length: %d" % len(canary),
            body=canary,
        )
    )
    for _ in range(dice.randint(1, 8)):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    return bytes(whole)


def _cut(dice: Random, canary: bytes) -> bytes:
    whole = _flipped(dice, canary)
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
