"""Short histories with persons' checks: two readings of the rules once differed in each."""

import pytest
from both_readings import held
from ledger_events import (
    CONTROL,
    GONE,
    ONLINE,
    SOUTH,
    at,
    check,
    class_of,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
    withdrawal,
)
from msgspec.structs import replace

from schemas.closed_lists import Confidence, Flag, NormVerdict, Role, Target
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


def test_a_probe_from_before_a_withdrawal_contradicts_a_check_after_it():
    """What counts is that it was made within the hour (4.14)."""
    told = [report(0.1), placed(0.2), observation(1.5, GONE), withdrawal(1.6)]
    later = report(1.7, id="r2", reported=1.65, seen=1.65)
    *_, case = held(*told, later, check(2.4, "present"))
    assert case.last_seen_at == at(1.65)


def test_a_refusal_of_a_vantage_that_is_asked_no_more_makes_others_refusals_count():
    """An unannounced one was refused within the hour, asked still or not (4.14)."""
    refused = [observation(2.1, Facts(status=451), who) for who in ("north", SOUTH)]
    page = observation(2.8, Facts(status=200, type="text/html", length=900), asked=("north",))
    told = [report(0.1, seen=0.1), placed(0.2), slot(0.7, ONLINE), refused, page]
    (case,) = held(*told, check(2.98, "present"))
    assert case.last_seen_at == at(0.7) + 100


def test_what_no_sighting_showed_makes_nobody_publicly_late():
    """After an end that a person found, another page is none, whatever a later check says (9.8)."""
    page = Facts(status=200, type="image/jpeg", length=90)
    told = [report(0.1, seen=0.1), placed(0.2), observation(3.9, ONLINE), check(6.3), notice(6.4)]
    later = [slot(30.6, page, ["north"]), observation(42.5, page), check(42.6, "present")]
    (case,) = held(*told, *later, check(67, "present"))
    assert case.verdicts[0] is NormVerdict.LATE
    assert not case.public_late


def test_a_shape_that_a_person_vouched_for_is_no_reference_sighting():
    """It counts as like them while the check stands, and no longer (3.3, 3.5)."""
    page = Facts(status=200, type="image/jpeg", length=90)
    told = [report(0.1, seen=0.1), placed(0.2), notice(3), observation(8, ONLINE)]
    vouched = [slot(18, page, ["north"]), check(18.2, "present"), observation(20, page, SOUTH)]
    (case,) = held(*told, vouched, check(123, "absent"), observation(126, page, SOUTH))
    assert case.gone_at == at(123)


def test_a_copy_of_unknown_age_shows_what_the_url_answers_usually():
    """It is no sighting behind a proxy, but another page after it is a change (3.8)."""
    shield = place("shield", role=Role.PROXY), place(confidence=Confidence.STATEMENT, behind=True)
    copy = Facts(status=200, type="image/jpeg", length=5_000, cached=True)
    told = [report(0.1, seen=0.1), placed(0.2, *shield), observation(1.4, copy)]
    page = observation(138, Facts(status=200, type="text/html", length=900))
    case = next(case for case in held(*told, page) if case.role is Role.HOSTING)
    assert case.last_seen_at == at(0.1)


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        pytest.param(7_200, "removed", id="two hours before"),
        pytest.param(600, "suspect", id="ten minutes before"),
    ],
)
def test_an_old_copy_contradicts_no_check_that_it_is_gone(age_s, said):
    """It shows what was there when it was made (3.8), and only the hour of the check counts (4.14).

    The removal is confirmed at the check, or when a probe agrees.
    """
    shield = place("shield", role=Role.PROXY), place(confidence=Confidence.STATEMENT, behind=True)
    told = [report(0.1, seen=0.1), placed(0.2, *shield), notice(1), observation(2, ONLINE)]
    copy = replace(ONLINE, cached=True, age_s=age_s)
    found = held(*told, observation(9.8, copy, SOUTH), check(10), observation(10.5, GONE))
    case = next(case for case in found if case.role is Role.HOSTING)
    assert class_of(case, 10.2) == said
    assert class_of(case, 10.6) == "removed"
    assert case.gone_at == at(10)


def test_a_copy_from_before_others_found_it_gone_contradicts_a_check_all_the_same():
    """Its vantage saw it within the hour of the check, though nothing is counted anew (3.8)."""
    shield = place("shield", role=Role.PROXY), place(confidence=Confidence.STATEMENT, behind=True)
    told = [report(0.1, seen=0.1), placed(0.2, *shield), notice(1), observation(2, ONLINE)]
    copy = observation(9.8, replace(ONLINE, cached=True, age_s=600), SOUTH)
    found = held(*told, observation(9.75, GONE), copy, check(10), observation(10.5, GONE))
    case = next(case for case in found if case.role is Role.HOSTING)
    assert [class_of(case, h) for h in (9.9, 10.2, 10.6)] == ["doubted", "suspect", "removed"]


def test_a_check_that_counts_for_nothing_makes_nobody_publicly_late():
    """Probes contradicted it, and confirmed a removal, before one saw it again (4.14, 9.8)."""
    run = slots([100, 100.3, 100.6], GONE, ["north"], asked=("north",))
    told = [report(0.1, seen=0.1), placed(0.2), notice(1), observation(2, ONLINE), run]
    checked = check(100.1, "present")
    (case,) = held(*told, checked, slot(101, ONLINE, ["north"], asked=("north",)))
    assert case.verdicts[0] is NormVerdict.LATE
    assert not case.public_late
