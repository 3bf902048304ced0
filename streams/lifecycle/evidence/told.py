"""What hotlines said of a URL at one stay.

A report or a notice after an end brings a probe at once; long after it, it opens a new case. See
docs/measurement.md, Coming back.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from schemas.moments import Instant
from schemas.reasons import HotlineMode
from schemas.records.case import UrlState
from streams.lifecycle.evidence.hosting_spells import UNKNOWN, HostingSpell


class Told(NamedTuple):
    """A report of the URL, or a notice to the owner of a stay.

    Attributes:
        at: when it says that it was made.
        received_at: when it was received.
    """

    at: Instant
    received_at: Instant


_AT = attrgetter("at")


def between(words: Sequence[Told], since: Instant | None, until: Instant | None) -> Sequence[Told]:
    """Return the words after an instant and before another.

    Args:
        words: in order of time.
        since: None = all before `until`.
        until: None = all after `since`.
    """
    first = 0 if since is None else bisect_right(words, since, key=_AT)
    last = len(words) if until is None else bisect_left(words, until, key=_AT)
    return words[first:last]


def told(state: UrlState, spell: HostingSpell) -> list[Told]:
    """Return what was said of a URL at one stay, in order of time.

    A row of a dump tells an old story: it is no word of today.

    Args:
        state: the URL's.
        spell: the stay; notices to others say nothing of it.
    """
    owners = (spell.names | spell.hosters) - {UNKNOWN}
    notices = (
        Told(n.received_at if n.backdated else n.noticed_at, n.received_at)
        for n in state.notices
        if n.recipient in owners or n.group in owners
    )
    reports = (
        Told(r.reported_at, r.received_at)
        for r in state.reports
        if r.mode is not HotlineMode.HISTORIC
    )
    return sorted([*notices, *reports])
