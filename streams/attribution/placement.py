"""Which hosters serve a URL: a layered answer from names, addresses and the registry.

Rule, for each address of the host:

1. Address layers, the first that knows decides: the registry's longest prefix, its ASN, its
   organisation name, else `as<number>`, else `unknown`. Nothing is dropped.
2. Names. `names` of a registry entry are suffixes which that hoster alone hands out. The last
   name of the chain that one of them serves is a layer above the prefix: a platform's customers
   lie in rented networks that belong to others. Two limits keep it from hiding anybody:
   - a proxy's name says nothing of an address that the registry gives to somebody of another
     group: a CDN's zone may answer with its customer's own server;
   - at a proxy's address a hosting name is a placement beside the proxy, not instead of it.
3. Role `proxy` goes to hosters of type `proxy` and, where the registry has no entry, to the
   networks of `streams.attribution.cdn`. A CDN's name in a shared network makes the address a
   proxy's unless the registry gives it by prefix.
4. A hotline's statement of the origin counts only behind a proxy: a hosting placement for the
   hoster it names, beside the proxy, above what a name says. Elsewhere it counts for nothing and
   a contradiction marks the placement `contested`; an unknown network contradicts nobody.

5. A placement says what its owner was called before (`HosterIndex.former_names`).

One placement per (hoster, role, network, country) is kept, with the lowest address. Without any
address the answer is one placement at `unknown`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Final

from schemas.closed_lists import Confidence, Role
from schemas.records.registry import HosterEntry
from schemas.records.reports import HosterId
from streams.attribution.cdn import PROXY_ASNS, proxy_name
from streams.network import NO_COUNTRY, NOWHERE, Address, Network, order
from streams.registry.hoster_index import HosterIndex
from streams.registry.snapshot import UNKNOWN

PLACEMENTS_MAX: Final = 64
"""Four times what lifecycle keeps apart for a URL, so a name with more is seen to overflow there,
while one record stays under 128 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A placement before its address is sealed; fields as in `schemas.records.facts.Placement`.

    Attributes:
        address: the address it is seen at, as text; empty if there is none.
        prefix_bits: length of the address's prefix in the ASN database; 0 = not known.
    """

    hoster: HosterId
    group: HosterId
    role: Role = Role.HOSTING
    country: str = NO_COUNTRY
    asn: int = 0
    organisation: str = ""
    asn_country: str = NO_COUNTRY
    registered_country: str = NO_COUNTRY
    confidence: Confidence = Confidence.UNKNOWN
    contested: bool = False
    address: str = field(default="", repr=False)
    prefix_bits: int = 0
    formerly: tuple[HosterId, ...] = ()
    behind: bool = False
    disclosed: bool = False


NOBODY: Final = Draft(hoster=UNKNOWN, group=UNKNOWN)
"""Where a URL is placed of whose address nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEvidence:
    """What is known of a host.

    Attributes:
        names: the host and then its CNAMEs in the order of the chain, lower case; empty for an
            address literal.
        addresses: all its addresses with what the databases say of them.
        origin: the hoster a hotline states as the origin; None = no statement.
        disclosed: the proxy's operator disclosed it.
    """

    names: Sequence[str] = field(default=(), repr=False)
    addresses: Mapping[Address, Network] = field(default_factory=dict, repr=False)
    origin: HosterId | None = None
    disclosed: bool = False


def attribute(found: HostEvidence, index: HosterIndex) -> tuple[Draft, ...]:
    """Return the placements of a host, sorted by hoster and role, at least one.

    Args:
        found: names, addresses and the stated origin; the order of addresses does not matter.
        index: the registry that holds at the time of the report.
    """
    return placed(judge(found, index), found, index)[:PLACEMENTS_MAX]


def judge(found: HostEvidence, index: HosterIndex) -> tuple[Draft, ...]:
    """Return for each address by itself who serves it, in the order of `streams.network.order`.

    The stated origin does not enter: this is what the address alone shows.
    """
    named = index.by_names(found.names)
    return tuple(
        _draft(address, found, index, named) for address in sorted(found.addresses, key=order)
    )


def placed(spots: Sequence[Draft], found: HostEvidence, index: HosterIndex) -> tuple[Draft, ...]:
    """Return all placements that follow from what each address shows; see `attribute`.

    Args:
        spots: what `judge` said of the same host.
        found: the host.
        index: the registry it was judged by.
    """
    kept: dict[tuple[HosterId, Role, int, str], Draft] = {}
    for spot in spots:
        key = _identity(spot)
        if key not in kept:
            contested = spot.role is Role.HOSTING and _contradicts(spot, found.origin, index)
            kept[key] = replace(spot, contested=True) if contested else spot
    proxy = next((spot for spot in spots if spot.role is Role.PROXY), None)
    if proxy is not None:
        behind = _behind(proxy, found, index)
        seen = {(spot.hoster, spot.role) for spot in spots}
        if behind is not None and (behind.hoster, behind.role) not in seen:
            kept[_identity(behind)] = behind
    drafts = [draft for _, draft in sorted(kept.items(), key=itemgetter(0))]
    return tuple(drafts) or (NOBODY,)


def _identity(draft: Draft) -> tuple[HosterId, Role, int, str]:
    """Tell placements apart: a hoster's networks and countries are each a fact of their own."""
    return draft.hoster, draft.role, draft.asn, draft.asn_country


def _draft(
    address: Address, found: HostEvidence, index: HosterIndex, named: HosterEntry | None
) -> Draft:
    network = found.addresses.get(address, NOWHERE)
    hoster, confidence = _by_address(address, network, index)
    cdn = confidence is not Confidence.PREFIX and _is_cdn_node(found.names, network)
    proxied = cdn or (hoster.type == "proxy" if hoster else network.asn in PROXY_ASNS)
    if named is not None and _name_decides(named, hoster, proxied=proxied):
        hoster, confidence, proxied = named, Confidence.NAME, named.type == "proxy"
    if hoster is None:
        id = f"as{network.asn}" if network.asn else UNKNOWN
        group, seat = id, NO_COUNTRY
    else:
        id, group, seat = hoster.id, hoster.group or hoster.id, hoster.country
    return Draft(
        hoster=id,
        group=group,
        role=Role.PROXY if proxied else Role.HOSTING,
        country=seat if seat != NO_COUNTRY else network.country,
        asn=network.asn,
        organisation=network.organisation,
        asn_country=network.country,
        registered_country=network.registered_country,
        confidence=confidence,
        address=str(address),
        prefix_bits=network.prefix_bits,
        formerly=() if hoster is None else index.former_names(hoster, address, network),
    )


def _by_address(
    address: Address, network: Network, index: HosterIndex
) -> tuple[HosterEntry | None, Confidence]:
    if (hoster := index.by_prefix(address)) is not None:
        return hoster, Confidence.PREFIX
    if (hoster := index.by_asn(network.asn)) is not None:
        return hoster, Confidence.ASN
    if (hoster := index.by_organisation(network.organisation)) is not None:
        return hoster, Confidence.ORGANISATION
    return None, Confidence.FALLBACK if network.asn else Confidence.UNKNOWN


def _is_cdn_node(names: Iterable[str], network: Network) -> bool:
    return any(proxy_name(name, network.asn) for name in names)


def _name_decides(named: HosterEntry, hoster: HosterEntry | None, *, proxied: bool) -> bool:
    """Tell whether a name's hoster stands for this address instead of the address's own."""
    if named.type == "proxy":
        return hoster is None or _group(hoster) == _group(named)
    return not proxied


def _group(hoster: HosterEntry) -> HosterId:
    return hoster.group or hoster.id


def _contradicts(draft: Draft, origin: HosterId | None, index: HosterIndex) -> bool:
    if origin is None or UNKNOWN in (origin, draft.hoster):
        return False
    return draft.group != index.group(origin)


def _behind(proxy: Draft, found: HostEvidence, index: HosterIndex) -> Draft | None:
    """Return the hosting placement behind a proxy, if anybody says who that is.

    It keeps the proxy's address, the only one it can be seen at; network and place of the origin
    are not known, only the seat of its hoster.
    """
    origin, named = found.origin, index.by_names(found.names)
    if origin is not None and origin != UNKNOWN:
        id, confidence = origin, Confidence.STATEMENT
    elif named is not None and named.type != "proxy":
        id, confidence = named.id, Confidence.NAME
    else:
        return None
    hoster = index.hoster(id)
    return Draft(
        hoster=id,
        group=index.group(id),
        country=hoster.country if hoster else NO_COUNTRY,
        confidence=confidence,
        address=proxy.address,
        formerly=() if hoster is None else index.former_groups(hoster),
        behind=True,
        disclosed=found.disclosed and confidence is Confidence.STATEMENT,
    )
