"""A URL by two methods: what each publishes of it, and the rules that make the difference."""

import hashlib

import pytest
from histories import written
from ledger_events import (
    CONTROL,
    GONE,
    KEY,
    ONLINE,
    START,
    notice,
    placed,
    report,
    slots,
)

from agents.errors import UserError
from agents.tools.report.reading.two_methods import ByTwo, TwoMethods, methods_of
from schemas.closed_lists import Delivery, HotlineMode, NormVerdict
from schemas.moments import DAY_MS
from streams import lifecycle
from streams.report.cohort import Cohort, published

COHORT = Cohort(START - DAY_MS, START + 5 * DAY_MS, 86_400)


def hashed(purpose: str, text: str) -> str:
    """Stand in for the keyed hash."""
    return hashlib.sha256(f"{purpose}\0{text}".encode()).hexdigest()


def by_two(*happened: object, methods: tuple[str, str] = ("9", "10")) -> ByTwo:
    """Return a URL by two methods."""
    flat = [x for one in happened for x in (one if isinstance(one, list) else [one])]
    both = TwoMethods(methods, COHORT, hashed)
    both.url(KEY, written(flat), lifecycle.advance(KEY, None, flat))
    return both.found


SLOW = [
    report(seen=0, host=7),
    placed(),
    notice(1),
    *slots([2, 20, 30, 40], ONLINE, control=CONTROL),
]


def test_the_newest_is_what_the_report_publishes() -> None:
    """Hoster, incident, clock and verdict, from another reading of the same records."""
    found = by_two(SLOW)
    state = lifecycle.advance(KEY, None, SLOW)
    (own,) = (published(case, COHORT, hashed) for case in state.cases)
    (second,) = found.second
    assert own is not None
    for name in ("case", "hoster", "incident", "noticed_at", "verdict", "country", "group"):
        assert getattr(second, name) == getattr(own, name), name
    assert own.verdict is NormVerdict.LATE
    assert [one.verdict for one in found.first] == [NormVerdict.LATE]


def test_a_case_that_differs_names_its_rule() -> None:
    """The methods may stand in either order; names are those of the publication."""
    sent = {"result": Delivery.SENT, "mode": HotlineMode.SENT_ONLY}
    told = [
        *(report(seen=0, host=7), placed(), notice(1, **sent), notice(30)),
        *slots([2, 32], ONLINE, control=CONTROL),
        *slots([33, 33.3, 33.6], GONE),
    ]
    (one,) = by_two(told).changed
    (other,) = by_two(told, methods=("10", "9")).changed
    assert (one.rule, one.about) == (other.rule, other.about) == ("2.1 to 2.10", "the clock")
    assert (one.first, one.second) == (other.second, other.first)
    assert KEY not in one.case
    assert by_two(SLOW).changed == []


def test_a_case_of_another_period_is_not_told() -> None:
    """Neither published nor among those that differ."""
    late = [report(24 * 9, host=7), placed(24 * 9), notice(24 * 9 + 1)]
    found = by_two(late)
    assert (found.first, found.second, found.changed) == ([], [], [])


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        (("9", "11"), "--bridge: no method 11 is kept; there are 9 and 10"),
        (("", "10"), "--bridge: no method  is kept"),
        (("9", "9"), "--bridge: two methods are laid side by side; there are 9 and 10"),
    ],
)
def test_methods_that_are_not_kept_are_one_line(methods: tuple[str, str], said: str) -> None:
    """It names those that are."""
    with pytest.raises(UserError, match=said):
        methods_of(*methods)
    assert methods_of("9", "10") == ("9", "10")
