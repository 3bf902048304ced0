"""The layered answer, as tables and laws."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Confidence, Role
from schemas.records.registry import HosterEntry
from streams.attribution.placement import NOBODY, PLACEMENTS_MAX, HostEvidence, attribute, judge
from streams.network import Network, order
from streams.registry.hoster_index import HosterIndex


def entry(id: str, **fields) -> HosterEntry:
    """Return a registry entry that holds from the beginning."""
    return HosterEntry(id=id, name=id, version=1, valid_from=0, **fields)


REGISTRY = HosterIndex(
    {
        one.id: one
        for one in (
            entry("rack", country="NL", group="holding", asns=(64500,)),
            entry("reseller", country="BE", prefixes=("198.51.100.0/24",)),
            entry("sister", country="DE", group="holding", asns=(64501,)),
            entry("orga", organisations=("Orga Hosting",)),
            entry("edge", country="US", type="proxy", asns=(64510,), names=("edge.example",)),
            entry("shop", country="CA", names=("shop.example",)),
            entry("eyeball", type="access", asns=(64520,)),
            entry("cloud", country="US", asns=(16509,)),
        )
    }
)

RACK = ("203.0.113.1", Network(asn=64500, organisation="Rack", country="NL"))
RACK_2 = ("203.0.113.9", Network(asn=64500, organisation="Rack", country="DE"))
SISTER = ("203.0.113.77", Network(asn=64501, country="DE"))
RESELLER = ("198.51.100.5", Network(asn=64500, organisation="Rack", country="FR"))
ORGA = ("192.0.2.1", Network(asn=64999, organisation="ORGA  hosting", country="SE"))
STRANGER = ("192.0.2.2", Network(asn=64777, organisation="Stranger", country="PL"))
DARK = ("192.0.2.3", Network())
EDGE = ("192.0.2.4", Network(asn=64510, country="US"))
FLARE = ("192.0.2.5", Network(asn=13335, organisation="Cloudflare, Inc.", country="CA"))
LINODE = ("192.0.2.6", Network(asn=63949, organisation="Akamai Technologies, Inc.", country="US"))
CLOUD = ("192.0.2.7", Network(asn=16509, organisation="Amazon.com, Inc.", country="IE"))
EYEBALL = ("192.0.2.8", Network(asn=64520, country="NL"))


def found(*spots, names=(), origin=None) -> HostEvidence:
    """Return what is known of a host."""
    return HostEvidence(
        names=names, addresses={ip_address(a): network for a, network in spots}, origin=origin
    )


def placed(*spots, names=(), origin=None) -> list[tuple]:
    """Return (hoster, role, confidence) of the placements."""
    drafts = attribute(found(*spots, names=names, origin=origin), REGISTRY)
    return [(d.hoster, d.role.value, d.confidence.value) for d in drafts]


@pytest.mark.parametrize(
    ("spot", "answer"),
    [
        (RESELLER, ("reseller", "hosting", "prefix")),
        (RACK, ("rack", "hosting", "asn")),
        (ORGA, ("orga", "hosting", "organisation")),
        (STRANGER, ("as64777", "hosting", "fallback")),
        (DARK, ("unknown", "hosting", "unknown")),
        (EDGE, ("edge", "proxy", "asn")),
        (FLARE, ("as13335", "proxy", "fallback")),
        (LINODE, ("as63949", "hosting", "fallback")),
        (EYEBALL, ("eyeball", "hosting", "asn")),
    ],
)
def test_layers_of_an_address(spot, answer) -> None:
    """Prefix, ASN, organisation, `as<number>`, unknown: the first that knows decides."""
    assert placed(spot) == [answer]


@pytest.mark.parametrize(
    ("spots", "names", "origin", "answers"),
    [
        # behind a proxy a statement is a hosting placement beside it
        ([FLARE], (), "rack", [("as13335", "proxy", "fallback"), ("rack", "hosting", "statement")]),
        ([FLARE], (), None, [("as13335", "proxy", "fallback")]),
        ([FLARE], (), "unknown", [("as13335", "proxy", "fallback")]),
        # elsewhere it counts for nothing
        ([RACK], (), "reseller", [("rack", "hosting", "asn")]),
        # a platform's name over the network it rents
        ([RACK], ("a.shop.example",), None, [("shop", "hosting", "name")]),
        ([RESELLER], ("b.example", "a.shop.example"), None, [("shop", "hosting", "name")]),
        # and beside a proxy in front of it, below a statement
        (
            [EDGE],
            ("a.shop.example",),
            None,
            [("edge", "proxy", "asn"), ("shop", "hosting", "name")],
        ),
        (
            [EDGE],
            ("a.shop.example",),
            "rack",
            [("edge", "proxy", "asn"), ("rack", "hosting", "statement")],
        ),
        # a proxy's name takes no address from a hoster the registry knows
        ([RACK], ("x.edge.example",), None, [("rack", "hosting", "asn")]),
        ([RESELLER], ("x.edge.example",), None, [("reseller", "hosting", "prefix")]),
        # but marks a node in a network that is nobody's
        ([STRANGER], ("x.edge.example",), None, [("edge", "proxy", "name")]),
        # a CDN that shares its network with rented servers
        ([CLOUD], ("d.cloudfront.net",), None, [("cloud", "proxy", "asn")]),
        ([CLOUD], ("h.example",), None, [("cloud", "hosting", "asn")]),
        ([RACK], ("d.cloudfront.net",), None, [("rack", "hosting", "asn")]),
        # several hosters: a placement each
        (
            [RACK, RESELLER, FLARE],
            (),
            None,
            [
                ("as13335", "proxy", "fallback"),
                ("rack", "hosting", "asn"),
                ("reseller", "hosting", "prefix"),
            ],
        ),
        # what DNS shows of the stated hoster is better evidence than the statement
        ([RACK, FLARE], (), "rack", [("as13335", "proxy", "fallback"), ("rack", "hosting", "asn")]),
        # no address at all
        ([], ("gone.example",), "rack", [("unknown", "hosting", "unknown")]),
        ([], ("a.shop.example",), None, [("unknown", "hosting", "unknown")]),
    ],
)
def test_names_and_the_stated_origin_count_where_the_rule_says(
    spots, names, origin, answers
) -> None:
    """Names and the stated origin count where the module's rule says, and nowhere else."""
    assert placed(*spots, names=names, origin=origin) == answers


@pytest.mark.parametrize(
    ("spot", "origin", "contested"),
    [
        (RACK, "rack", False),
        (RACK, "sister", False),  # same group
        (RACK, "reseller", True),
        (RACK, "nobody-knows", True),
        (RACK, "unknown", False),
        (RACK, None, False),
        (STRANGER, "rack", True),
        (DARK, "rack", False),
    ],
)
def test_a_contradiction_is_contested(spot, origin, contested) -> None:
    """Without a proxy between, a statement of another group contests; ignorance does not."""
    (draft,) = attribute(found(spot, origin=origin), REGISTRY)
    assert draft.contested is contested


def test_the_proxy_itself_is_never_contested() -> None:
    """A statement about the origin says nothing against the proxy before it."""
    drafts = attribute(found(FLARE, origin="rack"), REGISTRY)
    assert [draft.contested for draft in drafts] == [False, False]


def test_countries_are_kept_apart() -> None:
    """The seat is the hoster's, the place is the address's; without a seat the place stands in."""
    (rack,) = attribute(found(RACK_2), REGISTRY)
    (stranger,) = attribute(found(STRANGER), REGISTRY)
    assert (rack.country, rack.asn_country, rack.group, rack.asn) == ("NL", "DE", "holding", 64500)
    assert (stranger.country, stranger.asn_country, stranger.group) == ("PL", "PL", "as64777")


def test_the_lowest_address_is_kept() -> None:
    """Of a hoster's addresses in one network and country the lowest stands; others stand apart."""
    drafts = attribute(found(RACK_2, RACK), REGISTRY)
    shown = {(draft.asn, draft.asn_country): draft.address for draft in drafts}
    assert {draft.hoster for draft in drafts} == {"rack"}
    assert len(shown) == len(drafts)
    assert "203.0.113.1" in shown.values()


def test_what_is_behind_is_seen_at_the_proxy() -> None:
    """A stated origin keeps the proxy's address and invents no network or place."""
    _, behind = attribute(found(FLARE, origin="rack"), REGISTRY)
    assert (behind.address, behind.country, behind.asn_country) == (FLARE[0], "NL", "??")
    assert (behind.asn, behind.group) == (0, "holding")


def test_what_is_behind_says_so_and_who_disclosed_it() -> None:
    """Whether the proxy's operator disclosed the origin goes with the statement alone."""
    host = HostEvidence(addresses={ip_address(FLARE[0]): FLARE[1]}, origin="rack", disclosed=True)
    proxy, behind = attribute(host, REGISTRY)
    assert (proxy.behind, proxy.disclosed) == (False, False)
    assert (behind.behind, behind.disclosed) == (True, True)
    _, named = attribute(found(FLARE, names=("a.shop.example",)), REGISTRY)
    assert (named.behind, named.disclosed) == (True, False)
    (direct,) = attribute(
        HostEvidence(addresses={ip_address(RACK[0]): RACK[1]}, disclosed=True), REGISTRY
    )
    assert (direct.behind, direct.disclosed) == (False, False)


def history(*versions) -> HosterIndex:
    """Return an index of a registry in which these are all entries that have held."""
    past: dict = {}
    for one in versions:
        past.setdefault(one.id, []).append(one)
    return HosterIndex({id: held[-1] for id, held in past.items()}, past)


def version(id: str, number: int, **fields) -> HosterEntry:
    """Return a version of an entry; the first holds from the beginning."""
    return HosterEntry(id=id, name=id, version=number, valid_from=number - 1, **fields)


ACME = version("acme", 1, asns=(64500,))
FORMER_NAMES = {
    "known from the beginning": ([ACME], ()),
    "known later": ([version("acme", 2, asns=(64500,))], ("as64500",)),
    "its network added later": (
        [version("acme", 1), version("acme", 2, asns=(64500,))],
        ("as64500",),
    ),
    "its prefix added later": (
        [version("acme", 1), version("acme", 2, prefixes=("203.0.113.0/24",))],
        (),
    ),
    "its prefix in another's network": (
        [version("big", 1, asns=(64500,)), version("acme", 2, prefixes=("203.0.113.0/24",))],
        (),
    ),
    "given an owner": ([ACME, version("acme", 2, asns=(64500,), group="g")], ()),
    "its group renamed": (
        [
            version("acme", 1, asns=(64500,), group="old"),
            version("acme", 2, asns=(64500,), group="new"),
        ],
        ("old",),
    ),
    "sold to another group": (
        [
            version("acme", 1, asns=(64500,), group="old"),
            version("sister", 1, asns=(64501,), group="old"),
            version("acme", 2, asns=(64500,), group="new"),
        ],
        (),
    ),
}


@pytest.mark.parametrize(("entries", "names"), FORMER_NAMES.values(), ids=FORMER_NAMES)
def test_a_placement_says_what_its_owner_was_called(entries, names) -> None:
    """Its network while nobody knew it, a group that was renamed; never another hoster's name."""
    (draft,) = attribute(found(RACK), history(*entries))
    assert (draft.hoster, draft.formerly) == ("acme", names)


def test_addresses_do_not_show() -> None:
    """Neither names nor addresses appear in the text of what the rule handles."""
    host = found(RACK, names=("secret.example",))
    text = repr(host) + repr(attribute(host, REGISTRY))
    assert "secret" not in text
    assert "203.0.113" not in text


def test_too_many_hosters_are_bounded() -> None:
    """A name spread over a thousand networks gives no more placements than a record may hold."""
    spots = [(f"10.0.{n // 256}.{n % 256}", Network(asn=n + 1)) for n in range(1_000)]
    assert len(attribute(found(*spots), REGISTRY)) == PLACEMENTS_MAX


ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
NETWORKS = st.builds(
    Network,
    asn=st.sampled_from([0, 13335, 16509, 64500, 64501, 64510, 64777]),
    organisation=st.sampled_from(["", "Orga Hosting", "Stranger"]),
    country=st.sampled_from(["??", "NL", "US"]),
)
NAMES = st.lists(
    st.sampled_from(["a.example", "x.edge.example", "s.shop.example", "d.cloudfront.net"]),
    max_size=3,
)
ORIGINS = st.sampled_from([None, "rack", "sister", "edge", "nobody-knows", "unknown"])


@given(st.dictionaries(ADDRESSES, NETWORKS, max_size=8), NAMES, ORIGINS, st.randoms())
def test_order_does_not_matter_and_nothing_is_dropped(spots, names, origin, chance) -> None:
    """Any order of addresses gives the same answer, in which every address's hoster stands."""
    shuffled = list(spots.items())
    chance.shuffle(shuffled)
    host = HostEvidence(names=tuple(names), addresses=spots, origin=origin)
    drafts = attribute(host, REGISTRY)
    again = HostEvidence(names=tuple(names), addresses=dict(shuffled), origin=origin)
    assert attribute(again, REGISTRY) == drafts
    keys = [(draft.hoster, draft.role, draft.asn, draft.asn_country) for draft in drafts]
    assert keys == sorted(set(keys))
    judged = judge(host, REGISTRY)
    assert [draft.address for draft in judged] == [str(a) for a in sorted(spots, key=order)]
    assert {(d.hoster, d.role, d.asn, d.asn_country) for d in judged} <= set(keys)
    if not spots:
        assert drafts == (NOBODY,)


@given(st.dictionaries(ADDRESSES, NETWORKS, min_size=1, max_size=8), NAMES, ORIGINS)
def test_statements_add_only_behind_a_proxy(spots, names, origin) -> None:
    """What is not seen at an address is a hosting placement, and a proxy stands beside it."""
    host = HostEvidence(names=tuple(names), addresses=spots, origin=origin)
    drafts = attribute(host, REGISTRY)
    seen = {(draft.hoster, draft.role) for draft in judge(host, REGISTRY)}
    added = [draft for draft in drafts if (draft.hoster, draft.role) not in seen]
    assert len(added) <= 1
    for draft in added:
        assert draft.role is Role.HOSTING
        assert draft.confidence in (Confidence.STATEMENT, Confidence.NAME)
        assert any(role is Role.PROXY for _, role in seen)
    if any(draft.confidence is Confidence.STATEMENT for draft in drafts):
        assert any(role is Role.PROXY for _, role in seen)
