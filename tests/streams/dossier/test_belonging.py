"""Which records of a URL a dossier quotes, and which of them speak of a case."""

import pytest
from ledger_events import (
    KEY,
    NORTH,
    ONLINE,
    SOUTH,
    answer,
    at,
    decision,
    fold,
    notice,
    place,
    placed,
    report,
    slots,
)
from msgspec.structs import replace
from quoted_events import quoted

from schemas.records.facts import Decision
from schemas.records.reports import AnswerAccepted
from streams.dossier.belonging import of_case, of_hoster, told_to
from streams.dossier.cases import DossierScope, UnsealedFields, cases_of
from streams.views.owner_names import OwnerNames

BOTH = (
    report(seen=0),
    placed(0, place("acme"), place("other")),
    notice(1),
    notice(1.05, recipient="other", result="bounced"),
    *slots([1.1, 2, 30, 31], ONLINE),
    *slots([1.15, 2.05, 30.05, 31.05], ONLINE, hoster="other"),
)
CASES = {case.hoster: case.case_id for case in fold(*BOTH).cases}
EXCLUDED = decision(20, case_id=CASES["other"])
REVOKED = decision(21, "revoke", revokes=EXCLUDED[0].id)
AGAIN = decision(22, "revoke", revokes=REVOKED[0].id)
OF_ALL = decision(23, "accept_dispute")
MINE = decision(24, "reject_dispute", case_id=CASES["acme"])
GIVEN = decision(25, "reattribute", case_id=CASES["acme"], hoster="third", group="third")
TAKEN = decision(25, "reattribute", case_id=CASES["other"], hoster="acme", group="acme")
THEIRS = decision(25, "reattribute", case_id=CASES["other"], hoster="third", group="third")

QUOTED = {
    "another hoster's exclusion": ([EXCLUDED], []),
    "and what takes it back, and that back": ([EXCLUDED, REVOKED, AGAIN], []),
    "of all cases": ([OF_ALL], [OF_ALL]),
    "its own, beside another's": ([MINE, EXCLUDED], [MINE]),
    "what gives its case away": ([GIVEN], [GIVEN]),
    "and what takes that back": (
        [GIVEN, decision(26, "revoke", revokes=GIVEN[0].id)],
        [GIVEN, decision(26, "revoke", revokes=GIVEN[0].id)],
    ),
    "what gives it another's case": ([TAKEN], [TAKEN]),
    "what gives another's case to a third": ([THEIRS], [THEIRS]),
}


@pytest.mark.parametrize("what", QUOTED)
def test_a_dossier_quotes_no_decision_about_another_hosters_case(what) -> None:
    """But for what gives a case away; its own cases come to the same without the others."""
    made, kept = QUOTED[what]
    records = quoted(*BOTH, *made)
    mine = of_hoster(KEY, records, "acme")
    assert [one.said for one in mine if isinstance(one.said, Decision)] == [d for d, _ in kept]
    assert len(mine) == len(BOTH) + len(kept)
    wanted = DossierScope("acme", 0, at(90), at(90))
    told = [cases_of(KEY, found, wanted, UnsealedFields()) for found in (records, mine)]
    assert [replace(one, steps=()) for one in told[0]] == [
        replace(one, steps=()) for one in told[1]
    ]


def test_an_answer_is_that_of_whoever_gave_it_by_any_name() -> None:
    """Another hoster's is not quoted; one under an earlier name is the owner's own."""
    renamed = [
        placed(31 + n / 10, place("acme", formerly=("as64500",)), vantage=vantage)
        for n, vantage in enumerate((NORTH, SOUTH) * 2)
    ]
    answers = [answer(n, recipient=who) for n, who in ((5, "as64500"), (6, "other"), (40, "acme"))]
    records = quoted(report(seen=0), placed(0, place("as64500")), *renamed, *answers)
    found = of_hoster(KEY, records, "acme")
    given = [one.said.recipient for one in found if isinstance(one.said, AnswerAccepted)]
    assert given == ["as64500", "acme"]


def test_of_one_case_a_decision_about_another_case_of_the_hoster_says_nothing() -> None:
    """The dossier quotes it for that other case alone."""
    state = fold(*BOTH)
    records = quoted(*BOTH, MINE, EXCLUDED, OF_ALL)
    for case, made in zip(state.cases, ([MINE, OF_ALL], [EXCLUDED, OF_ALL]), strict=True):
        found = of_case(records, case, OwnerNames(state).of(case))
        said = [one.said for one in found if isinstance(one.said, Decision)]
        assert said == [one for one, _ in made]


def test_a_notice_tells_the_owner_that_it_names() -> None:
    """By its recipient or the recipient's owner."""
    records = quoted(*BOTH, notice(3, recipient="sister", group="holding"))
    for names, hours in (({"acme"}, [1]), ({"other"}, [1.05]), ({"holding"}, [3]), (set(), [])):
        places = told_to(records, names)
        assert [one.said.noticed_at for one in records if one.name in places] == [*map(at, hours)]
