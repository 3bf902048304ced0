"""One thing that was seen of a URL, and what it shows."""

from enum import IntEnum

from msgspec import Struct

from schemas.closed_lists import Verdict
from schemas.moments import Instant
from schemas.records.case_observations import BLOCKED, CONCLUSIVE, NOTHING, NormProbes
from streams.verdicts.answer_shape import NO_KIND, AnswerShape
from streams.verdicts.reasons import VerdictReason

GONE_OR_MOVED = frozenset({Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE, Verdict.MOVED})

SOURCE = "source"
"""Who saw what an authoritative source says: no vantage and no person."""


_NOT_SHOWN = (Verdict.BLOCKED, Verdict.UNREACHABLE)
_ONLINE = Verdict.ONLINE


class EntryKind(IntEnum):
    """What an entry is; of entries of one instant the lower comes first.

    REPORT_OR_NOTICE is a report, or any notice to the owner: the case that it opens holds what is
    seen at that instant, its own sighting above all. NOTICE is a notice to the owner that arrived,
    or a report that stands for one.
    """

    REPORT_OR_NOTICE = 0
    SEEN = 1
    PROBED = 2
    CONTROL = 3
    ABSENT = 4
    NAMED = 5
    NOTICE = 6
    LEFT = 7  # another owner took its place: by a newer statement of origin, or in one group


class TimelineEntry(Struct, frozen=True, order=True, gc=False):
    """One thing that was seen of a URL, or said of it: `EntryKind` says which.

    Attributes:
        at: when it was known: a probe's answer, a person's check.
        seen_at: the instant it testifies to: a probe's request, less the age of a cached copy.
        seen_by: who saw it: a vantage, or hotline and person; `SOURCE`; empty for a report.
        ordered_vantages: the vantages that the newest order was for; empty = not known.
        slot_at: the slot of a probe.
        alive: for a control: the host answered.
        dns_names_owner: DNS named the hoster (1), named others or nobody (0), said nothing (-1).
        old_address: it was asked at the last known address, where DNS does not point.
        aged: the answer is a cached copy of known age.
        too_late: the observation was appended more than 24 h after it was made.
        repeats: a sighting like that of its vantage's probe before it, and at no earlier instant.
        asn: AS number of the vantage; 0 = not known.
        strange: it says nothing, and no sighting of this vantage answered like it.
        away: it was asked at the last known address while the name led to another hoster.
        nameless: it was asked there while the name did not exist.
        control_differs: for a sighting: a control of its vantage near it got another answer. That
            backs it if it is like the sightings before the notice too.
        shape: for a sighting: status, type and size class.
        authoritative: for what a check says: a source says it, and no person.
        contradicted: for a sighting by a person or a source: the probes near it say otherwise.
        stated_origin: for a resolution: a statement of origin names the owner.
    """

    at: Instant
    kind: EntryKind
    seen_at: Instant
    seen_by: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    reason: VerdictReason = VerdictReason.ONLINE
    ordered_vantages: tuple[str, ...] = ()
    announced: bool = True
    canary_ok: bool = True
    alive: bool = False
    slot_at: Instant = 0
    dns_names_owner: int = -1
    old_address: bool = False
    aged: bool = False
    strange: bool = False
    asn: int = 0
    away: bool = False
    control_differs: bool = False
    shape: AnswerShape = NO_KIND
    contradicted: bool = False
    stated_origin: bool = False
    nameless: bool = False
    too_late: bool = False
    repeats: bool = False
    authoritative: bool = False

    @property
    def recheck(self) -> bool:
        """It is a hidden re-check: an observation by a vantage that was not among those asked."""
        return bool(self.ordered_vantages) and self.seen_by not in self.ordered_vantages


def shown_by(shown: Verdict, reason: VerdictReason) -> NormProbes:
    """Return what an observation around a norm is: it showed something, or was kept from it."""
    if shown in _NOT_SHOWN:
        return NOTHING if reason is VerdictReason.URL_REFUSED else BLOCKED
    conclusive = shown is _ONLINE or (shown in GONE_OR_MOVED and reason is not VerdictReason.MOVED)
    return CONCLUSIVE if conclusive else NOTHING
