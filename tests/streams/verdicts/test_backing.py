"""Which sightings a control backs, and what a bare one is worth: neither late nor overdue."""

from itertools import permutations

import pytest
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    LIMITED,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    at,
    check,
    class_of,
    fold,
    notice,
    observation,
    placed,
    report,
    slot,
    slots,
    told,
)
from msgspec.structs import replace

from schemas.closed_lists import Basis, CheckResult, Flag, NormVerdict, Role, Target
from schemas.moments import HOUR_MS
from schemas.records.facts import Facts
from streams.norms.overdue import due_at, is_overdue
from streams.rollup.case_figures import figures
from streams.rollup.windows import Window, WindowEvent
from streams.verdicts.backing import CONTROL_NEAR_MS

PAGE = Facts(status=200, type="text/html", length=1_500)
"""What a soft 404 shows, where the material was and wherever nothing ever was."""

LATE_H = (25.5, 31, 37)
"""Slots past the norm of 24 h of a notice at 1 h."""

SILENT = [DEAD, LIMITED, Facts(status=503), Facts(status=200, challenge=True)]
ANSWERS = [GONE, REFUSED, Facts(status=451), Facts(status=302), replace(PAGE, length=90_000)]


def bare(hours, facts=PAGE, vantages=BOTH, **said):
    """Return sightings whose controls were missed."""
    return slots(hours, facts, vantages, control=None, **said)


def control(hours, facts, vantage=NORTH, **said):
    """Return observations of the made-up path alone."""
    return [observation(h, facts, vantage, target=Target.MADE_UP_PATH, **said) for h in hours]


def sector(case):
    """Return the verdict on the sector's norm."""
    return dict(zip(case.norms_s, case.verdicts, strict=True))[86_400]


def counted(case, hours=60):
    """Return what is overdue, overdue unseen and late in the windows."""
    found = figures("acme", Role.HOSTING, [case], at(hours))
    return found.overdue, found.overdue_unseen, found.windows[WindowEvent.LATE][Window.FOUR_WEEKS]


BACKED = (1, 0, 1)
UNSEEN = (0, 1, 0)


def test_a_soft_404_whose_controls_were_all_missed_is_not_late():
    """Removed in time, and nobody ever probed beside the page that stands for it.

    In naming it stays in the count, as undetermined (14.1).
    """
    case = told(bare([2, 20, *LATE_H]))
    assert class_of(case, 40) == "online"
    assert set(case.verdicts) == {NormVerdict.UNDETERMINED}
    assert counted(case) == UNSEEN
    assert Flag.UNPROVEN in case.flags
    assert case.naming


@pytest.mark.parametrize("hours", [12.1, 25.5, 37, 60])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_control_that_is_another_answer_backs_what_is_near_it(hours, answer):
    """Within 25 h before or after a sighting past the norm; of the vantage that saw it."""
    case = told(bare([2, 20, *LATE_H]), control([hours], answer))
    assert sector(case) is NormVerdict.LATE
    assert counted(case) == BACKED
    assert Flag.UNPROVEN not in case.flags
    assert case.naming


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("before", [False, True])
def test_a_control_backs_nothing_further_off(far, before):
    """As far as a control counts for a verdict, and no further."""
    off_h = CONTROL_NEAR_MS / HOUR_MS + (0.01 if far else 0)
    case = told(bare([2, 20, 31]), control([31 - off_h if before else 31 + off_h], GONE))
    assert (sector(case) is NormVerdict.LATE) is not far


def test_a_control_of_a_vantage_whose_canary_is_dead_backs_nothing():
    """What it sees counts for nothing, be it of the URL or beside it."""
    case = told(bare([2, 20, *LATE_H]), control([25.5], GONE, canary_ok=False))
    assert sector(case) is NormVerdict.UNDETERMINED
    dead = slots([25.5], PAGE, canary_ok=False)
    assert sector(told(dead, bare([2, 20]), bare(LATE_H, PAGE, (SOUTH,)))) is not NormVerdict.LATE


def test_a_control_backs_the_answer_it_was_beside_and_no_other():
    """A placeholder is not backed by what was seen of the material where it still was."""
    case = told(slots([2], ONLINE, (NORTH,)), bare([20, *LATE_H], PAGE, (SOUTH,)))
    assert sector(case) is NormVerdict.UNDETERMINED
    assert counted(case) == UNSEEN


def test_the_root_backs_nothing():
    """Every host has a home page of its own."""
    root = [observation(h, GONE, target=Target.ROOT) for h in LATE_H]
    assert sector(told(bare([2, 20, *LATE_H]), root)) is NormVerdict.UNDETERMINED


def test_a_person_backs_what_the_person_saw():
    """A check needs no control, and asks for none."""
    case = told(bare([2, 20, *LATE_H]), check(38, CheckResult.PRESENT))
    assert sector(case) is NormVerdict.LATE
    assert counted(case) == BACKED


@pytest.mark.parametrize("silence", SILENT)
def test_a_control_that_told_nothing_backs_nothing(silence):
    """An error, 429, 5xx or a challenge is no answer of the made-up path (3.3)."""
    case = told(bare([2, 20, *LATE_H]), control([2, 20, 26, 26.5, 37], silence))
    assert sector(case) is NormVerdict.UNDETERMINED
    assert counted(case) == UNSEEN
    assert Flag.UNPROVEN in case.flags


@pytest.mark.parametrize("silence", SILENT)
def test_what_was_backed_by_then_stays_backed(silence):
    """A control that is silent beside one that answered takes nothing back."""
    case = told(slot(12, ONLINE), slots([20, *LATE_H, 50, 51], ONLINE, control=silence))
    assert sector(case) is NormVerdict.LATE


def test_a_soft_404_that_fails_now_and_then_is_not_late():
    """Where a control was like the answer, silent ones are chance: sightings there are unbacked.

    Beside a silent control the page seems unlike it, so such an observation is a sighting.
    """
    alike = slots([2, 20], PAGE, control=PAGE)
    silent = slots([25.5, 31, 37], PAGE, control=DEAD)
    case = told(alike, silent)
    assert case.last_seen_at > due_at(case)
    assert sector(case) is NormVerdict.UNDETERMINED
    assert counted(case) == UNSEEN


def test_a_changed_answer_is_neither_overdue_nor_late():
    """Its control differs, and still it is unlike what was there when the hoster was told (3.3)."""
    case = told(slot(2, ONLINE), slots(LATE_H, replace(ONLINE, length=900_000)))
    assert sector(case) is NormVerdict.UNDETERMINED
    assert counted(case) == UNSEEN
    assert not is_overdue(case)


def test_a_bare_sighting_after_a_removal_is_no_return():
    """It opens the case again and is no reappearance until a control comes."""
    gone = slots([2, 2.3, 2.7, 3], GONE)
    case = told(gone, bare([40], PAGE))
    assert class_of(case, 41) == "online"
    assert not case.returns
    case = told(gone, bare([40], PAGE), control([40], GONE, SOUTH))
    assert len(case.returns) == 1
    assert Flag.UNPROVEN not in case.flags


def test_a_bare_sighting_past_the_term_of_an_order_is_not_overdue():
    """Overdue goes by the order's term, of which there is no verdict."""
    order = notice(1, basis=Basis.ORDER, reference="x", term_s=7_200)
    for beside, expected in (([], UNSEEN), (control([5], REFUSED), BACKED)):
        (case,) = fold(report(seen=0), placed(), order, bare([2, 5]), beside).cases
        assert counted(case, 10) == expected


def test_it_is_a_function_of_the_set_of_probes():
    """Whatever comes first: sightings, controls that tell something, controls that tell nothing."""
    parts = [bare([2]), bare(LATE_H), control([30], DEAD), control([36], REFUSED)]
    states = {
        fold(report(seen=0), placed(), notice(), *order).cases for order in permutations(parts)
    }
    assert len(states) == 1
