"""What hotlines are told, by the second reading, is what the product tells them."""

from random import Random

import pytest
from histories import written
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_events import KEY, at
from random_history import random_history

from schemas.codec import REPORTS_ENTRY
from schemas.records.feedback import FollowedRecord
from schemas.records.reports import ReportAccepted
from streams import lifecycle
from streams.feedback.followed_cases import followed_cases
from streams.feedback.followed_url import told_cases
from streams.feedback.record_ids import repeatable
from verify.feedback.told import ENTRY, differ, expected, followed, holds_address
from verify.ledger.records import url_records
from verify.method_10.cases import cases

SEEDS = 120
INSTANTS_H = (30, 1_000, 9_700)


def told_otherwise(seed: int) -> list[object]:
    """Return what the two say otherwise of the reports of a random history."""
    chance = Random(seed)
    history = random_history(chance, ties=False)
    state = lifecycle.advance(KEY, None, history)
    url = url_records(KEY, written(history))
    found: list[object] = []
    for record, _ in history:
        if not isinstance(record, ReportAccepted):
            continue
        entry = ENTRY.decode(REPORTS_ENTRY.encode(record))
        following = FollowedRecord(record.hotline, record.record_id, "s", record.received_at)
        for hours in INSTANTS_H:
            theirs = tuple(told_cases(following, followed_cases(state), at(hours)))
            mine = expected(entry, cases(url, at(hours)), url)
            found += [(seed, hours, one) for one in differ(entry, mine, theirs)]
    return found


@pytest.mark.parametrize("first", range(0, SEEDS, 60))
def test_both_readings_tell_a_hotline_the_same(first: int) -> None:
    """Of random histories: which cases, and of each class, L, R, norms, action and reason."""
    wrong = [one for seed in range(first, first + 60) for one in told_otherwise(seed)]
    assert wrong[:3] == []


@given(st.text(st.sampled_from("aA1.:/@[%2fwx-gn_?&#;\\"), max_size=24))
@example("r-1")
@example("a.example")
@example("a.example?b")
@example("a.example-1")
@example("a.xn--1")
@example("a.xn--1_")
@example("1/2")
@example("-/2")
@example("1?2")
@example("1.2.3.4")
@example("1.2.3.4.5")
@example("fe80::1")
@example("1:2:3:4:5")
@example("::")
def test_ids_that_hold_an_address_are_known(id: str) -> None:
    """By both readings alike."""
    if id:
        assert holds_address(id) == (repeatable(id) is None)


def test_of_many_records_the_newest_are_followed() -> None:
    """64 of a URL, each once, for 460 days, and only what can be told at all."""

    def entry(number: int, sealed: str = "s"):
        return ENTRY.decode(
            b'{"url_key":"%s","hotline":"a","record_id":"r%d","received_at":%d,"sealed_ids":"%s"}'
            % (KEY.encode(), number, number, sealed.encode())
        )

    entries = [entry(number) for number in range(70)] * 2 + [entry(99, "")]
    assert [one.received_at for one in followed(entries, 100)] == list(range(6, 70))
    assert followed(entries, 69 + 460 * 86_400_000) == []
