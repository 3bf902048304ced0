"""A case as a dossier tells it."""

import pytest
from ledger_events import (
    GONE,
    KEY,
    NORTH,
    ONLINE,
    SOUTH,
    answer,
    at,
    decision,
    fold,
    gone_run,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec.structs import replace
from quoted_events import quoted, told_of

from schemas.closed_lists import AnswerKind, CaseClass, Delivery, NormVerdict
from streams.dossier.cases import DossierScope, UnsealedFields, cases_of

REPORTED = (report(seen=0), placed(), notice(1))
TWO = (
    report(seen=0),
    placed(0, place("acme"), place("other")),
    notice(1),
    notice(1.05, recipient="other", result=Delivery.BOUNCED),
    *slots([1.1, 2, 30, 31], ONLINE),
    *slots([1.15, 2.05, 30.05, 31.05], ONLINE, hoster="other", canary_ok=False),
)


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


def test_nothing_of_another_hosters_case_is_said_of_this_one() -> None:
    """Neither its exclusion, its answers, its notice that bounced, nor our failures there."""
    (theirs,) = (case.case_id for case in fold(*TWO).cases if case.hoster == "other")
    answered = [
        answer_of(21, "other", AnswerKind.NOT_OURS),
        answer_of(22, "other", AnswerKind.DISPUTED),
    ]
    happened = (*TWO, decision(20, case_id=theirs), *answered)
    (case,) = told_of(*happened, as_of=at(60))
    assert (case.decisions, case.answers, case.disputed_since) == ((), (), None)
    assert case.case_class is CaseClass.ONLINE
    assert not names(case) & {"excluded", "answered_not_ours", "not_delivered", "canary_failed"}
    (case,) = told_of(*happened, as_of=at(60), hoster="other")
    assert len(case.decisions) == 1
    assert case.decisions[0].in_force
    assert len(case.answers) == 2
    assert names(case) >= {"excluded", "answered_not_ours", "not_delivered", "canary_failed"}


def test_another_name_changes_nothing_of_what_a_case_says() -> None:
    """Who disputed it still does, and what was seen late was seen of the same owner."""
    late = slots([2, 30, 31], ONLINE, hoster="as64500")
    first = report(seen=0), placed(0, place("as64500")), notice(1, recipient="as64500"), late
    later = [
        placed(40 + n / 10, place("acme", formerly=("as64500",)), vantage=one)
        for n, one in enumerate((NORTH, SOUTH) * 2)
    ]
    for more, since in (((), None), ((answer_of(20, "as64500", AnswerKind.DISPUTED),), at(20))):
        (before,) = told_of(*first, *more, as_of=at(60), hoster="as64500")
        (case,) = told_of(*first, *more, later, as_of=at(60))
        assert (before.hoster, case.hoster) == ("as64500", "acme")
        for told in (before, case):
            assert told.disputed_since == since
            assert told.supports_a_fine == (since is None)
            assert told.vantages_seen_late == ((NORTH,), (SOUTH,))
            assert len(told.answers) == len(more)


def test_no_verdict_is_told_where_no_norm_applies_and_a_second_one_beside_the_first() -> None:
    """As on the pages: none of an excluded case; of a return both."""
    late = slots([2, 30, 31], ONLINE)
    (case,) = told_of(*REPORTED, late, decision(40), as_of=at(60))
    assert (case.norms, case.again) == ((), ())
    assert not names(case) & {"norm_in_time", "norm_undetermined"}
    back = [*slots([2], ONLINE), *gone_run(5), *slots([72, 74, 120, 121], ONLINE)]
    (case,) = told_of(*REPORTED, back, notice(73), as_of=at(150))
    assert {one.verdict for one in case.norms} == {NormVerdict.IN_TIME}
    assert case.again[0].verdict is NormVerdict.LATE


LATER = {
    "withdrawn": (notice(30), withdrawal(70)),
    "given to another hoster": (
        notice(30),
        decision(70, "reattribute", hoster="other", group="other"),
    ),
    "its proof confirmed": (
        notice(1, received=30, backdated=True),
        decision(70, "confirm_backdated"),
    ),
    "renamed": (notice(30), placed(70, place("nova", formerly=("acme",)))),
}


@pytest.mark.parametrize("what", LATER)
def test_what_came_after_the_root_leaves_no_url_out(what) -> None:
    """The records up to the root make a case of the period, whatever the table says now."""
    told, later = LATER[what]
    happened = (report(seen=0), placed(), told, slots([31, 33, 56, 60], ONLINE))
    wanted = DossierScope("acme", at(24), at(48), at(62))
    (case,) = cases_of(KEY, quoted(*happened), wanted, UnsealedFields())
    assert case.supports_a_fine
    state = fold(*happened, later)
    assert not any(map(wanted.has, state.cases))
    assert wanted.may_have(state)
    assert not wanted._replace(hoster="nobody").may_have(state)
    assert not wanted._replace(from_at=at(80), to_at=at(90)).may_have(state)


def answer_of(hours, who, what):
    """Return what a hoster answered."""
    record, received_at = answer(hours, recipient=who)
    return replace(record, answer=what, record_id=f"{who}{hours}"), received_at
