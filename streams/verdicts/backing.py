"""Which sightings a control backs: the answer is the URL's own, and not its host's to anything.

A 200 says that something is there, not that it is what was reported: a placeholder at a host that
shows one in the place of anything missing is a 200, too. What tells them apart is the made-up path
beside it. A sighting is backed by a control of the made-up path if the same vantage got another
answer there, at most CONTROL_NEAR_MS before or after. A control that told nothing (an error, 429,
5xx or a challenge) is no answer; a refusal (401, 403) is one. Whether the sighting is like the
ones before the notice is for `streams.lifecycle.machine` to say.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, TypeAlias

from schemas.moments import HOUR_MS, Instant
from schemas.records.case_observations import (
    MARK_CHALLENGE,
    TRAIT_CANARY_OK,
    Fingerprint,
    PackedObservation,
)
from streams.verdicts.fingerprints import may_be_same_answer

CONTROL_NEAR_MS: Final = 25 * HOUR_MS
"""A control backs an observation sent at most this long before or after it. Controls may be a day
apart, so it is 25 h."""

TrackRow: TypeAlias = tuple[Instant, Instant, int, PackedObservation, tuple[str, ...]]
"""When it was complete and sent, index of its fingerprint, the observation, the vantages asked."""

_TOO_MANY: Final = 429
_FAILS_FROM: Final = 500


def is_uninformative(control: Fingerprint) -> bool:
    """Return whether a control told nothing of what the host answers to what is not there."""
    overloaded = control.status == _TOO_MANY or control.status >= _FAILS_FROM
    return control.error is not None or overloaded or control.marks & MARK_CHALLENGE > 0


class Backing:
    """The controls of one vantage, and which answers they back.

    Args:
        prints: the state's fingerprints.
        controls: observations of the made-up path which came to something.
    """

    def __init__(self, prints: Sequence[Fingerprint], controls: Sequence[TrackRow]) -> None:
        """Sort the answers by when they were sent."""
        self._prints = prints
        self._controls = sorted(
            [
                (sent_at, n)
                for _, sent_at, n, observation, _ in controls
                if observation.traits & TRAIT_CANARY_OK and not is_uninformative(prints[n])
            ]
        )
        self._others: dict[int, list[Instant]] = {}

    def latest(self, print: int, sent_at: Instant) -> Instant | None:
        """Return when the latest control near a sighting was sent that got another answer.

        Args:
            print: index of the sighting's fingerprint.
            sent_at: when it was sent.
        """
        others = self._others.get(print)
        if others is None:
            others = self._others[print] = self._other_answers(self._prints[print])
        after = bisect_right(others, sent_at + CONTROL_NEAR_MS)
        if not after or others[after - 1] < sent_at - CONTROL_NEAR_MS:
            return None
        return others[after - 1]

    def _other_answers(self, seen: Fingerprint) -> list[Instant]:
        """Return when controls were sent that got another answer than this."""
        kinds = {
            n: not may_be_same_answer(seen, self._prints[n]) for n in {n for _, n in self._controls}
        }
        return [sent_at for sent_at, n in self._controls if kinds[n]]
