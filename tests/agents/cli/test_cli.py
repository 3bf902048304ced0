"""The command line: a user's mistake is one line, and every end has its exit code."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from agents import cli
from agents.cli.shared.context import settings_of
from agents.cli.shared.errors import UserError, load_settings

HOSTWATCH = [sys.executable, "-c", "from agents.cli import main; main()"]


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


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version alone; --help of every command works."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.strip().count(".") == 2
    for command in ([], ["kafka"], ["kafka", "start"], ["topics", "apply"], ["doctor"]):
        assert cli.run([*command, "--help"]) == 0


def test_an_unknown_command_is_a_usage_error() -> None:
    """What no command is called ends with 2, as in every program."""
    assert cli.run(["nothing"]) == 2


def commands_that_raise(error: BaseException) -> typer.Typer:
    commands = typer.Typer()

    @commands.callback()
    def before() -> None:
        pass

    @commands.command()
    def fail(ctx: typer.Context) -> None:
        settings_of(ctx)
        raise error

    return commands


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (UserError("do this"), 2), (typer.Exit(7), 7)],
)
def test_every_end_has_its_code(error: BaseException, code: int) -> None:
    """Ctrl-C is 130, a user's mistake 2, and a command's own code is passed on."""
    assert cli.run(["fail"], commands_that_raise(error)) == code


def test_what_nobody_expected_is_not_hidden() -> None:
    """A fault of ours is no user's mistake: it leaves as what it is."""
    with pytest.raises(ZeroDivisionError):
        cli.run(["fail"], commands_that_raise(ZeroDivisionError()))


def hostwatch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HOSTWATCH, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_kafka_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    """start, status, topics and stop find one broker from separate commands; kill -9 is seen."""
    assert hostwatch(tmp_path, "kafka", "status").returncode == 1
    started = hostwatch(tmp_path, "kafka", "start")
    assert started.returncode == 0, started.stderr
    address = started.stdout.split()[2]
    try:
        assert address in hostwatch(tmp_path, "kafka", "status").stdout
        assert address in hostwatch(tmp_path, "kafka", "start").stdout  # running, not a second
        assert hostwatch(tmp_path, "topics", "plan", "--hotline", "north").returncode == 1
        applied = hostwatch(tmp_path, "topics", "apply", "--hotline", "north", "--vantage", "home")
        assert applied.returncode == 0
        assert "hotline.north.v1" in applied.stdout
        plan = hostwatch(tmp_path, "topics", "plan", "--hotline", "north", "--vantage", "home")
        assert (plan.returncode, plan.stdout.strip()) == (0, "every topic is as it must be")
        pid = int(hostwatch(tmp_path, "kafka", "status").stdout.split()[-1].rstrip(")"))
        os.kill(pid, signal.SIGKILL)
        again = hostwatch(tmp_path, "kafka", "start")
        assert again.stdout.startswith("started at")
    finally:
        stopped = hostwatch(tmp_path, "kafka", "stop")
    assert stopped.stdout.strip() == "stopped"
    assert hostwatch(tmp_path, "kafka", "stop").stdout.strip() == "not running"
    assert hostwatch(tmp_path, "topics", "plan").returncode == 2
