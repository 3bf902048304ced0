"""What a load run came to: what is due, what is missing, and when all of it is right.

A run against a real worker is in tests/e2e/test_load.py.
"""

import pytest

from schemas.closed_lists import Quarantine
from sim.load.accounts import Balance
from sim.load.run import LoadOptions, LoadResult
from sim.load.sender import SendProgress
from sim.load.wait_histogram import Spread


def balance(**changed):
    """Return what became of ten records, each as it was made."""
    usual = {
        "accepted": 7,
        "duplicate": 1,
        "quarantined": {Quarantine.MALFORMED: 2},
        "outstanding": 0,
        "otherwise": 0,
        "twice": 0,
    }
    return Balance(**(usual | changed))


def done(held=None, **sent):
    """Return what a run of ten records over two seconds came to."""
    usual = {"due": 10, "sent": 10, "acknowledged": 10, "first_s": 3.0, "last_s": 5.0}
    return LoadResult(
        wanted_per_s=5.0, sent=SendProgress(**(usual | sent)), balance=held, delays=Spread()
    )


def test_a_run_is_right_when_each_record_has_the_outcome_it_was_made_for():
    """The rate is what the broker acknowledged, over the time that it took."""
    whole = done(balance())
    assert (whole.ok, whole.unaccounted, whole.per_s) == (True, 0, 5.0)


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        (None, {}),  # the ledger cannot be read
        (balance(accepted=6, outstanding=1), {}),
        (balance(otherwise=1), {}),
        (balance(twice=1), {}),
        (balance(accepted=6), {}),  # one is nowhere
        (balance(), {"due": 11}),  # one was not made in time
        (balance(accepted=0, duplicate=0, quarantined={}), {"sent": 0, "due": 0}),
    ],
)
def test_a_run_is_wrong_for_each_thing_that_is(held, sent):
    """Whatever it is, the exit code says so."""
    assert not done(held, **sent).ok
    assert done(held, **sent).as_json()["ok"] is False


def test_what_the_ledger_says_is_told_only_where_it_can_be_read():
    """Scripts find no figures there that nobody has read."""
    assert done().unaccounted is None
    assert done().as_json()["ledger"] is None
    said = done(balance(accepted=5)).as_json()
    assert said["ledger"]["unaccounted"] == 2
    assert said["ledger"]["quarantined"] == {"malformed": 2}
    assert (said["sent"], said["achieved_per_s"]) == (10, 5.0)


def test_a_run_of_which_nothing_was_acknowledged_has_no_rate():
    """There is no last acknowledgement to measure to."""
    assert done(acknowledged=0, last_s=0.0).per_s == 0.0


def test_as_many_are_due_as_rate_and_time_say():
    """Rounded, where they come to no whole number."""
    assert LoadOptions(per_s=2.5, seconds=3).total == 8
