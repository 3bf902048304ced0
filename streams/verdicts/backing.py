"""Which sightings a control backs: the answer is the URL's own, and not its host's to anything.

A 200 says that something is there, not that it is what was reported: a placeholder at a host that
shows one in the place of anything missing is a 200, too. What tells them apart is the made-up path
beside it. Rule, for the sightings of one stay, an answer being its shape (status, type, size class,
Location), and all observations spoken of being from vantages whose canary answered:

- An observation is **beside** a control if both are of one vantage, at most CONTROL_NEAR_MS apart,
  the control is of the made-up path, and came to something.
- A control is **silent** if it ended in an error, 429, 5xx or a challenge: then it told nothing of
  what the host answers there. A refusal (401, 403) is an answer.
- An answer is **shown** to be the URL's own once a sighting of it, of any vantage, was beside a
  control that was not silent and is another answer. It stays so, whatever controls say later.
- It is **hidden** if it was not shown, and a vantage saw it beside SILENT_MIN silent controls,
  SILENT_SPAN_MS or more from the first to the last, and never beside a control that is like it.
  Whoever answers at the URL and, again and again, not beside it, tells them apart. So nobody
  escapes a norm by silence; once is chance.
- Else its sightings are **bare**. They keep a case open, but make it neither late nor overdue, and
  return nothing, until a control comes, before or after: it is a function of the set of
  observations.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Final, TypeAlias

from schemas.moments import HOUR_MS, Instant
from schemas.reasons import Target
from schemas.records.case import MARK_CHALLENGE, TRAIT_CANARY_OK, Fingerprint, Look
from streams.verdicts.answer_shape import Shape, shape_of
from streams.verdicts.confirmation import CONFIRM_LOOKS_MIN, CONFIRM_SPAN_MS
from streams.verdicts.fingerprints import alike

CONTROL_NEAR_MS: Final = 25 * HOUR_MS
"""A control counts for looks up to this far from it: the sparsest pairing is the daily one."""

SILENT_MIN: Final = CONFIRM_LOOKS_MIN
SILENT_SPAN_MS: Final = CONFIRM_SPAN_MS
"""As for a removal: one failed observation is chance, three over half an hour hardly ever are."""

Seen: TypeAlias = tuple[Instant, Instant, int, Look, tuple[str, ...]]
"""When it was complete and sent, index of its fingerprint, the observation, the vantages asked."""

_TOO_MANY: Final = 429
_FAILS_FROM: Final = 500


class Backing(IntEnum):
    """What stands behind a sighting."""

    SHOWN = 0
    SILENT_CONTROL = 1
    BARE = 2


def is_silent(control: Fingerprint) -> bool:
    """Return whether a control told nothing of what the host answers to what is not there."""
    overloaded = control.status == _TOO_MANY or control.status >= _FAILS_FROM
    return control.error is not None or overloaded or control.marks & MARK_CHALLENGE > 0


def is_hiding(silent: Collection[Instant]) -> bool:
    """Return whether controls were silent so often that it is no chance.

    Args:
        silent: when they were sent.
    """
    return len(silent) >= SILENT_MIN and max(silent) - min(silent) >= SILENT_SPAN_MS


class Proofs:
    """Gathers what sightings and controls of a stay say, one vantage after the other.

    Attributes:
        shown: indexes of the fingerprints that were shown; most observations see one of them.

    Args:
        prints: the state's fingerprints.
    """

    def __init__(self, prints: Sequence[Fingerprint]) -> None:
        """Begin with no vantage."""
        self._prints = prints
        self.shown: set[int] = set()
        self._silent_control: set[Shape] = set()
        self._open: list[tuple[int, int, Instant]] = []
        self._of_vantage = self._first = 0
        self._looks: Sequence[Seen] = ()
        self._controls: list[tuple[Instant, int]] = []

    def begin(self, first: int, looks: Mapping[Target, Sequence[Seen]]) -> None:
        """Turn to another vantage.

        Args:
            first: the place of its first item.
            looks: of the vantage, which came to something.
        """
        self._first, self._of_vantage = first, len(self._open)
        self._looks = looks.get(Target.URL, ())
        self._controls = sorted(
            (sent_at, n)
            for _, sent_at, n, look, _ in looks.get(Target.RANDOM, ())
            if look.traits & TRAIT_CANARY_OK
        )

    def sighting(self, place: int, print: int, sent_at: Instant) -> None:
        """Take in a sighting of a vantage whose canary answered, of an answer that is not shown.

        Args:
            place: of its item, after the vantage's first.
            print: index of its fingerprint.
            sent_at: when it was sent.
        """
        seen = self._prints[print]
        for _, n in self._beside(sent_at):
            control = self._prints[n]
            if not is_silent(control) and not alike(seen, control):
                self.shown.add(print)
                return
        self._open.append((self._first + place, print, sent_at))

    def end(self) -> None:
        """Leave the vantage: find what it saw beside nothing but silence."""
        silent: dict[Shape, set[Instant]] = {}
        for _, print, sent_at in self._open[self._of_vantage :]:
            found = silent.setdefault(shape_of(self._prints[print]), set())
            found.update(at for at, n in self._beside(sent_at) if is_silent(self._prints[n]))
        for shape, at in silent.items():
            if is_hiding(at) and not self._is_alike(shape):
                self._silent_control.add(shape)

    def wanting(self) -> Iterator[tuple[int, Backing]]:
        """Yield the places of sightings that are not shown, with what they are."""
        if not self._open:
            return
        shown = {shape_of(self._prints[n]) for n in self.shown}
        for place, print, _ in self._open:
            shape = shape_of(self._prints[print])
            if shape not in shown:
                silent = shape in self._silent_control
                yield place, Backing.SILENT_CONTROL if silent else Backing.BARE

    def _beside(self, sent_at: Instant) -> Sequence[tuple[Instant, int]]:
        first = bisect_left(self._controls, (sent_at - CONTROL_NEAR_MS, -1))
        last = bisect_right(self._controls, (sent_at + CONTROL_NEAR_MS, len(self._prints)))
        return self._controls[first:last]

    def _is_alike(self, shape: Shape) -> bool:
        """Return whether the vantage had such an answer beside a control that is like it."""
        return any(
            alike(self._prints[print], self._prints[n])
            for _, sent_at, print, look, _ in self._looks
            if look.traits & TRAIT_CANARY_OK and shape_of(self._prints[print]) == shape
            for _, n in self._beside(sent_at)
        )
