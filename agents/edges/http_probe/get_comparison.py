"""A GET beside a HEAD: whether one may follow, and whether the two say the same.

A server may answer HEAD with 404 and GET with the content, by mistake or for the monitor. A GET,
followed to where it leads, is what a person's browser sends, so where the two differ the GET's
answer counts, whatever it is.
"""

from enum import Enum
from typing import Final

from agents.edges.http_probe.response import Head
from schemas.identity.ids import CanonicalUrl
from streams.probe import headers

_ASKED_TO_WAIT: Final = (429, 503)
"""Who says this to the HEAD is asked nothing more; RFC 6585 4, RFC 9110 15.6.4."""

_NO_SUCH_RANGE: Final = 416
"""Says of a first byte that there is none: an answer to the range, which no browser asks for."""

_KINDS: Final = dict.fromkeys((404, 410), "gone") | dict.fromkeys((401, 403, 429, 451), "refused")


class Compare(Enum):
    """Which answers to a HEAD are compared with a GET's."""

    NONE = "none"  # a root, a canary: only whether they answer counts
    CACHED = "cached"  # those that a cache gave: it may keep what its server has lost
    ALL = "all"


def is_compared(head: Head, compare: Compare) -> bool:
    """Return whether a GET follows the answer to a HEAD.

    Args:
        head: the answer.
        compare: which ones are to be compared; none is that asks us to wait.
    """
    if compare is Compare.NONE or head.status in _ASKED_TO_WAIT:
        return False
    return compare is Compare.ALL or headers.kept_copy(headers.fields(head.fields))


def is_same_place(one: CanonicalUrl, other: CanonicalUrl) -> bool:
    """Return whether HEAD and GET ended at one page; a query may hold what is made for each."""
    return (one.host, one.request.partition("?")[0]) == (
        other.host,
        other.request.partition("?")[0],
    )


def agree(head: Head, get: Head) -> bool:
    """Return whether a HEAD's and a GET's answer mean the same, so that the HEAD's stands.

    Only what decides about there or not there is compared: lengths and types of a HEAD are left
    out or made up by many servers, and a control asked by HEAD has to stay comparable.
    """
    if get.status in _ASKED_TO_WAIT:
        return False  # else nobody would see that it asks for rest
    shown = 200 <= head.status < 300
    if shown and get.status == _NO_SUCH_RANGE:
        return True
    return (_kind(head), _challenged(head)) == (_kind(get), _challenged(get))


def _kind(answer: Head) -> str:
    if 200 <= answer.status < 300:
        return "shown"
    if 500 <= answer.status < 600:
        return "fault"
    return _KINDS.get(answer.status, str(answer.status))


def _challenged(answer: Head) -> bool:
    return headers.challenge(headers.fields(answer.fields))
