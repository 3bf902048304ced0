"""The command `hostwatch simulate`: what it says, how it ends, and what is left to play."""

import json
import signal
import subprocess
import sys

import pytest

from agents.cli import app
from agents.stages.lifecycle.stage import LifecycleStage

SEEDS = 20
"""The command tells of each of so many."""


COMMAND = [sys.executable, "-c", "from agents.cli import main; main()", "simulate"]


PROMISED = [
    "seeds",
    "reports",
    "lost",
    "doubled",
    "differences",
    "wrong_intervals",
    "sim_seconds_per_wall_second",
]


def simulate(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, text=True)


def test_the_command_says_what_was_promised(tmp_path):
    """JSON with the promised keys, exit code 0, and a wrong scenario is one line."""
    out = tmp_path / "out.json"
    size = ("--days", "0.1", "--hosters", "2", "--rate", "6")
    done = simulate("--seeds", "1..3", *size, "--jobs", "2", "--json", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(out.read_bytes())
    assert list(result)[: len(PROMISED)] == PROMISED
    assert result["seeds"] == 3
    assert result["sim_seconds_per_wall_second"] > 0
    assert result["failed"] == []
    wrong = simulate("--scenario", "none")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1


def test_a_failing_seed_says_how_to_play_it_again(monkeypatch, capsys):
    """Exit code 1 and the exact command, which fails in the same way."""
    handle = LifecycleStage.handle
    monkeypatch.setattr(
        LifecycleStage, "handle", lambda self, records: handle(self, records[:-1] or records)
    )
    asked = ["simulate", "--scenario", "calm", "--seed", "4", "--days", "0.2", "--hosters", "3"]
    assert code_of(asked) == 1
    said = capsys.readouterr().out.splitlines()
    assert "NOT as it should be" in said[0]
    again = said[1].removeprefix("again: hostwatch ")
    assert again.split() == asked
    assert code_of(again.split()) == 1
    assert capsys.readouterr().out.splitlines() == said


def code_of(arguments):
    with pytest.raises(SystemExit) as ended:
        app(arguments)
    return ended.value.code


def test_ctrl_c_ends_with_what_was_done(tmp_path):
    """Exit code 130, the seeds that were played are in the result, and no process is left.

    With so few seeds each is told of as it ends: the first line comes with the first seed.
    """
    out = tmp_path / "out.json"
    size = ("--days", "0.3", "--hosters", "3", "--jobs", "2", "--json", str(out))
    arguments = [*COMMAND, "--scenario", "calm", "--seeds", f"1..{SEEDS}", *size]
    # tests that run in the background were told to ignore it, and a child would be, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, bufsize=1) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("seed ")
        running.send_signal(signal.SIGINT)
        said = running.stdout.read()  # to the end of file: nobody holds it open any more
        assert running.wait() == 130
    result = json.loads(out.read_bytes())
    assert result["interrupted"]
    assert 1 <= result["seeds"] < SEEDS
    assert f"{result['seeds']} seeds" in said
    assert "left: hostwatch simulate --scenario calm --seeds " in said


def test_seeds_that_are_left_are_named(capsys):
    """What is not begun within the time can be played later, and is no failure."""
    asked = ["simulate", "--scenario", "calm", "--days", "0.2", "--hosters", "2"]
    assert code_of([*asked, "--seeds", "1..4", "--within", "0"]) == 0
    said = capsys.readouterr().out
    assert "left: hostwatch simulate --scenario calm --seeds 1..4 --days 0.2 --hosters 2" in said
