"""What an answer of another shape, a wall, a contradiction or servers in turns make of a case."""

from ledger_events import (
    BOTH,
    CONTROL,
    GONE,
    ONLINE,
    at,
    class_of,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
    told,
)
from msgspec.structs import replace

from schemas.closed_lists import Flag
from schemas.records.facts import Facts

PAGE = Facts(status=200, type="text/html", length=3_000)
TEN_MIN = 1 / 6
DOUBT = [5 + step * TEN_MIN for step in range(1, 5)]


def alone(hours, facts):
    """Return observations of the URL from both vantages, no control with them."""
    return slot(hours, facts, control=None)


def crossed(hours, facts, head_status):
    """Return observations of both vantages that asked GET too."""
    method = "GET" if facts.status != head_status else "HEAD"
    return slot(hours, replace(facts, head_status=head_status, method=method))


def test_a_new_shape_says_nothing_until_controls_were_probed():
    """It moves no L and is doubted, so that controls come; older ones do not explain it."""
    case = told(slot(2, ONLINE), alone(2.4, PAGE))
    assert class_of(case, 2.5) == "doubted"
    assert case.last_seen_at == at(2) + 100


def test_a_change_of_the_url_alone_is_a_sighting_that_asks_for_a_person():
    """Its control differs, so it is online, and flagged for as long as it stays so."""
    start = [slot(2, ONLINE), alone(5, PAGE), slot(5 + TEN_MIN, PAGE)]
    case = told(*start)
    assert class_of(case, 5.2) == "online"
    assert case.last_seen_at == at(5 + TEN_MIN) + 100
    assert Flag.UNPROVEN in case.flags
    assert Flag.UNPROVEN in told(*start, alone(9, PAGE)).flags
    assert Flag.UNPROVEN not in told(*start, alone(9, ONLINE)).flags


def test_a_change_seen_once_asks_for_nobody():
    """Two observations running of another shape are `unproven`, one is not (3.5)."""
    start = [slot(2, ONLINE), slot(5, PAGE)]
    assert Flag.UNPROVEN not in told(*start).flags
    assert Flag.UNPROVEN not in told(*start, slot(6, ONLINE), slot(7, PAGE)).flags
    assert Flag.UNPROVEN in told(*start, slot(6, PAGE)).flags


def test_the_answer_that_any_address_always_got_is_gone():
    """A soft 404: the made-up path got it before the change, and gets it now."""
    case = told(slot(2, ONLINE, control=PAGE), alone(5, PAGE), slots(DOUBT, PAGE, control=PAGE))
    assert class_of(case, 6) == "removed"
    assert case.gone_at == at(5) + 300


def test_a_wall_before_the_whole_host_is_no_removal():
    """The made-up path got another answer at the same time: a log-in looks like a closed site."""
    case = told(slot(2, ONLINE), alone(5, PAGE), slots(DOUBT, PAGE, control=PAGE))
    assert class_of(case, 6) == "unavailable"
    assert case.last_seen_at == at(2) + 100


def test_a_404_with_the_headers_of_the_content_is_no_removal():
    """A browser shows what comes with it."""
    case = told(slot(2, ONLINE), slots([5, *DOUBT], replace(ONLINE, status=404)))
    assert class_of(case, 6) == "unavailable"


def test_a_refusal_before_a_host_that_healed_later_is_not_of_the_url_alone():
    """Both controls were refused when last probed, so the refusal was the whole host's."""
    barred = Facts(status=403, type="text/html", length=90)
    case = told(
        slot(2, ONLINE),
        slots([5, *DOUBT], barred, control=barred),
        alone(20, barred),
        slot(29, GONE),
        slots([29 + step * TEN_MIN for step in range(1, 4)], GONE),
    )
    assert class_of(case, 30) == "removed"
    assert case.gone_at == at(29) + 300


def test_what_came_back_is_deleted_like_anything_else():
    """R of the second removal is the first gone verdict after the return."""
    case = told(
        slot(2, ONLINE),
        slots([5, *DOUBT], GONE),
        slot(40, ONLINE),
        slots([45, *(h + 40 for h in DOUBT)], GONE),
    )
    assert class_of(case, 46) == "removed"
    assert case.gone_at == at(45) + 300


def test_where_head_lies_its_sightings_count_no_more():
    """GET was told 404 where HEAD was not: L goes back to what GET last agreed with."""
    observations = [crossed(2, ONLINE, 200), alone(5, ONLINE), alone(8, ONLINE)]
    assert told(*observations).last_seen_at == at(8) + 100
    found_out = told(*observations, crossed(12, GONE, 200), alone(14, ONLINE))
    assert found_out.last_seen_at == at(2) + 100
    again = told(*observations, crossed(12, GONE, 200), crossed(16, ONLINE, 200))
    assert again.last_seen_at == at(16) + 100


def test_a_vantage_whose_canary_is_dead_sets_no_usual_shape():
    """What a portal in its network shows is nothing to compare with."""
    portal = [observation(0.5, PAGE, vantage, canary_ok=False) for vantage in BOTH]
    case = told(*portal, slot(2, ONLINE), slot(3, ONLINE, control=CONTROL))
    assert class_of(case, 4) == "online"
    assert Flag.UNPROVEN not in case.flags


def test_a_sighting_at_an_address_of_no_known_network_makes_nothing_late():
    """It keeps the case of the known owner open; whose server it is nobody knows."""
    nowhere = [placed(h, place("unknown"), vantage=v) for h in (5, 6, 30) for v in BOTH]
    seen = [*slots([2], ONLINE), *slots([7, 26, 50], ONLINE, hoster="unknown")]
    (case,) = fold(report(seen=0), placed(0), notice(1), nowhere, seen).cases
    assert (class_of(case, 60), case.last_seen_at) == ("online", at(50) + 100)
    assert (case.late_at, case.public_late) == (None, False)
    first = [placed(0, place("unknown")), *slots([2, 7, 26], ONLINE, hoster="unknown")]
    known = [placed(h, vantage=v) for h in (60, 61) for v in BOTH]
    (case,) = fold(report(seen=0), first, notice(1), known).cases
    assert case.late_at == at(25)  # nobody was known yet
