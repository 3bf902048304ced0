"""Tells in words what a history sets of its registry and says happened, a line for each."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from schemas.closed_lists import NO_PROBE
from schemas.records.history import History
from schemas.records.history_events import HistoryEvent, LookWord
from streams.history.scene import RESOLVER
from streams.history.sentence import Sentence, said

HOUR_WIDTH: Final = 18
"""Columns of the hours at the beginning of a line."""

LINE_WIDTH: Final = 112
"""Columns of a line; what is longer goes on below."""

DIGITS_SHOWN: Final = 3
"""Of an hour: a thousandth of one is 3.6 s."""

HOURS_SHOWN: Final = 3
"""Of more hours than these the first and the last are shown."""

_GIVEN: Final = "given"
"""Stands where a line of an event has its hour."""


def given_lines(history: History) -> Iterator[str]:
    """Yield a line for each setting that decides and is not as usual."""
    usual = History(start=history.start, events=())
    for text in (
        *_differing(history.hosters, usual.hosters),
        *_differing(history.hotlines, usual.hotlines),
        *(
            f"norms of {of}: {', '.join([f'{norm:g} h' for norm in norms])}"
            for of, norms in history.norms.items()
            if usual.norms.get(of) != norms
        ),
        *_vantages(history, usual),
    ):
        yield line(_GIVEN, text)


def _differing(given: Mapping[str, Any], usual: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is set of each hoster or hotline, by the names of the form's fields."""
    for name, one in given.items():
        known = usual.get(name, type(one)())
        shown = [
            f"{field} {_word(getattr(one, field))}"
            for field in one.__struct_fields__
            if getattr(one, field) != getattr(known, field)
        ]
        if shown:
            yield f"{name}: {', '.join(shown)}"


def _word(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value) or "none"
    return f"{value:g}" if isinstance(value, float) else value or "none"


def _vantages(history: History, usual: History) -> Iterator[str]:
    """Yield the vantages if others probe than usual, and which of them are unannounced."""
    if history.vantages != usual.vantages:
        shown = [
            name if vantage.announced else f"{name} (unannounced)"
            for name, vantage in history.vantages.items()
        ]
        yield f"vantages: {', '.join(shown)}"


def lines(history: History) -> Iterator[str]:
    """Yield a line for each event, in order of its first hour."""
    for event in sorted(history.events, key=lambda one: one.hours[0]):
        yield line(_hours(event.hours), words(event))


def line(when: str, what: str) -> str:
    """Return when and what, on as many lines as it takes."""
    first = f"{when:<{HOUR_WIDTH - 1}} "
    return textwrap.fill(
        what, LINE_WIDTH, initial_indent=first, subsequent_indent=" " * HOUR_WIDTH
    ).rstrip()


def _h(hour: float) -> str:
    return f"{round(hour, DIGITS_SHOWN):g}"


def _hours(hours: Sequence[float]) -> str:
    if len(hours) > HOURS_SHOWN:
        return f"{_h(hours[0])} .. {_h(hours[-1])} h"
    return f"{', '.join(map(_h, hours))} h"


def words(event: HistoryEvent) -> str:
    """Return what happened, in English."""
    return "".join(map(str, sentences(event)))


def sentences(event: HistoryEvent) -> list[Sentence]:
    """Return what happened as sentences that follow on each other."""
    found: list[Sentence] = _TELL[event.kind](getattr(event, event.kind), event)
    if len(event.hours) > HOURS_SHOWN:
        found.append(said(", %(n)s times", n=len(event.hours)))
    if event.received_h is not None:
        found.append(said(" (received at %(hour)s h)", hour=_h(event.received_h)))
    return found


def _as_it_is(text: object) -> Sentence:
    """Return a text that is the same in every language."""
    return said("%(text)s", text=text)


def _report(what: Any, _: HistoryEvent) -> list[Sentence]:
    found = [said("%(hotline)s reports the URL", hotline=what.hotline)]
    if what.self_report:
        found.append(said(" for the hoster itself"))
    if what.seen_h is not None:
        found.append(said(", last seen there at %(hour)s h", hour=_h(what.seen_h)))
    if not what.probing:
        found.append(said(", not to be probed"))
    return found


def _notice(what: Any, _: HistoryEvent) -> list[Sentence]:
    names = {"hotline": what.hotline, "to": what.to, "result": what.result}
    if what.term_h is None:
        return [said("%(hotline)s's notice to %(to)s: %(result)s", **names)]
    term = {**names, "hours": _h(what.term_h)}
    return [said("%(hotline)s's order to %(to)s, term %(hours)s h: %(result)s", **term)]


def _at(what: Sequence[str], event: HistoryEvent) -> list[Sentence]:
    if event.nxdomain is True:
        found = [said("the name does not exist")]
    elif what:
        found = [said("the name leads to %(hosters)s", hosters=", ".join(what))]
    else:
        found = [said("the name leads to nobody")]
    if event.vantage == RESOLVER:
        found.append(said(", as resolved for a report"))
    elif event.vantage is not UNSET:
        found.append(said(" for %(vantage)s", vantage=event.vantage))
    if event.answered is False:
        found.append(said(", which is assumed, for nobody answered"))
    return [*found, *_origin(event)]


def _origin(event: HistoryEvent) -> Iterator[Sentence]:
    """Yield who is behind the proxy, who says so, and whom that contradicts."""
    if event.behind:
        yield said("; the name shows %(hosters)s behind", hosters=", ".join(event.behind))
    if event.origin:
        origin = ", ".join(event.origin)
        if event.hotline is UNSET:
            yield said("; a hotline states the origin %(origin)s", origin=origin)
        else:
            names = {"hotline": event.hotline, "origin": origin}
            yield said("; %(hotline)s states the origin %(origin)s", **names)
    if event.disclosed is True:
        yield said(", as the proxy's operator disclosed")
    if event.contested:
        contested = ", ".join(event.contested)
        yield said("; a statement of origin contradicts %(hosters)s", hosters=contested)


def _registry(what: Any, _: HistoryEvent) -> list[Sentence]:
    found = [said("the registry: ")]
    for n, (name, hoster) in enumerate(what.hosters.items()):
        if n:
            found.append(_as_it_is(", "))
        if hoster.renamed:
            found.append(said("%(name)s is now called %(new)s", name=name, new=hoster.renamed))
        elif hoster.group:
            found.append(said("%(name)s belongs to %(group)s", name=name, group=hoster.group))
        else:
            found.append(said("%(name)s is a hoster of its own", name=name))
        if hoster.formerly:
            found.append(said(", formerly %(names)s", names=", ".join(hoster.formerly)))
    return found


def _look(what: Any, event: HistoryEvent) -> list[Sentence]:
    who = said("all vantages") if event.vantage is UNSET else _as_it_is(event.vantage)
    found = [who, _as_it_is(": ")]
    found += [_as_it_is(what)] if isinstance(what, LookWord) else _facts(what)
    if event.old_address is True:
        found.append(said(", at the old address"))
    if event.hoster is not UNSET:
        found.append(said(", at %(hoster)s", hoster=event.hoster))
    if event.nxdomain is True:
        found.append(said(", no such name"))
    elif event.hosters:
        found.append(said(", the name leads to %(hosters)s", hosters=", ".join(event.hosters)))
    elif event.hosters is not UNSET:
        found.append(said(", the name leads to nobody"))
    if event.controls is not UNSET:
        found.append(said(", controls %(controls)s", controls=event.controls))
    if event.canary is False:
        found.append(said(", canary dead"))
    return found


def _facts(what: Any) -> list[Sentence]:
    """Say what an answer had that is otherwise than in `online`; an error is no answer."""
    given = msgspec.to_builtins(what)
    error, status = given.pop("error", None), given.pop("status", None)
    if error is not None and error not in NO_PROBE:
        return [said("no answer, %(error)s", error=error)]
    if error is not None:
        return [said("no probe, %(error)s", error=error)]
    first = said("online") if status is None else said("status %(status)s", status=status)
    rest = "".join(f", {name} {value or 'none'}" for name, value in given.items())
    return [first, _as_it_is(rest)] if rest else [first]


def _decision(what: Any, _: HistoryEvent) -> list[Sentence]:
    found = [_as_it_is(what.by[0])] if what.by else []
    for other in what.by[1:]:
        found += [said(" and "), _as_it_is(other)]
    found.append(said(" decide: %(what)s", what=what.what))
    if what.to:
        found.append(said(" to %(to)s", to=what.to))
    if what.case:
        names = {"number": what.case.number, "owner": what.case.owner, "role": what.case.role}
        found.append(said(", for case %(number)s of %(owner)s (%(role)s)", **names))
    if what.id:
        found.append(said(", called %(id)s", id=what.id))
    if what.revokes:
        found.append(said(", of %(id)s", id=what.revokes))
    return found


def _check(what: Any, _: HistoryEvent) -> list[Sentence]:
    names = {"person": what.person, "hotline": what.hotline, "what": what.what}
    return [said("%(person)s of %(hotline)s checks: %(what)s", **names)]


def _answer(what: Any, _: HistoryEvent) -> list[Sentence]:
    return [said("%(hoster)s answers: %(says)s", hoster=what.hoster, says=what.says)]


_TELL: Final[dict[str, Any]] = {
    "report": _report,
    "notice": _notice,
    "withdrawal": lambda what, _: [said("%(hotline)s takes its report back", hotline=what.hotline)],
    "check": _check,
    "answer": _answer,
    "decision": _decision,
    "at": _at,
    "registry": _registry,
    "vantages": lambda what, _: [
        said("vantages asked from now on: %(vantages)s", vantages=", ".join(what))
    ],
    "look": _look,
}
