"""Hosters and vantages that misbehave: the checks hold where nothing is wrong, and find faults.

The whole scenarios are played in tests/sim/memory/scenarios/test_catalogue.py.
"""

import pytest
from msgspec.structs import replace as changed
from perfect_pipeline import failed, shown, with_evidence

from schemas.closed_lists import CaseClass, ProbeError, Target
from schemas.records.case import Phase
from schemas.records.facts import Facts, Observation
from sim.memory.acceptance.conduct import (
    LIAR_ACCEPTANCE,
    OBSTRUCTING_ACCEPTANCE,
    SILENT_ACCEPTANCE,
    by_one_vantage,
)
from sim.memory.scenarios.casts import OBSTRUCTING, SILENT

AT = 1_770_000_000_000


def with_class(before, hoster, outcome):
    """Return what is shown where all cases of a hoster have one class, and ended if it says so."""

    def made(case):
        gone_at = None
        if outcome is CaseClass.REMOVED:
            gone_at = (case.noticed_at or case.reported_at) + 1
        phases = (Phase(case.reported_at, outcome),)
        return changed(case, phases=phases, last_seen_at=case.reported_at, gone_at=gone_at)

    urls = {
        key: changed(url, cases=tuple(made(c) if c.hoster == hoster else c for c in url.cases))
        for key, url in before.evidence.urls.items()
    }
    return with_evidence(before, urls=urls)


@pytest.fixture(scope="module")
def liar():
    return shown("liar", 2.0)


@pytest.fixture(scope="module")
def obstructing():
    return shown("obstructing", 2.0)


def test_a_liar_that_nobody_believes_passes(liar):
    """Nothing ended where nothing was removed, no more than in truth, and shares are right."""
    assert failed(liar, LIAR_ACCEPTANCE[:3]) == []
    assert failed(liar, LIAR_ACCEPTANCE[3:]) == [LIAR_ACCEPTANCE[3].says]  # nobody lied here


def test_a_liar_that_is_believed_fails(liar):
    """Removals at who removes nothing are false, and more than there are in truth."""
    believed = with_class(liar, "heath", CaseClass.REMOVED)
    assert failed(believed, LIAR_ACCEPTANCE[:2]) == [one.says for one in LIAR_ACCEPTANCE[:2]]


def test_what_is_in_question_is_shown(liar):
    """A suspect case at any hoster is one."""
    doubted = with_class(liar, "heath", CaseClass.SUSPECT)
    assert failed(doubted, (LIAR_ACCEPTANCE[3],)) == []


def test_who_hides_and_is_shown_as_hidden_passes(obstructing):
    """An alert names those two alone, and they have no removal."""
    assert failed(obstructing, OBSTRUCTING_ACCEPTANCE) == []


@pytest.mark.parametrize("outcome", [CaseClass.REMOVED, CaseClass.ONLINE])
def test_who_hides_and_is_shown_otherwise_fails(obstructing, outcome):
    """Credited with removals or taken for online, the alert is not there that must be."""
    said = failed(with_class(obstructing, OBSTRUCTING[0], outcome), OBSTRUCTING_ACCEPTANCE)
    assert OBSTRUCTING_ACCEPTANCE[0].says in said
    assert (OBSTRUCTING_ACCEPTANCE[1].says in said) is (outcome is CaseClass.REMOVED)


def test_the_backlog_of_who_is_silent_is_the_one_in_truth():
    """Cases taken for removed are missing in it."""
    backlog, lateness = SILENT_ACCEPTANCE[2:]
    silent = shown("silent", 2.5)
    assert failed(silent, (backlog, lateness)) == []
    fewer = with_class(silent, SILENT, CaseClass.REMOVED)
    assert failed(fewer, (backlog,)) == [backlog.says]


def observed(vantage):
    return Observation(
        url_key="0123456789abcdef0123456789abcdef",
        order_id="0123456789abcdef",
        case_id="case",
        hoster="amber",
        vantage=vantage,
        asn=64_496,
        announced=True,
        target=Target.URL,
        slot_at=AT,
        sent_at=AT,
        done_at=AT + 1,
        facts=Facts(error=ProbeError.TIMEOUT),
    )


def test_one_vantage_counts_as_two_by_the_old_method():
    """Its observation stands twice, as of two vantages that were asked; others' are left out."""
    said = by_one_vantage((observed("announced"), AT))
    assert [record.vantage for record, _ in said] == ["announced", "quiet"]
    assert {record.asked for record, _ in said} == {("announced", "quiet")}
    assert not any(record.announced for record, _ in said)
    assert len({record.order_id for record, _ in said}) == 2
    assert {record.facts for record, _ in said} == {Facts(error=ProbeError.TIMEOUT)}
    assert [at for _, at in said] == [AT, AT]
    assert by_one_vantage((observed("quiet"), AT)) == ()
    assert by_one_vantage(("a report", AT)) == (("a report", AT),)
