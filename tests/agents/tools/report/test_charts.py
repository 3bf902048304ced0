"""The charts of a report: each is an image with a name, and many rows become many drawings."""

from drawn_report import COHORT, drawn_made

from agents.tools.report import charts


def test_every_chart_can_be_drawn() -> None:
    """Each is an image, and says what it shows."""
    made = drawn_made()
    found = made.figures
    assert found.times is not None
    assert found.funnel is not None
    drawings = [
        charts.backlog_chart(found.backlog, COHORT.to_at, "told"),
        charts.removed_chart(found.times.removed_by, "told"),
        charts.funnel_chart(found.funnel, made.hosters.named, "told"),
        charts.lorenz_chart(found.concentrations[0], "told"),
    ]
    for drawing in drawings:
        assert drawing.startswith("<svg")
        assert ' role="img"' in drawing
        assert ">told</title>" in drawing
    diamonds = str(drawings[2]).count('class="empty"')
    assert diamonds == len(made.hosters.named) + 1  # and one in the legend


def test_many_rows_become_several_drawings() -> None:
    """As many as a page has room for, each with a title of its own; long names are cut."""
    rows = [
        charts.IntervalRow("n" * 60, (0.1, 0.2), (0.0, 0.3)) for _ in range(charts.ROWS_MAX + 1)
    ]
    found = charts.intervals("shares", "told", rows, 0.8)
    assert len(found) == 2
    assert 'id="shares-0-title"' in found[0]
    assert 'id="shares-1-title"' in found[1]
    assert "n" * 27 not in found[0]
