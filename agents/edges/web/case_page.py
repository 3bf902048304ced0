"""The page of one case, and the search for cases."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agents.edges.web.case_labels import (
    EVENTS,
    FLAGS,
    ROLES,
    class_words,
    in_language,
    norm_words,
    verdicts,
)
from agents.edges.web.formatting import minute
from agents.edges.web.messages import gettext, translated
from agents.edges.web.page_layout import framed, stamp
from agents.edges.web.svg_charts import case_bar
from schemas.closed_lists import NormVerdict
from schemas.moments import SECOND_MS, Instant
from streams.history.of_case import CaseView, HistoryLine
from streams.norms.maturity import AUTHORITY_ORDER
from streams.views.case_list import CaseLine, FoundLine
from streams.views.case_search import FoundCase
from streams.views.view import HosterInfo, View

TOLD_MAX: Final = 400
"""Lines of what was said and seen; a case has some hundred probes."""


def render_case(found: CaseView, view: View) -> str:
    """Return the page of a case; it does not renew itself.

    Args:
        found: the case.
        view: names hosters, and says which method and code the figures have.
    """
    case = found.case
    norms = _norm_verdicts(case.verdicts)
    name, meaning = class_words(case.case_class)
    return framed(
        "case.html",
        path=f"/case/{case.case_id}",
        refreshing=False,
        stamp={**stamp(view, found.as_of), "positions": (), "ledger_at": None},
        records=found.records,
        case=case,
        name=name,
        meaning=meaning,
        role=gettext(ROLES[case.role]),
        hoster=_named(case.hoster, view.hosters),
        flags=[gettext(FLAGS[flag]) for flag in case.flags],
        norms=_norms(norms, case.not_due_yet),
        again=_norms(_norm_verdicts(case.again_verdicts), case.again_not_due_yet),
        chart=case_bar(case, _ends(case, norms), found.as_of),
        at={one: minute(getattr(case, one)) for one in _INSTANTS},
        others=[_other(one, view) for one in found.others],
        changes=[
            (minute(one.at), one.case, in_language(one.what), one.rule) for one in found.changes
        ],
        told_lines=[_told(one) for one in found.told[-TOLD_MAX:]],
        left_out=max(0, len(found.told) - TOLD_MAX),
    )


_INSTANTS: Final = (
    *("opened_at", "reported_at", "noticed_at", "last_seen_at", "gone_at"),
    "again_noticed_at",
)


def _norm_s(name: str) -> int:
    return AUTHORITY_ORDER if name == "order" else int(name)


def _norm_verdicts(said: Mapping[str, NormVerdict]) -> tuple[tuple[int, NormVerdict], ...]:
    return tuple((_norm_s(name), verdict) for name, verdict in said.items())


def _norms(
    norms: tuple[tuple[int, NormVerdict], ...], not_due_yet: Iterable[str]
) -> list[tuple[str, str]]:
    running = frozenset(map(_norm_s, not_due_yet))
    return [
        (norm_words(one[0]), verdicts((one,), running).rpartition(":")[0]) for one in sorted(norms)
    ]


def _ends(case: FoundCase, norms: Sequence[tuple[int, NormVerdict]]) -> list[tuple[Instant, str]]:
    """Return when each norm of a case runs out, and its name."""
    noticed_at = case.noticed_at
    if noticed_at is None:
        return []
    return [(noticed_at + s * SECOND_MS, norm_words(s)) for s, _ in norms if s != AUTHORITY_ORDER]


def _told(one: HistoryLine) -> tuple[str, str, str]:
    until = "" if one.until == one.at else f" \u2013 {minute(one.until)}"
    return minute(one.at) + until, gettext(EVENTS[one.kind]), "".join(map(in_language, one.what))


def _named(hoster: str, hosters: Mapping[str, HosterInfo]) -> str:
    return hosters[hoster].name if hoster in hosters else hoster


def _other(case: FoundCase, view: View) -> dict[str, str]:
    return {
        "id": case.case_id,
        "hoster": _named(case.hoster, view.hosters),
        "name": class_words(case.case_class)[0],
    }


def render_waiting(path: str, *, said: str = "") -> str:
    """Return what is shown while the ledger is read, or why it cannot be.

    Args:
        path: where the answer will be.
        said: why there is none; empty = it is being read.
    """
    return framed("waiting.html", path=path, refreshing=False, said=said, soon=not said)


def render_search(
    view: View, lines: Sequence[FoundLine] | None = None, *, said: str = "", hotline: str = ""
) -> str:
    """Return the page of the search, with what was found.

    Args:
        view: names hotlines and hosters; the cases are of its moment.
        lines: what was found; None = nothing was asked for.
        said: why nothing can be found.
        hotline: which is chosen.
    """
    return framed(
        "search.html",
        path="/search",
        refreshing=False,
        stamp=stamp(view),
        hotlines=sorted({line.hotline for line in view.intake} | set(view.hotlines)),
        hotline=hotline,
        said=said,
        lines=None if lines is None else [found_row(one, view) for one in lines],
    )


def found_row(found: FoundLine, view: View) -> dict[str, str]:
    """Return a case's line as text, and whose it is."""
    whose = {"hoster_id": found.hoster, "hoster": _named(found.hoster, view.hosters)}
    return case_row(found.line) | whose


def case_row(line: CaseLine) -> dict[str, str]:
    """Return a case's line as text."""
    return {
        "id": line.case_id,
        "role": gettext(ROLES[line.role]),
        "noticed": minute(line.noticed_at),
        "seen": minute(line.last_seen_at),
        "gone": minute(line.gone_at),
        "name": class_words(line.case_class)[0],
        "flags": ", ".join(gettext(FLAGS[flag]) for flag in line.flags),
        "verdicts": _line_verdicts(line),
    }


def _line_verdicts(line: CaseLine) -> str:
    if not line.sampled:
        return gettext("not in the sample")
    first = verdicts(line.verdicts, line.running)
    if not line.second:
        return first
    second = verdicts(line.second, line.second_running)
    return ". ".join((first, translated("Second verdict: %(said)s", said=second)))
