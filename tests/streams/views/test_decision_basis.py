"""What a decision is about, and why one would change nothing."""

import pytest
from msgspec.structs import replace

from schemas.closed_lists import AnswerKind, CaseClass, ClockStanding, DecisionAction, NormVerdict
from schemas.moments import HOUR_MS
from schemas.records.case import CaseSummary, Phase, UrlState
from schemas.records.case_events import PackedAnswer, PackedDecision
from schemas.records.facts import Decision
from streams.views.decision_basis import basis, objection

KEY = "0" * 32
NOW = 100 * HOUR_MS


def case(**said):
    """An open case at acme, noticed at 1 h."""
    plain = {
        "case_id": "a",
        "hoster": "acme",
        "group": "acme",
        "opened_at": 0,
        "reported_at": 0,
        "received_at": 0,
        "noticed_at": HOUR_MS,
        "clock": ClockStanding.DELIVERED,
        "norms_s": (86_400,),
        "verdicts": (NormVerdict.UNDETERMINED,),
        "phases": (Phase(0, CaseClass.AWAITING), Phase(HOUR_MS, CaseClass.ONLINE)),
    }
    return CaseSummary(**plain | said)


def state(*cases, **said):
    return UrlState(url_key=KEY, cases=cases or (case(),), **said)


def made(action, id="d-1", at=10, **said):
    """A decision that stands in the state."""
    fields = {"case_id": "", "hoster": None} | said
    return PackedDecision(decided_at=at, id=id, action=DecisionAction(action), **fields)


def wanted(action, **said):
    """A decision that somebody wants."""
    plain = {"id": "new", "url_key": KEY, "decided_at": NOW, "reason": "x", "case_id": "a"}
    return Decision(action=action, **plain | said)


@pytest.mark.parametrize(
    "change",
    [
        {"hoster": "other", "group": "other"},
        {"noticed_at": 2 * HOUR_MS},
        {"clock": ClockStanding.SENT_ONLY},
        {"verdicts": (NormVerdict.LATE,)},
        {"gone_at": 50 * HOUR_MS},
        {"phases": (Phase(0, CaseClass.AWAITING), Phase(HOUR_MS, CaseClass.REMOVED))},
    ],
)
def test_what_a_person_decides_on_is_in_the_digest(change):
    """Owner, clock, end, verdict and class; a decision that came between, too."""
    seen = basis(state(), "a", NOW)
    assert len(seen) == 32
    assert basis(state(case(**change)), "a", NOW) != seen
    assert basis(state(decisions=(made("exclude"),)), "a", NOW) != seen


@pytest.mark.parametrize(
    "change",
    [
        {"last_seen_at": 90 * HOUR_MS},
        {"phases": (Phase(0, CaseClass.AWAITING), Phase(HOUR_MS, CaseClass.UNAVAILABLE))},
    ],
)
def test_a_probe_of_an_open_case_changes_nothing_that_is_decided_on(change):
    """Else no proposal would live longer than an hour."""
    assert basis(state(case(**change)), "a", NOW) == basis(state(), "a", NOW)


def test_another_case_of_the_url_counts_where_all_are_decided_about():
    """And not where one is."""
    two = state(case(), case(case_id="b", hoster="other", group="other"))
    assert basis(two, "a", NOW) == basis(state(), "a", NOW)
    assert basis(two, "", NOW) != basis(state(), "", NOW)


DISPUTE = PackedAnswer(at=5, hotline="alpha", what=AnswerKind.DISPUTED, who="acme")


@pytest.mark.parametrize(
    ("there", "decision", "why"),
    [
        ({}, wanted("exclude"), None),
        ({}, wanted("exclude", case_id="z"), "no such case"),
        ({"decisions": (made("exclude"),)}, wanted("exclude"), "stands already"),
        ({"decisions": (made("exclude", case_id="b"),)}, wanted("exclude"), None),
        ({}, wanted("confirm_backdated"), "backdated"),
        ({}, wanted("reattribute", hoster="acme"), "already"),
        ({}, wanted("reattribute", hoster="other"), None),
        ({}, wanted("reject_dispute"), None),
        ({"answers": (DISPUTE,)}, wanted("accept_dispute"), None),
        (
            {"answers": (DISPUTE,), "decisions": (made("reject_dispute"),)},
            wanted("accept_dispute"),
            "closed already",
        ),
        (
            {"answers": (replace(DISPUTE, at=20),), "decisions": (made("reject_dispute"),)},
            wanted("accept_dispute"),
            None,
        ),
        ({"decisions": (made("legal_hold"),)}, wanted("legal_hold"), "stands already"),
        ({}, wanted("revoke", revokes="d-1"), "stands"),
        ({"decisions": (made("exclude"),)}, wanted("revoke", revokes="d-1"), None),
        ({"decisions": (made("exclude", at=NOW),)}, wanted("revoke", revokes="d-1"), "clock"),
        (
            {"decisions": (made("exclude"), made("revoke", "d-2", 20, revokes="d-1"))},
            wanted("revoke", revokes="d-1"),
            "stands",
        ),
        (
            {"decisions": (made("exclude"), made("revoke", "d-2", 20, revokes="d-1"))},
            wanted("exclude"),
            None,
        ),
    ],
)
def test_a_decision_that_would_change_nothing_is_refused(there, decision, why):
    """In one line that says why."""
    said = objection(state(**there), decision)
    assert (said is None) is (why is None)
    assert why is None or why in said


def test_a_hold_needs_no_case():
    """What is not attributed yet may be evidence too."""
    bare = UrlState(url_key=KEY)
    assert objection(bare, wanted("legal_hold", case_id="")) is None
    assert objection(bare, wanted("exclude", case_id="")) == "there is no such case"
