"""`registry.v1`: what the operator keeps about hosters, hotlines, norms, methods and persons.

Each entry is dated. It holds from `valid_from`: the append time + 10 min, or 0 ("from the
beginning") for one written before the ledger's first record. A correction of the past is a
decision, never an entry.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from schemas.closed_lists import HotlineMode
from schemas.moments import Instant
from schemas.records.reports import HosterId, HotlineId
from schemas.signing import LedgerId, PersonId, PublicKey, TwoSignatures

EntryEnd: TypeAlias = Annotated[Instant, Meta(ge=0)] | None
"""From when on an entry holds no more; None = no end is set."""

REGISTRY_DELAY_S = 600
"""An entry holds 10 min after its append at the earliest, so every reader has it by then."""


class RegistryEntry(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all entries share: id, version (1, 2, ...) and the instant it holds from."""

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    id: str
    version: Annotated[int, Meta(ge=1)]
    valid_from: Instant


class HosterEntry(RegistryEntry, frozen=True, kw_only=True, tag="hoster"):
    """A hosting company.

    Attributes:
        name: as shown.
        group: id of its owner; empty = itself.
        country: ISO 3166 code of its seat.
        type: `hosting`, `proxy` (CDN) or `access`.
        asns: its autonomous systems.
        prefixes: its address blocks in CIDR form; the longest match wins.
        names: domain suffixes whose names and CNAMEs it serves.
        organisations: names of AS organisations that are this hoster.
        contacts: mailboxes or API names a notice may be addressed to.
        natural_person: it is a person: never named, and no dossier of it without a reason.
        until: its end: what is placed then or later is not placed at it.
    """

    id: HosterId
    name: str
    group: str = ""
    country: Annotated[str, Meta(pattern="^([A-Z]{2}|\\?\\?)$")] = "??"
    type: Literal["hosting", "proxy", "access"] = "hosting"
    asns: tuple[int, ...] = ()
    prefixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    natural_person: bool = False
    until: EntryEnd = None


class HotlineEntry(RegistryEntry, frozen=True, kw_only=True, tag="hotline"):
    """A hotline: its name, mode, and the jurisdiction whose norms hold for it.

    Attributes:
        feed_delay_s: how long its notices are on their way to us at most; one dated back by more
            is flagged. A hotline that hands in a file a day has 36 h.
        assesses: its analysts see what they report, so a report without `seen_at` is a sighting.
        probing: False = no URL is resolved or probed because it reported it.
        until: its end: records that the broker takes then or later are quarantined.
    """

    id: HotlineId
    name: str
    mode: HotlineMode = HotlineMode.DELIVERY
    jurisdiction: str = "default"
    feed_delay_s: Annotated[int, Meta(ge=0, le=2_592_000)] = 3_600
    assesses: bool = True
    probing: bool = True
    until: EntryEnd = None


class NormEntry(RegistryEntry, frozen=True, kw_only=True, tag="norm"):
    """The terms of one jurisdiction; `id` is its name.

    Attributes:
        norms_s: terms to judge, in seconds. An order brings its own.
        sector_norm_s: the shortest of them. Entries of older releases have terms of orders before
            it; no case is judged by these.
        until: its end: no record that comes then or later is judged by it.
    """

    norms_s: tuple[int, ...] = (86_400, 172_800)
    sector_norm_s: int = 86_400
    until: EntryEnd = None


class MethodEntry(RegistryEntry, frozen=True, kw_only=True, tag="method"):
    """A method version and what changed with it."""

    summary: str = ""


class InclusionEntry(RegistryEntry, frozen=True, kw_only=True, tag="inclusion"):
    """The inclusion probability of a dominant hoster; `id` is the hoster's.

    Attributes:
        probability: that a case is in the sample.
        seed: what the sample is drawn by.
        until: its end: from then on all cases are.
    """

    probability: Annotated[float, Meta(gt=0, le=1)] = 1.0
    seed: str = ""
    until: EntryEnd = None


class Founder(Struct, frozen=True, kw_only=True):
    """One of the two persons with whom a ledger's signing begins."""

    id: PersonId
    public_key: PublicKey


class PersonEntry(RegistryEntry, frozen=True, kw_only=True, tag="person"):
    """A person who may sign decisions and skips.

    Attributes:
        name: as shown.
        public_key: checks what the person signs.
        ends_at: from then on the person signs nothing; None = no end is set.
        ledger: the ledger's id, which every signature covers.
        founders: both, in the entries of the first two persons; empty in all later ones.
        signatures: of the two founders, or of two persons who may sign when it is written.
    """

    id: PersonId
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    public_key: PublicKey
    ends_at: Instant | None = None
    ledger: LedgerId
    founders: Annotated[tuple[Founder, ...], Meta(max_length=2)] = ()
    signatures: TwoSignatures


Registry: TypeAlias = (
    HosterEntry | HotlineEntry | NormEntry | MethodEntry | InclusionEntry | PersonEntry
)
