"""Which looks check HEAD by GET."""

import pytest
from ledger_events import ONLINE as SEEN
from ledger_events import at, fold, notice, placed, report, slots
from msgspec import structs

from schemas.case import Phase
from schemas.reasons import Outcome
from streams.crosscheck import is_crossed
from streams.schedule import WITH_CONTROLS, Slot

(CASE,) = fold(report(seen=0), placed(), notice(), slots([1.1, 2], SEEN)).cases
ALONE = WITH_CONTROLS[:1]


def slot(hours, targets=WITH_CONTROLS) -> Slot:
    """Return a slot."""
    return Slot(at(hours), at(hours + 1), targets)


def phased(outcome, **said):
    """Return the case in a class from hour 5 on."""
    return structs.replace(CASE, phases=(*CASE.phases[:-1], Phase(at(5), outcome)), **said)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.DOUBTED,
        Outcome.SUSPECT,
        Outcome.UNAVAILABLE,
        Outcome.DARK,
        Outcome.REMOVED,
        Outcome.GONE_BEFORE_NOTICE,
        Outcome.NEVER_ONLINE,
    ],
)
def test_looks_with_controls_at_what_is_not_plainly_online(outcome):
    """They decide, so they do it whatever the share; looks without controls do not."""
    assert is_crossed(phased(outcome), slot(6), 0.0)
    assert not is_crossed(phased(outcome), slot(4), 0.0)
    assert not is_crossed(phased(outcome), slot(6, ALONE), 0.0)


def test_before_a_notice_what_the_looks_say_counts():
    """A case that awaits its notice is in doubt like any other."""
    said = (Phase(at(5), Outcome.ONLINE), Phase(at(6), Outcome.DOUBTED))
    case = phased(Outcome.AWAITING, unnoticed=said)
    assert not is_crossed(case, slot(5.5), 0.0)
    assert is_crossed(case, slot(6.5), 0.0)


def test_the_share_is_kept_and_grows():
    """Of many slots the share is checked; a larger share holds the smaller one."""
    online = [slot(1 + minutes / 60, ALONE) for minutes in range(121, 700)]
    online += [slot(1 + 13.1 + minutes / 60, ALONE) for minutes in range(600)]
    online += [slot(1 + 25.1 + minutes / 60, ALONE) for minutes in range(760)]
    few = {one.at for one in online if is_crossed(CASE, one, 0.1)}
    many = {one.at for one in online if is_crossed(CASE, one, 0.3)}
    assert 140 <= len(few) <= 260
    assert few < many
    assert not any(is_crossed(CASE, one, 0.0) for one in online)
    assert all(is_crossed(CASE, one, 1.0) for one in online)


@pytest.mark.parametrize("hours", [1.1, 12.5, 24.5, 24.9, 48.5, 72, 95, 2_000])
def test_the_first_look_past_each_norm_and_those_of_later_days(hours):
    """Lateness rests on them, so they do it whatever the share; looks before a norm do not."""
    assert is_crossed(CASE, slot(1 + hours, ALONE), 0.0)
    assert not any(is_crossed(CASE, slot(1 + h, ALONE), 0.0) for h in (0, 0.9, 4, 11.5, 23.5, 47.5))
