"""When resolutions leave open where a URL is, so that they are repeated.

See docs/measurement.md, When it is probed.
"""

from collections.abc import Iterable, Sequence

from schemas.moments import DAY_MS, Instant
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.timeline_entry import TimelineEntry

REPEATED_MS = DAY_MS
"""A resolution that says something new is repeated for so long at most."""

SPANS_MAX = 7
"""A name that answers otherwise day after day is asked again on a week of days, as in doubt."""

Span = tuple[Instant, Instant]


def new_owners(spells: Iterable[HostingSpell], pending: Iterable[Instant]) -> list[Span]:
    """Return from when until when a new owner's name is asked again.

    Args:
        spells: owners that have a case.
        pending: when one was named that has none.
    """
    spans = [(at, at + REPEATED_MS) for at in pending]
    for spell in spells:
        spans += [(at, min(spell.opened_at, at + REPEATED_MS)) for at in spell.new_at]
    return sorted(span for span in spans if span[0] < span[1])


def lacking(entries: Iterable[TimelineEntry]) -> list[Span]:
    """Return from when until when an owner that a resolution lacks is asked for again.

    Args:
        entries: everything seen at one owner, in order of time.
    """
    spans: list[Span] = []
    was_here = True
    lacked_at: Instant | None = None
    for entry in entries:
        present = entry.present
        if present < 0 or (present > 0 and was_here) or entry.recheck:
            continue
        if present == 0:
            often = lacked_at is not None and entry.at - lacked_at <= REPEATED_MS
            if was_here and not often:
                spans.append((entry.at, entry.at + REPEATED_MS))
            lacked_at = entry.at
        was_here = present > 0
    return spans


def within(spans: Sequence[Span], since: Instant, until: Instant | None) -> tuple[Span, ...]:
    """Return the spans that begin while a case goes on, `SPANS_MAX` at most.

    Args:
        spans: of its owner.
        since: when the case opened.
        until: when the next one of the owner did; None = there is none.
    """
    if not spans:
        return ()
    mine = sorted(span for span in spans if since <= span[0] and (until is None or span[0] < until))
    return tuple(mine[:SPANS_MAX])
