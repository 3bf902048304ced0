"""Few orders outside a hoster's sample are located at once; those of a sample always are."""

from contextlib import ExitStack

import pytest

from schemas.closed_lists import Target
from schemas.records.processing import ProbeOrder
from streams.probe.resolution_limit import RESOLVING_MAX, OrdersBeingResolved


def order(hoster: str = "acme", *, sampled: bool = False) -> ProbeOrder:
    return ProbeOrder(
        order_id="o",
        url_key="0" * 32,
        case_id="c",
        hoster=hoster,
        vantage="north",
        target=Target.URL,
        slot_at=0,
        not_before=0,
        not_after=1,
        asked=("north",),
        sealed="",
        sampled=sampled,
    )


def test_a_burst_of_one_hoster_fills_its_own_limit_alone() -> None:
    """Its sample and other hosters are located as ever."""
    resolved = OrdersBeingResolved()
    with ExitStack() as held:
        for _ in range(RESOLVING_MAX):
            assert not resolved.is_full(order())
            held.enter_context(resolved.of(order()))
        assert resolved.is_full(order())
        assert not resolved.is_full(order(sampled=True))
        assert not resolved.is_full(order("other"))
    assert not resolved.is_full(order())


def test_the_sample_goes_ahead_of_the_rest() -> None:
    """Whoever is of the sample waits for its own; the others wait for all of the hoster."""
    resolved = OrdersBeingResolved()
    with resolved.of(order(sampled=True)), resolved.of(order()), resolved.of(order("other")):
        assert resolved.ahead(order(sampled=True)) == 1
        assert resolved.ahead(order()) == 2


def test_an_order_that_failed_counts_no_more() -> None:
    """Else a hoster's limit would fill with what is over."""
    resolved = OrdersBeingResolved()
    with pytest.raises(TimeoutError), resolved.of(order()):
        raise TimeoutError
    assert resolved.ahead(order()) == 0
