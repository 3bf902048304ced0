"""What was seen since the newest sighting: enough verdicts, long enough, of enough vantages."""

import pytest

from schemas.closed_lists import Verdict
from schemas.moments import HOUR_MS, MINUTE_MS
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.evidence_since_sighting import (
    EvidenceSinceSighting,
    GoneKind,
    counted,
    gone_kind_of,
)
from streams.lifecycle.state_table import DARK_GAP_MS, DARK_MS, DARK_PROBES_MIN
from streams.verdicts.reasons import VerdictReason


def probe(
    minutes: float, verdict: Verdict = Verdict.GONE_HARD, who: str = "north", **said
) -> TimelineEntry:
    at = round(minutes * MINUTE_MS)
    fields = {"slot_at": at} | said
    return TimelineEntry(at, EntryKind.PROBED, at, who, verdict, **fields)


def refused(minutes: float, who: str = "north", **said) -> TimelineEntry:
    return probe(minutes, Verdict.BLOCKED, who, reason=VerdictReason.URL_REFUSED, **said)


@pytest.mark.parametrize(
    ("minutes", "enough"),
    [([0, 10, 30], True), ([0, 10, 29], False), ([0, 30], False), ([0, 10, 20, 31], True)],
)
def test_three_verdicts_over_half_an_hour_are_enough(minutes: list[float], enough: bool) -> None:
    """Neither fewer nor closer together."""
    tally = None
    for one in minutes:
        tally = counted(tally, probe(one))
    assert tally is not None
    assert tally.is_enough() is enough


def test_several_probes_of_one_slot_count_once() -> None:
    """A slot is one chance to find it."""
    tally = counted(counted(counted(None, probe(0)), probe(31, slot_at=0)), probe(40, slot_at=0))
    assert not tally.is_enough()


def test_where_it_was_found_gone_tells_the_kind() -> None:
    """Here, where the name left, or where there is no name; refusals likewise."""
    assert gone_kind_of(probe(0)) is GoneKind.HERE
    assert gone_kind_of(probe(0, away=True)) is GoneKind.AWAY
    assert gone_kind_of(probe(0, Verdict.DNS_GONE)) is GoneKind.NAME
    assert gone_kind_of(refused(0)) is GoneKind.HERE
    assert gone_kind_of(refused(0, away=True)) is GoneKind.AWAY
    assert gone_kind_of(refused(0, nameless=True)) is GoneKind.NAME


def test_refusals_count_once_an_unannounced_vantage_is_refused_too() -> None:
    """Until then the monitor alone may be refused."""
    run = EvidenceSinceSighting()
    run.add_gone(refused(0))
    assert run.counting() == []
    assert not run.is_gone_only()
    run.add_gone(refused(1, "south", announced=False))
    assert len(run.counting()) == 2
    assert sorted(run.url_refused_vantages()) == ["north", "south"]


def test_a_control_counts_once_there_is_something_to_explain() -> None:
    """One before the first gone verdict tells nothing of it."""
    run = EvidenceSinceSighting()
    run.add_control(alive=True)
    assert not run.control_probed
    run.add_gone(probe(0))
    run.add_control(alive=True)
    assert run.control_probed
    assert not run.is_fresh()


def dead(hours: list[float], who: str = "north") -> list[TimelineEntry]:
    return [probe(60 * one, Verdict.UNREACHABLE, who) for one in hours]


HOURS = [n * DARK_MS / HOUR_MS / (DARK_PROBES_MIN - 1) for n in range(DARK_PROBES_MIN)]


def silent_run(hours: list[float]) -> EvidenceSinceSighting:
    run = EvidenceSinceSighting()
    for entry in dead(hours):
        run.add_unavailable(entry)
        run.add_control(alive=False)
    return run


def test_a_host_that_is_dead_for_long_is_dark() -> None:
    """For as long as the table says, by every required vantage, its controls too."""
    run = silent_run(HOURS)
    assert run.dead_since(["north"], DARK_MS) == 0
    assert run.dead_since(["north"], DARK_MS - 1) is None
    assert run.dead_since(["north", "south"], DARK_MS) is None
    assert run.dead_since([], DARK_MS) is None


def test_a_sign_of_life_ends_it() -> None:
    """So does a gap in which nobody probed."""
    run = silent_run(HOURS)
    run.add_control(alive=True)
    assert run.dead_since(["north"], DARK_MS) is None
    late = HOURS[-1] + DARK_GAP_MS / HOUR_MS + 1
    gap = silent_run([*HOURS, late])
    assert gap.dead_since(["north"], round(late * HOUR_MS)) is None


def test_blocked_for_half_an_hour_is_plainly_unavailable() -> None:
    """Three times at least, and nothing that counts as gone."""
    run = EvidenceSinceSighting()
    for minutes in (0, 15, 30):
        assert not run.is_unavailable()
        run.add_unavailable(probe(minutes, Verdict.BLOCKED))
    assert run.is_unavailable()
    run.add_gone(probe(31))
    assert not run.is_unavailable()
