"""What this process holds of each role's partitions, for /metrics and the health check.

The runners write it, a scrape reads it. A scrape is rendered in a thread of its own, so what is
handed over is never changed afterwards: each change puts a new record in place of the old one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from agents.engine.observe.latency import LatencyHistogram
from agents.process.log import log
from schemas.moments import Instant

STILL_S: Final = 30.0
"""So long may records wait while nothing is handled; most lists take some milliseconds."""

UNHEARD_S: Final = 9.0
"""So old may the broker's last answer be: it is asked every 2 s, with 5 s to answer, and a
process without a broker is not ready within 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far a role is behind in one partition of one topic.

    Attributes:
        topic: name without the run's prefix.
        records: offsets between the committed one and the end that was last seen.
        done: the offset below which everything is done.
    """

    topic: str
    partition: int
    records: int
    done: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """How much a role keeps of one partition of its table.

    Attributes:
        table: the topic that it is a copy of, without the run's prefix.
        keys: about how many.
    """

    table: str
    partition: int
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the process holds of one role.

    Attributes:
        owned: partitions that the group gave to this process.
        ready: those of them whose state is loaded, so that records are handled.
        lags: of owned partitions, in order of topic and partition.
        kept: of ready partitions, in order of partition.
        heard_s: when the broker last said where the role's topics end, by the steady clock; None =
            it has not yet.
        still_s: for how long records have waited in a partition of which nothing was handled.
        oldest_at: when the oldest record that waits was appended; None = none waits for long.
        surplus: the group has more members than partitions, so this one may own none.
        to_load: offsets of the state that are not loaded yet; 0 only when all that is owned is
            ready, None where it is not known.
    """

    role: str
    owned: frozenset[int] = frozenset()
    ready: frozenset[int] = frozenset()
    lags: tuple[Lag, ...] = ()
    kept: tuple[TableSize, ...] = ()
    to_load: int | None = None
    heard_s: float | None = None
    still_s: float = 0.0
    oldest_at: Instant | None = None
    surplus: bool = False

    def works(self, now_s: float) -> bool:
        """Say whether the role does its work, or would if there were any.

        Args:
            now_s: by the steady clock.
        """
        heard = self.heard_s is not None and now_s - self.heard_s < UNHEARD_S
        placed = bool(self.owned) or self.surplus
        return heard and placed and self.owned == self.ready and self.still_s < STILL_S


class Ownership:
    """The roles of one process and what it holds of them."""

    def __init__(self) -> None:
        """Begin with no role."""
        self._held: tuple[Holding, ...] = ()
        self._passages: dict[str, LatencyHistogram] = {}
        self._expected: frozenset[str] = frozenset()
        self._said: dict[str, frozenset[int]] = {}

    def expect(self, roles: Iterable[str]) -> None:
        """Say which roles are being started: what they hold is told once all of them hold it."""
        self._expected = frozenset(roles)

    def passage(self, role: str) -> LatencyHistogram:
        """Return what passed through a role; its runner adds to it, a scrape reads it."""
        return self._passages.setdefault(role, LatencyHistogram())

    def set(self, role: str, owned: frozenset[int], ready: frozenset[int]) -> None:
        """Say which partitions of a role are owned now, and which of them are loaded.

        Lags of partitions that are no longer owned are forgotten, and what was kept of them.
        """
        before = self._of(role)
        lags = tuple(lag for lag in before.lags if lag.partition in owned)
        kept = tuple(one for one in before.kept if one.partition in ready & owned)
        known = None if owned != before.owned else before.to_load
        to_load = 0 if owned <= ready else known or None
        held = replace(before, owned=owned, ready=ready & owned, lags=lags, kept=kept)
        self._put(replace(held, to_load=to_load))
        self._tell()

    def _tell(self) -> None:
        """Write one line once all is loaded, of the roles that hold something else than before.

        A line a partition and role would be 65 for a start, with nothing that the last does not
        have.
        """
        held = {one.role: one.owned for one in self._held}
        loaded = all(one.owned == one.ready for one in self._held)
        if not loaded or self._expected - held.keys():
            return
        changed = {role: owned for role, owned in held.items() if self._said.get(role) != owned}
        if changed:
            said = ", ".join(f"{role} {_numbers(owned)}" for role, owned in sorted(changed.items()))
            log("worker").info(f"partitions loaded: {said}", owned=said)
        self._said = held

    def loading(self, role: str, records: int) -> None:
        """Say how many offsets of a role's state are not loaded yet.

        A role that joined no group is passed over: a replay loads the same state and owns nothing.
        """
        before = self._of(role)
        if before.owned != before.ready:
            self._put(replace(before, to_load=records or None))

    def keeps(self, role: str, kept: Iterable[TableSize]) -> None:
        """Say how much a role keeps; partitions that are not ready are passed over.

        So is a role that joined no group, as in `loading`.
        """
        before = self._of(role)
        if before.ready:
            mine = (one for one in kept if one.partition in before.ready)
            self._put(replace(before, kept=tuple(sorted(mine, key=lambda one: one.partition))))

    def behind(self, role: str, lags: Iterable[Lag]) -> None:
        """Say how far a role is behind; lags of partitions it does not own are passed over."""
        before = self._of(role)
        kept = sorted(
            (lag for lag in lags if lag.partition in before.owned),
            key=lambda lag: (lag.topic, lag.partition),
        )
        self._put(replace(before, lags=tuple(kept)))

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What is held of every role that joined its group, in order of role."""
        return self._held

    def heard(self, role: str, now_s: float, still_s: float, oldest_at: Instant | None) -> None:
        """Say that the broker answered where a role's topics end; see `Holding`."""
        before = self._of(role)
        self._put(replace(before, heard_s=now_s, still_s=still_s, oldest_at=oldest_at))

    def surplus_member(self, role: str, *, is_so: bool) -> None:
        """Say whether a role's group has more members than partitions."""
        self._put(replace(self._of(role), surplus=is_so))

    @property
    def ready(self) -> bool:
        """Every role does its work, or would if there were any."""
        now_s = monotonic()
        return all(held.works(now_s) for held in self._held)

    def _of(self, role: str) -> Holding:
        return next((held for held in self._held if held.role == role), Holding(role=role))

    def _put(self, holding: Holding) -> None:
        others = (held for held in self._held if held.role != holding.role)
        self._held = tuple(sorted((*others, holding), key=lambda held: held.role))


def _numbers(partitions: frozenset[int]) -> str:
    """Return numbers with those that follow each other as a range, such as `0-3 7`."""
    runs: list[list[int]] = []
    for number in sorted(partitions):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return " ".join("-".join(map(str, run)) for run in runs) or "none"


OWNERSHIP: Final = Ownership()
"""This process's: it is one member of the group of each of its roles."""
