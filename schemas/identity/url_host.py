"""The host of a URL that was accepted: what its canonical form has, for much less.

Where no more than the host is wanted nothing behind it has to be read.
"""

import re
from typing import Final

from schemas.identity.ids import canonical

_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN: Final = re.compile(
    r"https?://"
    r"((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
    rf"|{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET})"
    r"(?::[0-9]{1,5})?(?:[/?#]|\Z)"
)
"""A host that parsing does not change, and the end of the authority: no user info before it."""


def host_of(url: str) -> str:
    """Return the host of a URL as `schemas.identity.ids.canonical` gives it.

    Args:
        url: one that has a canonical form.

    Raises:
        BadUrl: no http or https URL with a host; not raised for each that has no canonical form.
    """
    found = _PLAIN.match(url)
    if found is None or "xn--" in found[1]:  # punycode is checked by the parser
        return canonical(url).host
    return found[1]
