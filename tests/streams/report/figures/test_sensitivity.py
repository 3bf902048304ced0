"""What a share would be under other assumptions."""

from reported import case

from schemas.reasons import CaseClass, Flag
from streams.report.figures.counted import counted
from streams.report.figures.sensitivity import Assumption, sensitivity

DAY_S = 86_400


def bounds_of(extra: list[object]) -> dict[str, tuple[float, float] | None]:
    """Return the bounds of 9 cases in time and what is added, by assumption."""
    cases = [case(i, incident=f"i{i}", day=i) for i in range(9)]
    (found,) = sensitivity(counted([*cases, *extra], DAY_S), [], DAY_S)
    return dict(zip(Assumption, found.bounds, strict=True))


def test_the_unavailable_are_taken_both_ways() -> None:
    """One of ten is unavailable: 90 to 100 % published, 100 or 90 % assumed."""
    found = bounds_of([case(99, incident="u", seen=1, gone=None, case_class=CaseClass.UNAVAILABLE)])
    assert found[Assumption.AS_PUBLISHED] == (0.9, 1.0)
    assert found[Assumption.UNAVAILABLE_ENDED] == (1.0, 1.0)
    assert found[Assumption.UNAVAILABLE_THERE] == (0.9, 0.9)
    assert found[Assumption.DOUBTED_WORST] == (0.9, 1.0)


def test_the_doubted_and_the_unobserved() -> None:
    """Suspect cases best and worst; those that no probe saw are left out."""
    found = bounds_of([case(99, incident="u", seen=1, gone=None, case_class=CaseClass.SUSPECT)])
    assert found[Assumption.DOUBTED_BEST] == (1.0, 1.0)
    assert found[Assumption.DOUBTED_WORST] == (0.9, 0.9)
    unobserved = [case(99, incident="u", seen=40, gone=41, flags=(Flag.UNOBSERVED.value,))]
    assert bounds_of(unobserved)[Assumption.WITHOUT_UNOBSERVED] == (1.0, 1.0)
    assert bounds_of(unobserved)[Assumption.AS_PUBLISHED] == (0.9, 1.0)


def test_orders_have_no_curve() -> None:
    """Each has its own term, so no share within one time is fitted."""
    cases = counted([case(i, incident=f"i{i}", day=i) for i in range(9)], DAY_S)
    (with_norm,) = sensitivity(cases, [], DAY_S)
    (orders,) = sensitivity(cases, [], None)
    assert with_norm.lognormal is not None
    assert orders.lognormal is None
