"""A child's memory is its own, however large the test worker has grown."""

import sys
from pathlib import Path

import fresh_process
from fresh_process import run

_GROWN = """
import sys
sys.path.insert(0, sys.argv[1])
from fresh_process import run
held = b"x" * (256 << 20)
size = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
print(run([sys.executable, "-c", size], timeout_s=60).stdout)
"""


def test_a_child_of_a_large_process_is_small() -> None:
    """A process that holds 256 MiB starts one that never held 128 MiB."""
    folder = str(Path(fresh_process.__file__).parent)
    done = run([sys.executable, "-c", _GROWN, folder], timeout_s=120)
    assert done.returncode == 0, done.stderr
    assert 0 < int(done.stdout) * 1_024 < 128 << 20
