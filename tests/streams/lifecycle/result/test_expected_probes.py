"""Which probes are the newest thing known, and until when they tell nothing new."""

import pytest
from ledger_events import (
    GONE,
    LIMITED,
    ONLINE,
    at,
    check,
    fold,
    notice,
    place,
    placed,
    report,
    slot,
    slots,
)

from schemas.closed_lists import Expected
from streams.lifecycle.evidence.contradicted_checks import CONTRADICTION_MS
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.result.expected_probes import is_alone, newest_at
from streams.lifecycle.state_table import DARK_MS
from streams.norms.verdict import late_from


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
    ("seen", "expected", "until"),
    [
        ([], Expected.SEEN, late_from(24 * 3_600, at(1))),
        ([slots([3, 3.3, 3.6], LIMITED)], Expected.UNAVAILABLE, at(3) + 300 + DARK_MS),
        ([slot(3, GONE)], Expected.DOUBTED, at(3.5) + 300),
        ([slots([3, 3.3, 3.6], GONE)], Expected.ENDED, None),
    ],
)
def test_until_when_they_tell_nothing_new(seen: list, expected: Expected, until: int | None):
    """A norm is passed, dead is dark, or doubt may end."""
    told = report(seen=0), placed(), notice(1), slots([0, 2], ONLINE)
    (expectation,) = fold(*told, *seen).expectations
    assert (expectation.expected, expectation.until) == (expected, until)
