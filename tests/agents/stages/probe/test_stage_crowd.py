"""Many hosts at once: the silent ones end at their deadline and delay nobody."""

import resource
from pathlib import Path

import pytest
from tarpit_run import hosts, run

from agents.edges.process.file_limits import KEPT_FREE, sockets_allowed


async def test_tarpits_keep_nothing_from_the_honest(tmp_path: Path) -> None:
    """Each order is settled once: silence times out, whoever answers is online and on time."""
    with hosts() as port:
        found = await run(tmp_path, port, 400, 100, deadline_s=3.0, window_s=120.0)
    assert (found["observations"], found["timeouts"]) == (500, 400)
    assert (found["honest"], found["honest_on_time"]) == (100, 100)


@pytest.fixture
def limits():
    """Put the limit of open files back afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_of_open_files_is_raised_and_kept_to(limits) -> None:
    """The soft limit goes up as far as needed, no further than the hard one, and never down."""
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
    assert sockets_allowed(1_000) == 1_000
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1_000 + KEPT_FREE, hard)
    assert sockets_allowed(10) == 10
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1_000 + KEPT_FREE, hard)
    if hard != resource.RLIM_INFINITY:
        assert sockets_allowed(hard) == hard - KEPT_FREE
