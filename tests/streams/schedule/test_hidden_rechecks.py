"""When removed cases are probed in hiding."""

from ledger_events import GONE, ONLINE, at, fold, notice, placed, report, slots
from msgspec import structs

from schemas.closed_lists import CaseClass, Role
from schemas.identity.ids import case_id
from schemas.moments import HOUR_MS
from schemas.records.case import Phase, Rechecks
from streams.schedule import hidden_rechecks
from streams.schedule.hidden_rechecks import SOON_H, WITHIN_H, due, hidden_vantage_dissented

(REMOVED,) = fold(
    report(seen=0),
    placed(),
    notice(),
    slots([1.1, 2, 3], ONLINE),
    slots([4, 4.2, 4.4, 4.6], GONE),
).cases
CASES = [
    structs.replace(REMOVED, case_id=case_id(f"{n:032x}", "acme", Role.HOSTING, 0))
    for n in range(400)
]


def test_one_probe_lies_in_each_stretch_after_r():
    """Within the hour, while a return voids, while it re-opens, and after: each has its chance."""
    for case in CASES:
        soon, *found = hidden_rechecks.slots(case, 1.0)
        assert SOON_H[0] <= (soon.at - case.confirmed_at) / HOUR_MS <= SOON_H[1]
        hours = [(slot.at - case.gone_at) / HOUR_MS for slot in found]
        for (first, last), hour in zip(WITHIN_H, hours, strict=True):
            assert first <= hour <= last


def test_the_sample_is_the_share_and_a_larger_one_holds_it():
    """Which cases are in the sample follows from their ids alone."""
    tenth = {case.case_id for case in CASES if hidden_rechecks.slots(case, 0.1)}
    half = {case.case_id for case in CASES if hidden_rechecks.slots(case, 0.5)}
    assert 20 <= len(tenth) <= 60
    assert 160 <= len(half) <= 240
    assert tenth < half


def test_instants_differ_from_case_to_case_and_from_removal_to_removal():
    """Nobody who has seen one re-check knows when the next one comes."""
    offsets = {
        tuple(slot.at - case.gone_at for slot in hidden_rechecks.slots(case, 1)) for case in CASES
    }
    assert len(offsets) == len(CASES)
    again = structs.replace(REMOVED, gone_at=REMOVED.gone_at + 1)
    assert [slot.at - again.gone_at for slot in hidden_rechecks.slots(again, 1)] != [
        slot.at - REMOVED.gone_at for slot in hidden_rechecks.slots(REMOVED, 1)
    ]


def test_a_case_that_is_open_again_is_not_probed():
    """What a removal was put in question by is for those to settle who are asked."""
    phases = (*REMOVED.phases, Phase(at(30), CaseClass.SUSPECT))
    case = structs.replace(REMOVED, phases=phases)
    assert all(slot.at < at(30) for slot in hidden_rechecks.slots(case, 1))
    assert not hidden_rechecks.slots(structs.replace(REMOVED, gone_at=None), 1)


def test_due_is_what_lies_between_and_is_still_open():
    """Each re-check is found once, and the next one is known."""
    planned = hidden_rechecks.slots(REMOVED, 1)
    found, after, asked_at = [], at(4), at(5)
    while asked_at is not None:
        some, following = due(REMOVED, 1, after, asked_at)
        found += some
        after, asked_at = asked_at, following
    assert found == list(planned)
    assert due(REMOVED, 1, at(4), planned[-1].not_after) == ([], None)


def test_a_disagreement_counts_for_all_cases_at_the_hoster_in_that_role():
    """A new case of the URL is not probed by those alone who were lied to before."""
    seen = structs.replace(REMOVED, rechecks=Rechecks(1, 1))
    assert hidden_vantage_dissented([seen, REMOVED], REMOVED)
    assert not hidden_vantage_dissented([REMOVED], REMOVED)
    assert not hidden_vantage_dissented([structs.replace(seen, hoster="other"), REMOVED], REMOVED)
    assert not hidden_vantage_dissented([structs.replace(seen, role=Role.PROXY), REMOVED], REMOVED)
