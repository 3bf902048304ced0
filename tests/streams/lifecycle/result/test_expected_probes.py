"""Which probes are the newest thing known, and until when they tell nothing new."""

import pytest
from ledger_events import GONE, at, check, fold, notice, place, placed, report, slots

from schemas.closed_lists import CaseClass, Expected
from schemas.moments import HOUR_MS
from streams.lifecycle.evidence.contradicted_checks import CONTRADICTION_MS
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.machine.case_history import CaseHistory
from streams.lifecycle.result.expected_probes import is_alone, newest_at, until
from streams.lifecycle.state_table import DARK_MS


@pytest.mark.parametrize(
    ("happened", "newest"),
    [
        ([report(2)], at(2)),
        ([report(2, seen=1)], at(2)),
        ([report(2, source_online=False)], at(2) + CONTRADICTION_MS),
        ([report(), placed(), notice(3)], at(3)),
        ([report(), placed(), check(3)], at(3) + CONTRADICTION_MS),
        ([report(), placed(3)], at(3)),
        ([report(), placed(), slots([4], GONE)], at(4) + 300),
    ],
)
def test_what_is_the_newest_thing_known(happened: list, newest: int) -> None:
    """A person's word counts for as long as a probe near it can contradict it."""
    assert newest_at(fold(*happened)) == newest


def test_probes_of_one_hoster_speak_of_it_alone() -> None:
    """Unless another spell in the role has probes of it too."""
    one = hosting_spells(fold(report(), placed()))[0]
    assert is_alone(one[0], one)
    both = hosting_spells(fold(report(), placed(0, place(), place("other"))))[0]
    assert all(is_alone(spell, both) for spell in both)
    assert not is_alone(both[0], [both[0], *hosting_spells(fold(report(), placed()))[0]])


@pytest.mark.parametrize(
    ("expected", "instant"),
    [
        (Expected.SEEN, 7 * HOUR_MS),
        (Expected.UNAVAILABLE, 5 + DARK_MS),
        (Expected.DOUBTED, 9),
        (Expected.ENDED, None),
    ],
)
def test_until_when_they_tell_nothing_new(expected: Expected, instant: int | None) -> None:
    """A norm is passed, dead is dark, or doubt may end."""
    history = CaseHistory(
        0, [(0, CaseClass.ONLINE)], expected=expected, unavailable_at=5, doubted_until=9
    )
    assert until(history, 7 * HOUR_MS) == instant
