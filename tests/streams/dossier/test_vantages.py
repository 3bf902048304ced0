"""How vantages did: outages and clocks."""

from ledger_events import ONLINE, at, notice, placed, report, slots
from quoted_events import told_of

from schemas.closed_lists import ProbeError
from schemas.records.facts import Facts
from streams.dossier.vantages import vantage_rows


def test_an_outage_lasts_from_the_first_failure_to_the_last_one_running() -> None:
    """A canary that answers in between ends it; an observation that comes twice counts once."""
    seen = [
        *slots([2], ONLINE, control=None),
        *slots([3, 4], ONLINE, ("north",), control=None, canary_ok=False),
        *slots([5], ONLINE, control=None),
        *slots([6], ONLINE, ("north",), control=None, canary_ok=False, late_h=1),
        *slots([7], Facts(error=ProbeError.CLOCK), ("south",), control=None, late_h=-0.5),
    ]
    (case,) = told_of(report(seen=0), placed(), notice(1), seen, as_of=at(60))
    north, south = vantage_rows([*case.observations, *case.observations])
    assert (north.vantage, north.announced, north.observations) == ("north", True, 5)
    assert (north.canary_failed, north.clock_errors) == (3, 0)
    assert north.outages == ((at(3) + 100, at(4) + 300), (at(6) + 100, at(6) + 300))
    assert north.appended_after_ms == (0, 3_600_000)
    assert (south.announced, south.clock_errors) == (False, 1)
    assert south.appended_after_ms == (-1_800_000, 0)
    assert south.outages == ()
