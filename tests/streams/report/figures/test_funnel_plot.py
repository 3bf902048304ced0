"""The funnel plot shows the judged hosters and decides nothing."""

from drawn_report import drawn_counted, drawn_made

from streams.report.figures.funnel_plot import funnel_plot


def test_every_judged_hoster_is_a_spot() -> None:
    """Limits narrow with the cases; the spread of all is wider than chance alone."""
    made = drawn_made()
    plot = made.figures.funnel
    assert plot is not None
    assert {one.hoster for one in plot.spots} == {row.hoster for row in made.judged}
    widths = [high - low for low, high in plot.chance]
    assert widths == sorted(widths, reverse=True)
    for (low, high), (first, last) in zip(plot.chance, plot.spread, strict=True):
        assert first <= low <= plot.centre <= high <= last
    assert max(plot.at) >= max(one.n_eff for one in plot.spots)


def test_one_hoster_is_no_funnel() -> None:
    """It takes two."""
    assert funnel_plot(drawn_counted(), ["acme"]) is None
