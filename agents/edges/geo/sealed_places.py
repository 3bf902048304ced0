"""What a fact says of where a host is: placements and addresses, sealed and hashed."""

from typing import Final

from msgspec.structs import replace

from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import MonthKey
from agents.edges.geo.host_locator import Located
from schemas.records.case import ALL_SAMPLED
from schemas.records.facts import Placement
from schemas.records.registry import InclusionEntry
from schemas.records.reports import Sealed, UrlKey
from schemas.seal_context import placed_address, resolved_addresses
from streams.attribution.placement import Draft
from streams.schedule.sampling import sampling

ADDRESSES_KEPT_MAX: Final = 64
"""Addresses that a fact keeps: eight times what rule 3.1 tells apart, 4 KB sealed."""

FORMER_NAMES_MAX: Final = 16
"""Names of an owner that a placement says: as many as a registry ever changed, and its limit."""


def placements(
    found: Located, url_key: UrlKey, keys: Keyring, key: MonthKey
) -> tuple[Placement, ...]:
    """Return a URL's placements as they may leave the process, each with whether it is sampled.

    Args:
        found: where its host is.
        url_key: the URL.
        keys: hashes addresses.
        key: seals them.
    """
    if not found.named:
        found.named.extend([_named(draft, keys) for draft in found.placements])
    bound = placed_address(url_key)
    made = [
        replace(placement, address=key.seal(text, bound)) if text else placement
        for placement, text in found.named
    ]
    if not found.inclusions:
        return tuple(made)
    return tuple([_sampled(one, found.inclusions.get(one.hoster), url_key) for one in made])


def addresses(found: Located, url_key: UrlKey, keys: Keyring, key: MonthKey) -> tuple[Sealed, str]:
    """Return all addresses of a URL's host as they may leave the process, and their keyed hash.

    Args:
        found: where its host is.
        url_key: the URL.
        keys: hashes them.
        key: seals them.
    """
    if not found.spots:
        return "", ""
    if not found.listed:
        text = " ".join(map(_with_prefix, found.spots[:ADDRESSES_KEPT_MAX]))
        found.listed.append((text.encode(), keys.hash("addresses", text)))
    said, hashed = found.listed[0]
    return key.seal(said, resolved_addresses(url_key)), hashed


def _with_prefix(spot: Draft) -> str:
    return f"{spot.address}/{spot.prefix_bits}" if spot.prefix_bits else spot.address


def _named(draft: Draft, keys: Keyring) -> tuple[Placement, bytes]:
    """Return a placement whose address is not yet in it, and the address."""
    placement = Placement(
        hoster=draft.hoster,
        group=draft.group,
        role=draft.role,
        country=draft.country,
        asn=draft.asn,
        organisation=draft.organisation,
        asn_country=draft.asn_country,
        registered_country=draft.registered_country,
        confidence=draft.confidence,
        contested=draft.contested,
        formerly=draft.formerly[:FORMER_NAMES_MAX],
        behind=draft.behind,
        disclosed=draft.disclosed,
        address_key=keys.hash("address", draft.address) if draft.address else "",
    )
    return placement, draft.address.encode()


def _sampled(placement: Placement, entry: InclusionEntry | None, url_key: UrlKey) -> Placement:
    found = sampling(entry, url_key)
    if found is ALL_SAMPLED:
        return placement
    return replace(placement, inclusion=found.inclusion, sampled=found.sampled)
