"""Tables know which of their columns are words."""

from agents.tools.report.blocks import Table


def test_a_column_without_a_digit_is_words() -> None:
    """So that it is set from the left."""
    table = Table("t", ["a", "b", "c"], [["x", "1", "too few"], ["y", "\u2013", "named"]])
    assert table.is_text == [True, False, True]
    assert Table("t", ["a", "b"], []).is_text == [True, True]
