"""Which slots beside a norm were planned, are over, and were missed."""

import pytest
from histories import written
from ledger_events import DEAD, KEY, MISSED, ONLINE, at, observation, placed, report
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Target
from schemas.moments import MINUTE_MS
from verify.ledger.records import url_records
from verify.method_9.hosting_spells import hosting_spells
from verify.method_9.notice_times import NoticeTimes
from verify.method_9.punctuality import ON_TIME_MS, SLOTS_MIN, missed, on_time

TIMES = NoticeTimes(noticed_at=at(1), norm_s=86_400, received_at=at(1))
THERE = [(at(0), CaseClass.AWAITING), (at(1), CaseClass.ONLINE)]
ALL = [at(1) + minutes * MINUTE_MS for minutes, _ in SLOTS_MIN]


def count(observed=(), times=TIMES, opened_h=0.0, classes=THERE, hours=100.0) -> int:
    """Return how many slots were missed."""
    return missed(observed, times, at(opened_h), classes, at(hours))


def sent(hours: float, late_ms: int) -> tuple[object, int]:
    """Return an observation of a slot that was sent so late."""
    made, _ = observation(hours, ONLINE)
    late = replace(made, sent_at=made.slot_at + late_ms, done_at=made.slot_at + 2 * late_ms)
    return late, late.done_at


def test_every_slot_beside_a_norm_counts_once_it_is_over() -> None:
    """Its spread and the tolerance included; in one that was met nobody missed anything."""
    assert count() == len(SLOTS_MIN) == 8
    assert count(ALL) == 0
    assert count([at(1) + (54 + 0.6) * MINUTE_MS]) == 7
    assert count([at(1) + (54 + 0.7) * MINUTE_MS]) == 8
    over = at(1) + 54 * MINUTE_MS + 12 * MINUTE_MS // 20 + ON_TIME_MS
    assert missed((), TIMES, at(0), THERE, over - 1) == 0
    assert missed((), TIMES, at(0), THERE, over) == 1


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ({"times": NoticeTimes(norm_s=86_400)}, 0),
        ({"opened_h": 3}, 6),
        ({"times": NoticeTimes(noticed_at=at(1), norm_s=86_400, received_at=at(30))}, 2),
        ({"classes": [(at(0), CaseClass.AWAITING)]}, 0),
        ({"classes": [*THERE, (at(10), CaseClass.REMOVED)]}, 2),
        ({"classes": [*THERE, (at(10), CaseClass.UNAVAILABLE)]}, 8),
    ],
)
def test_a_slot_that_was_not_planned_was_not_missed(more, left) -> None:
    """Without a notice, before it was known of, or of a case that was not watched then."""
    assert count(**more) == left


def test_only_a_probe_of_the_url_in_time_is_one() -> None:
    """Sent within 5 min of its slot, by a vantage whose canary is healthy, at this hoster."""
    told = [
        observation(2, ONLINE),
        observation(3, DEAD),
        observation(4, MISSED),
        observation(5, ONLINE, target=Target.MADE_UP_PATH),
        observation(6, ONLINE, canary_ok=False),
        observation(7, ONLINE, hoster="other", hosters=("other",)),
        sent(8, ON_TIME_MS),
        sent(9, ON_TIME_MS + 1),
    ]
    url = url_records(KEY, written([report(), placed(), *told]))
    (spell,) = hosting_spells(url)
    assert sorted(on_time(url, spell)) == [at(2), at(3), at(8)]
