"""What each observation says, as cases were judged by it."""

from ledger_events import GONE, NORTH, ONLINE, SOUTH, at, fold, notice, placed, report, slots

from schemas.closed_lists import Role, Verdict
from streams.lifecycle.result.observed import ObservationKey, observed


def test_every_observation_of_the_url_has_its_verdict_and_whether_it_is_backed() -> None:
    """Controls have none; a sighting whose control answers alike is not backed."""
    seen = [*slots([2], ONLINE), *slots([40], ONLINE, control=ONLINE), *slots([90], GONE)]
    found = observed(fold(report(seen=0), placed(), notice(1), seen))
    assert len(found) == 6
    for vantage in (NORTH, SOUTH):
        says = [
            found[ObservationKey("acme", Role.HOSTING, vantage, at(hour), at(hour) + 300)]
            for hour in (2, 40, 90)
        ]
        assert says[0].verdict is Verdict.ONLINE
        assert [one.control_differs for one in says] == [True, False, False]
        assert says[2].verdict is Verdict.GONE_HARD
