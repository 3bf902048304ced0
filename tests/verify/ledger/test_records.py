"""The ledger holds each thing once, however often and in whatever order it was written."""

from random import Random

import msgspec
import pytest
from histories import history, written
from ledger_events import (
    KEY,
    MISSED,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    check,
    decision,
    notice,
    observation,
    placed,
    report,
    withdrawal,
)
from msgspec.structs import replace

from schemas.closed_lists import CheckResult, ProbeError
from schemas.codec import Rejected
from schemas.topics import DECISIONS, FACTS, REPORTS
from verify.ledger.records import TOO_LATE_MS, LedgerRecord, UrlRecords, by_notice, url_records

SEEDS = 25


def records(*happened) -> UrlRecords:
    """Return what the ledger holds of a URL of which this was written."""
    return url_records(KEY, written(list(happened)))


def test_neither_order_nor_copies_change_what_is_held() -> None:
    """At least once and across partitions of different speed: the same things are known."""
    for seed in range(SEEDS):
        chance = Random(seed)
        events = history(chance)
        whole = url_records(KEY, written(events))
        again = events + chance.sample(events, len(events) // 2)
        chance.shuffle(again)
        other = url_records(KEY, written(again))
        for name in ("reports", "withdrawals", "resolutions", "sealed"):
            assert getattr(other, name) == getattr(whole, name), (seed, name)
        assert sorted(map(repr, other.observations)) == sorted(map(repr, whole.observations))
        assert {*map(by_notice, other.notices)} == {*map(by_notice, whole.notices)}
        assert sorted(map(repr, other.decisions)) == sorted(map(repr, whole.decisions))


def test_a_report_counts_as_it_was_first_received_and_its_text_as_it_was_last_sealed() -> None:
    """The newest seal opens longest; what the report says was said first."""
    made, when = report(5, seen=4)
    first = (replace(made, received_at=at(3), seen_at=None, sealed="older"), when)
    found = records((made, when), first)
    (held,) = found.reports
    assert (held.received_at, held.seen_at) == (at(3), None)
    assert found.sealed == made.sealed


def test_a_check_that_it_was_never_illegal_takes_the_report_back() -> None:
    """As a withdrawal does, each of them once; other checks are of a person."""
    found = records(
        withdrawal(3), withdrawal(3), check(4, CheckResult.NEVER_ILLEGAL), check(5), check(5)
    )
    assert found.withdrawals == [("alpha", at(3)), ("alpha", at(4))]
    assert [one.result for one in found.checks] == [CheckResult.ABSENT]


def test_a_result_beats_a_miss_of_its_slot() -> None:
    """Whichever was written first; the miss of another vantage stays."""
    made, missed = observation(5, ONLINE), observation(5, MISSED)
    elsewhere = observation(5, MISSED, SOUTH)
    for told in ((made, missed, elsewhere), (elsewhere, missed, made)):
        found = records(*told).observations
        assert {(one.vantage, one.answer.error) for one, _ in found} == {
            (NORTH, None),
            (SOUTH, ProbeError.MISSED_POLITENESS),
        }


def test_an_observation_is_late_if_every_copy_of_it_is() -> None:
    """More than a day after it was made."""
    made, _ = observation(5, ONLINE)
    in_time, late = made.done_at + TOO_LATE_MS, made.done_at + TOO_LATE_MS + 1
    ((_, is_late),) = records((made, late)).observations
    assert is_late
    for copies in ((late, in_time), (in_time, late)):
        ((_, is_late),) = records(*((made, when) for when in copies)).observations
        assert not is_late


def test_what_is_no_record_is_not_passed_over() -> None:
    """Who reads says so: a URL of which one cannot be read has no cases."""
    for topic, error in (
        (REPORTS.name, Rejected),
        (DECISIONS.name, Rejected),
        (FACTS.name, msgspec.DecodeError),
    ):
        with pytest.raises(error):
            url_records(KEY, [LedgerRecord(topic, 0, at(0), b"{}")])


def test_a_topic_that_is_no_ledger_s_says_nothing() -> None:
    """A reader may hand over more than it needs."""
    assert url_records(KEY, [LedgerRecord("cases.v1", 0, at(0), b"{}")]) == UrlRecords(
        KEY, [], [], [], [], [], [], [], ""
    )
    found = records(report(), placed(), notice(1), decision(2))
    assert [len(x) for x in (found.reports, found.resolutions, found.notices, found.decisions)] == [
        1
    ] * 4
