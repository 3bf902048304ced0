"""Networks that stand in front of others' servers: the short list that needs no registry.

An address in one of these autonomous systems is a proxy's: who hosts behind it is not to be seen
from outside, so its operator is given the role `proxy` and never the blame of hosting. A hoster
of type `proxy` in the operator's registry says the same of any network; an entry of another type
for one of these networks overrules this list.

The list holds only systems that carry nothing but proxies or nearly so. Operators that rent out
servers in the same system (Datacamp AS60068, G-Core AS199524, DDoS-Guard AS57724, Microsoft
AS8075, Amazon AS16509) are not in it: whoever rents there must not look like a CDN. Nor is
AS63949, named `Akamai Technologies` and in fact Linode, which rents out servers.

Sources: RIR records of the systems as given in DB-IP ASN Lite 2026-09 and PeeringDB;
https://www.cloudflare.com/ips/ (543 of 550 observed addresses of AS13335 lie in that list);
https://www.fastly.com/documentation/guides/concepts/routing/ (AS54113);
https://docs.imperva.com (AS19551).
"""

from collections.abc import Mapping
from typing import Final

PROXY_ASNS: Final[Mapping[int, str]] = {
    13335: "Cloudflare",
    209242: "Cloudflare London",
    54113: "Fastly",
    20940: "Akamai",
    16625: "Akamai",
    19551: "Imperva",
    30148: "Sucuri",
}
"""Autonomous systems of proxies, and whose they are."""

PROXY_NAMES: Final[Mapping[str, frozenset[int]]] = {
    "cloudfront.net": frozenset({16509}),
    "azureedge.net": frozenset({8075}),
    "azurefd.net": frozenset({8075}),
}
"""Names of CDNs whose nodes share a system with rented servers, and the systems they lie in.

A name alone proves nothing, since whoever holds a zone can point it anywhere: it marks an address
as a proxy's only inside these systems. `cloudflare.net` is no such name: there a customer can
have his own server's address answered.

Sources: https://docs.aws.amazon.com/AmazonCloudFront (distribution domain names),
https://learn.microsoft.com/azure/frontdoor (endpoint domain names).
"""


def proxy_name(name: str, asn: int) -> bool:
    """Tell whether a name inside this system is one of a CDN's nodes.

    Args:
        name: host name or CNAME in lower case.
        asn: autonomous system of the address it led to.
    """
    tail = name
    while tail:
        if asn in PROXY_NAMES.get(tail, ()):
            return True
        tail = tail.partition(".")[2]
    return False
