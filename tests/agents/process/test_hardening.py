"""Laws of every process: no core dump, and no text of an error on any way out of Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "http://secret.example/k7Qw9zR2"

WAYS = {
    "uncaught": "raise ValueError(secret)",
    "chained": """
try:
    raise KeyError(secret)
except KeyError as cause:
    raise ValueError(secret) from cause
""",
    "in a group": "raise ExceptionGroup(secret, [ValueError(secret)])",
    "in a thread": """
import threading
def fails(): raise ValueError(secret)
thread = threading.Thread(target=fails, name=secret)
thread.start(); thread.join()
""",
    "in a finaliser": """
class Held:
    def __repr__(self): return secret
    def __del__(self): raise ValueError(secret)
Held()
""",
    "in a task": """
import asyncio, gc
async def fails(): raise ValueError(secret)
async def main():
    asyncio.create_task(fails(), name=secret)
    await asyncio.sleep(0); await asyncio.sleep(0)
    gc.collect()
asyncio.run(main())
""",
    "in a callback": """
import asyncio
def fails(value): raise ValueError(value)
async def main():
    asyncio.get_running_loop().call_soon(fails, secret)
    await asyncio.sleep(0.01)
asyncio.run(main())
""",
    "in an agreed warning": "import warnings; warnings.warn(secret, ValueWarning)",
    "in a log line": """
import logging
try: raise ValueError(secret)
except ValueError: logging.getLogger(secret).exception("bad %s", secret)
""",
    "before any handler": """
import logging
logging.getLogger().handlers.clear()
try: raise ValueError(secret)
except ValueError: logging.getLogger("x").exception(secret)
""",
    "in a handler": """
import logging
class ValueBroken(logging.Handler):
    def emit(self, record):
        try: raise ValueError(secret)
        except ValueError: self.handleError(record)
logging.getLogger("x").addHandler(ValueBroken())
logging.getLogger("x").error(secret + " ValueError")
logging.getLogger("x").error("ValueError it is")
""",
    "of a library that sets its log up": """
import logging
logging.basicConfig(force=True)
try: raise ValueError(secret)
except ValueError: logging.getLogger("x").exception("ValueError %s", secret)
""",
}


def run(code: str, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run code in a hardened process."""
    lines = (
        "import os",
        before,
        "secret = os.environ['SECRET']",
        "class ValueWarning(UserWarning): pass",
    )
    start = "\n".join((*lines, "from agents.process.hardening import harden", "harden()", code))
    return subprocess.run(
        [sys.executable, "-"],
        input=start,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "SECRET": SECRET},
    )


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_of_python_writes_the_text_of_an_error(way):
    """The type is said, so that it can be found; the text, which may hold an address, is not."""
    done = run(WAYS[way])
    assert "secret" not in done.stdout + done.stderr
    assert "Value" in done.stderr or "ExceptionGroup" in done.stderr


def test_a_crash_of_the_interpreter_writes_lines_and_no_values():
    """`faulthandler`, which writes where each thread is, is let be: it writes no value."""
    done = run("import faulthandler; held = [secret]; faulthandler.dump_traceback()")
    assert "most recent call first" in done.stderr
    assert "secret" not in done.stderr


def test_no_core_is_dumped_by_a_process_or_its_children():
    """The limit is 0, hard too and for children, and the kernel may not read the process."""
    done = run(
        """
import ctypes, resource, subprocess
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
print(subprocess.run(["sh", "-c", "ulimit -Hc"], capture_output=True).stdout.decode().strip())
"""
    )
    assert done.stdout.splitlines() == ["(0, 0) 0", "0"]


def test_what_a_process_makes_is_its_user_s_alone(tmp_path):
    """Whatever umask it was started with, others may neither read nor enter what it makes."""
    made = f"from pathlib import Path; Path({str(tmp_path)!r}, 'd').mkdir();"
    run(f"{made} Path({str(tmp_path)!r}, 'd', 'f').touch()", before="os.umask(0)")
    assert (tmp_path / "d").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "d" / "f").stat().st_mode & 0o777 == 0o600


NO_DATA = {
    "agents/edges/metrics/figures/__main__.py",
    "agents/edges/child_process/tether.py",
    "schemas/contract/__main__.py",
    "sim/oracle/report_truth.py",
    "streams/rulebook.py",
}
"""What becomes another program at once, and what prints documents from tables."""


def test_every_program_is_hardened():
    """Each file that is run as a process begins with it."""
    root = Path(__file__).parents[3]
    programs = {
        str(path.relative_to(root)): path.read_text().partition('if __name__ == "__main__":')[2]
        for folder in ("agents", "schemas", "sim", "streams", "verify")
        for path in (root / folder).rglob("*.py")
    }
    bare = {name for name, begins in programs.items() if begins and "harden()" not in begins}
    assert bare == NO_DATA


@pytest.mark.parametrize("command", [["--version"], ["keys", "--help"]])
def test_every_command_is_hardened(command):
    """`hostwatch` begins with it, whatever the command."""
    code = f"""
import resource, sys
sys.argv = ["hostwatch", *{command!r}]
from agents.cli import main
try: main()
except SystemExit: print("core", resource.getrlimit(resource.RLIMIT_CORE)[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines()[-1] == "core 0"


def test_a_command_that_fails_unforeseen_says_the_type_only():
    """Typer's own hook would print the text; the exit code says that it was no user's mistake."""
    code = f"""
import sys
from agents import cli
def fails(*_, **__): raise ValueError({SECRET!r})
cli.run = fails
cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 70
    assert "ValueError" in done.stderr
    assert "secret" not in done.stderr
