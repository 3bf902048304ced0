"""`hostwatch demo`: what it takes and what it refuses, before anything is started."""

import pytest
import typer

from agents.cli import run
from agents.cli.practice.demo import _seconds
from sim.live.cast import MOST
from sim.live.planning import LIVE


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("2m", 120), ("1h", 3_600), ("5", 5), ("0.5m", 30)]
)
def test_the_demo_s_times_are_read_with_or_without_a_unit(text, seconds):
    """A number with or without a unit is wall seconds."""
    assert _seconds(text, "--for") == seconds


@pytest.mark.parametrize("text", ["", "m", "-2m", "0", "2 weeks", "1e3s"])
def test_what_is_no_time_is_refused(text):
    """Anything else is a mistake of the person who typed it."""
    with pytest.raises(typer.BadParameter):
        _seconds(text, "--for")


def test_a_used_folder_is_one_line_and_exit_code_2(tmp_path, capsys):
    """No traceback, nothing started, nothing touched."""
    (tmp_path / "here").write_text("")
    assert run(["demo", "--data", str(tmp_path), "--for", "1s"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["here"]


def test_the_scenarios_are_listed_and_nothing_is_started(capsys):
    """Each with what it shows, a line each."""
    assert run(["demo", "--scenario", "list"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == list(LIVE)


@pytest.mark.parametrize(
    "options",
    [
        ("--scenario", "storm"),  # in memory only
        ("--scenario", ""),
        ("--hosters", "2"),
        ("--hosters", str(MOST + 1)),
        ("--rate", "0"),
    ],
)
def test_what_cannot_be_played_is_refused_before_anything_is_started(tmp_path, options):
    """A mistake of the person who typed it; no folder is made."""
    folder = tmp_path / "data"
    assert run(["demo", "--data", str(folder), "--for", "1s", *options]) == 2
    assert not folder.exists()
