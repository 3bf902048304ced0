"""One month's data key: what a sealed text is, and where it opens."""

import binascii
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from agents.edges.crypto.sealing import (
    NONCES,
    PADDED_BYTES,
    MonthKey,
    NotSealed,
    month_of,
    taken_apart,
)
from schemas.records.processing import Origin
from schemas.seal_context import (
    SealContext,
    bound_to,
    hotline_ids,
    placed_address,
    quarantined_record,
    reported_url,
    resolved_addresses,
    resolved_names,
)

SECRET = bytes(range(32))
KEY = MonthKey(202603, SECRET)
URL_KEY, OTHER_KEY = "ab" * 16, "cd" * 16
HERE = reported_url(URL_KEY)


def _opened(sealed: str, bound: SealContext = HERE) -> bytes:
    month, raw = taken_apart(sealed)
    assert month == 202603
    return KEY.open(raw, bound)


@given(st.binary(max_size=200))
def test_bytes_come_back_whatever_they_end_in(raw):
    """The padding is taken off exactly, also behind zeros and behind bytes that look like it."""
    for tail in (b"", b"\x00", b"\x80", b"\x80\x00", b"\x00\x80"):
        assert _opened(KEY.seal(raw + tail, HERE)) == raw + tail


def test_lengths_tell_blocks_of_64_bytes_apart_and_nothing_less():
    """Texts of 0 to 63 bytes have one sealed length, of 64 to 127 the next."""
    lengths = [len(KEY.seal(b"x" * n, HERE)) for n in range(4 * PADDED_BYTES)]
    grown = [n for n, (one, next_) in enumerate(pairwise(lengths), 1) if one != next_]
    assert grown == [64, 128, 192]


@pytest.mark.parametrize(
    "elsewhere",
    [
        reported_url(OTHER_KEY),
        placed_address(URL_KEY),
        resolved_names(URL_KEY),
        bound_to("facts.v1", URL_KEY, "sealed"),
        bound_to("reports.v1", URL_KEY, "address"),
        bound_to("reports.v1", URL_KEY[:-1], URL_KEY[-1] + "sealed"),
        quarantined_record(Origin(topic="hotline.a.v1", partition=0, offset=1, appended_at=0)),
    ],
)
def test_what_was_moved_does_not_open(elsewhere):
    """A text opens at the topic, the url_key and the field it was sealed for, nowhere else."""
    sealed = KEY.seal(b"http://a.example/", HERE)
    with pytest.raises(NotSealed):
        _opened(sealed, elsewhere)
    assert _opened(sealed) == b"http://a.example/"


def test_a_place_is_its_topic_key_and_field():
    """Texts that were sealed before open on: the authenticated bytes are fixed for ever."""
    for topic, field, bound in (
        ("reports.v1", "sealed", reported_url(URL_KEY)),
        ("reports.v1", "sealed_ids", hotline_ids(URL_KEY)),
        ("facts.v1", "address", placed_address(URL_KEY)),
        ("facts.v1", "names", resolved_names(URL_KEY)),
        ("facts.v1", "addresses", resolved_addresses(URL_KEY)),
    ):
        assert bound == bound_to(topic, URL_KEY, field)
        assert bound == f"{topic}\x00{URL_KEY}\x00{field}".encode()


def test_quarantined_records_are_bound_to_where_they_stood():
    """Two records of one inbox have no url_key; their offsets tell them apart."""
    first, second = (
        quarantined_record(Origin(topic="hotline.a.v1", partition=0, offset=n, appended_at=5))
        for n in (1, 2)
    )
    with pytest.raises(NotSealed):
        _opened(KEY.seal(b"x", first), second)


def _version_1(raw: bytes) -> bytes:
    head, nonce = b"\x01" + (202603).to_bytes(3, "big"), bytes(12)
    return head + nonce + AESGCM(SECRET).encrypt(nonce, raw, head)


def test_version_1_is_still_read():
    """Texts of older releases, neither padded nor bound, open as they are."""
    for raw in (b"", b"http://a.example/", b"ends in\x80\x00"):
        text = binascii.b2a_base64(_version_1(raw), newline=False).translate(
            bytes.maketrans(b"+/", b"-_"), b"="
        )
        assert _opened(text.decode()) == raw


def test_no_version_passes_for_another():
    """What was sealed and bound cannot be called unbound, nor the other way round."""
    bound = taken_apart(KEY.seal(b"text", HERE))[1]
    for raw in (b"\x01" + bound[1:], b"\x02" + _version_1(b"text")[1:]):
        with pytest.raises(NotSealed):
            KEY.open(raw, HERE)


@pytest.mark.parametrize("version", [0, 3, 255])
def test_another_version_is_no_sealed_text(version):
    """A version that this release does not know is refused before a key is looked for."""
    raw = bytes([version]) + taken_apart(KEY.seal(b"text", HERE))[1][1:]
    text = binascii.b2a_base64(raw, newline=False).translate(bytes.maketrans(b"+/", b"-_"), b"=")
    with pytest.raises(NotSealed):
        taken_apart(text.decode())


def test_no_nonce_is_used_twice_in_threads_or_in_a_child():
    """Nonces are drawn ahead; two threads never get one of them, a forked child none at all."""
    count = 4 * NONCES
    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda _: KEY.seal(b"", HERE), range(count)))
    assert len({taken_apart(text)[1][4:16] for text in sealed}) == count
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, KEY.seal(b"", HERE).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 4_096).decode()
    os.close(reader)
    os.close(writer)
    ours = [KEY.seal(b"", HERE) for _ in range(NONCES)]
    assert taken_apart(theirs)[1][4:16] not in {taken_apart(text)[1][4:16] for text in ours}


@given(st.text(max_size=60))
def test_the_month_is_read_from_what_can_be_a_sealed_text(text):
    """It is that of the whole text; what is no text of ours is refused, and nothing else raised."""
    assert month_of(KEY.seal(b"", HERE)) == 202603
    with suppress(NotSealed):
        month_of(text)
    for wrong in ("", "AgMX", KEY.seal(b"", HERE)[:42], "!" * 60, "é" * 60, "C" * 60):
        with pytest.raises(NotSealed):
            month_of(wrong)
