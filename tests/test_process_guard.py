"""A test that ends the process of the tests is named, and so is one that leaves something behind.

All are shown in one run of pytest within the test, by the outcomes that it prints.
"""

import re
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


CASES = list(WRONG | RIGHT)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Run all of them in one run of pytest, a module each; return what was printed."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    for number, test in enumerate((WRONG | RIGHT).values()):
        own = test.replace("def test_it(", f"def test_{number}_it(")
        text = f"{BEGINNING}\n{own}\n\ndef test_next(): pass\n"
        (folder / f"test_{number}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", WRONG)
def test_what_may_end_the_process_fails_the_test_that_did_it(said: str, name: str) -> None:
    """The process goes on, the next test passes, and the summary names the one that is wrong."""
    module = f"test_{CASES.index(name)}"
    assert f"PASSED {module}.py::test_next" in said, said
    assert re.search(rf"^(ERROR|FAILED) {module}\.py::{module}_it", said, re.MULTILINE), said
    told = said.partition(f" {module}_it ____")[2].partition("\n____")[0]
    assert "it would have ended the process (70)" in told or "behind, which runs" in told


@pytest.mark.parametrize("name", RIGHT)
def test_what_leaves_the_process_as_it_was_passes(said: str, name: str) -> None:
    """Children end as they want, and the log is the default's for the next test."""
    module = f"test_{CASES.index(name)}"
    assert f"PASSED {module}.py::{module}_it" in said, said
    assert f"PASSED {module}.py::test_next" in said, said
    assert not re.search(rf"^(ERROR|FAILED) {module}\.py", said, re.MULTILINE), said
