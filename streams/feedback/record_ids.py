"""Which words look like an address: no topic repeats such an id of a hotline."""

import re
from typing import Final

from schemas.records.hotline import RecordId

_MAY_HOLD_ADDRESS: Final = re.compile(
    r"://|@|www\.|\[|%2f"
    r"|(^|[^0-9])([0-9]{1,3}\.){3}[0-9]{1,3}([^0-9]|$)"  # an IPv4 address
    r"|^[0-9a-f:.]*::[0-9a-f:.]*$|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){4,}"  # an IPv6 address
    r"|[a-z0-9-]+\.[a-z]{2,}(\.?[:/]|$)",  # a host name, and what follows it in a URL
    re.ASCII | re.IGNORECASE,
)
_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")


def repeatable(id: str) -> RecordId | None:
    """Return an id if it may be repeated to its hotline; None = it may hold an address.

    A hotline chooses its ids, and a Kafka key can be anything. What looks like a URL, a mail
    address, a host name or an IP address is not repeated in any topic.

    Args:
        id: as the hotline sent it, or the Kafka key of a record that was not accepted.
    """
    if _ID.fullmatch(id) is None or may_hold_address(id):
        return None
    return id


def may_hold_address(word: str) -> bool:
    """Return whether a word looks like a URL, a mail address, a host name or an IP address.

    Args:
        word: without blanks.
    """
    return _MAY_HOLD_ADDRESS.search(word) is not None
