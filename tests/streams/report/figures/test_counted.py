"""What may be said of a part of the cases: of one that is too small, nothing."""

from reported import case

from streams.report.figures.counted import counted, part, parts

DAY_S = 86_400


def test_a_part_below_the_gate_carries_no_figure() -> None:
    """It has its n and its incidents alone."""
    cases = counted([case(i, incident=f"i{i}", day=i) for i in range(29)], DAY_S)
    found = part("NL", cases)
    assert (found.n, found.incidents) == (29, 29)
    assert (found.bounds, found.interval, found.n_eff) == (None, None, None)


def test_parts_are_named_and_ordered() -> None:
    """Each case lies in one part; a judged part has bounds, and an interval around them."""
    cases = [case(i, incident=f"i{i}", day=i, hoster="b") for i in range(40)]
    cases += [case(i, incident=f"j{i}", day=i, hoster="a") for i in range(3)]
    found = parts(counted(cases, DAY_S), lambda one: one.hoster)
    assert [(one.name, one.n) for one in found] == [("a", 3), ("b", 40)]
    assert found[1].bounds == (1.0, 1.0)
    assert found[1].interval is not None
    assert found[1].interval[0] < 1.0


def test_what_is_not_of_the_norm_does_not_count() -> None:
    """A case that its norm had not run out for is in no share."""
    young = case(1, seen=1, gone=None, as_of=3_600_000 * 5)
    assert counted([young, case(2)], DAY_S) == counted([case(2)], DAY_S)
