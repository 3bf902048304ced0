"""Where an authority's orders stand."""

import pytest
from ledger_events import (
    DEAD,
    KEY,
    LIMITED,
    NORTH,
    ONLINE,
    SOUTH,
    answer,
    at,
    decision,
    fold,
    gone_run,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec.structs import replace

from schemas.authority_orders import OrderStage
from schemas.closed_lists import AnswerKind, Basis, Delivery, HotlineMode
from streams.dossier.authority_orders import OrderStatus, orders_of

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


SEEN = slots([2, 20, 30], ONLINE)
CLOAKED = (
    slots([2], ONLINE),
    *(slots([h], ONLINE, (SOUTH,)) + slots([h], LIMITED, (NORTH,)) for h in (20, 30)),
)
DISPUTED = replace(answer(40)[0], answer=AnswerKind.DISPUTED), at(40)
SENT_ALONE = {"result": Delivery.SENT, "mode": HotlineMode.SENT_ONLY}


@pytest.mark.parametrize(
    ("made", "happened"),
    [
        (order(), CLOAKED),
        (order(), (placed(0.1, place(contested=True)), SEEN)),
        (order(), (SEEN, DISPUTED)),
        (order(**SENT_ALONE), (SEEN,)),
        (order(), (slots([2], ONLINE), slots([20], ONLINE, (SOUTH,)), gone_run(25))),
    ],
)
def test_nothing_is_next_where_a_dossier_supports_no_fine(made, happened) -> None:
    """Cloaked, contested, disputed, sent alone, or seen past the term by one vantage on one day."""
    assert stands(made, *happened) == (OrderStatus.BROKEN, None)


def test_what_another_order_shows_in_public_lets_nothing_follow_on_this_one() -> None:
    """Two vantages saw it past the first term, and one past the second."""
    made = order(1, term_h=1), order(1.5, term_h=12, reference="other")
    seen = slots([2, 5], ONLINE), slots([20], ONLINE, (NORTH,)), gone_run(25)
    state = fold(report(seen=0), placed(), *made, *seen)
    found = orders_of([one for one, _ in made], state, at(60))
    assert [one.status for one in found] == [OrderStatus.BROKEN, OrderStatus.BROKEN]
    assert [one.next_stage for one in found] == [OrderStage.PENALTY, None]


DARK = slots([2], ONLINE), slots([5 + 21 * n for n in range(9)], DEAD, control=DEAD)


@pytest.mark.parametrize(
    ("made", "happened", "status"),
    [
        (order(term_s=None), (SEEN,), OrderStatus.RUNS),
        (order(term_s=None), (SEEN, gone_run(40)), OrderStatus.KEPT),
        (order(term_s=None), DARK, OrderStatus.NOT_KNOWN),
        (order(40, term_s=None), (slots([2], ONLINE), gone_run(5)), OrderStatus.VOID),
        (order(40, term_s=None), (notice(1), slots([2], ONLINE), gone_run(5)), OrderStatus.VOID),
        (order(term_s=None), (report(0.1, hotline="beta"), SEEN, withdrawal(31)), OrderStatus.VOID),
        (order(term_s=None, result=Delivery.BOUNCED), (SEEN,), OrderStatus.NOT_DELIVERED),
    ],
)
def test_an_order_without_a_term_is_kept_by_a_removal_alone(made, happened, status) -> None:
    """Not by an end that is never in time, nor by one before it; and it ends with its notice."""
    assert stands(made, *happened, as_of=250) == (status, None)
    state = fold(report(seen=0), placed(), made, *happened)
    assert orders_of([made[0]], state, at(250))[0].due_at is None


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


def test_an_order_to_an_earlier_name_stands_in_the_case_under_the_new_one() -> None:
    """Also where no verdict says which case it is of: it did not arrive."""
    made = order(recipient="as64500", result=Delivery.SENT)
    known = placed(0, place("acme", formerly=("as64500",)))
    state = fold(report(seen=0), known, made)
    (found,) = orders_of([made[0]], state, at(20))
    assert (found.case_id, found.status) == (state.cases[0].case_id, OrderStatus.NOT_DELIVERED)
