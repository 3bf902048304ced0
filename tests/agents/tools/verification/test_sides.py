"""The two sides of a URL are laid beside each other, and what only one of them has is named."""

import pytest
from histories import written
from ledger_events import GONE, KEY, ONLINE, at, fold, notice, place, placed, report, slots
from msgspec import structs

from agents.tools.verification.published import Published
from agents.tools.verification.sides import DIFFERENCES_KEPT, Differences, Sides
from schemas.closed_lists import Role
from schemas.codec import STATE
from schemas.topics import LEDGER, REPORTS
from streams import lifecycle
from verify.compared.compare import Difference
from verify.ledger.records import LedgerRecord

AS_OF = at(100)
ALL = {spec.name: 1 << 62 for spec in LEDGER}
OTHER = "f" * 32
STORY = [
    report(seen=0),
    placed(),
    notice(1),
    *slots([1.5, 4], ONLINE),
    *slots([5, 5.2, 5.4, 5.6], GONE),
]


def sides() -> Sides:
    """Return sides of which nothing is known."""
    return Sides(AS_OF, Published(AS_OF))


def state(**changes: object) -> bytes:
    """Return the state of the story, with some things otherwise."""
    return STATE.encode(structs.replace(fold(*STORY), **changes))


def of_another() -> tuple[list[LedgerRecord], dict[str, int], bytes]:
    """Return the same story of another URL: its records, the position, and its state."""
    told = [(structs.replace(record, url_key=OTHER), at) for record, at in STORY]
    return written(told), ALL, STATE.encode(lifecycle.advance(OTHER, None, told))


def what(found: Sides) -> list[str]:
    """Return what differs."""
    return [one.what for one in found.differences.first]


def test_a_url_of_which_both_say_the_same_is_counted_once() -> None:
    """Its records, its cases and what was compared of them; nothing differs in any sum."""
    found = sides()
    records, cases = found.url(KEY, written(STORY), ALL, state())
    found.finish()
    assert what(found) == []
    assert (found.events, found.cases, found.behind) == (len(STORY), 1, 0)
    assert len(records.reports) == len(cases) == 1
    assert found.compared > 2
    assert found.pending() == {"pending_urls": 0, "pending_reports": 0}
    assert found.samples() == []


def test_what_the_table_need_not_hold_yet_is_left_out() -> None:
    """Records from the position on are behind, and no difference."""
    early = [one for one in STORY if one[1] <= at(4)]
    late = written(STORY)[len(early) :]
    cut = ALL | {late[0].topic: late[0].offset}
    found = sides()
    found.url(KEY, written(STORY), cut, STATE.encode(fold(*early)))
    found.finish()
    assert what(found) == []
    assert (found.behind, found.events) == (len(late), len(STORY))


@pytest.mark.parametrize(
    ("told", "held", "named"),
    [
        (STORY, None, {"reports", "case", "state", "sealed text"}),
        ([], state(), {"reports", "case", "sealed text"}),
        (STORY, state(reports=fold(*STORY).reports * 2), {"reports"}),
        (STORY, state(sealed="another"), {"sealed text"}),
    ],
)
def test_what_one_side_lacks_is_named_by_url(told: list, held: bytes | None, named: set) -> None:
    """A state that is not there, one out of nowhere, a report twice, another text."""
    found = sides()
    found.url(KEY, written(told), ALL, held)
    assert {*what(found)} == named
    assert {one.url_key for one in found.differences.first} == {KEY}


@pytest.mark.parametrize(
    ("told", "held", "side"),
    [
        ([written(STORY)[0]._replace(topic=REPORTS.name, value=b"{}")], state(), "ledger"),
        (written(STORY), b"{}", "published"),
        (written(STORY), b"\x00\xff", "published"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_next_url_is_compared(
    told: list, held: bytes, side: str
) -> None:
    """One record that is none hides no other URL."""
    found = sides()
    assert found.url(KEY, told, ALL, held) is None
    (difference,) = found.differences.first
    assert (getattr(difference, side), difference.url_key) == ("unreadable", KEY)
    assert found.url(OTHER, *of_another()) is not None
    assert found.differences.count == 1


def test_figures_are_compared_behind_the_cases() -> None:
    """A case that the table holds elsewhere differs in each hoster's figures and in none's sum."""
    found = sides()
    (mine,) = fold(*STORY).cases
    found.url(KEY, written(STORY), ALL, state(cases=(structs.replace(mine, hoster="third"),)))
    before = found.differences.count
    found.finish()
    figures = found.differences.first[before:]
    assert {one.hoster for one in figures} == {"acme", "third"}
    assert {one.what for one in figures} >= {"cases", "noticed"}


def test_urls_that_are_not_attributed_are_pending_on_both_sides() -> None:
    """They have reports and no case, and the table counts them alike."""
    pending = [report(seen=0)]
    found = sides()
    found.url(KEY, written(pending), ALL, STATE.encode(fold(*pending)))
    found.finish()
    assert what(found) == []
    assert found.pending() == {"pending_urls": 1, "pending_reports": 1}


def test_a_sampled_hoster_is_told_with_how_many_are_in_the_sample() -> None:
    """Whoever reads its figures knows what they rest on."""
    told = [report(seen=0), placed(0, place(inclusion=0.5, sampled=False)), notice(1)]
    found = sides()
    found.url(KEY, written(told), ALL, STATE.encode(fold(*told)))
    (sample,) = found.samples()
    assert (sample.hoster, sample.role) == ("acme", Role.HOSTING)
    assert (sample.inclusion, sample.sampled, sample.cases) == (0.5, 0, 1)


def test_only_the_first_differences_are_kept_and_all_are_counted() -> None:
    """A ledger that agrees in nothing fills no memory."""
    found = Differences()
    found.take(Difference(what=str(n), ledger="1", published="2") for n in range(500))
    assert (found.count, len(found.first)) == (500, DIFFERENCES_KEPT)
    assert found.first[-1].what == str(DIFFERENCES_KEPT - 1)
