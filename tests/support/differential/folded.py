"""What the fold makes of a random history in many orders and batches, and what the reading says.

States are stored and decoded between batches, as a worker does after a restart.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

from histories import written
from ledger_events import KEY, at
from random_history import random_history
from random_observations import Told

from agents.tools.verification.published import PublishedState
from streams import lifecycle
from verify.compared.compare import Difference, cases_differ
from verify.ledger.records import url_records
from verify.method_10.cases import cases_at

ORDERS: Final = 5
BATCHES: Final = (1, 1, 1, 2, 3, 8, 40)
INSTANTS_H: Final = (0.5, 30, 200, 1_000, 9_700, 20_000)


def orders(told: Told, chance: Random) -> Iterator[Told]:
    """Yield the records in time, backwards, nearly in time, and shuffled."""
    yield told
    yield told[::-1]
    late = [chance.random() < 0.1 for _ in told]
    yield [one for _, one in sorted(zip(late, told, strict=True), key=lambda pair: pair[0])]
    for _ in range(ORDERS - 3):
        yield chance.sample(told, len(told))


def stored(told: Sequence[tuple[Any, int]], chance: Random) -> bytes:
    """Return a URL's record in `cases.v1` after records a few at a time."""
    record: bytes | None = None
    rest = list(told)
    while rest:
        size = chance.choice(BATCHES)
        record = lifecycle.update_record(KEY, record, rest[:size]).record_value
        del rest[:size]
    return record or b""


def unequal_orders(seed: int) -> list[int]:
    """Return the orders whose record is not that of all at once; ties are drawn too."""
    chance = Random(seed)
    told = random_history(chance, ties=chance.random() < 0.3)
    whole = lifecycle.update_record(KEY, None, told).record_value
    return [n for n, order in enumerate(orders(told, chance)) if stored(order, chance) != whole]


def read_otherwise(seed: int) -> list[Difference]:
    """Return what the second reading says otherwise of a history, at several instants.

    It is folded at once: no order and no batching changes a byte.
    """
    chance = Random(seed)
    told = random_history(chance)
    published = PublishedState.of(lifecycle.update_record(KEY, None, told).record_value)
    url = url_records(KEY, written(told))
    instants = [at(hours) for hours in INSTANTS_H]
    return [
        difference
        for as_of, read in zip(instants, cases_at(url, instants), strict=True)
        for difference in cases_differ(KEY, read, published.cases(as_of))
    ]
