"""The head of a response, byte for byte."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.edges.http_probe.response import HeadReader, Malformed

HEAD = b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n"


@pytest.mark.parametrize("step", [1, 2, 7, len(HEAD)])
def test_a_head_in_pieces(step: int) -> None:
    """However it arrives, the head is the same and complete at its last byte, not before."""
    reader = HeadReader()
    for at in range(0, len(HEAD), step):
        assert reader.head is None
        reader.feed(HEAD[at : at + step])
    assert reader.head is not None
    assert (reader.head.status, reader.head.fields) == (200, ((b"A", b"1"), (b"B", b"2")))


@given(st.binary(max_size=300), st.integers(0, 80))
def test_what_follows_a_head_changes_nothing(rest: bytes, cut: int) -> None:
    """Bytes behind the head are dropped, in the same piece or in later ones."""
    reader = HeadReader()
    reader.feed(HEAD + rest[:cut])
    head = reader.head
    reader.feed(rest[cut:])
    assert head is not None
    assert reader.head is head
    assert (head.status, head.fields) == (200, ((b"A", b"1"), (b"B", b"2")))


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(
    [b"HTTP/1.1 ", b"200 OK", b"\r\n", b"\r\n\r\n", b"A: ", b"Content-Length: 5", b"\x00",
     b"Transfer-Encoding: chunked", b"103 Early", b"101 Switch", b"Upgrade: x"]
)), max_size=30))  # pieces, a few a line # fmt: skip
def test_any_bytes_end_in_a_head_or_a_refusal(pieces: list[bytes]) -> None:
    """No bytes raise anything but Malformed, and a head has a final status."""
    reader = HeadReader()
    with contextlib.suppress(Malformed):
        for piece in pieces:
            reader.feed(piece)
    assert reader.head is None or reader.head.status >= 200
