"""Judges a history: reads it, makes it the ledger's records, folds them, says what follows."""

from dataclasses import dataclass, field

from schemas.moments import HOUR_MS, Instant
from schemas.records.case import UrlState
from schemas.records.history import History
from streams import lifecycle
from streams.history.made_probe import URL_KEY
from streams.history.outcome import UrlOutcome, evaluated
from streams.history.read import read
from streams.history.records import HistoryRecords
from streams.lifecycle.events.event_union import Happened


@dataclass(slots=True)
class ReadHistory:
    """A history, and the records that it stands for.

    Attributes:
        history: as it was read.
        start_at: its hour 0.
        happened: the ledger's records with their append times.
    """

    history: History
    start_at: Instant = 0
    happened: list[Happened] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the records."""
        records = HistoryRecords(self.history)
        self.start_at = records.start_at
        self.happened = list(records.all())

    def as_of(self, hour: float | None = None) -> Instant:
        """Return the instant of an hour; without one, an hour after the last event."""
        if hour is None:
            hours = [h for event in self.history.events for h in event.hours]
            hours += [e.received_h for e in self.history.events if e.received_h is not None]
            hour = max(hours, default=0.0) + 1
        return self.start_at + round(hour * HOUR_MS)

    def known(self, as_of: Instant) -> list[Happened]:
        """Return the records that were appended by an instant."""
        return [(record, at) for record, at in self.happened if at <= as_of]

    def state(self, as_of: Instant) -> UrlState | None:
        """Return the fold of the records appended by an instant; None = none was."""
        known = self.known(as_of)
        return lifecycle.advance(URL_KEY, None, known) if known else None

    def at(self, as_of: Instant) -> UrlOutcome:
        """Return what is known of the URL at an instant, and what follows from it."""
        return evaluated(self.state(as_of), self.start_at, as_of)


def decoded(raw: bytes) -> ReadHistory:
    """Return the history that a file holds.

    Raises:
        BadHistory: it holds none.
    """
    return ReadHistory(read(raw))
