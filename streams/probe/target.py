"""What a prober has to know besides how to ask: what to probe, and at which address."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from schemas.closed_lists import Role, Target
from schemas.identity.ids import CanonicalUrl
from schemas.records.reports import HosterId

UNKNOWN: Final = "unknown"
_NO_HOSTER: Final = (UNKNOWN, "overflow")
"""Whose cases are of nobody known, or of all that is beyond a URL's 16 owners and roles."""

STEM_CHARACTERS: Final = (8, 64)
"""Shortest and longest made-up name: long enough that nobody has it, short enough to be taken."""

NUMBER_DIGITS: Final = (9, 18)
"""Fewest and most digits of a made-up number: above what sites have counted to, and within what
programs take for a number (32 and 64 bits)."""

_PROGRAM: Final = re.compile(
    r"(.*/)?((index|default)\.[a-z]+|[^/]*\.(php[0-9]?|aspx?|jspx?|cgi|pl|do|cfm))?"
)
"""Paths at which a program answers, which then is told by the query what to show."""

_TRACKING: Final = re.compile(
    r"utm_[a-z]+|fbclid|gclid|ref|from|source|sid|phpsessid", re.ASCII | re.IGNORECASE
)
_ID: Final = re.compile(r"[0-9]|.{16}")
_NAME: Final = re.compile(r"(?P<stem>.*?)(?P<extension>\.[A-Za-z0-9]{1,5})?")


def is_root(url: CanonicalUrl) -> bool:
    """Return whether a URL names a host's root, so that it is its own control."""
    return url.request == "/"


def root_of(url: CanonicalUrl) -> CanonicalUrl:
    """Return the root of a URL's host."""
    return _at(url, "/")


def made_up_path(url: CanonicalUrl, salt: str) -> CanonicalUrl:
    """Return a made-up path beside a URL, in the place that names the content.

    A page of a program with a query, `/view.php?id=123`, is named by the query: the program is
    asked for an id that nobody has, because its word for "no such thing" is what a removed id
    will get. Elsewhere the path names the content: same folder, length and extension, the query
    kept as it is. All vantages of a slot make the same one, because what a host answers to a
    made-up address may depend on it.

    Args:
        url: what the address lies beside.
        salt: of the order.
    """
    path, mark, query = url.request.partition("?")
    digest = hashlib.blake2b(
        f"{salt}\x00{url.text}".encode(), digest_size=STEM_CHARACTERS[1] // 2
    ).hexdigest()
    if _PROGRAM.fullmatch(path) and (named := _naming(query)):
        return _at(url, f"{path}?{_replaced(query, named, digest)}")
    folder, _, name = path.rstrip("/").rpartition("/")
    found = _NAME.fullmatch(name)
    stem, extension = (found["stem"], found["extension"] or "") if found else (name, "")
    slash = "/" if path.endswith("/") and path != "/" else ""
    return _at(url, f"{folder}/{_like(stem, digest)}{extension}{slash}{mark}{query}")


def _naming(query: str) -> frozenset[int]:
    """Return which parameters of a query may name content: those that look like an id, else
    the last one; none that only says where a visitor came from.
    """
    pairs = [part.partition("=") for part in query.split("&")]
    said = [
        number
        for number, (key, equals, value) in enumerate(pairs)
        if (value or (key and not equals)) and not _TRACKING.fullmatch(key)
    ]
    ids = [
        number for number in said if _ID.search(pairs[number][2] or pairs[number][0]) is not None
    ]
    return frozenset(ids or said[-1:])


def _replaced(query: str, named: frozenset[int], digest: str) -> str:
    parts = query.split("&")
    for number in named:
        key, equals, value = parts[number].partition("=")
        parts[number] = f"{key}={_like(value, digest)}" if equals else _like(key, digest)
    return "&".join(parts)


def _like(text: str, digest: str) -> str:
    """Return a made-up text of a like length: a number for a number, else hexadecimal."""
    if text.isascii() and text.isdigit():
        length = min(max(len(text), NUMBER_DIGITS[0]), NUMBER_DIGITS[1])
        return f"9{int(digest, 16) % 10 ** (length - 1):0{length - 1}}"
    shortest, longest = STEM_CHARACTERS
    return digest[: min(max(len(text), shortest), longest)]


def aimed(url: CanonicalUrl, target: Target, salt: str) -> CanonicalUrl:
    """Return what an order probes.

    Args:
        url: the reported URL.
        target: itself or one of its controls.
        salt: of the order.
    """
    if target is Target.MADE_UP_PATH:
        return made_up_path(url, salt)
    return root_of(url) if target is Target.ROOT else url


def _at(url: CanonicalUrl, request: str) -> CanonicalUrl:
    port = f":{url.port}" if url.port else ""
    return msgspec.structs.replace(url, text=f"{url.host}{port}{request}", request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterAddress:
    """An address and whose it is.

    Attributes:
        group: the hoster's owner.
        proxy: it is a proxy's.
        formerly: other names that its owner had.
        nameless: what it is called where the registry knows nobody: `as<number>` or `unknown`.
    """

    address: str = field(repr=False)
    hoster: HosterId
    group: HosterId
    proxy: bool
    formerly: tuple[HosterId, ...] = ()
    nameless: HosterId = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Where to probe.

    Attributes:
        address: None = nowhere.
        old: it is the case's last known address, and DNS does not point there.
        hosters: whom the name's addresses belong to; the case's hoster is among them if it is
            present at this probe.
    """

    address: str | None = field(repr=False)
    old: bool
    hosters: tuple[HosterId, ...]


def pick(
    spots: Sequence[HosterAddress],
    last: HosterAddress | None,
    case: tuple[HosterId, HosterId, Role],
) -> Pick:
    """Choose the address for a probe.

    The case is probed where its own hoster serves it: at its last known address if DNS still
    names that, else at another address of the hoster or its group; a hosting case that is known
    only through a proxy, at that proxy. Else at the last known address with the old name; where
    none is known, where the name points.

    If DNS still names the last known address and that is another owner's by now, because the
    network changed hands, the hoster is not present there: what it answers is `moved`.

    Args:
        spots: the name's addresses, in order.
        last: the case's last known address.
        case: its hoster, the hoster's group, its role.
    """
    hoster, group, role = case
    behind = last.group if last is not None and last.proxy and role is Role.HOSTING else None
    there = [spot for spot in spots if last is not None and spot.address == last.address]
    own = [spot for spot in there if hoster in (*_NO_HOSTER, spot.nameless)]
    own += [spot for spot in there if spot.proxy and spot.group == behind]
    own += [spot for spot in (*there, *spots) if _serves(spot, hoster, group)]
    own += [spot for spot in spots if spot.proxy and spot.group == behind]
    seen = {spot.hoster for spot in spots}
    if own:
        return Pick(
            address=own[0].address,
            old=False,
            hosters=_sorted(seen | {hoster}),
        )
    if last is not None:
        return Pick(address=last.address, old=not there, hosters=_sorted(seen))
    return Pick(address=spots[0].address if spots else None, old=False, hosters=_sorted(seen))


def _serves(spot: HosterAddress, hoster: HosterId, group: HosterId) -> bool:
    """Return whether an address is of a hoster or its group, under whichever name."""
    return spot.hoster == hoster or group in (spot.group, *spot.formerly) or hoster in spot.formerly


def _sorted(hosters: Iterable[HosterId]) -> tuple[HosterId, ...]:
    return tuple(sorted(hosters))
