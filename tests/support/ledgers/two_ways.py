"""Records that observations are added to, on the fast path and by judging all again."""

from ledger_events import GONE, KEY, LIMITED, ONLINE, notice, placed, report, slot, slots
from msgspec import structs

from schemas import codec
from schemas.closed_lists import Expected
from schemas.records.facts import Facts
from streams import lifecycle
from streams.lifecycle import FoldResult

AGED = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=7_200)
CACHED = Facts(status=200, type="image/jpeg", length=5_000, cached=True)
HOME = Facts(status=200, type="text/html", length=9_000, to_root=True)
OTHER = Facts(status=200, type="text/html", length=70_000)
EMPTY = Facts(status=200, type="text/html", length=150)
MINUTE_H = 1 / 60
HIDDEN = "hidden"
"""A vantage that is not asked: its observations are hidden re-checks."""


def both_ways(value, *happened):
    """Return what comes of a record after these, and the bytes of judging all of it again."""
    after = lifecycle.update_record(KEY, value, list(happened))
    state = None if value is None else codec.STATE.decode(value)
    return after, codec.STATE.encode(lifecycle.advance(KEY, state, happened))


def tellings(value, after):
    """Return what may be told of the way that a record took."""
    new = {FoldResult.STEADY} if after.state is None else {FoldResult.OPENED, FoldResult.JUDGED}
    return {FoldResult.REPEATED} if after.record_value == value else new


def followed(value, *happened):
    """Return the record after these, having found both ways equal, and whether all were short."""
    after, whole = both_ways(value, *happened)
    assert after.record_value == whole
    assert after.result in tellings(value, after)
    return after.record_value, after.state is None


def record(*happened):
    """Return the record of what happened, observations or lists of them."""
    flat = []
    for one in happened:
        flat += one if isinstance(one, list) else [one]
    return followed(None, *flat)[0]


def open_since(*happened, **said):
    """Return the record of a case whose clock began at half an hour, and what happened since."""
    return record(report(seen=0, **said), placed(), notice(0.5), *happened)


def case_with(expected):
    """Return a record whose case stands so, and the answer and hours that go on like it."""
    history = {
        Expected.SEEN: (slots([1, 2], ONLINE), ONLINE, 3),
        Expected.UNAVAILABLE: (slots([1, 2, 3], LIMITED), LIMITED, 27),
        Expected.DOUBTED: (slots([1], GONE), GONE, 1.1),
        Expected.ENDED: (slots([1, 2, 3], GONE), GONE, 4),
    }
    seen, answer, hours = history[expected]
    value = record(report(seen=0), placed(), notice(0.5), slot(0, ONLINE), seen)
    (expectation,) = codec.STATE.decode(value).expectations
    assert expectation.expected is expected
    return value, answer, hours


def moved(one, sent_ms, done_ms):
    """Return an observation sent and answered later."""
    seen, appended_at = one
    late = structs.replace(
        seen, sent_at=seen.sent_at + sent_ms, done_at=seen.done_at + sent_ms + done_ms
    )
    return late, appended_at + sent_ms + done_ms
