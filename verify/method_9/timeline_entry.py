"""One thing that was seen of a URL."""

from enum import IntEnum
from typing import Final

from msgspec import Struct

from schemas.closed_lists import Verdict
from schemas.moments import Instant
from verify.ledger.facts import Observation
from verify.method_9.verdict import Said

GONE: Final = frozenset({Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE, Verdict.MOVED})

NOTHING: Final = Said(Verdict.UNKNOWN)
"""Of what was no probe."""


class EntryKind(IntEnum):
    """What an entry is; of entries of one instant the lower comes first."""

    PRESENT = 0  # a person, a report or an authoritative source says: there
    OBSERVATION = 1
    CONTROL = 2
    ABSENT = 3  # a person or an authoritative source says: gone
    NAMED = 4  # a resolution without an observation


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """One thing that was seen.

    Attributes:
        at: when it was known.
        seen_at: the instant it speaks of.
        who: a vantage, `hotline/person`, or empty for a report.
        observation: of an observation or a control.
        said: what it says.
        differs: its control is another answer.
        aged: a cached copy of known age.
        changed: another shape than this vantage's first sightings, and for good so far.
        named: DNS names the hoster; None = nothing is known.
        alive: for a control: the host answered.
        away: the name led to another hoster, and the last known address was asked.
        unbacked: a sighting that no control backs.
    """

    at: Instant
    kind: EntryKind
    seen_at: Instant
    who: str = ""
    observation: Observation | None = None
    said: Said = NOTHING
    differs: bool = False
    aged: bool = False
    changed: bool = False
    named: bool | None = None
    alive: bool = False
    away: bool = False
    unbacked: bool = False

    @property
    def by_hidden_vantage(self) -> bool:
        """A probe by a vantage that was not among those asked: a hidden re-check of an end."""
        asked = (
            self.observation.asked
            if self.kind is EntryKind.OBSERVATION and self.observation
            else ()
        )
        return len(asked) > 0 and self.who not in asked

    @property
    def online(self) -> bool:
        """The verdict is a sighting."""
        return self.said.verdict is Verdict.ONLINE

    @property
    def gone(self) -> bool:
        """The verdict is gone, and not merely that somebody else serves it."""
        return self.said.verdict in GONE and not self.said.elsewhere
