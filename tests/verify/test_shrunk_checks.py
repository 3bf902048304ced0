"""Short histories with persons' checks: two readings of the rules once differed in each."""

from both_readings import held
from ledger_events import (
    CONTROL,
    GONE,
    SOUTH,
    at,
    check,
    class_of,
    notice,
    observation,
    place,
    placed,
    report,
)

from schemas.closed_lists import Flag, Role, Target
from schemas.records.facts import Facts


def test_what_a_proxy_refuses_speaks_against_no_check_at_the_origin():
    """It counts for the proxy's case only (5.2)."""
    controls = [
        observation(8.2, CONTROL, SOUTH, target=t) for t in (Target.MADE_UP_PATH, Target.ROOT)
    ]
    places = place("shield", role=Role.PROXY), place(behind=True)
    told = [report(0.1, seen=0.1), placed(0.2, *places), check(8.1, "present")]
    found = held(*told, controls, observation(8.3, Facts(status=451), SOUTH))
    assert {case.last_seen_at for case in found} == {at(8.1)}


def test_a_check_of_the_case_before_answers_nothing_that_is_asked_of_the_next():
    """Nobody has probed what is there now (6.5)."""
    wall = Facts(status=200, type="text/html", length=900)
    seen = [observation(394.6, wall), observation(394.7, wall, SOUTH)]
    told = [report(0.1, seen=0.1), placed(0.2), check(8.4, "present"), check(20)]
    _, new = held(*told, seen, observation(395.1, wall, SOUTH, target=Target.MADE_UP_PATH))
    assert Flag.UNPROVEN in new.flags


def test_an_old_doubt_settles_no_check_that_a_probe_contradicts():
    """The case is suspect until a second person or a probe agrees, or for 24 h (4.14)."""
    gone = [observation(h, GONE) for h in (2.9, 461.4, 473.4)]
    told = [report(0.1, seen=-4.8), placed(0.2), notice(1), gone[:2], check(461.6, "present")]
    (case,) = held(*told, gone[2:])
    assert class_of(case, 461) == "unavailable"
    assert class_of(case, 480) == "suspect"
    assert class_of(case, 486) == "unavailable"
