"""What a share would be under other assumptions."""

from reported import case

from schemas.closed_lists import CaseClass, Flag, NormVerdict
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


def test_orders_have_no_time_to_have_ended_in() -> None:
    """What takes a norm's length is left out, and not worked out with a norm of 0."""
    unavailable = {"gone": None, "case_class": CaseClass.UNAVAILABLE}
    cases = [case(i, incident=f"i{i}", day=i, verdict=NormVerdict.IN_TIME) for i in range(9)]
    cases.append(case(99, incident="u", verdict=NormVerdict.UNDETERMINED, **unavailable))
    (orders,) = sensitivity(counted(cases, None), [], None)
    found = dict(zip(Assumption, orders.bounds, strict=True))
    assert found[Assumption.UNAVAILABLE_ENDED] is None
    assert found[Assumption.DOUBTED_BEST] is None
    assert found[Assumption.UNAVAILABLE_THERE] == (0.9, 0.9)


def test_the_curve_weighs_cases_as_the_sample_does() -> None:
    """One fast case that stands for many gives another curve than as one of two."""

    def curve(weight: float) -> float | None:
        cases = [
            case(1, incident="a", weight=weight, seen=1, gone=2),
            case(2, incident="b", seen=90, gone=100),
        ]
        (found,) = sensitivity(counted(cases, DAY_S), [], DAY_S)
        return found.lognormal

    one, many = curve(1.0), curve(20.0)
    assert one is not None
    assert many is not None
    assert many > one + 0.2
