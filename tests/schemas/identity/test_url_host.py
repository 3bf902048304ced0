"""The host of an accepted URL."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.identity.ids import BadUrl, canonical
from schemas.identity.url_host import host_of

HOSTS = [
    "a.example",
    "A.Example",
    "a.example.",
    "a_b.example",
    "xn--nxasmq6b.example",
    "bücher.example",
    "198.51.100.7",
    "198.51.100.07",
    "0x7f.1",
    "[2001:db8::1]",
    "host",
    "www.198.51.100.7",
    "a..example",
    "%61.example",
]
PIECES = [
    "",
    ":",
    ":80",
    ":8080",
    ":443",
    "@",
    "/",
    "\\",
    "?",
    "#",
    "\t",
    "\n",
    " ",
    ".",
    "..",
    "%",
]
text = st.lists(st.sampled_from([*HOSTS, *PIECES, "u", "p", "x/y", "//"]), max_size=5).map("".join)


@given(st.sampled_from(["http://", "https://", "HTTP://", " https://", "https:/"]), text)
@example("https://", "a.example:80@b.example/")
@example("https://", "a.example\\@b.example/")
@example("https://", "a.exa\tmple/")
@example("https://", "a.example:99999/")
def test_it_is_the_canonical_host(scheme, rest):
    """Of every URL that has a canonical form it is that form's host, whatever stands behind it."""
    url = scheme + rest
    try:
        wanted = canonical(url).host
    except BadUrl:
        return
    assert host_of(url) == wanted


def test_what_has_no_host_is_told():
    """A text without scheme or host has none; the error names nothing of it."""
    for url in ("", "a.example", "https://", "ftp://a.example/"):
        with pytest.raises(BadUrl):
            host_of(url)
