"""Laws of 3.3: what one observation says, and which headers move nothing."""

import pytest
from histories import COPY, OTHER
from ledger_events import GONE, ONLINE, check, notice, placed, report, slots
from second_reading import hour, only, verdicts

from schemas.closed_lists import CheckResult, Flag
from schemas.records.facts import Facts

OPEN = [report(seen=0), placed(), notice(1.0)]
AGED_20_D = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=1_728_000)
ELSEWHERE = Facts(status=200, type="text/html", length=700, to_root=True, left_host=True)
HOME = Facts(status=200, type="text/html", length=700, to_root=True)


@pytest.mark.parametrize("facts", [COPY, AGED_20_D])
def test_what_a_hoster_says_of_its_own_answer_moves_nothing(facts):
    """A HIT without Age is a sighting, and an Age of 20 days dates none back."""
    case = only(*OPEN, slots([1.1, 4, 30], facts), hours=31)
    assert hour(case.last_seen_at) == 30
    assert verdicts(case)[24] == "late"


def test_another_hosts_root_is_no_removal():
    """A person is asked; the home page of the same host is one."""
    away = only(*OPEN, slots([1.1, 2, 4, 5], ELSEWHERE), hours=20)
    assert away.gone_at is None
    assert Flag.UNPROVEN in away.flags
    home = only(*OPEN, slots([1.1, 2], ONLINE), slots([4, 4.3, 4.6], HOME), hours=20)
    assert hour(home.gone_at) == 4


def test_another_shape_is_not_backed_until_a_person_saw_it():
    """It keeps the case open and makes nothing late."""
    seen = [slots([1.1, 2], ONLINE), slots([10, 30, 60], OTHER)]
    case = only(*OPEN, *seen, hours=61)
    assert set(verdicts(case).values()) == {"undetermined"}
    assert (Flag.UNPROVEN in case.flags, case.overdue) == (True, False)
    vouched = only(*OPEN, *seen, check(12, CheckResult.PRESENT), hours=61)
    assert verdicts(vouched)[24] == "late"


def test_without_another_answer_of_the_control_path_nothing_is_late():
    """A hoster whose every path answers the same is not named."""
    case = only(*OPEN, slots([1.1, 2, 30], ONLINE, control=None), hours=31)
    assert verdicts(case)[24] == "undetermined"
    assert only(*OPEN, slots([2], ONLINE), slots([30], ONLINE, control=GONE), hours=31).overdue
