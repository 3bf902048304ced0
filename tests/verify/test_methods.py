"""The readings that are kept, by method version."""

from random import Random

from folded import KEY, at, url_records, written
from random_history import random_history

from verify.methods import BEFORE, NEWEST, READINGS


def test_both_methods_read_the_same_ledger() -> None:
    """Neither fails on a history of any kind, and they differ somewhere."""
    differ = 0
    for seed in range(50):
        url = url_records(KEY, written(random_history(Random(seed))))
        before, now = (READINGS[name](url, at(2_000)) for name in (BEFORE, NEWEST))
        differ += [case.case_class for case in before] != [case.case_class for case in now]
    assert differ > 0
