"""What canonical URLs take from the WHATWG parser, and where they part from it.

Changing anything here that changes a canonical form needs a new ledger; see `schemas.identity.ids`.
"""

import re
from typing import Final

import ada_url

_ESCAPE: Final = re.compile(r"%[0-9a-fA-F]{2}")
_NUMBER_LAST: Final = re.compile(
    r"(?P<before>https?://)(?P<host>[a-z][a-z0-9-]{0,62}(\.[a-z0-9][a-z0-9-]{0,62}){0,126}\.[0-9]+)"
    r"(?P<after>(:[0-9]{1,5})?([/?#].*)?)",
    re.ASCII | re.IGNORECASE,  # else U+017F is an `s` and the host is no host
)
_UNRESERVED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


def parse(url: str) -> tuple[ada_url.URL, str]:
    """Parse a URL; a name that WHATWG refuses though DNS allows it comes back beside it.

    WHATWG takes every host whose last label is a number for an address, so it refuses
    `www.192.0.2.1`, which resolvers look up as a name and hotlines do report.

    Raises:
        ValueError: the text is no URL.
    """
    try:
        return ada_url.URL(url), ""
    except ValueError:
        found = _NUMBER_LAST.fullmatch(url)
        if found is None:
            raise
    return ada_url.URL(f"{found['before']}name.invalid{found['after']}"), found["host"].lower()


def undotted(hostname: str) -> str:
    """Return a host without its final dots, empty if that would be another host.

    WHATWG takes `192.0.2..` for a name, for its last label is empty; without the dots it would
    be an address, another host than was parsed.
    """
    host = hostname.rstrip(".")
    return "" if hostname.endswith("..") and not _is_name(host) else host


def _is_name(host: str) -> bool:
    try:
        parts = ada_url.URL(f"http://{host}/")
    except ValueError:
        return False
    return parts.hostname == host and parts.host_type == ada_url.HostType.DEFAULT


def plain_escapes(text: str) -> str:
    """Undo the escapes of unreserved characters and upper-case the others.

    Where what is undone would make a new escape with a stray `%` before it (`%%34%31`), nothing
    is undone: no server would read the two alike.
    """
    if "%" not in text:
        return text
    kept = [one.upper() for one in _ESCAPE.findall(text) if int(one[1:], 16) not in _UNRESERVED]
    plain = _ESCAPE.sub(_plain_escape, text)
    return plain if _ESCAPE.findall(plain) == kept else _ESCAPE.sub(_upper_escape, text)


def _upper_escape(match: re.Match[str]) -> str:
    return match.group().upper()


def _plain_escape(match: re.Match[str]) -> str:
    code = int(match.group()[1:], 16)
    return chr(code) if code in _UNRESERVED else match.group().upper()
