"""Laws of how single cases are found in the table."""

from cases import at, case

from agents.stages.rollup.case_finder import CaseFinder
from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from schemas.records.registry import HosterEntry
from streams.rollup.case_table import CaseTable, UrlCases
from streams.views.view import View

KEYS = tuple(f"{n:032x}" for n in range(1, 4))


def finder() -> CaseFinder:
    table = CaseTable()
    owned = (("alpha", 0), ("alpha", 1), ("beta", 2))
    for hoster, n in owned:
        url = UrlCases((None,), (case(hoster=hoster),))
        table.put(bytes.fromhex(KEYS[n]), url, at(0))
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
