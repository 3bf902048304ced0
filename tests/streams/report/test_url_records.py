"""What the records of a case's URL say of it, as known at an instant."""

from typing import Any

import pytest
from ledger_events import GONE, ONLINE, at, check, fold, notice, placed, report, slots
from reported import DAY
from summarised import summary

from schemas.closed_lists import CaseClass, Category, SiteType
from schemas.records.case import CaseSummary, Phase, Return
from streams.report.url_records import OfUrl, moved_to, of_url

AS_OF = 51 * DAY
BEGUN = [report(seen=0, category=Category.CSAM), placed(), notice(1.0), slots([1.1, 2], ONLINE)]


def said(*happened: Any, as_of: float = 1_000) -> OfUrl:
    """Return what is said of the first case of a URL."""
    state = fold(*happened)
    return of_url(state.cases[0], state, at(as_of))


def test_the_newest_report_that_says_it_counts() -> None:
    """One that says nothing takes nothing back; what came after the watch is not known."""
    newer = report(3, id="r2", category=Category.MALWARE, site_type=SiteType.FORUM)
    silent = report(4, id="r3")
    assert said(*BEGUN).category == "csam"
    assert said(*BEGUN).site_type == ""
    found = said(*BEGUN, newer, silent)
    assert (found.category, found.site_type) == ("malware", "forum")
    assert said(*BEGUN, newer, silent, as_of=2.5) == said(*BEGUN)


def test_what_another_hotline_says_is_not_its_hotlines() -> None:
    """The hotline whose notice is the clock says what the material is."""
    other = report(3, hotline="beta", category=Category.MALWARE, site_type=SiteType.BLOG)
    assert said(*BEGUN, other)[:3] == ("", "csam", "")


def test_a_person_alone_says_that_it_is_gone() -> None:
    """Not where probes did, where it is there, or where the word came after the watch."""
    assert said(*BEGUN, check(6)).on_check
    assert not said(*BEGUN).on_check
    assert not said(*BEGUN, check(6), as_of=5).on_check
    gone = slots([5, 5.3, 5.6, 5.9], GONE)
    assert not said(*BEGUN, gone, check(6)).on_check


MOVED: dict[str, Any] = {
    "last_seen_at": 13 * DAY,
    "gone_at": 14 * DAY,
    "moved_at": 14 * DAY,
    "phases": (Phase(12 * DAY, CaseClass.ONLINE), Phase(14 * DAY, CaseClass.MOVED)),
}
AWAY_AND_BACK = (13 * DAY, 14 * DAY)


def at_day(hoster: str, day: int) -> CaseSummary:
    """Return the case of another owner, opened on a day."""
    return summary(case_id=hoster, hoster=hoster, group=hoster, opened_at=day * DAY)


@pytest.mark.parametrize(
    ("of_others", "said", "expected"),
    [
        ({"beta": 12, "gamma": 14}, {}, "gamma"),  # beta had it all the time
        ({"beta": 12}, {}, "beta"),  # the name led there before the old copy was gone
        ({"beta": 14, "gamma": 15}, {}, "beta"),  # gamma came after a second move
        ({"gamma": 15, "delta": 16}, {}, "gamma"),  # nobody had it for a day
        ({"beta": 11}, {}, ""),  # older than the case that moved
        ({"beta": 52}, {}, ""),  # after the watch: the figure would not be final
        ({"beta": 14}, {"moved_at": None}, "beta"),  # removed first, back, then moved
        ({"beta": 14}, {"phases": (Phase(12 * DAY, CaseClass.REMOVED),)}, ""),
        (
            {"beta": 14, "gamma": 60},
            {"gone_at": 60 * DAY, "returns": (Return(*AWAY_AND_BACK, 55 * DAY, moved=True),)},
            "beta",
        ),  # back after the watch, then away again
    ],
)
def test_who_had_it_when_the_move_ended(
    of_others: dict[str, int], said: dict[str, Any], expected: str
) -> None:
    """The owner that had the URL last by R of the move, else the first after it, by as_of."""
    here = summary(**MOVED | said)
    cases = (here, *(at_day(name, day) for name, day in of_others.items()))
    assert moved_to(here, cases, AS_OF) == expected
