"""A server that lies to one vantage at every probe does not keep a case in doubt for ever."""

from schemas.closed_lists import CaseClass, Verdict
from schemas.moments import HOUR_MS, MINUTE_MS
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.walk import walk

ASKED = ("announced", "quiet")


def observation(at: int, vantage: str, verdict: Verdict) -> TimelineEntry:
    return TimelineEntry(
        at,
        EntryKind.PROBED,
        at,
        vantage,
        verdict,
        ordered_vantages=ASKED,
        announced=vantage == "announced",
        control_differs=verdict is Verdict.ONLINE,
        slot_at=at,
    )


def split(slots: int) -> list[TimelineEntry]:
    """One vantage sees it, the other is told 404, every ten minutes."""
    return [
        observation(slot * 10 * MINUTE_MS + second, vantage, verdict)
        for slot in range(slots)
        for second, vantage, verdict in (
            (0, "announced", Verdict.GONE_HARD),
            (1_000, "quiet", Verdict.ONLINE),
        )
    ]


def test_a_vantage_found_alone_with_its_gone_raises_no_new_doubt():
    """After the split is settled, later lies of the overruled vantage change no state."""
    (history,) = walk(split(60), 0)
    assert history.split
    assert history.states[-1][1] is CaseClass.ONLINE
    assert len(history.states) <= 5


def test_an_overruled_vantage_counts_again_once_nobody_sees_it():
    """A real removal after a split is still confirmed, from both vantages."""
    seen = split(12)
    start = seen[-1].at + HOUR_MS
    for slot in range(6):
        at = start + slot * 10 * MINUTE_MS
        seen += [
            observation(at, "quiet", Verdict.GONE_HARD),
            TimelineEntry(at + 500, EntryKind.CONTROL, at + 500, "quiet", alive=True),
            observation(at + 1_000, "announced", Verdict.GONE_HARD),
        ]
    (history,) = walk(seen, 0)
    assert history.end is not None
    assert history.end.state is CaseClass.REMOVED
    assert history.end.gone_at == start + 1_000
