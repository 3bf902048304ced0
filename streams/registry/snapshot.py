"""The operator's registry as it held at an instant: who is who, which norms, which hotlines.

Not a stage: the fold that every reader of `registry.v1` shares. An entry holds from its
`valid_from` until a higher version of the same kind and id holds, or until its own end. Of two
entries with the same kind, id and version the first one in the topic is the entry; the other
changes nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.moments import Instant
from schemas.records.registry import (
    HosterEntry,
    HotlineEntry,
    InclusionEntry,
    MethodEntry,
    NormEntry,
    PersonEntry,
    Registry,
)
from schemas.records.reports import HosterId

UNKNOWN: Final = "unknown"
"""The hoster of whom nobody knows who it is; never dropped (docs/measurement.md, Classes)."""

DEFAULT_JURISDICTION: Final = "default"

_DEFAULT_NORMS: Final = NormEntry(id=DEFAULT_JURISDICTION, version=1, valid_from=0)

_NETWORK: Final = re.compile(r"as[1-9][0-9]{0,9}")

_KINDS: Final[Mapping[type[Registry], str]] = {
    HosterEntry: "hoster",
    HotlineEntry: "hotline",
    NormEntry: "norm",
    MethodEntry: "method",
    InclusionEntry: "inclusion",
    PersonEntry: "person",
}


def kind_of(entry: Registry) -> str:
    """Return the kind of an entry as it stands in its Kafka key."""
    return _KINDS[type(entry)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The registry at one instant.

    Attributes:
        version: highest version among the entries that hold; what facts are stamped with.
        hosters, hotlines: by id.
        inclusions: inclusion probabilities, by the id of their hoster.
        past: all entries of hosters that have held up to then, by id, in order of their versions.
    """

    version: int
    hosters: Mapping[HosterId, HosterEntry]
    hotlines: Mapping[str, HotlineEntry]
    inclusions: Mapping[HosterId, InclusionEntry]
    past: Mapping[HosterId, Sequence[HosterEntry]] = field(repr=False)
    _norms: Mapping[str, NormEntry]
    _recipients: Mapping[str, HosterId] = field(repr=False)
    _by_asn: Mapping[str, HosterId] = field(repr=False)

    def hotline(self, id: str) -> HotlineEntry | None:
        """Return a hotline, None if the registry does not know it."""
        return self.hotlines.get(id)

    def norms(self, jurisdiction: str) -> NormEntry:
        """Return a jurisdiction's norms, else those of `default`, else 24 and 48 h.

        These are in docs/measurement.md, Norm verdicts.
        """
        return (
            self._norms.get(jurisdiction) or self._norms.get(DEFAULT_JURISDICTION) or _DEFAULT_NORMS
        )

    def group(self, id: HosterId) -> HosterId:
        """Return a hoster's owner, itself where the registry names none."""
        hoster = self.hosters.get(id)
        return (hoster.group if hoster else "") or id

    def recipient(self, text: str) -> HosterId:
        """Return the hoster a hotline means, `unknown` if the registry knows nobody of the name.

        Ids win over names, names over contacts; case and outer blanks do not count. A name or
        contact that several hosters share means the first of them by id where all have one
        group, else nobody. `as<number>` means the hoster of that network, and where the registry
        names none, the network itself, as attribution does.
        """
        folded = _folded(text)
        found = self._recipients.get(folded)
        if found is None and _NETWORK.fullmatch(folded):
            return self._by_asn.get(folded, folded)
        return found or UNKNOWN


class RegistryHistory:
    """All entries of the registry, folded in the order of the topic."""

    def __init__(self, entries: Iterable[Registry] = ()) -> None:
        """Start with the given entries."""
        self._versions: dict[tuple[str, str], dict[int, Registry]] = {}
        self._boundaries: list[Instant] = []
        self._snapshots: dict[int, Snapshot] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Registry) -> None:
        """Take in one entry; one that is already there changes nothing."""
        versions = self._versions.setdefault((kind_of(entry), entry.id), {})
        if entry.version in versions:
            return
        versions[entry.version] = entry
        for instant in {entry.valid_from, _end(entry) or entry.valid_from}:
            at = bisect_right(self._boundaries, instant)
            if at == 0 or self._boundaries[at - 1] != instant:
                self._boundaries.insert(at, instant)
        self._snapshots.clear()

    def newest(self, kind: str, id: str) -> Registry | None:
        """Return the entry of the highest version, whether it holds yet or not."""
        versions = self._versions.get((kind, id))
        return versions[max(versions)] if versions else None

    def all_newest(self) -> list[Registry]:
        """Return the entry of the highest version of every kind and id, sorted by them."""
        return [versions[max(versions)] for _, versions in sorted(self._versions.items())]

    def names(self, id: HosterId) -> frozenset[HosterId]:
        """Return what a hoster is, or was, known by: its id, its owners, its networks."""
        found = {id}
        for entry in self._versions.get(("hoster", id), {}).values():
            if isinstance(entry, HosterEntry):
                found |= {entry.group or id, *(f"as{asn}" for asn in entry.asns)}
        return frozenset(found)

    def natural_persons(self) -> dict[HosterId, frozenset[HosterId]]:
        """Return the hosters that are natural persons, each with its id and its networks.

        A case from before the entry stands under the network. An owner's cases are not among them.
        """
        found = {}
        for one in self.all_newest():
            if isinstance(one, HosterEntry) and one.natural_person:
                entries = self._versions["hoster", one.id].values()
                asns = {asn for e in entries if isinstance(e, HosterEntry) for asn in e.asns}
                found[one.id] = frozenset({one.id, *(f"as{asn}" for asn in asns)})
        return found

    def at(self, instant: Instant) -> Snapshot:
        """Return what holds at an instant; the same object until something else holds."""
        boundary = bisect_right(self._boundaries, instant)
        snapshot = self._snapshots.get(boundary)
        if snapshot is None:
            snapshot = self._snapshots[boundary] = self._snapshot(instant)
        return snapshot

    def _snapshot(self, instant: Instant) -> Snapshot:
        holding: list[Registry] = []
        past: dict[HosterId, list[HosterEntry]] = {}
        for versions in self._versions.values():
            held = sorted(v for v, entry in versions.items() if entry.valid_from <= instant)
            if not held:
                continue
            newest = versions[held[-1]]
            end = _end(newest)
            if end is not None and end <= instant:
                continue
            holding.append(newest)
            if isinstance(newest, HosterEntry):
                entries = (versions[v] for v in held)
                past[newest.id] = [one for one in entries if isinstance(one, HosterEntry)]
        hosters = {e.id: e for e in holding if isinstance(e, HosterEntry)}
        return Snapshot(
            version=max((entry.version for entry in holding), default=0),
            hosters=hosters,
            hotlines={e.id: e for e in holding if isinstance(e, HotlineEntry)},
            inclusions={e.id: e for e in holding if isinstance(e, InclusionEntry)},
            past=past,
            _norms={e.id: e for e in holding if isinstance(e, NormEntry)},
            _recipients=_recipients(hosters),
            _by_asn={f"as{asn}": e.id for e in hosters.values() for asn in e.asns},
        )


def _end(entry: Registry) -> Instant | None:
    """Return from when on an entry holds no more; a hotline's end is judged by intake."""
    return entry.until if isinstance(entry, HosterEntry | NormEntry | InclusionEntry) else None


def _folded(text: str) -> str:
    return text.strip().casefold()


def _recipients(hosters: Mapping[HosterId, HosterEntry]) -> dict[str, HosterId]:
    by_name: dict[str, set[HosterId]] = {}
    by_contact: dict[str, set[HosterId]] = {}
    for hoster in hosters.values():
        by_name.setdefault(_folded(hoster.name), set()).add(hoster.id)
        for contact in hoster.contacts:
            by_contact.setdefault(_folded(contact), set()).add(hoster.id)
    found: dict[str, HosterId] = {}
    for named in (by_contact, by_name):
        for text, ids in named.items():
            groups = {hosters[id].group or id for id in ids}
            found[text] = min(ids) if len(groups) == 1 else UNKNOWN
    found.update((id, id) for id in hosters)
    return found
