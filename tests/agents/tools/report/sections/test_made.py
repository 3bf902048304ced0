"""How a report's parts name hosters and order the judged."""

from drawn_report import drawn_made


def test_the_judged_come_slowest_first_and_names_are_those_of_the_registry() -> None:
    """Who has no name in it is shown by its id, and all others together by a word."""
    made = drawn_made()
    bounds = [row.bounds for row in made.judged]
    assert None not in bounds
    assert bounds == sorted(bounds)
    assert (made.name("acme"), made.name("delta")) == ("Acme B.V.", "delta")
    assert made.name("other") == "other hosters"
