"""Laws of the file of a letter: a line for each notice, in its own case, as the page has it."""

import csv
import io
from types import SimpleNamespace

import pytest
from ledger_events import (
    KEY,
    LIMITED,
    NORTH,
    ONLINE,
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

from agents.edges.crypto.keys import Keyring
from agents.tools.letter.case_lines import cases_csv
from agents.tools.letter.notices import referenced
from agents.tools.letter.reading import ToldCases
from schemas.closed_lists import Basis, Delivery, HotlineMode, Role
from schemas.moments import rfc3339
from schemas.records.reports import NoticeAccepted
from streams.views.case_notices import CaseNotices
from streams.views.letter_cases import letter_cases

REPORTED = [report(seen=0), placed()]
LATE = slots([1.1, 2, 4, 26, 30, 50, 52], ONLINE)
SHORT = slots([1.1, 2, 4], ONLINE)
SENT = {"result": Delivery.SENT, "mode": HotlineMode.SENT_ONLY}
ORDER = {"basis": Basis.ORDER, "reference": "x", "term_s": 43_200}


@pytest.fixture
def rows(tmp_path):
    """Give the lines of a letter about what happened to one URL."""
    keys = SimpleNamespace(ring=Keyring.create(tmp_path / "keys.json"))

    def told(happened, *, hoster="acme", as_of=60, urls=None, reference=None):
        state = fold(*happened)
        cases, notices, placed_in = list(letter_cases(state, hoster, at(as_of))), {}, None
        placed_in = CaseNotices(state)
        for said, _ in happened:
            if isinstance(said, NoticeAccepted):
                for one in placed_in.of(said):
                    shown = referenced(keys, said, one)
                    shown = shown._replace(reference=reference or shown.reference)
                    notices.setdefault(one.case_id, []).append(shown)
        text = cases_csv(ToldCases(at(as_of), cases, notices), urls or {})
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return told


def short(row):
    """Return of a line what notice it is of, what it came to, and the verdicts of its case."""
    names = ("reference", "effect", "within_24h", "within_48h")
    return tuple(row.get(name, "") for name in names)


@pytest.mark.parametrize(
    ("happened", "lines"),
    [
        ([notice(1), *LATE], [("n1", "clock", "late", "late")]),
        ([notice(1), *LATE, decision(53, "exclude")], [("n1", "clock", "", "")]),
        ([notice(1), *LATE, withdrawal(53)], [("n1", "taken_back", "", "")]),
        ([*SHORT, *gone_run(5), notice(40)], [("n40", "clock", "", "")]),
        ([notice(1, result=Delivery.BOUNCED), *LATE], [("n1", "not_delivered", "", "")]),
        ([*LATE], [("", "", "", "")]),
        ([notice(40), *LATE], [("n40", "clock", "not_due_yet", "not_due_yet")]),
        ([notice(20), *LATE], [("n20", "clock", "late", "not_due_yet")]),
        (
            [notice(1), *SHORT, *slots([5, 8, 12, 30, 50], LIMITED)],
            [("n1", "clock", "undetermined", "undetermined")],
        ),
    ],
)
def test_a_line_accuses_of_nothing_that_no_norm_is_asked_of(rows, happened, lines) -> None:
    """No verdict where no norm applies, and none before its time is over."""
    assert [short(one) for one in rows([*REPORTED, *happened])] == lines


def test_a_notice_that_was_obeyed_is_not_late_in_the_case_that_followed(rows) -> None:
    """Two cases with a notice each are two lines."""
    first = [*REPORTED, notice(1), *SHORT, *gone_run(5)]
    later = [report(200, id="r2", seen=200), notice(201), *slots([201.1, 202, 230, 260], ONLINE)]
    assert [short(one) for one in rows([*first, *later], as_of=261)] == [
        ("n1", "clock", "in_time", "in_time"),
        ("n201", "clock", "late", "late"),
    ]


def test_a_second_verdict_has_columns_of_its_own(rows) -> None:
    """The first stands; what followed the return runs from its own notice."""
    back = slots([45, 46, 50], ONLINE)
    again = [report(39, id="r2", hotline="beta", seen=39), notice(40, hotline="beta")]
    happened = [*REPORTED, notice(1), *SHORT, *gone_run(5.2), *back, *again]
    first, second = rows([*happened, *slots([70, 95, 100], ONLINE)], as_of=101)
    assert [short(one)[:2] for one in (first, second)] == [("n1", "clock"), ("n40", "second_clock")]
    for one in (first, second):
        assert (one["within_24h"], one["within_48h"], one["returns"]) == ("in_time", "in_time", "1")
        assert (one["again_within_24h"], one["again_within_48h"]) == ("late", "late")
        assert one["again_from"] == rfc3339(at(45) + 100)
    (running, _) = rows(happened, as_of=51)
    assert running["again_within_24h"] == "not_due_yet"
    (excluded, _) = rows([*happened, decision(60, "exclude")], as_of=101)
    assert excluded.get("again_within_24h", "") == excluded["again_from"] == ""


def test_a_clock_that_no_delivery_proves_is_flagged(rows) -> None:
    """Its verdict is shown, as on the page, with what makes it weaker."""
    (sent,) = rows([*REPORTED, notice(1, **SENT), *LATE])
    assert (sent["result"], sent["effect"], sent["within_24h"]) == ("sent", "clock", "late")
    assert "no_delivery_proof" in sent["flags"]
    on_report = report(seen=0, mode=HotlineMode.ON_REPORT)
    (none,) = rows([on_report, placed(), *LATE])
    assert (none["reference"], none["clock_from"]) == ("", rfc3339(at(0)))
    assert "no_delivery_proof" in none["flags"]


def test_a_notice_that_is_dated_back_stands_at_the_time_that_counts(rows) -> None:
    """When it was received; the proof's time only once it is confirmed."""
    happened = [*REPORTED, notice(1, received=40, backdated=True), *LATE]
    (one,) = rows(happened)
    assert one["noticed_at"] == one["clock_from"] == rfc3339(at(40))
    assert (one["backdated"], one["within_24h"]) == ("yes", "not_due_yet")
    assert "backdated" in one["flags"]
    (one,) = rows([*happened, decision(53, "confirm_backdated")])
    assert (one["noticed_at"], one["backdated"]) == (rfc3339(at(1)), "")
    assert one["within_24h"] == "late"


def test_an_order_has_the_verdict_on_its_own_term(rows) -> None:
    """The case has the worst of its orders, and an order is not late for another's."""
    long = {**ORDER, "reference": "y", "term_s": 864_000}
    happened = [*REPORTED, notice(1), notice(2, **ORDER), notice(3, **long), *LATE]
    plain, late, running = rows(happened)
    assert (plain["basis"], plain["own_term"], plain["within_own_term"]) == ("notice", "", "")
    assert (late["basis"], late["own_term"], late["within_own_term"]) == ("order", "12h", "late")
    assert (running["own_term"], running["within_own_term"]) == ("240h", "not_due_yet")
    assert {one["within_order"] for one in (plain, late, running)} == {"late"}
    excluded = rows([*happened, decision(53, "exclude")])
    assert {one["within_own_term"] for one in excluded} == {""}


def test_a_notice_under_a_former_name_is_listed(rows) -> None:
    """The hoster has it in its mailbox, whatever the registry calls it now."""
    named = [
        placed(hour, place("acme", formerly=("as64500",)), vantage=vantage)
        for hour, vantage in ((31, NORTH), (31.2, NORTH), (31.3, "attribution"))
    ]
    before = [report(seen=0), placed(0, place("as64500")), notice(1, recipient="as64500")]
    assert [short(one)[:2] for one in rows([*before, *named])] == [("n1", "clock")]


def test_roles_are_told_apart(rows) -> None:
    """Each role has its case, and a line of its own."""
    both = placed(0, place("acme"), place("acme", role=Role.PROXY))
    found = rows([report(seen=0), both, notice(1), *LATE])
    assert sorted(one["role"] for one in found) == ["hosting", "proxy"]
    assert len({one["case_id"] for one in found}) == 2


def test_a_reference_is_no_formula(rows) -> None:
    """Whoever sends one to a hotline runs nothing at the hoster's desk."""
    (one,) = rows([*REPORTED, notice(1), *LATE], reference="=cmd|'/C'!A0")
    assert one["reference"] == "'=cmd|'/C'!A0"


def test_a_url_is_there_only_where_one_was_opened(rows) -> None:
    """Without any there is no such column."""
    happened = [*REPORTED, notice(1), *LATE]
    assert "url" not in rows(happened)[0]
    assert rows(happened, urls={KEY: "http://a.example/x"})[0]["url"] == "http://a.example/x"
