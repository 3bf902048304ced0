"""Laws of the cases of a letter: what is said there is what the hoster's page says."""

from random import Random

from histories import history
from ledger_events import KEY, ONLINE, at, fold, gone_run, notice, placed, report, slots

from schemas.closed_lists import BACKLOG
from schemas.moments import HOUR_MS
from streams import lifecycle
from streams.rollup.case_figures import figures
from streams.rollup.row_interning import rows
from streams.views.case_list import found_lines
from streams.views.letter_cases import letter_cases

URLS = 150


def test_a_letter_counts_what_the_page_counts() -> None:
    """In drawn histories: as many cases are open, and as many of them late."""
    seen = 0
    for seed in range(URLS):
        state = lifecycle.advance(KEY, None, history(Random(seed)))
        as_of = max((case.opened_at for case in state.cases), default=0) + 60 * HOUR_MS
        for hoster, role in {(case.hoster, case.role) for case in state.cases}:
            mine = [one for one in state.cases if (one.hoster, one.role) == (hoster, role)]
            told = [
                one
                for one in letter_cases(state, hoster, as_of)
                if (one.hoster, one.line.role) == (hoster, role)
            ]
            counted = figures(hoster, role, rows(mine, as_of), as_of)
            assert sum(one.line.case_class in BACKLOG for one in told) == counted.backlog
            assert sum(one.is_overdue for one in told) == counted.overdue
            ids = [one.case_id for one in mine]
            held = zip(ids, rows(mine, as_of), strict=True)
            lines = found_lines((hoster, role), held, as_of)
            assert [one.line for one in told] == [one.line for one in lines]
            seen += counted.overdue
    assert seen > URLS // 20


def test_a_case_of_another_hoster_is_none_of_the_letter() -> None:
    """An owner's letter has those of all its hosters."""
    state = fold(report(seen=0), placed(), notice(1), slots([1.1, 2], ONLINE))
    assert list(letter_cases(state, "other", at(3))) == []
    (one,) = letter_cases(state, "acme", at(3))
    assert one.line.case_id == state.cases[0].case_id
    assert list(letter_cases(state, "acme", at(-1))) == []


def test_a_second_verdict_is_told_beside_the_first() -> None:
    """It runs from the notice after the return, and its time may not be over."""
    gone = [report(seen=0), placed(), notice(1), slots([1.1, 2, 4], ONLINE), gone_run(5.2)]
    state = fold(*gone, slots([45, 46], ONLINE), notice(50), slots([51, 80], ONLINE))
    (one,) = letter_cases(state, "acme", at(81))
    assert one.again_from == at(50)
    assert [(norm, verdict.value) for norm, verdict in one.line.second] == [
        (86_400, "late"),
        (172_800, "undetermined"),
    ]
    assert one.line.second_running == {172_800}
    assert (one.is_overdue, one.returns) == (True, 1)
