"""What is published, brought to one instant: what only later time brought is not in it."""

from dataclasses import replace

import pytest
from msgspec import Raw
from msgspec.structs import replace as changed

from schemas.closed_lists import CaseClass, NormVerdict, Result, Role, Target
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS
from schemas.records.case import CaseSummary, Phase
from schemas.records.processing import Origin, OutcomeRecord
from sim.oracle.evidence import Evidence, counts
from sim.oracle.made_probes import ProbeTimes
from sim.world.world import WORLD_START
from streams.rollup.case_table import UrlCases

AS_OF = WORLD_START + 10 * DAY_MS
LATER = AS_OF + HOUR_MS
KEY = "a" * 32
NOTICED_AT = AS_OF - 20 * HOUR_MS
IN_TIME, LATE, OPEN = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED


def case(*phases, **said):
    """Return a case that was noticed 20 h before the instant, and its classes."""
    usual = {
        "case_id": "c",
        "hoster": "amber",
        "group": "amber",
        "opened_at": NOTICED_AT,
        "reported_at": NOTICED_AT,
        "received_at": NOTICED_AT,
        "noticed_at": NOTICED_AT,
        "norm_from_at": NOTICED_AT,
        "norms_s": (DAY_MS // 1_000 // 2, DAY_MS // 1_000),
        "phases": tuple(Phase(at, of) for at, of in phases)
        or (Phase(NOTICED_AT, CaseClass.ONLINE),),
    }
    return CaseSummary(**(usual | said))


def evidence(*cases, outcomes=(), reports=1, **more):
    urls = {KEY: UrlCases(reports=(Raw(b"0"),) * reports, cases=cases)}
    return Evidence(
        as_of=AS_OF,
        told_until=AS_OF,
        read_at=LATER + HOUR_MS,
        urls=urls,
        outcomes=outcomes,
        **more,
    )


def outcome(offset, result=Result.ACCEPTED, url_key=KEY, type="report"):
    return OutcomeRecord(
        hotline="north",
        record_id=f"r-{offset}",
        origin=Origin(topic="hotline.north.v1", partition=0, offset=offset, appended_at=0),
        result=result,
        url_key=url_key,
        type=type,
    )


def removed(gone_at, known_at):
    """Return a case that was gone at one instant, and known to be so at another."""
    phases = (NOTICED_AT, CaseClass.ONLINE), (known_at, CaseClass.REMOVED)
    seen_at = gone_at - MINUTE_MS
    return case(*phases, gone_at=gone_at, last_seen_at=seen_at, first_end=(seen_at, gone_at))


@pytest.mark.parametrize(
    ("gone_at", "known_at", "counted"),
    [(AS_OF - 1, AS_OF - 1, 1), (AS_OF, LATER, 1), (AS_OF + 1, LATER, 0)],
)
def test_a_removal_counts_from_when_it_was_and_not_from_when_it_was_known(
    gone_at, known_at, counted
):
    """One of before the instant that was confirmed behind it is one; one of after it is none."""
    found = evidence(removed(gone_at, known_at)).measured("amber")
    assert (found.reported, found.removed, found.backlog) == (1, counted, 1 - counted)


def test_an_end_that_was_undone_later_was_none():
    """It was there at the instant, as is known by now."""
    phases = (
        (NOTICED_AT, CaseClass.ONLINE),
        (AS_OF - HOUR_MS, CaseClass.MOVED),
        (LATER, CaseClass.ONLINE),
    )
    assert evidence(case(*phases)).measured("amber").backlog == 1
    assert evidence(case(*phases[:2])).measured("amber").backlog == 0


@pytest.mark.parametrize(
    ("verdicts", "kept"),
    [
        ((LATE, LATE), (LATE, OPEN)),  # 12 h have passed, 24 h have not
        ((OPEN, LATE), (OPEN, OPEN)),
        ((IN_TIME, IN_TIME), (OPEN, OPEN)),  # nothing was removed by then
    ],
)
def test_verdicts_that_only_later_time_brought_are_none_yet(verdicts, kept):
    """A norm that had not run out makes nobody late, and a removal of later is in time later."""
    (settled,) = evidence(case(verdicts=verdicts, late_at=AS_OF, overdue=True)).settled("amber")
    assert settled.verdicts == kept
    assert settled.overdue is (LATE in kept)
    assert (settled.late_at is None) is (LATE not in kept)


def test_a_removal_that_was_by_then_is_in_time_by_then():
    """Also where the material is back."""
    first = (AS_OF - 2 * HOUR_MS, AS_OF - HOUR_MS)
    (settled,) = evidence(case(verdicts=(IN_TIME,) * 2, first_end=first)).settled("amber")
    assert settled.verdicts == (IN_TIME, IN_TIME)


def test_what_was_seen_later_says_no_more_than_that_it_was_there():
    """L is at most the instant."""
    (settled,) = evidence(case(last_seen_at=LATER)).settled("amber")
    assert settled.last_seen_at == AS_OF


def test_a_hoster_is_measured_by_its_own_hosting_cases():
    """Neither another's cases nor those before which it is the proxy are its own."""
    mine = case()
    others = changed(mine, hoster="birch"), changed(mine, role=Role.PROXY)
    assert evidence(mine, *others).measured("amber").reported == 1


def test_an_outcome_that_came_twice_is_one():
    """Each record of an inbox has a place, and one outcome."""
    found = evidence(outcomes=[outcome(1), outcome(1), outcome(2, Result.DUPLICATE)])
    assert len(found.distinct_outcomes()) == 2
    assert counts(found.distinct_outcomes()) == {
        (Result.ACCEPTED, ""): 1,
        (Result.DUPLICATE, ""): 1,
    }


def test_a_report_that_stands_in_no_state_is_unaccounted_for():
    """Notices and duplicates need not stand there."""
    told = [outcome(1), outcome(2), outcome(3, Result.DUPLICATE), outcome(4, type="notice")]
    assert evidence(outcomes=told, reports=2).unaccounted() == 0
    assert evidence(outcomes=told, reports=1).unaccounted() == 1
    assert evidence(outcomes=[*told, outcome(5, url_key="b" * 32)], reports=2).unaccounted() == 1


def test_probes_are_a_hoster_s_own_where_they_are_known():
    """Not known is another thing than none."""
    mine = ProbeTimes("amber", "quiet", Target.URL, 0, 0, 1, answered=True)
    found = evidence(probes={KEY: (mine, mine._replace(hoster="birch"))})
    assert found.probes_at(KEY, "amber") == [mine]
    assert found.probes_at("b" * 32, "amber") == []
    assert replace(found, probes=None).probes_at(KEY, "amber") is None
