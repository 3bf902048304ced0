"""Laws of how single cases are found in the table."""

import pytest
from cases import at, case
from ledger_events import KEY, NORTH, ONLINE, SOUTH, decision, notice, place, placed, report, slots
from ledger_events import at as told_at
from msgspec.structs import replace

from agents.stages.rollup.case_finder import CaseFinder
from schemas.closed_lists import Role
from schemas.codec import STATE
from schemas.identity.ids import case_id
from schemas.records.case import UrlState
from schemas.records.registry import HosterEntry
from streams import lifecycle
from streams.rollup.case_table import CaseTable, UrlCases
from streams.views.case_list import case_list
from streams.views.view import View

KEYS = tuple(f"{n:032x}" for n in range(1, 4))


def finder() -> CaseFinder:
    table = CaseTable()
    owned = (("alpha", 0), ("alpha", 1), ("beta", 2))
    for hoster, n in owned:
        owner = "holding" if hoster == "alpha" else hoster
        id = case_id(KEYS[n], owner, Role.HOSTING, 0)
        held = replace(case(hoster=hoster), case_id=id, group=owner)
        table.put(bytes.fromhex(KEYS[n]), UrlCases((None,), (held,)), at(0))
    made = CaseFinder(table, lambda: View(ready=True, as_of=at(1)))
    made.know(HosterEntry(id="alpha", version=1, valid_from=0, name="Alpha", group="holding"))
    return made


async def test_a_case_is_found_by_its_id_whoever_s_it_is() -> None:
    """With or without a hint; of a hoster's own it is found among these alone."""
    found = finder()
    id = case_id(KEYS[1], "holding", Role.HOSTING, 0)
    for hint in ("", "alpha", "beta", "nobody"):
        assert await found.url_of(id, hint) == KEYS[1]
    assert await found.url_of("0" * 24) is None
    assert await found.own_url(id, "alpha") == KEYS[1]
    assert await found.own_url(id, "beta") is None


def test_cases_of_urls_are_of_one_moment() -> None:
    """Those of URLs that are not held, and such as begin later, are none."""
    view, lines = finder().of_urls([KEYS[0], KEYS[2], "f" * 32])
    assert view.as_of == at(1)
    assert [(one.hoster, one.line.case_id) for one in lines] == [
        ("alpha", case_id(KEYS[0], "holding", Role.HOSTING, 0)),
        ("beta", case_id(KEYS[2], "beta", Role.HOSTING, 0)),
    ]
    early = CaseFinder(finder().table, lambda: View(ready=True, as_of=at(-1)))
    assert early.of_urls(KEYS)[1] == []


def served(*told: object, as_of_h: float) -> tuple[UrlState, CaseFinder]:
    """Return the fold of what was told of a URL, and a finder over the record of it."""
    flat = [one for each in told for one in (each if isinstance(each, list) else [each])]
    state, table = lifecycle.advance(KEY, None, flat), CaseTable()
    as_of = told_at(as_of_h)
    table.put_record(bytes.fromhex(KEY), STATE.encode(state), as_of)
    return state, CaseFinder(table, lambda: View(ready=True, as_of=as_of))


def to_other(hours: float) -> list[object]:
    """Return resolutions of both vantages that name `other`."""
    return [
        placed(hours + later, place("other"), vantage=vantage)
        for later in (0, 0.5)
        for vantage in (NORTH, SOUTH)
    ]


OF_ACME = case_id(KEY, "acme", Role.HOSTING, 0)
GIVEN_AWAY = decision(4, "reattribute", case_id=OF_ACME, hoster="other", group="other")


@pytest.mark.parametrize(
    ("told", "as_of_h", "reckoned_wrongly"),
    [
        pytest.param(
            [
                *(report(seen=0), placed(0, place("as64500")), notice(1, recipient="as64500")),
                *(slots([1.1, 2, 4, 26, 30], ONLINE, hoster="as64500"),),
                *(
                    placed(31 + n / 10, place("acme", formerly=("as64500",)), vantage=vantage)
                    for n, vantage in enumerate((NORTH, SOUTH, NORTH, SOUTH))
                ),
            ],
            32,
            [("acme", OF_ACME)],
            id="a network gets a name",
        ),
        pytest.param(
            [
                *(report(seen=0), placed(), notice(1), slots([1.1, 2, 4], ONLINE)),
                *(GIVEN_AWAY, slots([26, 30], ONLINE)),
            ],
            31,
            [("other", case_id(KEY, "other", Role.HOSTING, 0))],
            id="given to somebody else",
        ),
        pytest.param(
            [
                *(report(seen=0), placed(), slots([1], ONLINE), to_other(2)),
                *(slots([3], ONLINE, hoster="other"), GIVEN_AWAY),
                *(notice(5, recipient="other"), slots([6, 31, 40], ONLINE, hoster="other")),
            ],
            41,
            [("other", case_id(KEY, "other", Role.HOSTING, 1))],
            id="given to who has a case of the URL",
        ),
        pytest.param(
            [
                *(report(seen=0), placed(0, place(group="holding")), notice(1)),
                *(slots([1.1, 2], ONLINE),),
            ],
            3,
            [("acme", OF_ACME)],
            id="of a group",
        ),
    ],
)
async def test_only_ids_of_cases_are_shown_and_accepted(
    told: list[object], as_of_h: float, reckoned_wrongly: list[tuple[str, str]]
) -> None:
    """A case keeps the id it was opened with, whatever its owner is called and whose it is now."""
    state, found = served(*told, as_of_h=as_of_h)
    view, lines = found.of_urls([KEY])
    said = {(one.hoster, one.line.case_id): one.line for one in lines}
    assert len(said) == len(state.cases)
    for one in state.cases:
        line = said[one.hoster, one.case_id]
        assert (line.noticed_at, line.reported_at) == (one.noticed_at, one.reported_at)
        held = found.cases_of(one.hoster)
        assert held is not None
        listed = {line.case_id: line for line in case_list(held, view.as_of).lines}
        assert listed[one.case_id] == line
        assert await found.own_url(one.case_id, one.hoster) == KEY
        assert await found.url_of(one.case_id) == KEY
    for hoster, id in reckoned_wrongly:
        assert await found.own_url(id, hoster) is None
        assert (hoster, id) not in said
