"""Laws of 3.4: what persons and sources say."""

from ledger_events import ONLINE, at, check, notice, placed, report, slots
from second_reading import hour, only

from schemas.closed_lists import CheckResult, HotlineMode


def test_a_source_sets_l_and_r_alone():
    """A replay of a source that saw it last at 5 h, and finds it gone."""
    said = report(0, mode=HotlineMode.HISTORIC, source_online=False, last_online_at=at(5), seen=0)
    case = only(said, placed(), hours=50)
    assert hour(case.gone_at) == 5


def test_a_check_present_is_a_sighting_and_is_backed():
    """It makes late alone."""
    told = [report(seen=0, norms_s=(86_400,)), placed(), notice(1), slots([2], ONLINE)]
    case = only(*told, check(30, CheckResult.PRESENT), hours=31)
    assert (hour(case.last_seen_at), case.verdicts[0].value) == (30, "late")
