"""The built-in list of proxies."""

import pytest

from streams.attribution.cdn import PROXY_ASNS, proxy_name

RENTS_SERVERS = (63949, 16509, 8075, 60068, 199524, 57724)


@pytest.mark.parametrize("asn", RENTS_SERVERS)
def test_who_rents_out_servers_is_not_a_proxy(asn: int) -> None:
    """Systems with rented servers are left out: AS63949 is named Akamai and is Linode."""
    assert asn not in PROXY_ASNS


@pytest.mark.parametrize(
    ("name", "asn", "proxy"),
    [
        ("d1.cloudfront.net", 16509, True),
        ("cloudfront.net", 16509, True),
        ("d1.cloudfront.net", 64500, False),
        ("notcloudfront.net", 16509, False),
        ("cloudfront.net.evil.example", 16509, False),
        ("x.azureedge.net", 8075, True),
        ("", 16509, False),
    ],
)
def test_a_name_marks_only_its_own_networks(name: str, asn: int, proxy: bool) -> None:
    """A CDN's name that leads to a foreign server proves nothing."""
    assert proxy_name(name, asn) is proxy
