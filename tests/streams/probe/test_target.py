"""What a prober asks for, and where."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Role, Target
from schemas.identity.ids import canonical
from streams.probe.target import HosterAddress, aimed, is_root, made_up_path, pick, root_of

OWN = HosterAddress(address="192.0.2.1", hoster="rack", group="rack", proxy=False)
OWN_TOO = HosterAddress(address="192.0.2.2", hoster="rack", group="rack", proxy=False)
SISTER = HosterAddress(address="192.0.2.9", hoster="rack-two", group="rack", proxy=False)
RENAMED = HosterAddress(
    address="192.0.2.7", hoster="tower", group="tower", proxy=False, formerly=("rack",)
)
REGROUPED = HosterAddress(
    address="192.0.2.8", hoster="x", group="x", proxy=False, formerly=("rack",)
)
OTHER = HosterAddress(
    address="198.51.100.1", hoster="shed", group="shed", proxy=False, nameless="as64500"
)
OTHER_TOO = HosterAddress(
    address="198.51.100.2", hoster="shed", group="shed", proxy=False, nameless="as64500"
)
CDN = HosterAddress(address="203.0.113.1", hoster="edge", group="edge", proxy=True)
CDN_TOO = HosterAddress(address="203.0.113.2", hoster="edge", group="edge", proxy=True)
CASE = ("rack", "rack", Role.HOSTING)
NETWORK = ("as64500", "as64500", Role.HOSTING)
REST = ("overflow", "overflow", Role.HOSTING)
NOBODY = ("unknown", "unknown", Role.HOSTING)


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("http://x.example/a/picture1.jpg", r"/a/[0-9a-f]{8}\.jpg"),
        ("http://x.example/a/b/a-name-of-some-length.html?x=1", r"/a/b/[0-9a-f]{21}\.html\?x=1"),
        ("http://x.example/photo.jpg?w=300&sig=ab", r"/[0-9a-f]{8}\.jpg\?w=300&sig=ab"),
        ("http://x.example/photo/abc?utm_source=x", r"/photo/[0-9a-f]{8}\?utm_source=x"),
        ("http://x.example/view.php?id=123", r"/view\.php\?id=9[0-9]{8}"),
        ("http://x.example/view.php?id=12345678901&p=photo", r"/view\.php\?id=9[0-9]{10}&p=photo"),
        ("http://x.example/view.php?name=holiday&lang=", r"/view\.php\?name=[0-9a-f]{8}&lang="),
        ("http://x.example/view.php?d41d8cd98f00b204", r"/view\.php\?[0-9a-f]{16}"),
        ("http://x.example/view.php?utm_source=a5", r"/[0-9a-f]{8}\.php\?utm_source=a5"),
        ("http://x.example/a/?p=77&lang=en", r"/a/\?p=9[0-9]{8}&lang=en"),
        ("http://x.example/a/b/", r"/a/[0-9a-f]{8}/"),
        ("http://x.example/", r"/[0-9a-f]{8}"),
        ("http://x.example/?id=5", r"/\?id=9[0-9]{8}"),
        ("http://x.example/.hidden", r"/[0-9a-f]{8}"),
        ("http://x.example/" + "n" * 500 + ".png", r"/[0-9a-f]{64}\.png"),
        ("http://x.example/a.b.c.verylongextension", r"/[0-9a-f]{23}"),
        ("http://x.example//", r"/[0-9a-f]{8}/?"),
    ],
)
def test_the_random_path_lies_beside(url: str, pattern: str) -> None:
    """What names the content is made up, in a like length and form; the rest is kept."""
    assert re.fullmatch(pattern, made_up_path(canonical(url), "salt").request)


@given(
    st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=60),
    st.text(max_size=8),
)
def test_controls_stay_on_the_host(path: str, salt: str) -> None:
    """Whatever the URL, its controls are sound requests on the same host, scheme and port."""
    url = canonical(f"https://x.example:8443/{path}")
    made, root = made_up_path(url, salt), root_of(url)
    for one in (made, root):
        assert (one.host, one.port, one.scheme) == (url.host, url.port, url.scheme)
        assert one.text == f"{url.host}:8443{one.request}"
        assert canonical(f"{one.scheme}://{one.text}").request == one.request
    assert made.request != url.request
    assert made == made_up_path(url, salt)
    assert is_root(root)


def test_an_order_s_target_gives_its_url() -> None:
    """An order asks for the URL, the made-up path or the root; salts make other paths."""
    url = canonical("http://x.example/a/b.jpg")
    assert aimed(url, Target.URL, "s") == url
    assert aimed(url, Target.ROOT, "s").request == "/"
    assert aimed(url, Target.MADE_UP_PATH, "s") == made_up_path(url, "s")
    assert made_up_path(url, "s") != made_up_path(url, "t")


@pytest.mark.parametrize(
    ("spots", "last", "case", "want"),
    [
        ([OWN, OTHER], OWN, CASE, ("192.0.2.1", False, ("rack", "shed"))),
        ([OTHER, OWN], None, CASE, ("192.0.2.1", False, ("rack", "shed"))),
        ([OWN, OWN_TOO], OWN_TOO, CASE, ("192.0.2.2", False, ("rack",))),
        ([SISTER], OWN, CASE, ("192.0.2.9", False, ("rack", "rack-two"))),
        ([OTHER], OWN, CASE, ("192.0.2.1", True, ("shed",))),
        ([], OWN, CASE, ("192.0.2.1", True, ())),
        ([OTHER], None, CASE, ("198.51.100.1", False, ("shed",))),
        ([], None, CASE, (None, False, ())),
        ([CDN], OWN, CASE, ("192.0.2.1", True, ("edge",))),
        ([CDN], CDN, CASE, ("203.0.113.1", False, ("edge", "rack"))),
        ([CDN], CDN_TOO, CASE, ("203.0.113.1", False, ("edge", "rack"))),
        ([CDN], CDN_TOO, ("edge", "edge", Role.PROXY), ("203.0.113.1", False, ("edge",))),
        ([OTHER], CDN, CASE, ("203.0.113.1", True, ("shed",))),
        ([OTHER], OTHER, CASE, ("198.51.100.1", False, ("shed",))),
        ([OTHER, OWN], OTHER, CASE, ("192.0.2.1", False, ("rack", "shed"))),
        ([CDN], CDN, ("rack", "rack", Role.PROXY), ("203.0.113.1", False, ("edge",))),
        ([RENAMED], RENAMED, CASE, ("192.0.2.7", False, ("rack", "tower"))),
        ([RENAMED], OWN, CASE, ("192.0.2.7", False, ("rack", "tower"))),
        (
            [REGROUPED],
            REGROUPED,
            ("gone", "rack", Role.HOSTING),
            ("192.0.2.8", False, ("gone", "x")),
        ),
        ([OTHER], OTHER, NETWORK, ("198.51.100.1", False, ("as64500", "shed"))),
        ([OTHER_TOO], OTHER, NETWORK, ("198.51.100.1", True, ("shed",))),
        ([OTHER], OTHER, NOBODY, ("198.51.100.1", False, ("shed", "unknown"))),
        ([OTHER], OTHER, REST, ("198.51.100.1", False, ("overflow", "shed"))),
        ([OTHER_TOO], OTHER, NOBODY, ("198.51.100.1", True, ("shed",))),
        ([OTHER_TOO, OTHER], OTHER, NETWORK, ("198.51.100.1", False, ("as64500", "shed"))),
    ],
)
def test_where_a_probe_goes(spots, last, case, want) -> None:
    """The case's own hoster first, then the old address; whose the addresses are stands beside.

    An address that another owner has by now is the hoster's no more. It is if that is the same
    owner under another name, or if the case is of a network that had no name.
    """
    address, old, hosters = want
    picked = pick(spots, last, case)
    assert (picked.address, picked.old, picked.hosters) == (address, old, hosters)
