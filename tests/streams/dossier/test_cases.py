"""A case as a dossier tells it."""

from ledger_events import (
    GONE,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    decision,
    gone_run,
    notice,
    placed,
    report,
    slots,
)
from quoted_events import told_of

from schemas.closed_lists import CaseClass, NormVerdict

REPORTED = (report(seen=0), placed(), notice(1))


def names(case) -> set[str]:
    """Return what speaks for the hoster."""
    return {one.what for one in case.speaks_for_the_hoster}


def test_a_case_has_its_clock_its_interval_and_every_record() -> None:
    """Each record of the URL has one row, and each observation of the URL a verdict and a rule."""
    seen = [*slots([2], ONLINE), *gone_run(5)]
    (case,) = told_of(*REPORTED, seen, as_of=at(60))
    assert (case.noticed_at, case.last_seen_at, case.gone_at) == (at(1), at(2) + 100, at(5) + 300)
    assert case.case_class is CaseClass.REMOVED
    rows = (*case.reports, *case.notices, *case.attributions, *case.observations)
    assert len({row.record for row in rows}) == len(rows) == 3 + len(seen)
    of_url = [one for one in case.observations if one.target == "url"]
    assert [(one.verdict, one.rule) for one in of_url[:1]] == [("online", "online")]
    assert {one.verdict for one in of_url[2:]} == {"gone_hard"}
    assert {one.verdict for one in case.observations if one.target != "url"} == {None}
    assert [(one.norm_s, one.verdict) for one in case.norms] == [
        (86_400, NormVerdict.IN_TIME),
        (172_800, NormVerdict.IN_TIME),
    ]
    assert {"removed", "norm_in_time"} <= names(case)
    assert case.steps[0].rule == "1.2"
    assert not case.supports_a_fine


def test_who_saw_it_past_the_norm_is_told_apart_and_unannounced_ones_alone_support_no_fine() -> (
    None
):
    """Sightings of announced vantages, on three days or by two, may support one."""
    both = slots([2, 30, 31], ONLINE)
    (case,) = told_of(*REPORTED, both, as_of=at(60))
    assert case.vantages_seen_late == ((NORTH,), (SOUTH,))
    assert case.supports_a_fine
    hidden = [*slots([2], ONLINE), *slots([30, 31, 55, 80], ONLINE, (SOUTH,))]
    (case,) = told_of(*REPORTED, hidden, as_of=at(90))
    assert case.vantages_seen_late == ((), (SOUTH,))
    assert case.norms[0].verdict is NormVerdict.LATE
    assert not case.supports_a_fine
    assert "flag_cloaked" in names(case)


def test_what_was_decided_and_what_is_disputed_takes_a_fine_away() -> None:
    """An excluded case supports none, and says by whose decision."""
    late = slots([2, 30, 31], ONLINE)
    (case,) = told_of(*REPORTED, late, decision(40), as_of=at(60))
    assert case.decisions[0].in_force
    assert {"excluded"} <= names(case)
    assert not case.supports_a_fine


def test_cases_of_others_and_of_another_time_are_left_out() -> None:
    """By hoster, and by when they were noticed."""
    assert told_of(*REPORTED, gone_run(5, GONE), as_of=at(60), hoster="other") == []
    assert told_of(*REPORTED, as_of=at(0.5)) == []
