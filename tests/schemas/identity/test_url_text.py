"""What canonical URLs take from a parser, for every character that somebody reads as ASCII."""

import pytest
import unicode_urls

from schemas.identity.ids import BadUrl, CanonicalUrl, canonical
from schemas.identity.url_host import host_of
from schemas.identity.url_text import parse


def test_there_are_as_many_characters_as_unicode_has() -> None:
    """The corpus is every character of each kind, the best known among them."""
    found = unicode_urls.characters()
    assert len(found) > 2_000
    known = ("\u017f", "\u0131", "\u0130", "\u212a", "\u2100", "\uff0f", "\u3002", "\u037e", "\xad")
    assert set(known) <= set(found)


@pytest.mark.parametrize("place", unicode_urls.PLACES)
def test_no_character_makes_a_host_beyond_ascii(place: str) -> None:
    """A URL is refused as such, or has an ASCII form that is its own and in which a host ends."""
    for one in unicode_urls.characters():
        try:
            url = canonical(place.format(one, "x"))
        except BadUrl:
            continue
        assert url.text.isascii(), ascii(one)
        assert url.request.isascii(), ascii(one)
        _check_host(url)
        assert canonical(f"{url.scheme}://{url.text}") == url, ascii(one)
        assert host_of(place.format(one, "x")) == url.host, ascii(one)


def _check_host(url: CanonicalUrl) -> None:
    assert url.host.isascii()
    assert url.host == url.host.lower()
    assert not set(url.host) & set("/?#@\\% ")


@pytest.mark.parametrize(
    "host", ["\u017fhost.1", "\u0131.1", "a.\u017f.1", "\u212a.1", "HO\u017fT.2"]
)
def test_a_name_that_ends_in_a_number_is_ascii(host: str) -> None:
    """The names that WHATWG refuses and DNS allows are plain: no letter that only folds to one."""
    with pytest.raises(BadUrl, match="not a URL"):
        canonical(f"http://{host}/")
    with pytest.raises(ValueError, match=r".*"):
        parse(f"http://{host}/")


def test_a_plain_name_that_ends_in_a_number_is_taken() -> None:
    """Such names are reported, in either case."""
    assert canonical("http://WWW.192.0.2.1/a").host == "www.192.0.2.1"
