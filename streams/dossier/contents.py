"""All that a dossier says of a hoster, told from records alone: to make one, and to check one."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from schemas.dossier.dossier import DossierCase, Point, VantageRow
from schemas.records.registry import HosterEntry, Registry
from schemas.records.reports import HosterId, UrlKey
from streams.dossier.cases import DossierScope, UnsealedFields, cases_of
from streams.dossier.for_the_hoster import together
from streams.dossier.quoted import Quoted
from streams.dossier.vantages import vantage_rows
from streams.registry.snapshot import RegistryHistory


class Contents(NamedTuple):
    """What a dossier says; its fields are those of `Dossier`."""

    cases: tuple[DossierCase, ...]
    speaks_for_the_hoster: tuple[Point, ...]
    vantages: tuple[VantageRow, ...]


class Named(NamedTuple):
    """What the registry says of whom a dossier is about.

    Attributes:
        name: what it is called; the id where it has no entry of its own.
        natural_person: it, or one that it owns, is a person.
    """

    name: str
    natural_person: bool


def contents(
    found: Mapping[UrlKey, Sequence[Quoted]], wanted: DossierScope, unsealed: UnsealedFields
) -> Contents:
    """Return what a dossier says; its cases stand in order of notice, the oldest first.

    Args:
        found: all records that count, of the URLs it is about.
        wanted: which cases.
        unsealed: gives what a person had opened.
    """
    told = [
        case
        for key, records in sorted(found.items())
        for case in cases_of(key, records, wanted, unsealed)
    ]
    told.sort(key=lambda one: (one.noticed_at or one.reported_at, one.case_id))
    return Contents(
        cases=tuple(told),
        speaks_for_the_hoster=together(one.speaks_for_the_hoster for one in told),
        vantages=vantage_rows(row for one in told for row in one.observations),
    )


def named(hoster: HosterId, entries: Iterable[Registry]) -> Named:
    """Return what the registry says of a hoster; the newest entry counts, also if it holds later.

    A person is one under each of its names, also under the network that it was known by before.

    Args:
        hoster: its id or its owner's.
        entries: of the registry, in the order of the topic.
    """
    history = RegistryHistory(entries)
    entry = history.newest("hoster", hoster)
    name = entry.name if isinstance(entry, HosterEntry) else hoster
    return Named(name, bool(persons_known_as({hoster}, history)))


def persons_known_as(names: AbstractSet[HosterId], history: RegistryHistory) -> frozenset[HosterId]:
    """Return the natural persons that are, or were, known by some names, or whose owner is.

    Args:
        names: of hosters and owners.
        history: of the registry.
    """
    return frozenset(one for one in history.natural_persons() if history.names(one) & names)
