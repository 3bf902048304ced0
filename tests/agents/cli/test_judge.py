"""`hostwatch judge`: what is printed, and how a mistake ends."""

import json
import re
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


@pytest.mark.parametrize("hour", ["nan", "inf", "1e308", "-5"])
def test_an_hour_that_no_history_has_is_a_mistake(
    capsys: pytest.CaptureFixture[str], hour: str
) -> None:
    """Exit code 2, as for any other option out of bounds."""
    code, out, err = ran(capsys, str(EXAMPLE), "--as-of-h", hour)
    assert (code, out) == (2, "")
    assert "--as-of-h" in err


def test_a_timeline_names_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json each change is a line with the number of its rule."""
    code, out, _ = ran(capsys, str(EXAMPLE))
    assert code == 0
    assert re.search(r"^5\.801 h +acme: R = 5\.2 h \(probe\) +\[4\.4\]$", out, re.MULTILINE)


def test_orders_and_the_second_reading_are_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """What they say stands on standard error, so that the outcome stays JSON."""
    code, out, err = ran(capsys, str(EXAMPLE), "--json", "--shuffle", "5", "--verify")
    assert code == 0
    assert json.loads(out)["cases"]
    assert err.splitlines() == [
        "all 5 orders give the same state",
        "the second reading agrees",
    ]


def test_disagreement_is_the_answer_no(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 if an order gives another state."""
    monkeypatch.setattr("streams.history.shuffle.disagreeing", lambda *_: [3])
    code, _, err = ran(capsys, str(EXAMPLE), "--json", "--shuffle", "5")
    assert code == 1
    assert "1 of 5 orders give another state: 3" in err


def test_without_a_file_or_a_case_there_is_nothing_to_judge(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line says what to name."""
    code, _, err = ran(capsys)
    assert code == 2
    assert "--from-ledger" in err


def test_a_history_that_is_there_is_not_overwritten(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Whether it is named as a history or as --out: one line, and the file stays as it was."""
    file = tmp_path / "case.json"
    file.write_text("typed by a person")
    named = ("--from-ledger", "0" * 24)
    code, _, err = ran(capsys, *named, str(file))
    assert (code, "--out" in err) == (2, True)
    code, _, err = ran(capsys, *named, "--out", str(file))
    assert (code, "is there already" in err) == (2, True)
    assert file.read_text() == "typed by a person"


@pytest.mark.parametrize(
    "given", [["--verify"], ["--shuffle", "5"], ["--json"], ["--as-of-h", "1"]]
)
def test_nothing_is_judged_from_the_ledger(
    capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    """An option of the judgement beside --from-ledger is refused, not passed over."""
    code, _, err = ran(capsys, "--from-ledger", "0" * 24, *given)
    assert (code, "judges nothing" in err) == (2, True)


def test_only_a_case_of_the_ledger_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """--out without --from-ledger is refused: a history that is judged has its file."""
    code, _, err = ran(capsys, str(EXAMPLE), "--out", "case.json")
    assert (code, "--from-ledger" in err) == (2, True)
