"""Laws of 3.9: lateness in public."""

import pytest
from ledger_events import NORTH, ONLINE, SOUTH, check, notice, placed, report, slots
from second_reading import only

from schemas.closed_lists import CheckResult, Flag

OPEN = [report(seen=0, norms_s=(86_400, 172_800)), placed(), notice(1.0), slots([1.1, 2], ONLINE)]


@pytest.mark.parametrize(
    ("seen", "public"),
    [
        (slots([26], ONLINE), True),
        (slots([26, 28], ONLINE, (NORTH,)), False),
        (slots([26, 50, 75], ONLINE, (NORTH,)), True),
        ([*slots([26], ONLINE, (NORTH,)), check(26.5, CheckResult.PRESENT)], True),
        ([*slots([26], ONLINE, (NORTH,)), check(28, CheckResult.PRESENT)], False),
        (slots([26, 50, 75], ONLINE, (SOUTH,)), False),
    ],
)
def test_lateness_in_public_needs_two_vantages_three_days_or_a_check(seen, public):
    """Never unannounced vantages alone."""
    assert only(*OPEN, seen, hours=80).public_late is public


def test_what_unannounced_vantages_alone_saw_is_cloaked():
    """A person is asked."""
    case = only(*OPEN, slots([26, 50, 75], ONLINE, (SOUTH,)), hours=80)
    assert "cloaked" in case.flags
    assert Flag.SPLIT not in case.flags


@pytest.mark.parametrize(
    ("seen", "terms"),
    [
        ([*slots([26], ONLINE), *slots([50], ONLINE, (NORTH,))], (86_400,)),
        (slots([26, 50], ONLINE), (86_400, 172_800)),
    ],
)
def test_each_term_is_by_itself(seen, terms):
    """What was seen past the shorter norm alone proves nothing of the longer one."""
    assert only(*OPEN, seen, hours=80).late_in_public == terms
