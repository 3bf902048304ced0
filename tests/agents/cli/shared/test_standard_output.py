"""A result that could not be printed is no success."""

import subprocess
import sys
from pathlib import Path

import pytest

HISTORY = next((Path(__file__).parents[4] / "docs" / "examples").glob("01-*.json"))
RUN = "import sys; from agents.cli import main; main()"
FULL = (
    "hostwatch: standard output cannot be written (No space left on device):"
    " free space there or name another place\n"
)


def hostwatch(arguments: list[str], out: str) -> subprocess.CompletedProcess[str]:
    with Path(out).open("wb") as there:
        return subprocess.run(
            [sys.executable, "-c", RUN, *arguments],
            stdout=there,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["registry", "--help"],
        ["judge", str(HISTORY)],
        ["judge", str(HISTORY), "--json"],
        ["probe", "--dry-run", "http://a.example/"],
    ],
    ids=lambda words: " ".join(words[:1] + words[2:]),
)
def test_a_full_disk_is_one_line_and_74(arguments: list[str]) -> None:
    """Whether it is printed in pieces, as a whole or by the help; to a sound place it is 0."""
    done = hostwatch(arguments, "/dev/full")
    assert (done.returncode, done.stderr) == (74, FULL)
    assert hostwatch(arguments, "/dev/null").returncode == 0


LARGE = """
import sys
from agents.cli.shared.standard_output import StandardOutput
output = StandardOutput()
try:
    sys.stdout.buffer.write(b"x" * 10_000_000)
except OSError:
    pass
sys.exit(output.unwritten())
"""


def test_what_is_larger_than_the_buffer_is_remembered_too() -> None:
    """Of such a write nothing waits that could fail a second time."""
    with Path("/dev/full").open("wb") as there:
        done = subprocess.run(
            [sys.executable, "-c", LARGE], stdout=there, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert FULL.removeprefix("hostwatch: ") == done.stderr.decode()


@pytest.mark.parametrize("shell", ["{} | true", "{} >&-"])
def test_who_reads_no_more_is_no_failure_of_the_disk(shell: str) -> None:
    """A pipe that was closed, or no standard output at all, is said by no line."""
    command = shell.format(f"{sys.executable} -c '{RUN}' judge {HISTORY}")
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=120)
    assert b"cannot be written" not in done.stderr
    assert b"Exception" not in done.stderr
