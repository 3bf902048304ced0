"""Which answers no control shows to be the URL's own (docs/measurement.md, Verdicts).

Each answer is held against all controls near all sightings of it; nothing is remembered on the way.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.reasons import Target
from schemas.records.case import MARK_CHALLENGE
from verify.ledger.facts import Answer, Look
from verify.method_9.verdict import as_control

CONTROL_NEAR_MS: Final = 25 * HOUR_MS
"""A control counts for looks up to this far from it."""

_TIMES: Final = 3
_SPAN_MS: Final = 30 * MINUTE_MS
_Shape: TypeAlias = tuple[object, ...]


def unbacked(seen: Sequence[Look], looks: Sequence[Look]) -> set[_Shape]:
    """Return the shapes of sightings that nothing backs.

    Args:
        seen: the sightings.
        looks: all observations of the stay.
    """
    controls: dict[str, list[Look]] = {}
    for look in looks:
        if look.target is Target.RANDOM and look.canary_ok:
            controls.setdefault(look.vantage, []).append(look)
    wanting = {look.answer[1:5] for look in seen}
    for look in seen:
        if look.answer[1:5] in wanting and look.canary_ok:
            told = [c.answer for c in _near(look, controls) if not _told_nothing(c.answer)]
            if not all(as_control(look.answer, answer) for answer in told):
                wanting.discard(look.answer[1:5])
    return {shape for shape in wanting if not _is_hidden(shape, seen, looks, controls)}


def _is_hidden(
    shape: _Shape,
    seen: Sequence[Look],
    looks: Sequence[Look],
    controls: dict[str, list[Look]],
) -> bool:
    """Return whether a vantage found controls silent beside it, again and again, and none alike."""
    for vantage in controls:
        silent = {
            control.sent_at
            for look in seen
            if look.vantage == vantage and look.canary_ok and look.answer[1:5] == shape
            for control in _near(look, controls)
            if _told_nothing(control.answer)
        }
        if len(silent) < _TIMES or max(silent) - min(silent) < _SPAN_MS:
            continue
        if not any(
            as_control(look.answer, control.answer)
            for look in looks
            if look.vantage == vantage and look.target is Target.URL and look.canary_ok
            if look.answer[1:5] == shape
            for control in _near(look, controls)
        ):
            return True
    return False


def _near(look: Look, controls: dict[str, list[Look]]) -> Iterator[Look]:
    for control in controls.get(look.vantage, ()):
        if abs(control.sent_at - look.sent_at) <= CONTROL_NEAR_MS:
            yield control


def _told_nothing(answer: Answer) -> bool:
    if answer.error is not None or answer.marked(MARK_CHALLENGE):
        return True
    return answer.status == 429 or answer.status >= 500
