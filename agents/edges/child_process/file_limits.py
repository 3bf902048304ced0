"""How many files and sockets this process may have open."""

import resource
from typing import Final

KEPT_FREE: Final = 512
"""For the broker, the name servers, stores and the page."""


def sockets_allowed(wanted: int) -> int:
    """Return how many sockets may be used for probes, having raised the limit as far as allowed.

    The soft limit of most systems is 1,024; raising it to the hard one is any process's right
    (setrlimit(2)).

    Args:
        wanted: how many are asked for.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = wanted + KEPT_FREE
    if soft != resource.RLIM_INFINITY and soft < need:
        soft = need if hard == resource.RLIM_INFINITY else min(need, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, soft - KEPT_FREE))
