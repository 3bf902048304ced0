"""What a record says."""

from datetime import timedelta, timezone

import msgspec
import pytest
from hotline_records import at, notice, others, report

from schemas.codec import HOTLINE, decode_hotline
from schemas.records.hotline import SourceStatus
from streams.intake.content import DIGEST_HEX_LENGTH, _content, _is_content, digest_of, times_of

ZONE = timezone(timedelta(hours=2))


def test_digest_sees_the_instant_and_not_the_zone():
    """The same record with its times written in another zone is the same content."""
    source = SourceStatus(status="offline", last_online=at(-1))
    moved = SourceStatus(status="offline", last_online=at(-1).astimezone(ZONE))
    assert digest_of(report(source=source)) == digest_of(
        report(reported_at=at(-60).astimezone(ZONE), source=moved)
    )
    assert len(digest_of(report())) == DIGEST_HEX_LENGTH


def test_the_digest_of_a_record_of_version_1_is_what_it_always_was():
    """A ledger's digests are kept for ever: a record sent again after an upgrade is a duplicate."""
    records = (report(), notice(reference="a", term_s=3_600), *others())
    assert [digest_of(record) for record in records] == [
        "e6af283cc3e6360a2f05de76e58941e6",
        "4eb5a71c2745092551e6e6315dc744a2",
        "2a2c6dba2dd94593f421fc4830c0c5b7",
        "b2283c1a0f638559eb993999a823ce12",
        "38f1bf1027b0cbe7b8dacf6176875d5c",
    ]


@pytest.mark.parametrize("record", [report(), notice(), *others()])
def test_a_record_that_is_its_own_content_has_the_same_digest(record):
    """The digest of a record in UTC is the one it has when its times are brought there."""
    seen = decode_hotline(HOTLINE.encode(record))
    assert _is_content(seen, times_of(seen))
    assert _content(seen) == seen
    assert HOTLINE.encode(_content(seen)) == HOTLINE.encode(seen)


@pytest.mark.parametrize(
    "record",
    [
        report(seen_at=at(-1).astimezone(ZONE)),
        report(source=SourceStatus(status="online", last_online=at(-1).astimezone(ZONE))),
        notice(delivered_at=at(-1).astimezone(ZONE)),
        *(msgspec.structs.replace(record, replays="a/0/1") for record in others()),
    ],
)
def test_no_record_passes_for_its_content_that_is_not(record):
    """A time in another zone, wherever it stands, and a named origin are brought to the form."""
    assert not _is_content(record, times_of(record))


def test_digest_sees_every_field_but_replays():
    """Any other change of content makes another digest; naming the first origin does not."""
    base = digest_of(report())
    assert digest_of(report(replays="hotline.line.v1/0/7")) == base
    changed = [
        report(id="r2"),
        report(url="https://a.example/x"),
        report(reported_at=at(-61)),
        report(seen_at=at(-61)),
        report(origin="north"),
        report(self_report=True),
        report(source=SourceStatus(status="offline")),
        report(row_digest="0"),
        notice(id="r1"),
    ]
    assert len({base, *map(digest_of, changed)}) == len(changed) + 1


def test_digest_does_not_depend_on_spelling():
    """Order of fields, blanks and unknown fields of the JSON are not content."""
    plain = HOTLINE.encode(report())
    spelt = b'{ "extra": 1, ' + plain[1:]
    assert digest_of(decode_hotline(spelt)) == digest_of(decode_hotline(plain))
