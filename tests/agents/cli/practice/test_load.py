"""What `hostwatch load` takes on its command line, before a broker is asked."""

import pytest

from agents import cli
from agents.cli.practice.load import _per_s, _seconds


@pytest.mark.parametrize(
    ("text", "per_s"), [("2000/s", 2_000), ("600/m", 10), ("36000/h", 10), ("7", 7), ("0.5/s", 0.5)]
)
def test_a_rate_is_read_in_any_unit(text, per_s):
    """Records a second, whatever unit they are given in."""
    assert _per_s(text) == per_s


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("1h", 3_600), ("2", 2)])
def test_a_time_is_read_in_any_unit(text, seconds):
    """Seconds, whatever unit they are given in."""
    assert _seconds(text) == seconds


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rate", "fast"),
        ("--rate", "0/s"),
        ("--rate", "2000000/s"),
        ("--rate", "-5/s"),
        ("--for", "0s"),
        ("--for", "5 years"),
        ("--rate", "1000000/s", "--for", "1h"),
        ("--hotlines", "0"),
        ("--hotlines", "65"),
    ],
)
def test_a_mistake_ends_in_exit_code_2(arguments, capsys, monkeypatch):
    """What cannot be meant is refused by name of its option; there is no broker to ask."""
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    assert cli.run(["load", *arguments]) == 2
    assert "--" in capsys.readouterr().err


def test_a_ledger_without_the_practice_prefix_is_refused(capsys, monkeypatch):
    """The default prefix is a real ledger's."""
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    assert cli.run(["load"]) == 2
    assert "practice ledger only" in capsys.readouterr().err
