"""Where a redirect leads: closed lists of what suspension, parking and removal look like.

The lists hold paths and hosts that hosting panels, parking services and image hosts use for
everybody. A marker is weak evidence: it gives `gone` like a 404 does, to be confirmed like one.
"""

import re
from dataclasses import dataclass
from typing import Final

_SUSPENDED_PATH: Final = re.compile(
    r"/(cgi-sys/suspendedpage\.cgi|suspended(page)?(\.(html?|php|cgi))?"
    r"|account-?suspended(\.(html?|php))?)/?",
    re.ASCII | re.IGNORECASE,
)
_PLACEHOLDER_PATH: Final = re.compile(
    r"(/[^/]+)*/((image|file|page|content)[_-]?)?"
    r"(404|removed|deleted|not[_-]?found|no[_-]?longer[_-]?available)"
    r"(\.(html?|php|png|jpe?g|gif|webp|svg))?/?",
    re.ASCII | re.IGNORECASE,
)
_PARKING_HOSTS: Final = (
    "above.com",
    "afternic.com",
    "bodis.com",
    "dan.com",
    "hugedomains.com",
    "parkingcrew.net",
    "parklogic.com",
    "sedo.com",
    "sedoparking.com",
    "undeveloped.com",
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the last redirect's target says by its name."""

    to_root: bool = False
    suspended: bool = False
    parked: bool = False
    placeholder: bool = False


def marks(host: str, request: str) -> Marks:
    """Judge the target of the last redirect.

    Args:
        host: its host, lower-case ASCII.
        request: its path and query.
    """
    path = request.partition("?")[0]
    return Marks(
        to_root=request == "/",
        suspended=_SUSPENDED_PATH.fullmatch(path) is not None,
        parked=any(host == known or host.endswith(f".{known}") for known in _PARKING_HOSTS),
        placeholder=_PLACEHOLDER_PATH.fullmatch(path) is not None,
    )
