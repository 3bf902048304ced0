"""The registry's hosters, indexed by everything an address or a name can be found by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from schemas.records.registry import HosterEntry
from schemas.records.reports import HosterId
from streams.network import Address, Network
from streams.registry.claims import address_block, name_suffix

EarlierEntries: TypeAlias = Mapping[HosterId, Sequence[HosterEntry]]
"""All entries of each hoster that have held, in order of their versions."""

NO_EARLIER: Final[EarlierEntries] = {}

_WIDTH: Final = {4: 32, 6: 128}


class HosterIndex:
    """Finds the hoster of a prefix, an ASN, an organisation or a name.

    What two hosters claim alike belongs to the first of them by id, so that the answer does not
    depend on the order of entries.
    """

    def __init__(
        self, hosters: Mapping[HosterId, HosterEntry], past: EarlierEntries = NO_EARLIER
    ) -> None:
        """Build the index; done once for a state of the registry.

        Args:
            hosters: the entries that hold, by id.
            past: all entries that have held, by id, in order of their versions.
        """
        self._hosters = hosters
        self._past = past
        self._groups = {hoster.group or id for id, hoster in hosters.items()}
        self._asns: dict[int, HosterEntry] = {}
        self._organisations: dict[str, HosterEntry] = {}
        self._names: dict[str, HosterEntry] = {}
        blocks: dict[tuple[int, int], dict[int, HosterEntry]] = {}
        for _, hoster in sorted(hosters.items()):
            for asn in hoster.asns:
                self._asns.setdefault(asn, hoster)
            for name in hoster.organisations:
                self._organisations.setdefault(casefolded(name), hoster)
            for suffix in hoster.names:
                self._names.setdefault(name_suffix(suffix) or "", hoster)
            for prefix in hoster.prefixes:
                block = address_block(prefix)
                if block is None:  # an entry of an older release must stop nobody's attribution
                    continue
                shift = _WIDTH[block.version] - block.prefixlen
                level = blocks.setdefault((block.version, shift), {})
                level.setdefault(int(block.network_address) >> shift, hoster)
        self._names.pop("", None)
        self._levels: dict[int, list[tuple[int, dict[int, HosterEntry]]]] = {
            version: [
                (shift, level) for (v, shift), level in sorted(blocks.items()) if v == version
            ]
            for version in _WIDTH
        }

    def hoster(self, id: HosterId) -> HosterEntry | None:
        """Return the entry of that id."""
        return self._hosters.get(id)

    def group(self, id: HosterId) -> HosterId:
        """Return the group of a hoster: the registry's, else the hoster itself."""
        hoster = self._hosters.get(id)
        return hoster.group or id if hoster else id

    def former_groups(self, hoster: HosterEntry) -> tuple[HosterId, ...]:
        """Return groups that a hoster was of and that no hoster is of any more: they were renamed.

        One that others are still of was another owner's; the hoster was sold.
        """
        return tuple(
            sorted(
                {
                    before.group
                    for before in self._past.get(hoster.id, ())
                    if before.group and before.group not in self._groups
                }
            )
        )

    def former_names(
        self, hoster: HosterEntry, address: Address, network: Network
    ) -> tuple[HosterId, ...]:
        """Return what a hoster was called at an address before the registry knew it by it.

        A network was called `as<number>`. That name is its hoster's alone if all of the network is
        its own: others at it have that name too.

        Args:
            hoster: of the address.
            address: of a URL.
            network: of the address.
        """
        groups = self.former_groups(hoster)
        of_network = self.by_asn(network.asn) or self.by_organisation(network.organisation)
        if not network.asn or of_network is None or of_network.id != hoster.id:
            return groups
        past = self._past.get(hoster.id, ())
        all_along = bool(past) and past[0].valid_from == 0
        if all_along and all(_claims(entry, address, network) for entry in past):
            return groups
        return tuple(sorted({*groups, f"as{network.asn}"} - {hoster.id}))

    def by_prefix(self, address: Address) -> HosterEntry | None:
        """Return whose address block it lies in; the longest block wins."""
        value = int(address)
        for shift, level in self._levels[address.version]:
            found = level.get(value >> shift)
            if found is not None:
                return found
        return None

    def by_asn(self, asn: int) -> HosterEntry | None:
        """Return whose autonomous system it is."""
        return self._asns.get(asn)

    def by_organisation(self, name: str) -> HosterEntry | None:
        """Return whose AS organisation it is; case and blanks do not count."""
        return self._organisations.get(casefolded(name)) if self._organisations and name else None

    def by_names(self, names: Iterable[str]) -> HosterEntry | None:
        """Return who serves the names.

        Args:
            names: the host and then its CNAMEs, in the order of the chain. The last name that a
                hoster serves decides, for it is the nearest to the addresses; of two suffixes of
                one name the longer.
        """
        found: HosterEntry | None = None
        if self._names:
            for name in names:
                found = self._by_name(name.lower().strip(".")) or found
        return found

    def _by_name(self, name: str) -> HosterEntry | None:
        tail = name
        while tail:
            found = self._names.get(tail)
            if found is not None:
                return found
            tail = tail.partition(".")[2]
        return None


def _claims(hoster: HosterEntry, address: Address, network: Network) -> bool:
    """Tell whether an entry says of itself that an address is its hoster's."""
    if network.asn in hoster.asns:
        return True
    if casefolded(network.organisation) in map(casefolded, hoster.organisations):
        return True
    blocks = [address_block(prefix) for prefix in hoster.prefixes]
    return any(block is not None and address in block for block in blocks)


def casefolded(name: str) -> str:
    """Return an organisation's name without case and with single blanks."""
    return " ".join(name.casefold().split())
