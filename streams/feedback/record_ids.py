"""Which words look like an address: no topic repeats such an id of a hotline."""

import re
from typing import Final

from schemas.records.hotline import RecordId

_MAY_HOLD_ADDRESS: Final = re.compile(
    r"://|@|www\.|\[|%[0-9a-f]{2}"
    r"|^/[^/]|[?&][a-z0-9_.~-]*="  # a path or a query alone
    r"|(^|[^0-9])([0-9]{1,3}\.){3}[0-9]{1,3}([^0-9]|$)"  # an IPv4 address
    r"|^[0-9a-f:.]*::[0-9a-f:.]*$|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){4,}"  # an IPv6 address
    r"|[a-z0-9_-]\.([a-z]{2,}|xn--[a-z0-9_-]+)([^a-z0-9]|$)",  # a host name, whatever follows it
    re.ASCII | re.IGNORECASE,
)
_LETTER: Final = re.compile(r"[^\x00-\x7f]")
_OF_A_URL: Final = re.compile(r"[/\\?%&]")
_NUMBERED: Final = re.compile("[0-9][0-9/-]*")
_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")


def repeatable(id: str) -> RecordId | None:
    """Return an id if it may be repeated to its hotline; None = it may hold an address.

    A hotline chooses its ids, and a Kafka key can be anything. What looks like a URL or a part of
    one, a mail address, a host name or an IP address is not repeated in any topic. Letters, digits,
    `-` and `_` are always repeated, also a number that an IP address could be written as.

    Args:
        id: as the hotline sent it, or the Kafka key of a record that was not accepted.
    """
    if _ID.fullmatch(id) is None or may_hold_address(id):
        return None
    # In prose `and/or` and `30 %` are no addresses. In an id they are, but for numbers of files.
    return None if _OF_A_URL.search(id) and not _NUMBERED.fullmatch(id) else id


def may_hold_address(word: str) -> bool:
    """Return whether a word looks like a URL, a path, a mail address, a host or an IP address.

    Args:
        word: without blanks.
    """
    return _MAY_HOLD_ADDRESS.search(_LETTER.sub("a", word)) is not None
