"""Which terms a case is judged by: those somebody set it (docs/measurement.md, Norm verdicts).

A jurisdiction's norms hold from the notice. An order brings its own term, which holds from the
order. Registries and records of older releases list terms of orders among a jurisdiction's norms,
before its shortest: no case is judged by these.
"""

from collections.abc import Iterable


def norms_without_orders(norms_s: Iterable[int], shortest_s: int) -> tuple[int, ...]:
    """Return the norms of a jurisdiction without terms that only an order can set.

    Args:
        norms_s: what the registry lists, seconds.
        shortest_s: the shortest norm that holds without an order, seconds.

    Returns:
        Seconds, ascending, each once.
    """
    return tuple(sorted({norm_s for norm_s in norms_s if norm_s >= shortest_s}))
