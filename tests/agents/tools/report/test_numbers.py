"""How figures are printed, in both languages."""

from agents.edges.web.messages import speaking
from agents.tools.report.numbers import by_hours, fixed, hours, percent, percents, with_interval


def test_figures_are_written_as_in_english() -> None:
    """Points, from and to, cells of time."""
    assert (percent(0.6031), percent(1.0), percent(0.8, 0)) == ("60.3", "100.0", "80")
    assert (percents((0.6, 0.6)), percents((0.1, 0.25))) == ("60.0", "10.0\u201325.0")
    assert (percents(None), hours(None)) == ("too few", "not reached")
    assert (hours((8, 11.5)), hours((120, 144))) == ("8 to 11.5 h", "5 to 6 d")
    assert (by_hours(24), by_hours(168)) == ("24 h", "7 d")
    assert with_interval(0.5, 0.25, 0.75) == "0.500 (0.250\u20130.750)"


def test_a_zero_has_no_sign() -> None:
    """What rounds to 0 from below is 0."""
    assert (percent(-0.0004), fixed(-0.001, 2), percent(-0.004)) == ("0.0", "0.00", "-0.4")


def test_figures_are_written_as_in_dutch() -> None:
    """Commas."""
    with speaking("nl"):
        assert (percent(0.6031), fixed(1.5, 2)) == ("60,3", "1,50")
        assert (percents(None), hours((8, 11.5))) == ("te weinig", "8 tot 11,5 u")
