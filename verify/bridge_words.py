"""What the bridge shows, in words that somebody who is measured can read."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from schemas.closed_lists import Flag
from schemas.moments import SECOND_MS, rfc3339
from verify.compared.record import Case


class MeasurementRules(NamedTuple):
    """Rules of docs/measurement.md, and what of a case they decide.

    Attributes:
        numbers: of the rules.
        about: in a few words.
        names: the values of a case that follow from them.
    """

    numbers: str
    about: str
    names: tuple[str, ...]


RULES: Final = (
    MeasurementRules("1.1 to 1.8", "cases and owners", ("hoster", "group", "opened_at")),
    MeasurementRules("4.1 to 4.16", "how it ended", ("gone_at", "settled_at")),
    MeasurementRules("6.1 to 6.9", "returns", ("returns", "first_end")),
    MeasurementRules("3.1 to 3.9", "sightings", ("first_seen_at", "last_seen_at")),
    MeasurementRules("2.1 to 2.10", "the clock", ("noticed_at", "norms_s")),
    MeasurementRules(
        "9.1 to 9.7", "norm verdicts", ("verdicts", "overdue", "overdue_unseen", "late_at")
    ),
    MeasurementRules("6.3", "the second verdict", ("again_noticed_at", "again_verdicts")),
    MeasurementRules("9.4", "orders", ("order_verdict",)),
    MeasurementRules("8.1 to 8.6", "the class", ("case_class", "since_at")),
    MeasurementRules("14.1", "naming", ("naming",)),
    MeasurementRules("5.3", "not measurable", ("unmeasurable",)),
    MeasurementRules("7.7", "probes on time", ("missed",)),
)
"""In the order in which a case is judged."""

NO_CASE: Final = MeasurementRules("1.1 to 1.8", "cases and owners", ("case",))
NEW_CASE: Final = MeasurementRules("6.1 to 6.9", "returns", ("case",))
"""Of a case that one of the methods has alone: from the start, or after a week."""

_OF_FLAGS: Final = {
    Flag.BACKDATED: "2.6",
    Flag.MISDIRECTED: "2.2",
    Flag.BOUNCED: "2.1",
    Flag.CONTESTED: "12.3",
    Flag.ANNOUNCED_ONLY: "4.9",
    Flag.SINGLE_VANTAGE: "4.3",
    Flag.SPLIT: "4.6",
    Flag.NO_DELIVERY_PROOF: "2.8",
    Flag.SELF_REPORT: "14.1",
    Flag.TOO_LATE: "4.15",
    Flag.OVERFLOW: "1.8",
    Flag.SAMPLED: "7.7",
    Flag.ASSUMED_SEEN: "2.10",
    Flag.UNOBSERVED: "8.4",
    Flag.NOT_PROBED: "7.9",
    Flag.BEHIND_PROXY: "12.5",
    Flag.UNPROVEN: "3.5",
    Flag.CLOAKED: "9.9",
}


def of_flags(before: Sequence[str], now: Sequence[str]) -> MeasurementRules | None:
    """Return the rule of the first flag that one of two lists has alone; None = they agree."""
    found = sorted(set(before) ^ set(now))
    return (
        MeasurementRules(_OF_FLAGS[Flag(found[0])], f"the flag {found[0]}", ("flags",))
        if found
        else None
    )


_NAMES: Final = {
    "case": "the case",
    "gone_at": "R",
    "settled_at": "when R was found",
    "first_end": "the first (L, R]",
    "first_seen_at": "the first sighting",
    "last_seen_at": "L",
    "norms_s": "norms",
    "order_verdict": "the verdict on orders",
    "again_noticed_at": "noticed at after the return",
    "again_verdicts": "second verdicts",
    "case_class": "class",
    "since_at": "in that class since",
    "unmeasurable": "not measurable",
    "missed": "slots that were missed",
    "overdue_unseen": "overdue, unseen",
    "late_at": "late since",
}


def name_of(what: str) -> str:
    """Return what a value of a case is called."""
    return _NAMES.get(what, what.replace("_", " "))


def value_of(case: Case, name: str) -> Any:
    """Return a value of a case as the methods are compared by it.

    Without a clock nothing is judged; the method before had norms and verdicts then all the same.
    """
    return () if case.noticed_at is None and name in _OF_CLOCK else getattr(case, name)


_OF_CLOCK: Final = ("norms_s", "verdicts")


def shown(case: Case | None, name: str) -> str:
    """Return a value of a case in words; `none` = there is no such value, or no such case."""
    if case is None:
        return "no case"
    if name == "case":
        return str(case.case_class or "not yet")
    value = value_of(case, name)
    if name in ("verdicts", "again_verdicts"):
        told = zip(case.norms_s, value, strict=False)
        return ", ".join(f"{norm_s / 3_600:g} h {verdict}" for norm_s, verdict in told) or "none"
    if name == "norms_s":
        return ", ".join(f"{norm_s / 3_600:g} h" for norm_s in value) or "none"
    return _told(value, is_instant=name.endswith("_at") or name in _INTERVALS)


_INTERVALS: Final = ("first_end", "returns")


def _told(value: Any, *, is_instant: bool) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        parts = [_told(one, is_instant=is_instant) for one in value]
        return (", " if isinstance(value[0], tuple) else " to " if is_instant else " ").join(parts)
    return rfc3339(value // SECOND_MS * SECOND_MS) if is_instant else str(value)


_PARTS: Final = ("_bucket ", "_sum_ms", "weight_ms", "cases at ", "sampled at ", "left out")
"""Of names of figures that a histogram or an estimate is made from: no figure by itself."""

_NORM: Final = re.compile(r"norm (\d+) at ([\d.]+) (\w+)", re.ASCII)
_SECOND: Final = re.compile(r"second (\d+) (\w+)", re.ASCII)
_WORDS: Final = {
    "backlog": "backlog",
    "overdue_unseen": "overdue, unseen",
    "not_naming": "cases that feed no naming",
    "rechecked": "cases re-checked in hiding",
    "disagreed": "of these seen online",
    "followed": "followed cases",
    "unmeasurable": "of these not measurable",
    "unprobed": "not probed on time",
    "oldest_open_at": "notice of the oldest open case",
    "untold_returns": "returns of what nobody was told of",
    "within 0 h, at least %": "orders kept, at least %",
    "within 0 h, at most %": "orders kept, at most %",
}


def figure_in_words(name: str) -> str | None:
    """Return what a figure is called; None = it is a part of another one."""
    if any(part in name for part in _PARTS):
        return None
    norm = _NORM.fullmatch(name)
    if norm is not None:
        norm_s, inclusion, verdict = norm.groups()
        asked = f"within {int(norm_s) / 3_600:g} h" if int(norm_s) else "orders"
        drawn = "" if inclusion == "1.0" else f" (sampled at {inclusion})"
        return f"{asked}: {verdict}{drawn}"
    second = _SECOND.fullmatch(name)
    if second is not None:
        return f"second verdict within {int(second[1]) / 3_600:g} h: {second[2]}"
    return _WORDS.get(name, name)


def figure_value(name: str, value: float | None) -> str:
    """Return a figure's value in words; None = that method has no such figure."""
    if value is None:
        return "none"
    if name.endswith("_at"):
        return rfc3339(int(value) // SECOND_MS * SECOND_MS) if value else "none"
    return f"{value:.10g}"
