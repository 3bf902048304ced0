"""`hostwatch letter`: what it refuses before it asks a broker."""

from agents import cli


def test_a_mistake_is_one_line(capsys) -> None:
    """A language that there is none of; a reason without --reveal."""
    assert cli.run(["letter", "acme", "--out", "x", "--lang", "de"]) == 2
    assert "--lang: one of en, nl" in capsys.readouterr().err
    assert cli.run(["letter", "acme", "--out", "x", "--reason", "why"]) == 2
    assert "go with --reveal" in capsys.readouterr().err
