"""The records of one batch: tombstones, odd keys, and headers within their bound."""

import pytest
from batches import batch

from agents.clock import Clock
from agents.engine.read.batch_records import HEADERS_MAX
from agents.engine.read.codecs import PLAIN_BYTES_MAX
from agents.engine.read.fetched_span import span_of
from agents.engine.stage import Received, UnreadableInboxBatch
from schemas.closed_lists import Quarantine

INBOX, LEDGER = "hotline.north.v1", "reports.v1"


CLOCK = Clock()


END = 1_000_000


def read(raw: bytes, start: int = 0, topic: str = INBOX) -> list[Received]:
    """Return what a stage gets of a piece."""
    return span_of((topic, 3), (start, END), raw, ()).received(topic, CLOCK)


def test_more_headers_than_a_record_may_have_are_left_out() -> None:
    """Two bytes of a batch are 72 in memory where they are a header; a few stay as they are."""
    few = batch([(b"k", b"v")], "zstd", headers=[("a", b"b"), ("c", b"d")])
    assert read(few)[0].headers == (("a", b"b"), ("c", b"d"))
    for count in (100, HEADERS_MAX // 4):
        (one,) = read(batch([(b"k", b"v")], "zstd", headers=[("", b"")] * count))
        assert (one.value, one.headers) == (b"v", ())
    (many,) = read(batch([(b"k", b"v")], "zstd", headers=[("", b"")] * (PLAIN_BYTES_MAX // 3)))
    assert isinstance(many, UnreadableInboxBatch)
    assert many.fault is Quarantine.TOO_LARGE


@pytest.mark.parametrize("key", [None, b"", b"k" * 1_000_000])
@pytest.mark.parametrize("value", [None, b"", b"{}"])
def test_tombstones_and_odd_keys_are_records(key: bytes | None, value: bytes | None) -> None:
    """What they mean is the stage's to say."""
    (one,) = read(batch([(key, value)], "gzip"))
    assert (one.key, one.value) == (key or b"", value)
