"""A sentence keeps its message apart from its values."""

from streams.history.sentence import said


def test_a_statement_reads_as_its_message_with_the_values_put_in() -> None:
    """Values are written as they are printed; the message stays one that can be translated."""
    one = said("%(hotline)s reports it at %(hour)s h", hotline="alpha", hour=2.5)
    assert str(one) == f"{one}" == "alpha reports it at 2.5 h"
    assert one.values == {"hotline": "alpha", "hour": "2.5"}
    assert "%(hotline)s" in one.message
