"""The long tests of each part begin first, and no test is left out or moved within its group."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from begun_first import COMPUTING, SECONDS, TOGETHER, ordered


@dataclass(frozen=True)
class Named:
    """A test by its id."""

    nodeid: str


SLOW = {"a/slow.py": 30.0, "b": 20.0, "b/c/other.py": 15.0}
FILES = ("a/quick.py", "a/slow.py", "b/c/other.py", "b/one.py", "z/last.py")
TESTS = [Named(f"{file}::test_{number}") for file in FILES for number in range(4)]


def test_each_part_begins_with_what_takes_long() -> None:
    """Whoever takes from the end of a part takes what takes milliseconds."""
    order = ordered(TESTS, SLOW, 2)
    halves = [test.nodeid.partition("::")[0] for test in order]
    half = len(order) // 2
    assert halves[:half] == ["a/slow.py"] * 4 + ["a/quick.py"] * 4 + ["z/last.py"] * 2
    assert halves[half:] == ["b/one.py"] * 4 + ["b/c/other.py"] * 4 + ["z/last.py"] * 2


def test_each_process_begins_with_another_of_the_longest() -> None:
    """As xdist divides tests: each takes its share of what the ones before it left."""
    order = [test.nodeid.partition("::")[0] for test in ordered(TESTS, SLOW, 3)]
    assert [order[0], order[6], order[13]] == ["a/slow.py", "b/one.py", "b/c/other.py"]


def test_the_first_process_begins_with_what_computes_and_the_others_with_what_waits() -> None:
    """Cores have work while others wait; alone, one process begins with what takes longest."""
    busy = {"z/last.py": 5.0, "a/quick.py": 9.0}
    order = [test.nodeid.partition("::")[0] for test in ordered(TESTS, SLOW, 2, busy)]
    assert order[:8] == ["a/quick.py"] * 4 + ["z/last.py"] * 4
    assert order[8:12] == ["a/slow.py"] * 4
    alone = [test.nodeid.partition("::")[0] for test in ordered(TESTS, SLOW, 1, busy)]
    assert alone[::4] == ["a/slow.py", "b/one.py", "b/c/other.py", "a/quick.py", "z/last.py"]


def test_what_shares_a_broker_with_another_file_begins_behind_it() -> None:
    """Else each process would start such a broker for itself."""
    order = ordered(TESTS, SLOW, 2, together={"z/last.py": "a/slow.py"})
    halves = [test.nodeid.partition("::")[0] for test in order]
    assert halves[:8] == ["a/slow.py"] * 4 + ["z/last.py"] * 4


def test_what_uses_the_broker_with_users_is_together() -> None:
    """A new file of such tests is put there, too."""
    root = Path(__file__).parents[1]
    others = {*root.glob("tests/**/test_*.py")} - {Path(__file__)}
    files = [path for path in others if "secured_broker import" in path.read_text()]
    home = {*TOGETHER.values()}
    assert {str(path.relative_to(root)) for path in files} <= {*TOGETHER, *home}
    assert all((root / name).exists() for name in (*TOGETHER, *home))


def test_tests_are_ordered_once_others_are_left_out(pytestconfig: pytest.Config) -> None:
    """`-m` takes tests out first; hooks are called from the last of the list to the first."""
    called = pytestconfig.hook.pytest_collection_modifyitems.get_hookimpls()
    conftest = str(Path(__file__).parent / "conftest.py")
    ours = [n for n, one in enumerate(called) if one.plugin_name == conftest]
    others = [n for n, one in enumerate(called) if one.plugin_name in {"mark", "cacheprovider"}]
    assert ours
    assert others
    assert max(ours) < min(others)


def test_what_takes_long_is_there() -> None:
    """A file that was renamed would begin last and be waited for."""
    root = Path(__file__).parents[1]
    assert [name for name in (*SECONDS, *COMPUTING) if not (root / name).exists()] == []
    assert SECONDS.keys() & COMPUTING.keys() == set()


def test_no_test_is_left_out_or_moved_within_its_group() -> None:
    """Tests that share what is made once stay together and in their order."""
    order = ordered(TESTS, SLOW, 3, together={"a/quick.py": "b"})
    assert sorted(test.nodeid for test in order) == sorted(test.nodeid for test in TESTS)
    for file in FILES:
        own = [test for test in order if test.nodeid.startswith(file)]
        assert own == [test for test in TESTS if test.nodeid.startswith(file)]
    assert ordered(order[:1], SLOW) == order[:1]
    assert ordered([], SECONDS) == []
