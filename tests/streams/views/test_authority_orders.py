"""Where an authority's orders stand."""

from ledger_events import (
    KEY,
    NORTH,
    ONLINE,
    at,
    decision,
    fold,
    gone_run,
    notice,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.authority_orders import OrderStage
from schemas.closed_lists import Basis, Delivery
from streams.views.authority_orders import OrderStatus, orders_of

HOUR_S = 3_600


def order(hours=1.0, *, term_h=12, **said):
    """Return an order with its own term."""
    fields = {"basis": Basis.ORDER, "reference": "ref", "term_s": term_h * HOUR_S}
    return notice(hours, record_id=f"o{hours}", **(fields | said))


def stands(made, *happened, as_of=60.0):
    """Return how one order stands, with what is next."""
    state = fold(report(seen=0), placed(), made, *happened)
    (found,) = orders_of([made[0]], state, at(as_of))
    assert (found.url_key, found.hoster) == (KEY, made[0].recipient)
    return found.status, found.next_stage


def test_a_term_runs_is_kept_or_is_broken() -> None:
    """By a backed sighting after it; if neither is shown, that is said."""
    assert stands(order(), as_of=5) == (OrderStatus.RUNS, None)
    assert stands(order(), slots([2], ONLINE), gone_run(5)) == (OrderStatus.KEPT, None)
    late = slots([2, 20, 30], ONLINE)
    assert stands(order(), late) == (OrderStatus.BROKEN, OrderStage.PENALTY)
    assert stands(order(), slots([2], ONLINE)) == (OrderStatus.NOT_KNOWN, None)


def test_what_is_next_follows_from_the_stage() -> None:
    """Nothing follows on a fine, and nothing on an order that was kept."""
    late = slots([2, 20, 30], ONLINE)
    assert stands(order(stage=OrderStage.PENALTY), late)[1] is OrderStage.FINE
    assert stands(order(stage=OrderStage.FINE), late) == (OrderStatus.BROKEN, None)
    kept = order(stage=OrderStage.PENALTY)
    assert stands(kept, slots([2], ONLINE), gone_run(5)) == (OrderStatus.KEPT, None)


def test_an_order_that_does_not_count_says_why() -> None:
    """Not delivered, to another hoster, about an excluded case."""
    late = slots([2, 20, 30], ONLINE)
    assert stands(order(result=Delivery.BOUNCED), late)[0] is OrderStatus.NOT_DELIVERED
    assert stands(order(recipient="other"), late)[0] is OrderStatus.NO_CASE
    assert stands(order(), late, decision(40))[0] is OrderStatus.VOID


def test_only_orders_are_listed_the_oldest_first() -> None:
    """A plain notice is none; each order has its own term and due time."""
    first, second = order(3, term_h=1), order(2, term_h=2)
    state = fold(report(seen=0), placed(), notice(1), first, second)
    found = orders_of([first[0], notice(1)[0], second[0]], state, at(60))
    assert [one.noticed_at for one in found] == [at(2), at(3)]
    assert [one.due_at for one in found] == [at(4), at(4)]
    assert {one.stage for one in found} == {OrderStage.INSTRUCTION}


def test_an_end_that_is_undetermined_keeps_no_order() -> None:
    """What the only vantage found gone is not shown to be kept, as in the norm verdict."""
    alone = {"vantages": (NORTH,), "asked": (NORTH,)}
    seen = slots([2], ONLINE, **alone), gone_run(5, **alone)
    assert stands(order(), *seen) == (OrderStatus.NOT_KNOWN, None)


def test_an_order_after_the_end_or_taken_back_asks_for_nothing() -> None:
    """It is judged by nothing, so it is not kept by a removal from before it."""
    gone = slots([2], ONLINE), gone_run(5)
    assert stands(order(20), notice(1), *gone)[0] is OrderStatus.VOID
    taken_back = order(2, hotline="other"), withdrawal(3, hotline="other")
    assert stands(*taken_back, slots([2], ONLINE), gone_run(5))[0] is OrderStatus.VOID


def test_a_term_dated_back_runs_from_when_it_was_received() -> None:
    """Until a decision confirms its proof: then it runs from the delivery, and is broken."""
    dated_back = order(1, received=20.0, backdated=True)
    seen = slots([2, 15], ONLINE), gone_run(25)
    assert stands(dated_back, *seen) == (OrderStatus.KEPT, None)
    confirmed = decision(30, "confirm_backdated")
    assert stands(dated_back, *seen, confirmed) == (OrderStatus.BROKEN, OrderStage.PENALTY)


def test_each_order_has_a_verdict_of_its_own() -> None:
    """One that was kept beside one that was broken stays kept."""
    made = order(1, term_h=48), order(1.5, term_h=1, reference="other")
    state = fold(report(seen=0), placed(), *made, slots([2, 20], ONLINE), gone_run(25))
    found = orders_of([one for one, _ in made], state, at(60))
    assert [one.status for one in found] == [OrderStatus.KEPT, OrderStatus.BROKEN]
