"""`facts.v1` and `decisions.v1`: where a URL is, what a probe saw, what the operator decided.

Facts are raw. Verdicts are derived from them by versioned rules in `streams.verdicts.rules`, so a
better rule can judge old facts again. Names, addresses, ETags and Locations appear as keyed hashes
(`*_key`); what a person may need to read later is sealed.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from schemas.closed_lists import Confidence, DecisionAction, ProbeError, Role, Target
from schemas.moments import Instant
from schemas.records.reports import HosterId, Sealed, UrlKey, VantageId
from schemas.signing import Signature


class Placement(Struct, frozen=True, kw_only=True, gc=False):
    """One hoster that serves the URL, and the evidence for it.

    Attributes:
        hoster: registry id, `as<number>` or `unknown`.
        group: the hoster's owner; the hoster's own id where the registry names none.
        country: ISO 3166 code of the hoster's seat, else where the address is used, else `??`.
        asn: autonomous system number of the address; 0 = not known.
        organisation: name of the autonomous system; empty = not known.
        asn_country: where the address is used according to the country database, `??` = unknown.
        registered_country: where its network is registered according to that database.
        confidence: the layer that decided.
        contested: a hotline's statement of the origin contradicts the address, no proxy between.
        address_key: keyed hash of the address.
        address: the address, sealed.
        inclusion: the share of the hoster's cases that are promised probes on time, as the registry
            said at that instant.
        sampled: this URL's case is one of them (`streams.schedule.sampling`).
        formerly: other names that its owner had in the registry: the network `as<number>` it was
            before it was known, and a group that no longer exists. Who had one of them is renamed.
        behind: it is behind a proxy whose address this is; its own address is not known.
        disclosed: the proxy's operator disclosed that it is there.
    """

    hoster: HosterId
    group: HosterId
    role: Role = Role.HOSTING
    country: str = "??"
    asn: int = 0
    organisation: Annotated[str, Meta(max_length=200)] = ""
    asn_country: str = "??"
    registered_country: str = "??"
    confidence: Confidence = Confidence.UNKNOWN
    contested: bool = False
    address_key: str = ""
    address: Sealed = ""
    inclusion: Annotated[float, Meta(gt=0, le=1)] = 1.0
    sampled: bool = True
    formerly: Annotated[tuple[HosterId, ...], Meta(max_length=16)] = ()
    behind: bool = False
    disclosed: bool = False


class Attribution(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="attribution"):
    """Where a URL was served from at one time, seen from one place.

    Attributes:
        vantage: who resolved; `attribution` for the stage of that name.
        at: when the answer was complete.
        answered: a resolver answered at all (NXDOMAIN is an answer, SERVFAIL and silence are not).
        nxdomain: the name does not exist.
        placements: one per hoster and role, sorted; empty when nothing was found.
        names: CNAME chain, sealed; empty for an address literal.
        addresses: all addresses of the answer, IPv4 first, then by value, the first 64; each with
            the length of its prefix where the ASN database has it (`192.0.2.7/24`); sealed.
        addresses_key: keyed hash of that text.
        registry_version: version of the registry the answer was made with.
        dataset: name and build date of the databases it was made with.
        dataset_digests: SHA-256 of the files of those databases, in the same order.
        more: the answer had more hosters than the placements name.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    url_key: UrlKey
    vantage: VantageId
    at: Instant
    answered: bool = True
    nxdomain: bool = False
    placements: tuple[Placement, ...] = ()
    names: Sealed = ""
    addresses: Sealed = ""
    addresses_key: str = ""
    registry_version: int = 0
    dataset: str = ""
    dataset_digests: Annotated[tuple[str, ...], Meta(max_length=2)] = ()
    more: bool = False


class Facts(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The raw facts of one executed order; never a body byte.

    Attributes:
        error: why there is no complete response; None = there is one.
        status: HTTP status of the last hop.
        type: media type of the closed list (`schemas.media_types`); in version 1 any, lower case,
            without parameters, at most 64 characters.
        type_key: keyed hash of a media type that is not on the list.
        length: Content-Length of the last hop; None = not said.
        etag_key: keyed hash of ETag.
        location_key: keyed hash of where the last redirect led, the request's own path cut out
            where it is repeated, so that hosts which redirect every path alike show it.
        modified: Last-Modified as an instant.
        age_s: Age header; None = none.
        cached: the answer is marked as served from a cache.
        hops: redirects followed.
        left_host: a redirect led to another host.
        to_root: the last redirect led to a host's root.
        challenge: the answer is a bot challenge of a known proxy.
        suspended: a known marker says that the account is suspended.
        parked: the last Location is on the list of parking services.
        placeholder: the last Location is a known name of a "not found" or "was removed" page.
        tls: negotiated version, `none` for plain HTTP; the certificate is recorded, not enforced.
        tls_valid: the certificate verified against the system's roots.
        retry_after_s: Retry-After, bounded.
        bytes: read of all responses, after TLS.
        resolve_ms, connect_ms, tls_ms, processing_ms, transfer_ms: duration of each phase.
        requests: requests that went out for this order, redirect hops and GET included.
        method: which request the facts answer: `HEAD`, or `GET` where HEAD was not allowed or was
            answered otherwise.
        head_status: what HEAD was answered where a GET followed to check it; 0 = none did. With
            `method` GET the two differed.
    """

    error: ProbeError | None = None
    status: int = 0
    type: Annotated[str, Meta(max_length=64)] = ""
    type_key: str = ""
    length: int | None = None
    etag_key: str = ""
    location_key: str = ""
    modified: Instant | None = None
    age_s: int | None = None
    cached: bool = False
    hops: int = 0
    left_host: bool = False
    to_root: bool = False
    challenge: bool = False
    suspended: bool = False
    parked: bool = False
    placeholder: bool = False
    tls: str = "none"
    tls_valid: bool = False
    retry_after_s: int | None = None
    bytes: int = 0
    resolve_ms: int = 0
    connect_ms: int = 0
    tls_ms: int = 0
    processing_ms: int = 0
    transfer_ms: int = 0
    requests: int = 0
    method: str = "HEAD"
    head_status: int = 0


class Observation(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="observation"):
    """What a probe saw.

    Attributes:
        order_id: identity of the order; with the facts' digest the identity of the observation.
        case_id: the case the order was made for.
        hoster, role: the hoster it was made for.
        vantage: from where.
        target: what was probed.
        slot_at: the planned slot.
        sent_at: when the request was sent (when the attempt began, if none was).
        done_at: when the answer was complete, or the attempt ended.
        asked: the vantages that were asked for this slot.
        canary_ok: this vantage's canary answered as expected when last asked.
        address_key: keyed hash of the address connected to.
        hosters: hoster ids that the name's addresses belonged to at this probe, the case's own
            among them if one belonged to its group.
        nxdomain: the name did not exist at this probe.
        old_address: it was asked at the case's last known address, not where DNS points.
        announced: the probe named itself.
        asn: autonomous system number of the vantage's network; 0 = not known.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    url_key: UrlKey
    order_id: str
    case_id: str
    hoster: HosterId
    role: Role = Role.HOSTING
    vantage: VantageId
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    asked: tuple[VantageId, ...] = ()
    canary_ok: bool = True
    address_key: str = ""
    hosters: tuple[HosterId, ...] = ()
    nxdomain: bool = False
    old_address: bool = False
    announced: bool = True
    asn: Annotated[int, Meta(ge=0, lt=1 << 32)] = 0
    facts: Facts


Fact: TypeAlias = Attribution | Observation


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """What the operator decided about a case, signed by two persons, with a reason.

    Version 1 named two roles and was not signed. It is read for ever.

    Attributes:
        id: identity of the decision.
        case_id: the case; empty = every case of the URL.
        action: what was decided.
        hoster: the new hoster of a re-attribution.
        group: its owner in the registry at that time; None = the hoster itself.
        revokes: the id of the decision that a `revoke` takes back.
        proposed_by, approved_by: two different roles, of version 1 only.
        reason: why, in words; no URL.
        basis: digest of what `cases.v1` said of the cases when it was proposed
            (`streams.views.decision_basis`); it changes nothing here.
        signatures: of two persons, over all other fields; one without them has no effect, but of
            version 1 from before the ledger's first two persons.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    id: Annotated[str, Meta(min_length=1, max_length=64)]
    url_key: UrlKey
    case_id: Annotated[str, Meta(max_length=64)] = ""
    decided_at: Instant
    action: Annotated[str, Meta(pattern=f"^({'|'.join(DecisionAction)})$")]
    hoster: HosterId | None = None
    group: HosterId | None = None
    revokes: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    proposed_by: Annotated[str, Meta(max_length=64)] = ""
    approved_by: Annotated[str, Meta(max_length=64)] = ""
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    basis: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""
    signatures: Annotated[tuple[Signature, ...], Meta(max_length=2)] = ()

    def __post_init__(self) -> None:
        """Refuse what is no version 1.

        Raises:
            ValueError: it names no two roles.
        """
        if self.v == 1 and not (self.proposed_by and self.approved_by):
            raise ValueError
