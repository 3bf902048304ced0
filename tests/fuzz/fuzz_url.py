"""Any text as a URL: canonical form, and the gate's word on the address in it.

Oracles: only `BadUrl` is raised; a canonical form is its own; the fast path of the plain ones and
the parser agree; nothing in it can break a request line, and its path means what was parsed; a
host is marked as an address just when `ipaddress` reads it as one; a denied address, from a
second list of the registries, is denied in every spelling.
"""

import re
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from random import Random
from urllib.parse import unquote_to_bytes

from fuzz_bytes import Reader
from hostile_urls import is_denied, spelled

from schemas.identity import ids
from schemas.identity.ids import BadUrl, CanonicalUrl, canonical
from schemas.identity.url_text import parse
from streams.probe.gate import Rules, judge

_KINDS = ("", "http://", "https://", "address")
_HOST = re.compile(r"[!-~]+")
_REQUEST = re.compile(r"/[!-\"$-~]*")  # printable ASCII but `#`
_RULES = Rules()


def check(data: bytes) -> None:
    """Judge one input: a kind, then a text, or an address and a path."""
    reader = Reader(data)
    kind = reader.pick(_KINDS)
    if kind == "address":
        _check_address(reader)
        return
    text = kind + reader.rest().decode("utf-8", "replace")
    with suppress(BadUrl):
        _check_form(canonical(text), text)
    _check_judged(text)


def _check_form(url: CanonicalUrl, text: str) -> None:
    assert url.scheme in {"http", "https"}
    assert _HOST.fullmatch(url.host), "a host of other characters"
    assert not set(url.host) & set("/?#@\\%"), "a host that ends early"
    assert url.host == url.host.lower()
    assert _REQUEST.fullmatch(url.request), "a request that breaks its line"
    assert url.port is None or 0 < url.port <= 65_535
    assert url.port != (80 if url.scheme == "http" else 443)
    port = "" if url.port is None else f":{url.port}"
    assert url.text == f"{url.host}{port}{url.request}"
    assert canonical(f"{url.scheme}://{url.text}") == url, "a canonical form of another one"
    parts, _ = parse(text.strip())
    said = parts.pathname + parts.search
    assert unquote_to_bytes(url.request) == unquote_to_bytes(said or "/"), "another path"
    plain = ids._plain(text)
    assert plain is None or plain == ids._parsed(text), "two ways, two forms"
    assert url.literal == (_address(url.host) is not None), "a name that is an address, or not"
    if url.literal:
        _check_judged(url.host.strip("[]"))


def _check_address(reader: Reader) -> None:
    """Spell an address somehow and follow it through."""
    sixes = reader.pick((False, True))
    address = IPv6Address(reader.take(16)) if sixes else IPv4Address(reader.take(4))
    host = spelled(address, Random(reader.number(2)))
    path = reader.rest().decode("utf-8", "replace")
    url = canonical(f"http://{host}/{path}")
    found = _address(url.host)
    assert url.literal
    assert found is not None
    assert _unmapped(found) == _unmapped(address), "another address than was spelled"
    assert judge(url.host.strip("[]"), _RULES).allowed == (not is_denied(address))
    _check_form(url, f"http://{host}/{path}")


def _check_judged(text: str) -> None:
    """A text is allowed only if it is a plain address that the registries do not deny."""
    if judge(text, _RULES).allowed:
        address = _address(text)
        assert address is not None, "what is no address is allowed"
        assert not is_denied(address), "a denied address is allowed"


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host[1:-1] if host.startswith("[") else host)
    except ValueError:
        return None


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
