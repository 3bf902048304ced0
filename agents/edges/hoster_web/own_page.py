"""A hoster's own page: what it is told of its cases. No URL, and no address of any kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.web.case_labels import ANSWERS
from agents.edges.web.case_lookup import Finder
from agents.edges.web.case_page import case_row
from agents.edges.web.formatting import spoken
from agents.edges.web.hoster_page import ANSWERS_SHOWN, answer_row, part_of
from agents.edges.web.messages import N_, gettext
from agents.edges.web.page_layout import framed, stamp
from agents.engine.stage import Outbox
from schemas.moments import Instant
from schemas.records.feedback import HosterAnswer
from streams.views.case_list import LISTED_MAX, FoundLine, HosterCases
from streams.views.hoster_view import HosterView
from streams.views.view import View

STORED: Final = N_("Your answer is stored. The case is as it was.")
FORGED: Final = N_("This form does not come from its own page, or lay open too long. Open it anew.")
TOO_OFTEN: Final = N_("You sent more than may be sent in an hour. Try again later.")
NO_CASE: Final = N_("No case of yours has this id. Nothing was stored.")
NO_REFERENCE: Final = N_("Type in the reference of a notice.")
LATER: Final = N_("This could not be done now. Try again in a minute.")
OVER: Final = N_("This search is over. Search again.")


class OwnFinder(Finder, Protocol):
    """Finds cases, and all of one hoster."""

    def cases_of(self, hoster: str) -> HosterCases | None:
        """Return what is held of a hoster."""
        ...

    async def own_url(self, id: str, hoster: str) -> str | None:
        """Return the key of the URL of one of a hoster's cases; None = it has none of this id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a hoster's page is made from.

    Attributes:
        finder: finds cases in the table.
        ledger: reads the ledger.
        view: gives the newest view.
        answers: gives what a hoster answered, newest first.
        outbox: writes answers.
        now: the present.
    """

    finder: OwnFinder
    ledger: LedgerLookup
    view: Callable[[], View]
    answers: Callable[[str], Sequence[HosterAnswer]]
    outbox: Outbox
    now: Callable[[], Instant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one request of a hoster is about.

    Attributes:
        path: of the page, with its link's token.
        form: what its forms carry against forgery.
        expires_at: when the link ends.
        page: of the list of cases, from 1.
        case: the case that the form is filled in with.
        said: what is to be told: an answer that was stored, or why one was not.
        found: cases that a reference led to; None = none was asked for.
        hotlines: whose references can be asked for.
        soon: the search goes on; the page asks again by itself.
    """

    path: str
    form: str
    expires_at: Instant
    page: int = 1
    case: str = ""
    said: str = ""
    found: Sequence[FoundLine] | None = None
    hotlines: Sequence[str] = ()
    soon: bool = False


def render_own(
    found: HosterView, view: View, visit: Visit, answers: Sequence[HosterAnswer] = ()
) -> str:
    """Return a hoster's own page.

    Args:
        found: the hoster.
        view: the moment that all of it is of.
        visit: what was asked.
        answers: what it answered before, newest first.
    """
    of, first = found.cases.of, (visit.page - 1) * LISTED_MAX + 1
    lines = [case_row(line) for line in found.cases.lines]
    return framed(
        "own.html",
        path=visit.path,
        refreshing=False,
        soon=visit.soon,
        stamp=stamp(view, found.as_of) | {"positions": ()},
        view=view,
        info=found.info,
        visit=visit,
        expires=spoken(visit.expires_at),
        parts=[part_of(part, view, found.info.name) for part in found.roles],
        lines=lines,
        found=None if visit.found is None else [case_row(one.line) for one in visit.found],
        first=first,
        last=first + len(lines) - 1,
        of=of,
        page=visit.page,
        pages=max(1, -(-of // LISTED_MAX)),
        kinds=[(kind.value, gettext(words)) for kind, words in ANSWERS.items()],
        answers=[answer_row(one) for one in answers[:ANSWERS_SHOWN]],
    )


def render_closed() -> str:
    """Return what is shown where no link leads; it does not say why."""
    return framed("closed.html", path="", refreshing=False)
