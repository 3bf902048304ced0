"""The record of a resolution that a history tells of, as a stage would have written it."""

from schemas.closed_lists import Confidence
from schemas.moments import Instant
from schemas.records.facts import Attribution, Placement
from streams.history.made_probe import URL_KEY
from streams.history.read import is_network
from streams.history.scene import HistoryRegistry, HistoryResolution, Site
from streams.lifecycle.evidence.owner import UNKNOWN


def attribution(made: HistoryResolution, registry: HistoryRegistry, at: Instant) -> Attribution:
    """Return the fact of a resolution.

    Args:
        made: what it said, and who made it.
        registry: says what hosters were called before.
        at: when it was made.
    """
    pairs = zip(made.sites, made.addresses, strict=False)
    places = [
        _place(site, registry, address=address, contested=site.hoster in made.contested)
        for site, address in pairs
    ]
    seen = {(site.hoster, site.role) for site in made.sites}
    stated = [site for site in made.origin if made.proxied]
    for site in (*stated, *made.behind):
        if (site.hoster, site.role) not in seen:
            said = Confidence.STATEMENT if site in stated else Confidence.NAME
            disclosed = site in stated and made.disclosed
            places.append(_place(site, registry, behind=said, disclosed=disclosed))
    return Attribution(
        url_key=URL_KEY,
        vantage=made.vantage,
        at=at,
        answered=made.answered,
        nxdomain=made.nxdomain,
        placements=tuple(places),
    )


def _place(
    site: Site,
    registry: HistoryRegistry,
    *,
    address: str = "",
    contested: bool = False,
    behind: Confidence | None = None,
    disclosed: bool = False,
) -> Placement:
    return Placement(
        hoster=site.hoster,
        group=site.group,
        role=site.role,
        country="NL",
        asn=int(site.hoster[2:]) % 2**32 if is_network(site.hoster) else 64_500,
        asn_country="NL",
        confidence=behind or _by_address(site),
        contested=contested,
        address_key=address,
        address="sealed" if address else "",
        formerly=registry.formers(site.hoster),
        behind=behind is not None,
        disclosed=disclosed,
    )


def _by_address(site: Site) -> Confidence:
    """Return which layer finds a hoster at an address of its own."""
    if site.hoster == UNKNOWN:
        return Confidence.UNKNOWN
    return Confidence.FALLBACK if is_network(site.hoster) else Confidence.ASN
