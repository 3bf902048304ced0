"""Whatever stands in a piece of a partition, each offset is told once, and nothing raises."""

import pytest
from batches import CODECS, PACKERS, batch, flipped, repacked
from hypothesis import example, given, settings
from hypothesis import strategies as st
from law_examples import examples

from agents.clock import Clock
from agents.engine.failures import UnreadableBatch
from agents.engine.read.batch_records import RECORDS_MAX, FaultyBatch
from agents.engine.read.codecs import PLAIN_BYTES_MAX
from agents.engine.read.fetched_span import KEPT_MS, span_of
from agents.engine.read.record_batches import RecordBatches
from agents.engine.stage import Received, UnreadableInboxBatch
from schemas.closed_lists import Quarantine

INBOX, LEDGER = "hotline.north.v1", "reports.v1"
CLOCK = Clock()
END = 1_000_000


def read(raw: bytes, start: int = 0, topic: str = INBOX) -> list[Received]:
    """Return what a stage gets of a piece."""
    return span_of((topic, 3), (start, END), raw, ()).received(topic, CLOCK)


def three(packer: str, middle: bytes | None = None) -> bytes:
    """Return a batch of two records, one of four, which may be given, and one of two."""
    first = batch([(b"a", b"0"), (b"b", b"1")])
    packed = middle or batch([(b"k", b"v" * 50)] * 4, packer, 2)
    return first + packed + batch([(b"c", b"6"), (b"d", b"7")], base=6)


@pytest.mark.parametrize("packer", PACKERS)
def test_every_codec_is_read(packer: str) -> None:
    """Keys, values and offsets are those that were written, from the middle of a batch too."""
    found = read(three(packer))
    assert [one.offset for one in found] == list(range(8))
    assert {one.value for one in found[2:6]} == {b"v" * 50}
    first = len(batch([(b"a", b"0"), (b"b", b"1")]))  # the broker begins at the batch asked for
    assert [one.offset for one in read(three(packer)[first:], 4)] == [4, 5, 6, 7]


@pytest.mark.parametrize("packer", CODECS)
@pytest.mark.parametrize("fault", ["bomb", "payload", "checksum", "codec", "format", "count"])
def test_one_batch_is_set_aside_whole(packer: str, fault: str) -> None:
    """What cannot be read is one record of all its offsets; its neighbours are read."""
    plain = batch([(b"k", b"v" * 50)] * 4)
    sound = repacked(plain, packer, 2)
    huge = batch([(b"k", bytes(PLAIN_BYTES_MAX // 4))] * 4)
    middle = {
        "bomb": lambda: repacked(huge, packer, 2),
        "payload": lambda: repacked(plain, "none", 2, codec=PACKERS[packer][0]),
        "checksum": lambda: flipped(sound, 8 * len(sound) - 20),
        "codec": lambda: repacked(plain, packer, 2, codec=6),
        "format": lambda: repacked(plain, packer, 2, magic=1),
        "count": lambda: repacked(plain, packer, 2, count=RECORDS_MAX + 1),
    }[fault]()
    found = read(three(packer, middle))
    assert [(one.offset, one.next_offset) for one in found] == [
        *((0, 1), (1, 2)),
        (2, 6),
        *((6, 7), (7, 8)),
    ]
    unreadable = found[2]
    assert isinstance(unreadable, UnreadableInboxBatch)
    large = fault in {"bomb", "count"}
    assert unreadable.fault is (Quarantine.TOO_LARGE if large else Quarantine.UNREADABLE)
    assert (unreadable.key, unreadable.value, len(unreadable.digest)) == (b"", b"", 64)
    assert CLOCK.now() - KEPT_MS <= unreadable.appended_at <= CLOCK.now()


def test_a_topic_of_ours_ends_the_reader_with_the_place() -> None:
    """What we wrote ourselves is damaged by a disk: the error names topic, partition and offset."""
    raw = three("zstd", repacked(batch([(b"k", b"v")] * 4), "none", 2, codec=4))
    with pytest.raises(UnreadableBatch, match=r"^reports\.v1/3/2 "):
        read(raw, topic=LEDGER)


@pytest.mark.parametrize("start", [0, 2])
def test_what_is_missing_between_batches_was_not_read(start: int) -> None:
    """Only compaction leaves gaps; elsewhere one is told of like a batch that cannot be read."""
    raw = three("none")
    first, middle = batch([(b"a", b"0"), (b"b", b"1")]), batch([(b"k", b"v" * 50)] * 4)
    left = raw[: len(first)] * (start == 0) + raw[len(first) + len(middle) :]
    missing, *rest = read(left, start)[2 - start :]
    assert isinstance(missing, UnreadableInboxBatch)
    assert (missing.offset, missing.next_offset) == (2, 6)
    assert [one.offset for one in rest] == [6, 7]
    with pytest.raises(UnreadableBatch, match=r"^reports\.v1/3/2 "):
        read(left, start, LEDGER)
    span = span_of(("cases.v1", 3), (start, END), left, (), gaps=True)
    there = [one.offset for one in span.received("cases.v1", CLOCK)]
    assert there == [*range(start, 2), 6, 7]


@given(
    st.sampled_from(list(PACKERS)),
    st.lists(st.integers(0, 8 * 400), max_size=4),
    st.integers(0, 7),
    st.integers(0, 400),
)
@example("none", [8 * 8], 0, 0)  # a length below zero
@example("none", [8 * 8 + 1], 0, 0)  # and one beyond what was sent
@example("gzip", [8 * 16], 0, 0)  # another format
@example("none", [0], 0, 0)  # an offset far behind the end
@settings(max_examples=examples(800), deadline=None)
def test_no_flipped_bits_stop_it(packer: str, bits: list[int], start: int, cut: int) -> None:
    """Offsets ascend and none comes twice; the position gets on; nothing raises."""
    raw = three(packer)
    for bit in bits:
        raw = flipped(raw, bit)
    raw = raw[: len(raw) - cut] if cut < len(raw) else raw
    span = span_of((INBOX, 3), (start, 8), raw, ())
    found = span.received(INBOX, CLOCK)
    assert start < span.position <= 8 or not raw
    behind = start
    for one in found:
        assert one.offset >= behind
        behind = one.next_offset
    assert behind <= max(span.position, start)


@given(st.binary(max_size=300))
def test_no_bytes_stop_it(raw: bytes) -> None:
    """Anything that a broker could send is told of, and read no further than it goes."""
    span = span_of((INBOX, 0), (5, END), raw, ())
    assert (span.position > 5) is bool(raw)
    span.received(INBOX, CLOCK)


def test_it_goes_on_where_it_was_left() -> None:
    """Transactions that were taken back before a pause are not forgotten behind it."""
    batches = RecordBatches(three("lz4"))
    first = next(iter(batches.visible(0, 8, ())))
    assert first[0] == 2
    rest = list(batches.visible(2, 8, ()))
    assert [position for position, _ in rest] == [6, 8]
    assert not any(isinstance(one, FaultyBatch) for _, one in rest)
    assert not batches.has_next()
