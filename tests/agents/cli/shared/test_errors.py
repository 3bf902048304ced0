"""A user's mistake in the settings is one line that names what is wrong, and never a value."""

import os
from pathlib import Path

import pytest

from agents import cli
from agents.cli.shared.errors import UserError, load_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HOSTWATCH_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[kafka", "not TOML"),
        ("speed = 1", "speed: no such setting"),
        ("[kafka]\nbroker = 'a'", "kafka.broker: no such setting"),
        ("[kafka]\npartitions = 0", "kafka.partitions: Input should be greater than or equal to 1"),
        (
            "[probe]\ndeny_networks = ['10.0.0.1/8']",
            "probe.deny_networks: Value error, not a network",
        ),
        ("[[vantages]]\nid = 'Secret Word'", "vantages.0.id: "),
    ],
)
def test_a_wrong_setting_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    """The line names the key and not the value, and the exit code is 2."""
    file = tmp_path / "hostwatch.toml"
    file.write_text(text)
    assert cli.run(["--config", str(file), "kafka", "status"]) == 2
    said = capsys.readouterr().err
    assert line in said
    assert len(said.splitlines()) == 1
    assert "Secret" not in said


def test_each_wrong_setting_has_its_line(tmp_path: Path) -> None:
    """Two mistakes are two lines, so nobody mends them one start at a time."""
    file = tmp_path / "hostwatch.toml"
    file.write_text("a = 1\nb = 2\n")
    with pytest.raises(UserError) as refused:
        load_settings(file)
    lines = str(refused.value).splitlines()
    assert [line.partition(" (there are: ")[0] for line in lines] == [
        f"{file}: a: no such setting",
        f"{file}: b: no such setting",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "stat_dir = 'x'",
            "stat_dir: no such setting; did you mean state_dir? (there are: clock, ",
        ),
        ("[kafka]\npartition = 3", "kafka.partition: no such setting; did you mean partitions? ("),
        (
            "[[vantages]]\nid = 'a'\nzzz = 1",
            "vantages.0.zzz: no such setting (there are: announced,",
        ),
        (
            "[kafka.security]\nuser = 'Secret'",
            "kafka.security.user: no such setting; did you mean username? (there are: ca_file,",
        ),
        (
            "[log]\nformat = 'jsn'",
            "log.format: no such value; did you mean json? (there are: json, text)",
        ),
        ("[kafka]\ninstance = 'Secret Name'", "kafka.instance: must match ^[a-z0-9]"),
    ],
)
def test_a_mistake_names_file_and_setting_what_is_allowed_and_the_nearest(
    tmp_path: Path, text: str, said: str
) -> None:
    """Whoever mistypes a setting reads what was meant, and where it stands."""
    file = tmp_path / "hostwatch.toml"
    file.write_text(text)
    with pytest.raises(UserError) as refused:
        load_settings(file)
    assert str(refused.value).startswith(f"{file}: {said}")
    assert "Secret" not in str(refused.value)


def test_a_variable_s_mistake_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a file is named: what is wrong does not stand in it."""
    monkeypatch.setenv("HOSTWATCH_LOG__LEVEL", "loud")
    with pytest.raises(UserError, match=r"^HOSTWATCH_LOG__LEVEL: log.level: no such value") as said:
        load_settings(None)
    assert "(there are: debug, error, info, warning)" in str(said.value)
    assert "loud" not in str(said.value)


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("HOSTWATCH_KAFA__BOOTSTRAP", "a:1", "BOOTSTRAP: no such setting; did you mean kafka?"),
        ("HOSTWATCH_KAFKA__BOOTSTRAPS", "a:1", "kafka.bootstraps: no such setting"),
        ("HOSTWATCH_CLOCK__SPEED", "fast", "clock.speed: "),
        ("HOSTWATCH_VANTAGES", "home", "vantages"),
    ],
)
def test_a_wrong_variable_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    line: str,
) -> None:
    """A HOSTWATCH_ variable that is misspelt or has a wrong value stops the start."""
    monkeypatch.setenv(variable, value)
    assert cli.run(["kafka", "status"]) == 2
    said = capsys.readouterr().err
    assert line in said
    assert len(said.splitlines()) == 1


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A --config that is not there is an error, not a start with defaults."""
    assert cli.run(["--config", "nowhere.toml", "kafka", "status"]) == 2
    assert "there is no file nowhere.toml" in capsys.readouterr().err


def test_the_settings_file_may_be_named_by_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """HOSTWATCH_CONFIG stands for --config, which wins over it, and is no setting itself."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("speed = 1")
    right = tmp_path / "right.toml"
    right.write_text("")
    monkeypatch.setenv("HOSTWATCH_CONFIG", str(wrong))
    assert cli.run(["topics", "plan"]) == 2
    assert "speed: no such setting" in capsys.readouterr().err
    cli.run(["--config", str(right), "kafka", "status"])
    assert "no such setting" not in capsys.readouterr().err
