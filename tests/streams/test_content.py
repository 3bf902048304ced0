"""What a record says."""

from datetime import timedelta, timezone

from hotline_records import at, notice, report

from schemas.codec import HOTLINE, decode_hotline
from schemas.hotline import SourceStatus
from streams.content import DIGEST_HEX_LENGTH, digest_of


def test_digest_sees_the_instant_and_not_the_zone():
    """The same record with its times written in another zone is the same content."""
    zone = timezone(timedelta(hours=2))
    source = SourceStatus(status="offline", last_online=at(-1))
    moved = SourceStatus(status="offline", last_online=at(-1).astimezone(zone))
    assert digest_of(report(source=source)) == digest_of(
        report(reported_at=at(-60).astimezone(zone), source=moved)
    )
    assert len(digest_of(report())) == DIGEST_HEX_LENGTH


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
