"""The fold of a URL's events and what it means: cases, classes, verdicts.

`advance(state, happened)` adds ledger records to the set a URL's state is, and evaluates it.
"""

from collections.abc import Iterable

import msgspec

from schemas.case import UrlState
from streams.lifecycle.cases import class_at, evaluate
from streams.lifecycle.fold import Happened, gather
from streams.lifecycle.packing import Events, pack, unpack
from streams.lifecycle.table import METHOD_VERSION

__all__ = ["METHOD_VERSION", "advance", "class_at", "evaluate"]


def advance(url_key: str, state: UrlState | None, happened: Iterable[Happened]) -> UrlState:
    """Return the state of a URL after records of the ledger, its cases evaluated.

    Args:
        url_key: the URL.
        state: what was stored; None = nothing yet.
        happened: records with their append times, in any order, repeated or not.
    """
    events = unpack(state) if state is not None else Events(url_key)
    gather(events, happened)
    packed = pack(events)
    return msgspec.structs.replace(packed, cases=evaluate(packed))
