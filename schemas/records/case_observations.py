"""The observations of a URL in its state: what they saw, and came to around norms."""

from typing import Final

from msgspec import Struct

from schemas.closed_lists import (
    ProbeError,
    Role,
    Target,
)
from schemas.moments import Instant
from schemas.records.reports import HosterId, VantageId


class Fingerprint(Struct, frozen=True, array_like=True, gc=False):
    """What of an observation's facts a verdict rests on; shared by all probes that saw the same.

    Attributes:
        marks: bit set of `MARK_*`.
        size_class: floor(log2(length)) + 1, 0 for length 0, -1 for not said.
    """

    error: ProbeError | None
    status: int
    type: str
    size_class: int
    location_key: str
    etag_key: str
    marks: int


MARK_LEFT_HOST = 1


MARK_TO_ROOT = 2


MARK_CHALLENGE = 4


MARK_SUSPENDED = 8


MARK_PARKED = 16


MARK_CACHED = 32


MARK_AGED = 64  # an Age header was there, so a cached answer can be dated


MARK_PLACEHOLDER = 128  # the last Location is a known name of a "was removed" page


MARK_HEAD_DIFFERS = 256  # it is what GET was answered; HEAD was answered otherwise


class PackedObservation(Struct, frozen=True, array_like=True, gc=False):
    """One observation.

    Attributes:
        slot_at: the planned slot.
        sent_ms, done_ms: request sent after the slot, answer complete after that, milliseconds.
        print: index of the fingerprint.
        traits: bit set of `TRAIT_*`; from bit `ASN_SHIFT` on the AS number of the vantage.
        age_s: Age header, 0 if none.
    """

    slot_at: Instant
    sent_ms: int
    done_ms: int
    print: int
    traits: int
    age_s: int


TRAIT_CANARY_OK = 1


TRAIT_ANNOUNCED = 2


TRAIT_OLD_ADDRESS = 4


TRAIT_NXDOMAIN = 8


TRAIT_PRESENT = 16  # the name's addresses included the case's hoster (or its group)


TRAIT_TOO_LATE = 32  # appended more than 24 h after it was made


TRAIT_GET_COMPARED = 64  # it is what GET was answered, or HEAD and GET alike


TRAIT_NOWHERE = 128  # at an address of no known network, of a known owner; found, never stored


ASN_SHIFT = 8


class Track(Struct, frozen=True, array_like=True):
    """All observations for one (case's hoster and role, vantage, target), by time."""

    hoster: HosterId
    role: Role
    vantage: VantageId
    target: Target
    asked: tuple[VantageId, ...]
    observations: tuple[PackedObservation, ...]


SLOTS: Final = 8
"""Slots beside the norms of 1, 12, 24 and 48 h, two to each."""

ALL_SLOTS: Final = (1 << SLOTS) - 1


class NormProbes(Struct, frozen=True, gc=False):
    """What probes around a case's norms came to.

    Attributes:
        on_time: norm slots, as bits in order of time, that were probed on time.
        unplanned: norm slots, likewise, for which no probe is planned.
        conclusive: a probe around the case's norm was conclusive.
        blocked: a probe around the case's norm was blocked or not answered.
        long_unavailable: it was unavailable for long in a phase that is over. Only a rollup says
            so, which leaves such phases out.
    """

    on_time: int = 0
    unplanned: int = 0
    conclusive: bool = False
    blocked: bool = False
    long_unavailable: bool = False

    def __or__(self, other: "NormProbes") -> "NormProbes":
        """Return what the probes of both came to."""
        if other is NOTHING or self is other:
            return self
        return NormProbes(
            self.on_time | other.on_time,
            self.unplanned | other.unplanned,
            self.conclusive or other.conclusive,
            self.blocked or other.blocked,
            self.long_unavailable or other.long_unavailable,
        )


NOTHING: Final = NormProbes()
CONCLUSIVE: Final = NormProbes(conclusive=True)
BLOCKED: Final = NormProbes(blocked=True)
LONG_UNAVAILABLE: Final = NormProbes(long_unavailable=True)
