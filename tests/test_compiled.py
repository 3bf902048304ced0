"""What is compiled before the tests is what pytest takes, and a fault in a module is left to it."""

from pathlib import Path

import compiled


def test_pytest_takes_what_was_rewritten(tmp_path: Path) -> None:
    """It is read as it stands, so that no process rewrites it once more."""
    file = tmp_path / "test_it.py"
    file.write_text("def test_it():\n    assert 1 == 1\n")
    complaints: list[str] = []
    place = compiled.rewritten(file, complaints.append)
    written = place.stat().st_mtime_ns
    assert compiled.rewritten(file, complaints.append) == place
    assert complaints == []
    assert place.stat().st_mtime_ns == written
    assert b"@pytest_ar" in place.read_bytes()


def test_a_module_that_changed_is_rewritten_again(tmp_path: Path) -> None:
    """Nobody runs what a module said before."""
    file = tmp_path / "test_it.py"
    file.write_text("def test_it():\n    assert 1 == 1\n")
    compiled.rewritten(file)
    file.write_text("def test_other_name():\n    assert 1 == 1\n")
    assert b"test_other_name" in compiled.rewritten(file).read_bytes()


def test_a_module_that_cannot_be_compiled_is_left_to_pytest(tmp_path: Path) -> None:
    """It says where the fault is; this ends without a word."""
    for name in ("test_it.py", "it.py"):
        (tmp_path / name).write_text("def (")
        assert not compiled.compiled(tmp_path / name)


def test_asserts_of_tests_alone_are_rewritten() -> None:
    """As pytest does with the modules that it collects."""
    assert compiled.is_rewritten(Path("a/test_it.py"))
    assert compiled.is_rewritten(Path("a/conftest.py"))
    assert not compiled.is_rewritten(Path("a/it.py"))
    assert not compiled.is_rewritten(Path("a/it_test.py"))
