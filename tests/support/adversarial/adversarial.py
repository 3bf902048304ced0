"""The labelled adversarial set: cases as they are written, and what their world answers."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from schemas.closed_lists import Target
from schemas.identity.ids import fraction
from schemas.moments import HOUR_MS, Instant
from schemas.records.facts import Facts

START: Final[Instant] = 1_770_000_000_000
"""Hour 0 of every case."""

State = Literal["online", "gone"]


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a world's program; `tests/adversarial/README.md` says what the fields mean."""

    from_h: float
    to_h: float | None = None
    vantage: Literal["any", "loud", "quiet", "hidden"] = "any"
    target: Literal["any", "url", "random", "root"] = "any"
    chance: float = 1.0
    facts: Facts = Facts()
    get: Facts | None = None
    nxdomain: bool = False
    present: bool = True
    canary_ok: bool = True


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One labelled history."""

    id: str
    kind: str
    why: str
    noticed_h: float | None
    follow_h: float
    root: bool
    answers: tuple[Answer, ...]
    truth: tuple[tuple[float, State], ...]
    judgeable: bool

    def answer(self, at: Instant, vantage: str, target: Target) -> Answer:
        """Return what the world answers a probe from a vantage at an instant."""
        hour = (at - START) / HOUR_MS
        for number, one in enumerate(self.answers):
            if (
                one.from_h <= hour
                and (one.to_h is None or hour < one.to_h)
                and one.vantage in {"any", vantage}
                and one.target in {"any", target.value}
                and (one.chance >= 1 or self._drawn(at, vantage, target, number) < one.chance)
            ):
                return one
        return self.answers[-1]

    def _drawn(self, at: Instant, vantage: str, target: Target, number: int) -> float:
        return fraction(self.id, at, vantage, target.value, number)

    def gone_since(self, at: Instant) -> Instant | None:
        """Return since when the material has been gone at an instant; None = it is online."""
        since: Instant | None = None
        for hour, state in self.truth:
            from_at = instant(hour)
            if from_at > at and hour > self.truth[0][0]:
                break
            if state == "online":
                since = None
            elif since is None:
                since = from_at
        return since

    def gone_within(self, after: Instant, until: Instant) -> bool:
        """Return whether there was a moment without the material in (after, until]."""
        return self.gone_since(until) is not None or any(
            state == "gone" and after < instant(hour) <= until for hour, state in self.truth
        )

    def last_online(self, at: Instant) -> Instant | None:
        """Return when the material was last there at or before an instant; None = never."""
        since = self.gone_since(at)
        if since is None:
            return at
        return since - 1 if since > instant(self.truth[0][0]) else None


def instant(hour: float) -> Instant:
    """Return the instant of an hour of a case."""
    return START + round(hour * HOUR_MS)


_CASES: Final = msgspec.json.Decoder(Case)


def read(path: Path) -> Sequence[Case]:
    """Return the cases of a file.

    Raises:
        msgspec.ValidationError: a line is no case.
    """
    with gzip.open(path, "rb") as lines:
        return [_CASES.decode(line) for line in lines]
