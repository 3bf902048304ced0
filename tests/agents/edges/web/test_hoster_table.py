"""Laws of the table of hosters: sorting, filtering, pages."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from pages import VIEW

from agents.edges.web.hoster_table import COLUMNS, SIZES, SORTED, TableQuery, chosen, paged
from agents.edges.web.overview_page import render
from schemas.closed_lists import Role

HOSTING = [one for one in VIEW.figures if one.role is Role.HOSTING]


def ids(query: TableQuery) -> list[str]:
    return [one.hoster for one in chosen(HOSTING, query, VIEW)]


def test_hosters_are_sorted_filtered_and_counted() -> None:
    """By each column that ranks, both ways; by name, id or country, by what is open or overdue."""
    assert ids(TableQuery())[0] == "gamma"  # most open cases
    assert ids(TableQuery(sort="reported"))[:2] == ["alpha", "beta"]
    assert ids(TableQuery(sort="name", rising=True)) == sorted(one.hoster for one in HOSTING)
    for sort in SORTED:
        falling = ids(TableQuery(sort=sort))
        assert sorted(falling) == sorted(ids(TableQuery(sort=sort, rising=True)))
    assert ids(TableQuery(text="DATACENTER")) == ["beta"]
    assert ids(TableQuery(text="ro")) == ["gamma"]
    overdue = {one.hoster for one in HOSTING if one.overdue}
    assert set(ids(TableQuery(only="overdue"))) == overdue


@pytest.mark.parametrize("column", sorted(COLUMNS.keys() - SORTED.keys()))
def test_no_address_ranks_hosters_by_a_removal_time(column: str) -> None:
    """A median is a cell: within one, the order would tell what nobody measured."""
    assert TableQuery.of({"sort": column}) == TableQuery()
    text = render(VIEW, query=TableQuery())
    assert f"sort={column}" not in text
    assert f'<option value="{column}"' not in text


def test_pages_of_the_table_have_all_hosters_once() -> None:
    """A page beyond the last is the last."""
    many = [replace(HOSTING[0], hoster=f"h{n:03}") for n in range(2 * SIZES[0] + 1)]
    pages = [paged(many, TableQuery(page=n)) for n in (1, 2, 3)]
    assert [one for page in pages for one in page.rows] == many
    assert paged(many, TableQuery(page=99)) == pages[2]
    view = replace(VIEW, figures=tuple(many))
    text = render(view, query=TableQuery(page=2))
    assert "Page 2 of 3" in text
    assert text.count('href="/hoster/h') == SIZES[0]


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "\u0663"])
def test_an_address_that_is_not_understood_is_passed_over(page: str) -> None:
    """Nothing of it can be an error, or be repeated on the page."""
    asked = {"sort": "<b>", "order": "x", "only": "y", "size": "7", "page": page, "text": "a" * 999}
    query = TableQuery.of(asked)
    assert query == TableQuery(text="a" * 60)
    assert TableQuery.of(dict(parse_qsl(query.address(sort="name", page=3)))) == replace(
        query, sort="name", page=3
    )
    assert "<b>alert" not in render(VIEW, query=TableQuery(text="<b>alert"))
