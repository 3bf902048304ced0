"""How many sockets a process may have, and that it takes no more than it is allowed."""

import resource

import pytest

from agents.edges.child_process.file_limits import KEPT_FREE, sockets_allowed


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
