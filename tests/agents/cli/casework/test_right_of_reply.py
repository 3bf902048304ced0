"""`hostwatch dossier override`: what it refuses before it asks a broker."""

from agents import cli


def test_a_mistake_is_one_line(tmp_path, capsys) -> None:
    """A date that is none; `tests/agents/tools/dossier/test_right_of_reply.py` has the rest."""
    said = ("--to", "2026-04-01", "--reason", "why", "--person", str(tmp_path / "anna.pem"))
    assert cli.run(["dossier", "override", "acme", "--from", "soon", *said]) == 2
    assert "--from: a date like" in capsys.readouterr().err
