"""The table of hosters: sorted, filtered and in pages, by what stands in the page's address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from agents.edges.web.messages import N_
from streams.rollup.figures import HosterFigures
from streams.views.view import View

SIZES: Final = (25, 50, 100)
"""Rows of a page; 25 are a telephone's screen or three."""

TEXT_MAX: Final = 60
DAY_S: Final = 86_400
PAGE_DIGITS_MAX: Final = 5


class Only:
    """Which hosters are shown."""

    ALL: Final = "all"
    OPEN: Final = "open"
    OVERDUE: Final = "overdue"


ONLY: Final = {
    Only.ALL: N_("all hosters"),
    Only.OPEN: N_("with open cases"),
    Only.OVERDUE: N_("with overdue cases"),
}

COLUMNS: Final = {
    "name": N_("Hoster"),
    "reported": N_("Reported"),
    "open": N_("Open"),
    "overdue": N_("Overdue"),
    "removed": N_("Removed"),
    "median": N_("Median removal time"),
    "p90": N_("90 % removed after"),
    "share": N_("Removed within 24 h"),
    "unprobed": N_("Not probed on time"),
}
"""Columns by the name that an address sorts by, in their order."""

UNSORTED: Final = frozenset({"median", "p90"})
"""No address sorts by these: a removal time is a cell and ranks nobody (rule 10.4)."""

SORTED: Final = {name: text for name, text in COLUMNS.items() if name not in UNSORTED}


def _share(found: HosterFigures) -> float:
    bounds = found.norm(DAY_S).bounds
    return bounds[0] if bounds else -1.0


_KEYS: Final[Mapping[str, Callable[[HosterFigures], float]]] = {
    "reported": lambda one: one.reported,
    "open": lambda one: one.backlog,
    "overdue": lambda one: one.overdue,
    "removed": lambda one: one.removed,
    "share": _share,
    "unprobed": lambda one: one.unprobed,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuery:
    """What a reader asked for; every value is of a closed list or bounded.

    Attributes:
        sort: a name of `SORTED`.
        rising: the smallest stands first.
        text: a part of the hoster's name, id or country; empty = any.
        only: a name of `ONLY`.
        size: rows of a page, of `SIZES`.
        page: which, from 1.
    """

    sort: str = "open"
    rising: bool = False
    text: str = ""
    only: str = Only.ALL
    size: int = SIZES[0]
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "TableQuery":
        """Return what an address asks for; what is not understood is passed over."""
        sort, size, only = query.get("sort", ""), query.get("size", ""), query.get("only", "")
        return cls(
            sort=sort if sort in SORTED else "open",
            rising=query.get("order") == "rising",
            text=query.get("text", "").strip()[:TEXT_MAX],
            only=only if only in ONLY else Only.ALL,
            size=int(size) if size in map(str, SIZES) else SIZES[0],
            page=page_number(query.get("page", "")),
        )

    def address(self, **changed: Any) -> str:
        """Return the query of the address of this table, with some of it changed."""
        new = replace(self, **changed)
        said = {
            "sort": new.sort,
            "order": "rising" if new.rising else "falling",
            "text": new.text,
            "only": new.only,
            "size": new.size,
            "page": new.page,
        }
        plain: dict[str, object] = {"sort": "open", "order": "falling", "text": ""}
        plain |= {"only": Only.ALL, "size": SIZES[0], "page": 1}
        return urlencode({name: value for name, value in said.items() if value != plain[name]})

    def sorted_by(self, column: str) -> str:
        """Return the address that sorts by a column; by the same once more, the other way round."""
        rising = not self.rising if column == self.sort else column == "name"
        return self.address(sort=column, rising=rising, page=1)


@dataclass(frozen=True, slots=True)
class Paged:
    """Some rows of a table.

    Attributes:
        rows: of the page.
        of: how many there are on all pages.
        page, pages: which page this is, of how many.
    """

    rows: tuple[HosterFigures, ...]
    of: int
    page: int
    pages: int


def chosen(found: Sequence[HosterFigures], query: TableQuery, view: View) -> list[HosterFigures]:
    """Return the hosters that are asked for, sorted; equal ones by their id."""
    wanted = query.text.casefold()

    def text_of(one: HosterFigures) -> str:
        info = view.hosters.get(one.hoster)
        return (
            f"{info.name if info else one.hoster}\x00{one.hoster}\x00{info.country if info else ''}"
        )

    kept = [
        one
        for one in found
        if (not wanted or wanted in text_of(one).casefold())
        and (query.only != Only.OPEN or one.backlog)
        and (query.only != Only.OVERDUE or one.overdue)
    ]
    kept.sort(key=lambda one: one.hoster)
    if query.sort == "name":
        kept.sort(key=lambda one: text_of(one).casefold(), reverse=not query.rising)
    else:
        kept.sort(key=_KEYS[query.sort], reverse=not query.rising)
    return kept


def page_number(text: str) -> int:
    """Return the page that a text names, from 1; 1 where it names none."""
    whole = text.isascii() and text.isdecimal() and len(text) <= PAGE_DIGITS_MAX
    return max(1, int(text)) if whole else 1


def paged(found: Sequence[HosterFigures], query: TableQuery) -> Paged:
    """Return the page that is asked for, the last one where there are fewer."""
    pages = max(1, -(-len(found) // query.size))
    page = min(query.page, pages)
    begin = (page - 1) * query.size
    return Paged(tuple(found[begin : begin + query.size]), len(found), page, pages)
