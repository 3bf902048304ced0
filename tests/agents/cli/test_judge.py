"""`hostwatch judge`: what is printed, and how a mistake ends."""

import json
from pathlib import Path

import pytest

from agents import cli

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "04-removal.json"


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it printed."""
    code = cli.run(["judge", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_outcome_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object, for the hour that is asked for."""
    code, out, _ = ran(capsys, str(EXAMPLE), "--json")
    assert code == 0
    outcome = json.loads(out)
    assert (outcome["as_of_h"], outcome["cases"][0]["class"]) == (6.8, "removed")
    _, out, _ = ran(capsys, str(EXAMPLE), "--json", "--as-of-h", "4.5")
    assert json.loads(out)["cases"][0]["class"] == "online"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"start": "2026-06-01T00:00:00Z", "events": [{"h": 1, "look": "gon"}]}', "mean gone?"),
        ("{", "not JSON"),
        (None, "no such file"),
    ],
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None, said: str
) -> None:
    """Exit code 2, and what is wrong in one line."""
    file = tmp_path / "history.json"
    if text is not None:
        file.write_text(text)
    code, out, err = ran(capsys, str(file), "--json")
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
