"""A test that ends the process of the tests is named, and so is one that leaves something behind.

Each is shown in a run of pytest of its own, by the outcomes that it prints.
"""

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

CONFTEST = f"""
import importlib.util, sys
sys.path[:0] = {[str(TESTS.parent), *map(str, (TESTS / "support").glob("*/"))]!r}
found = importlib.util.spec_from_file_location("shared", {str(TESTS / "conftest.py")!r})
shared = importlib.util.module_from_spec(found)
found.loader.exec_module(shared)
process_guard, process_goes_on = shared.process_guard, shared.process_goes_on
log_as_before = shared.log_as_before
sys.modules["process_guard"].JOIN_S = 0.2  # nobody here is about to end
"""

BEGINNING = """
import asyncio, logging, os, threading, time
from agents.config import LogSettings
from agents.engine.deadlines import end_after
from agents.engine.supervision import crash_on_unexpected_exit
from agents.process.log import configure
"""


def outcomes(folder: Path, test: str) -> tuple[str, str]:
    """Run a test and one behind it; return the last line and all that was printed."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(f"{BEGINNING}\n{test}\n\ndef test_next(): pass\n")
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout.splitlines()[-1], done.stdout + done.stderr


WRONG = {
    "what a loop calls": """
async def test_it():
    crash_on_unexpected_exit("keys", "following keys.v1")
    await asyncio.sleep(60)
""",
    "another thread": """
def test_it():
    thread = threading.Thread(target=os._exit, args=(70,))
    thread.start()
    thread.join()
""",
    "a deadline that outlives it": """
def test_it():
    end_after(600, "worker", "its stop")
""",
    "a thread that outlives it": """
def test_it():
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
""",
}


@pytest.mark.parametrize("test", WRONG.values(), ids=WRONG)
def test_what_may_end_the_process_fails_the_test_that_did_it(tmp_path: Path, test: str) -> None:
    """The process goes on, the next test passes, and the summary names the one that is wrong."""
    _, said = outcomes(tmp_path, test)
    assert "PASSED test_it.py::test_next" in said, said
    assert "ERROR test_it.py::test_it" in said or "FAILED test_it.py::test_it" in said
    assert "it would have ended the process (70)" in said or "behind, which runs" in said


RIGHT = {
    "a child that is forked": """
def test_it():
    child = os.fork()
    if not child:
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
""",
    "a deadline that is met": """
def test_it():
    end_after(600, "worker", "its stop").cancel()
""",
    "a log that is set up": """
def test_it():
    configure(LogSettings(level="debug", format="json"))

def test_after():
    assert not [one for one in logging.root.handlers if "ProcessorFormatter" in repr(one.formatter)]
    assert logging.getLogRecordFactory() is logging.LogRecord
""",
}


@pytest.mark.parametrize("test", RIGHT.values(), ids=RIGHT)
def test_what_leaves_the_process_as_it_was_passes(tmp_path: Path, test: str) -> None:
    """Children end as they want, and the log is the default's for the next test."""
    last, said = outcomes(tmp_path, test)
    assert "failed" not in last, said
    assert "error" not in last, said
