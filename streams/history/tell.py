"""Tells in words what a history says happened, a line for each event."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from schemas.reasons import NO_PROBE
from schemas.records.history import History
from schemas.records.history_events import HistoryEvent, LookWord

HOUR_WIDTH: Final = 18
"""Columns of the hours at the beginning of a line."""

LINE_WIDTH: Final = 112
"""Columns of a line; what is longer goes on below."""

DIGITS_SHOWN: Final = 3
"""Of an hour: a thousandth of one is 3.6 s."""

HOURS_SHOWN: Final = 3
"""Of more hours than these the first and the last are shown."""


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
    """Return what happened, in words."""
    late = "" if event.received_h is None else f" (received at {_h(event.received_h)} h)"
    times = f", {len(event.hours)} times" if len(event.hours) > HOURS_SHOWN else ""
    said: Any = getattr(event, event.kind)
    return f"{_TELL[event.kind](said, event)}{times}{late}"


def _report(said: Any, _: HistoryEvent) -> str:
    seen = "" if said.seen_h is None else f", last seen there at {_h(said.seen_h)} h"
    whose = " for the hoster itself" if said.self_report else ""
    probed = "" if said.probing else ", not to be probed"
    return f"{said.hotline} reports the URL{whose}{seen}{probed}"


def _notice(said: Any, _: HistoryEvent) -> str:
    if said.term_h is None:
        return f"{said.hotline}'s notice to {said.to}: {said.result}"
    return f"{said.hotline}'s order to {said.to}, term {_h(said.term_h)} h: {said.result}"


def _at(said: Sequence[str], event: HistoryEvent) -> str:
    who = "" if event.vantage is UNSET else f" for {event.vantage}"
    leads = f"leads to {', '.join(said)}" if said else "leads to nobody"
    if event.nxdomain is True:
        leads = "does not exist"
    by = "a hotline" if event.hotline is UNSET else event.hotline
    origin = "" if not event.origin else f"; {by} states the origin {', '.join(event.origin)}"
    disclosed = ", as the proxy's operator disclosed" if event.disclosed is True else ""
    return f"the name {leads}{who}{origin}{disclosed}"


def _registry(said: Any, _: HistoryEvent) -> str:
    told = []
    for name, hoster in said.hosters.items():
        what = f"belongs to {hoster.group}" if hoster.group else "is a hoster of its own"
        told.append(f"{name} {f'is now called {hoster.renamed}' if hoster.renamed else what}")
    return f"the registry: {', '.join(told)}"


def _look(said: Any, event: HistoryEvent) -> str:
    who = "all vantages" if event.vantage is UNSET else event.vantage
    beside = [
        "at the old address" if event.old_address is True else "",
        "" if event.hoster is UNSET else f"at {event.hoster}",
        "" if event.controls is UNSET else f"controls {event.controls}",
        "canary dead" if event.canary is False else "",
    ]
    what = said if isinstance(said, LookWord) else _facts(said)
    return ", ".join([f"{who}: {what}", *filter(None, beside)])


def _facts(said: Any) -> str:
    """Say what an answer had that is otherwise than in `online`; an error is no answer."""
    given = msgspec.to_builtins(said)
    error, status = given.pop("error", None), given.pop("status", None)
    if error is not None:
        return f"no answer, {error}" if error not in NO_PROBE else f"no probe, {error}"
    first = "online" if status is None else f"status {status}"
    return first + "".join(f", {name} {value or 'none'}" for name, value in given.items())


_TELL: Final[dict[str, Any]] = {
    "report": _report,
    "notice": _notice,
    "withdrawal": lambda said, _: f"{said.hotline} takes its report back",
    "check": lambda said, _: f"{said.person} of {said.hotline} checks: {said.what}",
    "answer": lambda said, _: f"{said.hoster} answers: {said.says}",
    "decision": lambda said, _: (
        f"{' and '.join(said.by)} decide: {said.what}" + (f" to {said.to}" if said.to else "")
    ),
    "at": _at,
    "registry": _registry,
    "vantages": lambda said, _: f"vantages asked from now on: {', '.join(said)}",
    "look": _look,
}
