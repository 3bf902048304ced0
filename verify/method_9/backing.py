"""Which answers no control shows to be the URL's own (docs/measurement.md, Verdicts).

Each answer is held against all controls near all sightings of it; nothing is remembered on the way.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from schemas.closed_lists import Target
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.case_observations import MARK_CHALLENGE
from verify.ledger.facts import HttpAnswer, Observation
from verify.method_9.verdict import as_control

CONTROL_NEAR_MS: Final = 25 * HOUR_MS
"""A control counts for looks up to this far from it."""

_TIMES: Final = 3
_SPAN_MS: Final = 30 * MINUTE_MS
_Shape: TypeAlias = tuple[object, ...]


def unbacked(seen: Sequence[Observation], observations: Sequence[Observation]) -> set[_Shape]:
    """Return the shapes of sightings that nothing backs.

    Args:
        seen: the sightings.
        observations: all observations of the spell.
    """
    controls: dict[str, list[Observation]] = {}
    for observation in observations:
        if observation.target is Target.MADE_UP_PATH and observation.canary_ok:
            controls.setdefault(observation.vantage, []).append(observation)
    wanting = {observation.answer[1:5] for observation in seen}
    for observation in seen:
        if observation.answer[1:5] in wanting and observation.canary_ok:
            told = [c.answer for c in _near(observation, controls) if not _told_nothing(c.answer)]
            if not all(as_control(observation.answer, answer) for answer in told):
                wanting.discard(observation.answer[1:5])
    return {shape for shape in wanting if not _is_hidden(shape, seen, observations, controls)}


def _is_hidden(
    shape: _Shape,
    seen: Sequence[Observation],
    observations: Sequence[Observation],
    controls: dict[str, list[Observation]],
) -> bool:
    """Return whether a vantage found controls silent beside it, again and again, and none alike."""
    for vantage in controls:
        silent = {
            control.sent_at
            for observation in seen
            if observation.vantage == vantage
            and observation.canary_ok
            and observation.answer[1:5] == shape
            for control in _near(observation, controls)
            if _told_nothing(control.answer)
        }
        if len(silent) < _TIMES or max(silent) - min(silent) < _SPAN_MS:
            continue
        if not any(
            as_control(observation.answer, control.answer)
            for observation in observations
            if observation.vantage == vantage
            and observation.target is Target.URL
            and observation.canary_ok
            if observation.answer[1:5] == shape
            for control in _near(observation, controls)
        ):
            return True
    return False


def _near(
    observation: Observation, controls: dict[str, list[Observation]]
) -> Iterator[Observation]:
    for control in controls.get(observation.vantage, ()):
        if abs(control.sent_at - observation.sent_at) <= CONTROL_NEAR_MS:
            yield control


def _told_nothing(answer: HttpAnswer) -> bool:
    if answer.error is not None or answer.marked(MARK_CHALLENGE):
        return True
    return answer.status == 429 or answer.status >= 500
