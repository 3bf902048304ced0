"""The table of states, events and conditions: how what is seen of a case moves it.

This is the transition table, written to be read. `STATES` are what the probes of a case
say; `EVENTS` are what can happen to it, each with its condition; `TRANSITIONS` gives the next
state for every pair. What the notice, a withdrawal or a decision make of a state stands in
`streams.lifecycle.result.cases`; how the conditions are found in the probes in
`streams.lifecycle.machine.automaton`. `render()` prints the table.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from schemas.closed_lists import CaseClass
from schemas.moments import DAY_MS, HOUR_MS, Instant

METHOD_VERSION: Final = "10"
"""Changes with every change of a rule of measurement; every figure carries it."""

DOUBT_MS: Final = DAY_MS
VOID_MS: Final = DAY_MS
SAME_CASE_MS: Final = 7 * DAY_MS
DARK_MS: Final = 7 * DAY_MS
DARK_PROBES_MIN: Final = 6
DARK_GAP_MS: Final = 49 * HOUR_MS
LEFT_RESOLUTIONS_MIN: Final = 2
EXPIRY_MS: Final = 400 * DAY_MS


def expiries(
    opened_at: Instant, noticed_at: Instant | None
) -> Sequence[tuple[Instant, Instant | None]]:
    """Return when a case that is still open expires, each time, and from when on it is open again.

    It expires 400 d after the later of opening and clock. A clock that begins within 7 d of the
    expiry is that of the same case, which is open again from then on.

    Args:
        opened_at: when it opened.
        noticed_at: when its clock began; None = none runs.
    """
    expiry = opened_at + EXPIRY_MS
    if noticed_at is None or noticed_at > expiry + SAME_CASE_MS:
        return ((expiry, None),)
    last = (max(expiry, noticed_at + EXPIRY_MS), None)
    return (last,) if noticed_at <= expiry else ((expiry, noticed_at), last)


class CaseEvent(StrEnum):
    """What can happen to a case."""

    SIGHTING = "sighting"
    DISSENT = "dissent"
    GONE = "gone"
    GONE_BY_ALL = "gone_by_all"
    GONE_AFTER_DOUBT = "gone_after_doubt"
    REMOVED = "removed"
    DNS_ENDED = "dns_ended"
    MOVED = "moved"
    INCONCLUSIVE = "inconclusive"
    UNAVAILABLE_CONFIRMED = "unavailable_confirmed"
    DOUBT_ENDED = "doubt_ended"
    DEAD = "dead"
    CHECKED_ABSENT = "checked_absent"
    CHECK_CONTRADICTED = "check_contradicted"
    END_UPHELD = "end_upheld"
    LED_BACK = "led_back"


CONDITIONS: Final[Mapping[CaseEvent, str]] = {
    CaseEvent.SIGHTING: (
        "A vantage saw it, and of no other vantage that is asked the newest conclusive "
        "observation says gone. Or it saw it 3 times against the others, spanning at least "
        "30 min, and its control differed. Or a person or an authoritative source saw it, and no "
        "probes contradict that. After an end that one of them found, an answer unlike the "
        "sightings before is no sighting."
    ),
    CaseEvent.DISSENT: (
        "A vantage saw it, while the newest conclusive observation of another vantage that is "
        "asked says gone. It moves L and starts all runs anew, and is not backed."
    ),
    CaseEvent.GONE: (
        "A gone verdict, not yet confirmed. Where a vantage was believed against the others and "
        "still sees it, their gone verdicts change nothing."
    ),
    CaseEvent.GONE_BY_ALL: (
        "The same, and of every vantage asked the newest conclusive observation says gone."
    ),
    CaseEvent.GONE_AFTER_DOUBT: (
        "The same as `gone`, after 24 h of doubt since the newest sighting. No check that it "
        "contradicts is in question, or the 24 h of that check have passed."
    ),
    CaseEvent.REMOVED: (
        "The gone verdicts since the newest sighting confirm a removal, by rules 4.1 and 4.2 of "
        "measurement.md."
    ),
    CaseEvent.DNS_ENDED: (
        "The same with `dns_gone` verdicts alone, with which a refusal at the last known address "
        "counts if rule 4.8 lets it. And one of these probes asked that address."
    ),
    CaseEvent.MOVED: (
        "The same, where probes of the last known address count too that were made while the name "
        "led elsewhere. The name leads to the hoster no more, by rule 1.3."
    ),
    CaseEvent.INCONCLUSIVE: (
        "Blocked or unreachable, and neither `unavailable_confirmed` nor `dead`. Or an answer of a "
        "new shape, without a probe of a control beside it."
    ),
    CaseEvent.UNAVAILABLE_CONFIRMED: (
        "3 blocked or unreachable verdicts spanning at least 30 min, and no gone verdict among "
        "them."
    ),
    CaseEvent.DOUBT_ENDED: "24 h have passed since doubt began.",
    CaseEvent.DEAD: (
        "Unreachable for 7 d, at least 6 probes a vantage, no gap over 49 h. The canaries are "
        "healthy; a control was dead, and none has answered since."
    ),
    CaseEvent.CHECKED_ABSENT: (
        "A person or an authoritative source found it gone, and no vantage's newest conclusive "
        "observation is a sighting of less than 1 h before. Or a second person or a probe agreed."
    ),
    CaseEvent.CHECK_CONTRADICTED: (
        "A person or an authoritative source found it gone, and a vantage's newest conclusive "
        "observation is a sighting of less than 1 h before. Or one of them found it there, and the "
        "nearest probes within 1 h all say gone."
    ),
    CaseEvent.END_UPHELD: (
        "After an end, a check that found it there is contradicted, and a probe or a person says "
        "gone once more, or 24 h have passed. The check then counts for nothing."
    ),
    CaseEvent.LED_BACK: (
        "Two resolutions of one vantage within 24 h name a hoster again whom the URL had left, or "
        "the newest statement of origin does."
    ),
}

_OPEN: Final = {
    CaseEvent.SIGHTING: CaseClass.ONLINE,
    CaseEvent.DISSENT: CaseClass.SUSPECT,
    CaseEvent.GONE: CaseClass.DOUBTED,
    CaseEvent.GONE_BY_ALL: CaseClass.DOUBTED,
    CaseEvent.GONE_AFTER_DOUBT: CaseClass.UNAVAILABLE,
    CaseEvent.REMOVED: CaseClass.REMOVED,
    CaseEvent.DNS_ENDED: CaseClass.DNS_ENDED,
    CaseEvent.MOVED: CaseClass.MOVED,
    CaseEvent.INCONCLUSIVE: CaseClass.DOUBTED,
    CaseEvent.UNAVAILABLE_CONFIRMED: CaseClass.UNAVAILABLE,
    CaseEvent.DOUBT_ENDED: CaseClass.UNAVAILABLE,
    CaseEvent.DEAD: CaseClass.DARK,
    CaseEvent.CHECKED_ABSENT: CaseClass.REMOVED,
    CaseEvent.CHECK_CONTRADICTED: CaseClass.SUSPECT,
}


def _ended(state: CaseClass) -> dict[CaseEvent, CaseClass]:
    """Return the row of an end: only a sighting, a dissent or a contradicted check leaves it."""
    stays = dict.fromkeys(CaseEvent, state)
    return stays | {
        CaseEvent.SIGHTING: CaseClass.ONLINE,
        CaseEvent.DISSENT: CaseClass.SUSPECT,
        CaseEvent.CHECK_CONTRADICTED: CaseClass.SUSPECT,
    }


ENDS: Final = (CaseClass.REMOVED, CaseClass.DNS_ENDED, CaseClass.MOVED, CaseClass.DARK)
STATES: Final = (
    CaseClass.ONLINE,
    CaseClass.SUSPECT,
    CaseClass.DOUBTED,
    CaseClass.UNAVAILABLE,
    *ENDS,
)


def _open(state: CaseClass, **otherwise: CaseClass) -> dict[CaseEvent, CaseClass]:
    return (
        _OPEN
        | {CaseEvent.LED_BACK: state}
        | {CaseEvent(name): to for name, to in otherwise.items()}
    )


_ROWS: Final[Mapping[CaseClass, Mapping[CaseEvent, CaseClass]]] = {
    CaseClass.ONLINE: _open(CaseClass.ONLINE, doubt_ended=CaseClass.ONLINE),
    CaseClass.SUSPECT: _open(
        CaseClass.SUSPECT, gone=CaseClass.SUSPECT, inconclusive=CaseClass.SUSPECT
    ),
    CaseClass.DOUBTED: _open(CaseClass.DOUBTED),
    CaseClass.UNAVAILABLE: _open(CaseClass.UNAVAILABLE, inconclusive=CaseClass.UNAVAILABLE),
    **{state: _ended(state) for state in ENDS},
    CaseClass.MOVED: _ended(CaseClass.MOVED) | {CaseEvent.LED_BACK: CaseClass.ONLINE},
}

TRANSITIONS: Final[Mapping[tuple[CaseClass, CaseEvent], CaseClass]] = {
    (state, event): after for state, row in _ROWS.items() for event, after in row.items()
}
"""Complete but for `end_upheld` in an open state, which has no end to return to."""


CLASSES: Final[Mapping[CaseClass, tuple[str, str]]] = {
    CaseClass.AWAITING: ("Awaiting notice", "open, no notice to this hoster counts"),
    CaseClass.ONLINE: ("Online", "open, the last evidence is a sighting, or there is none yet"),
    CaseClass.SUSPECT: ("Contradictory", "open, vantages or persons disagree"),
    CaseClass.DOUBTED: ("In doubt", "open, it may be gone; not confirmed"),
    CaseClass.UNAVAILABLE: (
        "Unavailable",
        f"open, blocked, unreachable, or in doubt for {DOUBT_MS // HOUR_MS} h; never removed",
    ),
    CaseClass.REMOVED: ("Removed", "confirmed gone after the notice"),
    CaseClass.DARK: ("Host dark", f"the whole host has been dead for {DARK_MS // DAY_MS} days"),
    CaseClass.DNS_ENDED: (
        "Name ended",
        "the name is gone, and the last address no longer serves it",
    ),
    CaseClass.GONE_BEFORE_NOTICE: (
        "Gone before notice",
        "gone before the notice, or not seen in the 24 h before it and not since",
    ),
    CaseClass.ENDED_WITHOUT_NOTICE: ("Ended without notice", "ended, and no notice counts"),
    CaseClass.NEVER_ONLINE: (
        "Never seen online",
        "confirmed gone, and nobody ever saw it, before or after",
    ),
    CaseClass.MOVED: ("Moved", "it went to another hoster, where it is a case of its own"),
    CaseClass.WITHDRAWN: ("Withdrawn", "every hotline that reported it took its report back"),
    CaseClass.EXCLUDED: ("Excluded", "a decision of the operator took it out"),
    CaseClass.EXPIRED: (
        "Expired",
        f"open {EXPIRY_MS // DAY_MS} days after opening or clock, the later one; watching ends",
    ),
}
"""Each class as pages and documents say it: its name, and what it means."""


class IllegalTransition(Exception):
    """The pair is not in the table."""


def following(state: CaseClass, event: CaseEvent, end: CaseClass | None = None) -> CaseClass:
    """Return the next state.

    Args:
        state: the present one.
        event: what happened.
        end: for `end_upheld`: the end that a contradicted check had put in question.

    Raises:
        IllegalTransition: the table has no such pair.
    """
    if event is CaseEvent.END_UPHELD and end is not None:
        return end
    after = TRANSITIONS.get((state, event))
    if after is None:
        raise IllegalTransition(f"{state} has no {event}")
    return after


def render() -> str:
    """Return the table as Markdown: one row an event, one column a state."""
    head = "| event | condition | " + " | ".join(STATES) + " |"
    rows = [head, "|" + " --- |" * (len(STATES) + 2)]
    for event in CaseEvent:
        cells = (TRANSITIONS.get((state, event), "-") for state in STATES)
        rows.append(f"| {event} | {CONDITIONS[event]} | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"
