"""From what was seen at a spell to its cases: each is one availability."""

import pytest
from histories import written
from ledger_events import (
    DEAD,
    GONE,
    KEY,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    at,
    check,
    placed,
    report,
    slots,
)

from schemas.closed_lists import CaseClass, CheckResult
from verify.ledger.records import url_records
from verify.method_9.case_history import CaseHistory
from verify.method_9.hosting_spells import hosting_spells
from verify.method_9.timeline import entries
from verify.method_9.transitions import case_histories

AT_5 = slots([5, 5.2, 5.4, 5.6], GONE)


def told(*happened) -> list[CaseHistory]:
    """Return the cases of a URL that was seen at 2 and 4 h."""
    flat = [one for part in happened for one in (part if isinstance(part, list) else [part])]
    known = [report(seen=0), placed(), *slots([2, 4], ONLINE), *flat]
    url = url_records(KEY, written(known))
    (spell,) = hosting_spells(url)
    return case_histories(entries(url, spell), at(0))


def only(*happened) -> CaseHistory:
    """Return the only case."""
    (case,) = told(*happened)
    return case


def test_gone_for_half_an_hour_by_every_vantage_is_removed() -> None:
    """L is the last sighting, R the first probe that said so."""
    end = only(AT_5).end
    assert end.case_class is CaseClass.REMOVED
    assert at(4) <= end.last_at < at(5) <= end.gone_at < at(5.2)
    assert at(5.6) <= end.confirmed_at < at(5.7)


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        ([], CaseClass.ONLINE),
        ([slots([5], GONE, (NORTH,))], CaseClass.UNAVAILABLE),  # a doubt of a day
        ([slots([5, 5.2, 5.6], DEAD)], CaseClass.UNAVAILABLE),
        ([slots([5, 5.2, 5.6], REFUSED, (NORTH,))], CaseClass.UNAVAILABLE),
        ([slots([5, 5.2], GONE, (NORTH,)), slots([5.3], ONLINE)], CaseClass.ONLINE),
        ([check(6)], CaseClass.REMOVED),
        ([AT_5, slots([8], ONLINE)], CaseClass.ONLINE),
    ],
)
def test_the_state_is_what_was_seen_last(happened, state) -> None:
    """A doubt that nobody settles in a day is unavailable."""
    assert only(*happened).state is state


def test_what_one_vantage_sees_against_the_others_is_suspect_until_it_is_believed() -> None:
    """Three times over half an hour, its control differing."""
    against = [slots([5, 5.2], GONE, (NORTH,)), slots([5.3], ONLINE, (SOUTH,))]
    suspect = only(*against)
    assert CaseClass.SUSPECT in {state for _, state in suspect.states}
    more = slots([5.6, 5.9], ONLINE, (SOUTH,))
    believed = only(*against, more)
    assert (believed.split, believed.state) == (True, CaseClass.ONLINE)


@pytest.mark.parametrize(
    ("hours", "cases", "returns"),
    [(20, 1, 0), (28.9, 1, 0), (30, 1, 1), (100, 1, 1), (172, 1, 1), (175, 2, 1)],
)
def test_back_within_a_day_it_was_never_gone_and_after_a_week_it_is_another_case(
    hours, cases, returns
) -> None:
    """In between it returned, and the first removal is kept."""
    found = told(AT_5, slots([hours], ONLINE))
    assert (len(found), len(found[0].returns)) == (cases, returns)
    assert (found[0].first_end is not None) is bool(returns)


def test_a_person_s_word_ends_a_case_and_no_probe_voids_it_by_another_shape() -> None:
    """Until a second person, or the old shape, says otherwise."""
    ended = only(check(6))
    assert (ended.end.gone_at, ended.end.case_class) == (at(6), CaseClass.REMOVED)
    assert only(check(6), check(8, CheckResult.PRESENT, who="bob")).end is None


def test_a_check_that_probes_contradict_is_suspect() -> None:
    """Within the hour before it."""
    case = only(slots([5.9], ONLINE), check(6))
    assert case.suspect
    assert case.end is None
