"""Laws of refusals."""

from agents.edges.intake_http.problems import MEANINGS, Problem


def test_every_problem_says_what_to_do():
    """Each reason has a status of a refusal, a title and a detail, all of them sentences."""
    assert MEANINGS.keys() == {*Problem}
    for meaning in MEANINGS.values():
        assert 400 <= meaning.status < 600
        assert meaning.title.endswith(".")
        assert meaning.detail.endswith(".")
