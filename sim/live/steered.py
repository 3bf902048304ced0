"""A practice world in which somebody has a hand: a hoster goes bad, the hotlines fall silent."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from schemas.codec import Rejected, decode_hotline
from schemas.moments import Instant
from schemas.records.hotline import HotlineRecord
from sim.world.behaviour import PLAYS_WITH_NOBODY
from sim.world.hosters import SimHoster
from sim.world.hotlines import HotlineEvent
from sim.world.material import Material
from sim.world.world import Plan, World

FOREVER: Final[Instant] = 1 << 62


class Steered(World):
    """A world that can be changed while it runs; its past stays as it was."""

    def __init__(self, plan: Plan) -> None:
        """Begin as the plan has it."""
        super().__init__(plan)
        self._bad: dict[str, Instant] = {}
        self._pauses: list[tuple[Instant, Instant]] = []
        self._spoiled_days = 0

    @property
    def bad(self) -> tuple[str, ...]:
        """Ids of the hosters that went bad, in order."""
        return tuple(self._bad)

    def next_bad(self) -> SimHoster | None:
        """Return the plain hoster with the most reports that has not gone bad; None = all have."""
        plain = [
            hoster
            for hoster in self.plan.hosters
            if hoster.behaviour in PLAYS_WITH_NOBODY
            and hoster.weight
            and hoster.id not in self._bad
        ]
        return max(plain, key=lambda hoster: hoster.weight, default=None)

    def go_bad(self, hoster: str, at: Instant) -> None:
        """Let a hoster remove nothing more from an instant on, whatever it was told before.

        Args:
            hoster: its id.
            at: not before anything that has been asked for.
        """
        self._bad.setdefault(hoster, at)
        self._spoil()

    def pause(self, after: Instant) -> None:
        """Let no hotline find anything new after an instant; of what is reported they go on."""
        if not self.paused:
            self._pauses.append((after, FOREVER))

    def resume(self, at: Instant) -> None:
        """Let the hotlines find what there is after an instant."""
        if self.paused:
            after, _ = self._pauses.pop()
            self._pauses.append((after, at))

    @property
    def paused(self) -> bool:
        """Whether the hotlines find nothing."""
        return bool(self._pauses) and self._pauses[-1][1] == FOREVER

    def extend(self, until: Instant) -> None:
        """Make every day that begins at or before an instant."""
        super().extend(until)
        if self._bad and self._days > self._spoiled_days:
            self._spoil()

    def material(self, reported_until: Instant) -> list[Material]:
        """Return what has been reported at or before an instant, in order of report."""
        found = super().material(reported_until)
        return [item for item in found if not self._unfound(item.reported_at)]

    def events(self, after: Instant, until: Instant) -> list[HotlineEvent]:
        """Return what the hotlines send in (after, until], in order."""
        found = super().events(after, until)
        if not self._pauses:
            return found
        return [event for event in found if not self._unfound(self._found_at(event))]

    def _unfound(self, reported_at: Instant) -> bool:
        return any(after < reported_at <= until for after, until in self._pauses)

    def _found_at(self, event: HotlineEvent) -> Instant:
        """Return when what a record is about was reported; of nothing's records, their own time."""
        try:
            record: HotlineRecord = decode_hotline(event.value)
        except Rejected:
            return event.at
        parts = urlsplit(record.url)
        item = self.at(parts.hostname or "", parts.path)
        return event.at if item is None else item.reported_at

    def _spoil(self) -> None:
        self._spoiled_days = self._days
        for place, item in list(self._places.items()):
            bad_at = self._bad.get(item.hoster)
            if bad_at is not None and item.removed_at is not None and item.removed_at > bad_at:
                kept = replace(item, removed_at=None, back_at=None)
                self._places[place] = kept
                if self._named.get(item.host) is item:
                    self._named[item.host] = kept
