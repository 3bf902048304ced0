"""The looks that were made at a URL, and what follows from them: the oracle's own reading.

A machine that is busy misses looks, and in quick time a second is an hour. So what must be known
is asked of the looks that stand in the ledger and not of the timetable: where looks were missed
a figure may be wider, and is never wrong. Written apart from `streams/lifecycle`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.case import TRAIT_CANARY_OK, UrlState
from schemas.moments import HOUR_MS, MINUTE_MS, Instant
from schemas.reasons import ProbeError, Target
from sim.material import Material

CONFIRM_LOOKS: Final = 3
CONFIRM_MS: Final = 30 * MINUTE_MS
"""Three looks over half an hour confirm (DESIGN 3.3), kept apart from the code judged."""

SURE_LOOKS: Final = 36
SURE_MS: Final = 3 * HOUR_MS
"""The most that a removal ever asks for: where a vantage saw what it had found gone (DESIGN 3.3),
which on a busy machine looks that overtake each other can seem to show."""

BESIDE_MS: Final = 35 * MINUTE_MS
"""A control that was looked at together with a look: in its slot, or the next ones of a doubt."""

_NO_LOOK: Final = (ProbeError.MISSED_POLITENESS, ProbeError.CLOCK, ProbeError.BLOCKED_POLICY)


class Made(NamedTuple):
    """One look.

    Attributes:
        hoster: for whose case.
        vantage: who looked.
        target: the URL or a control.
        slot_at: what it was planned for.
        sent_at, done_at: the request was sent, the answer was complete.
        answered: there was an answer, whatever it said.
    """

    hoster: str
    vantage: str
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    answered: bool


def looks_made(state: UrlState) -> tuple[Made, ...]:
    """Return the looks at a URL, in order of their ends."""
    found = []
    for track in state.tracks:
        for look in track.looks:
            error = state.fingerprints[look.print].error
            if error in _NO_LOOK or not look.traits & TRAIT_CANARY_OK:
                continue
            sent_at = look.slot_at + look.sent_ms
            done_at = sent_at + look.done_ms
            found.append(
                Made(
                    track.hoster,
                    track.vantage,
                    track.target,
                    look.slot_at,
                    sent_at,
                    done_at,
                    answered=error is None,
                )
            )
    return tuple(sorted(found, key=_by_end))


def placed_at(state: UrlState) -> Mapping[str, Instant]:
    """Return when a URL's name was first found to lead to each hoster."""
    found: dict[str, Instant] = {}
    for made in state.attributions:
        for hoster in {state.placements[place].hoster for place in made.places}:
            found[hoster] = min(made.at, found.get(hoster, made.at))
    return found


def _by_end(look: Made) -> tuple[Instant, Instant, str, Target]:
    return look.done_at, look.sent_at, look.vantage, look.target


def confirmed_gone_at(
    item: Material, looks: Sequence[Made], vantages: Sequence[str]
) -> Instant | None:
    """Return R of the removal that the looks must have confirmed; None = they need not have.

    Args:
        item: what was looked at; its removal is the truth.
        looks: in order of their ends.
        vantages: those that have to agree.
    """
    if item.removed_at is None:
        return None
    until = item.back_at
    during = [
        look
        for look in looks
        if look.answered
        and look.sent_at >= item.removed_at
        and (until is None or look.done_at < until)
    ]
    gone = [look for look in during if look.target is Target.URL and _controlled(look, during)]
    firsts = {look.vantage: look.done_at for look in reversed(gone)}
    if not set(vantages) <= set(firsts) or not _many(gone, SURE_LOOKS, SURE_MS):
        return None
    return max(firsts[vantage] for vantage in vantages)


def _controlled(look: Made, others: Iterable[Made]) -> bool:
    """Return whether its vantage looked at both controls beside it."""
    beside = {
        other.target
        for other in others
        if other.vantage == look.vantage and abs(other.sent_at - look.sent_at) <= BESIDE_MS
    }
    return {Target.RANDOM, Target.ROOT} <= beside


def _many(looks: Sequence[Made], looks_min: int = CONFIRM_LOOKS, span_ms: int = CONFIRM_MS) -> bool:
    """Return whether there are as many looks, and as far apart, as an end takes."""
    if len({(look.vantage, look.slot_at) for look in looks}) < looks_min:
        return False
    return looks[-1].done_at - looks[0].done_at >= span_ms


def seen_there(
    item: Material, looks: Iterable[Made], vantages: Iterable[str], after: Instant
) -> bool:
    """Return whether every vantage made a look after an instant at which it was there all along.

    Args:
        item: what was looked at.
        looks: the looks.
        vantages: who must have seen it.
        after: looks sent before it do not count.
    """
    saw = {
        look.vantage
        for look in looks
        if look.answered
        and look.target is Target.URL
        and look.sent_at >= after
        and _there(item, look)
    }
    return set(vantages) <= saw


def _there(item: Material, look: Made) -> bool:
    from_at, until = look.sent_at, look.done_at
    spans = ((begun_at, until if end is None else end) for begun_at, end in item.absences())
    return item.online(from_at) and not any(a <= until and from_at <= b for a, b in spans)


def suffices(looks: Sequence[Made], vantages: Iterable[str]) -> bool:
    """Return whether looks that agree settle what a URL is: enough of them, of every vantage."""
    asked = [look for look in looks if look.target is Target.URL]
    return _many(asked) and set(vantages) <= {look.vantage for look in asked}


def sent_at_of(gone_at: Instant, looks: Iterable[Made]) -> Instant:
    """Return when the look was sent whose end is R; R itself where it is nobody's."""
    return min((look.sent_at for look in looks if look.done_at == gone_at), default=gone_at)
