"""What a prober has to know besides how to ask: what to look at, and at which address."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from schemas.ids import CanonicalUrl
from schemas.ledger import HosterId
from schemas.reasons import Role, Target

STEM_CHARACTERS: Final = (8, 64)
"""Shortest and longest made-up name: long enough that nobody has it, short enough to be taken."""

_NAME: Final = re.compile(r"(?P<stem>.*?)(?P<extension>\.[A-Za-z0-9]{1,5})?")


def is_root(url: CanonicalUrl) -> bool:
    """Return whether a URL names a host's root, so that it is its own control."""
    return url.request == "/"


def root_of(url: CanonicalUrl) -> CanonicalUrl:
    """Return the root of a URL's host."""
    return _at(url, "/")


def random_path(url: CanonicalUrl, salt: str) -> CanonicalUrl:
    """Return a path beside a URL that nobody has made: same folder, length and extension.

    All vantages of a slot make the same one, because what a host answers to a made-up path may
    depend on the path.

    Args:
        url: what the path lies beside; its query is left out.
        salt: of the order.
    """
    path = url.request.partition("?")[0]
    folder, _, name = path.rstrip("/").rpartition("/")
    found = _NAME.fullmatch(name)
    stem, extension = (found["stem"], found["extension"] or "") if found else (name, "")
    shortest, longest = STEM_CHARACTERS
    digest = hashlib.blake2b(f"{salt}\x00{url.text}".encode(), digest_size=longest // 2).hexdigest()
    made = digest[: min(max(len(stem), shortest), longest)]
    slash = "/" if path.endswith("/") and path != "/" else ""
    return _at(url, f"{folder}/{made}{extension}{slash}")


def aimed(url: CanonicalUrl, target: Target, salt: str) -> CanonicalUrl:
    """Return what an order looks at.

    Args:
        url: the reported URL.
        target: itself or one of its controls.
        salt: of the order.
    """
    if target is Target.RANDOM:
        return random_path(url, salt)
    return root_of(url) if target is Target.ROOT else url


def _at(url: CanonicalUrl, request: str) -> CanonicalUrl:
    port = f":{url.port}" if url.port else ""
    return msgspec.structs.replace(url, text=f"{url.host}{port}{request}", request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An address and whose it is.

    Attributes:
        group: the hoster's owner.
        proxy: it is a proxy's.
    """

    address: str = field(repr=False)
    hoster: HosterId
    group: HosterId
    proxy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Where to look.

    Attributes:
        address: None = nowhere.
        old: it is the case's last known address, and DNS does not point there.
        behind: it is a proxy's, and the case's hoster is known to be behind it.
        hosters: whom the name's addresses belong to; the case's hoster is among them if it is
            present at this look.
    """

    address: str | None = field(repr=False)
    old: bool
    behind: bool = False
    hosters: tuple[HosterId, ...]


def pick(spots: Sequence[Spot], last: Spot | None, case: tuple[HosterId, HosterId, Role]) -> Pick:
    """Choose the address for a look.

    The case is looked at where its own hoster serves it: at its last known address if DNS still
    names that, else at another address of the hoster or its group; a hosting case that is known
    only through a proxy, at that proxy. Else at the last known address with the old name; where
    none is known, where the name points.

    Args:
        spots: the name's addresses, in order.
        last: the case's last known address.
        case: its hoster, the hoster's group, its role.
    """
    hoster, group, role = case
    behind = last.group if last is not None and last.proxy and role is Role.HOSTING else None
    own = [spot for spot in spots if spot.hoster == hoster or spot.group == group]
    own += [spot for spot in spots if spot.proxy and spot.group == behind]
    own = [spot for spot in spots if last is not None and spot.address == last.address] + own
    seen = {spot.hoster for spot in spots}
    if own:
        return Pick(
            address=own[0].address,
            old=False,
            behind=role is Role.HOSTING and own[0].proxy and own[0].group != group,
            hosters=_sorted(seen | {hoster}),
        )
    if last is not None:
        return Pick(address=last.address, old=True, hosters=_sorted(seen))
    return Pick(address=spots[0].address if spots else None, old=False, hosters=_sorted(seen))


def _sorted(hosters: Iterable[HosterId]) -> tuple[HosterId, ...]:
    return tuple(sorted(hosters))
