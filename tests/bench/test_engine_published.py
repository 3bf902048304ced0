"""README and docs/performance.md print one file: no figure of theirs contradicts the other's."""

import shutil

import published
import pytest

RUN = {
    "race": {"engine-tx": {"runs": [{}, {}], "eps": 170_001, "cpu_us": 5.5, "reason": "slow"}},
    "latency": {"engine-tx": {"append_p99_ms": 61.0, "gauge_p99_ms": 130.0, "profile": ["x"]}},
    "kill": {},
    "pipeline": {"reports": {"per_s": 9_001, "runs": [1]}},
}


def test_the_documents_print_what_the_file_holds() -> None:
    """Both documents are the ones that the file gives, word for word."""
    for path, text in published.documents(published.read()).items():
        said = "run python tests/bench/engine/published.py"
        assert (published.ROOT / path).read_text(encoding="utf-8") == text, said


def test_a_run_of_the_bench_changes_file_and_documents_together(tmp_path) -> None:
    """`--publish` puts the new figures into the file, README and docs/performance.md."""
    for path in (published.FILE, published.README, published.DOCUMENT):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(published.ROOT / path, tmp_path / path)
    measured = published.read(tmp_path)
    kept = published.taken_from(RUN)
    measured["engine"]["race"]["engine-tx"] = kept["race"]["engine-tx"]
    published.publish(measured, tmp_path)
    assert "170,001" in (tmp_path / published.README).read_text(encoding="utf-8")
    assert "| engine-tx | 2 | 170,001 | 5.5 |" in (tmp_path / published.DOCUMENT).read_text(
        encoding="utf-8"
    )
    assert published.documents(published.read(tmp_path), tmp_path) == published.documents(
        measured, tmp_path
    )


def test_single_runs_and_profiles_are_not_published() -> None:
    """What is kept of a contestant are its figures and the number of its rounds."""
    kept = published.taken_from(RUN)
    assert kept["race"]["engine-tx"] == {"eps": 170_001, "cpu_us": 5.5, "rounds": 2}
    assert kept["latency"]["engine-tx"] == {"append_p99_ms": 61.0, "gauge_p99_ms": 130.0}
    assert kept["pipeline"] == {"reports": {"per_s": 9_001}}


def test_a_document_without_marks_is_refused_and_nothing_is_written(tmp_path) -> None:
    """A file and documents that differ never come of a mistake in a document."""
    for path in (published.FILE, published.README, published.DOCUMENT):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(published.ROOT / path, tmp_path / path)
    (tmp_path / published.README).write_text("no marks")
    before = (tmp_path / published.FILE).read_bytes()
    with pytest.raises(ValueError, match="marks"):
        published.publish(published.read(tmp_path) | {"readme": []}, tmp_path)
    assert (tmp_path / published.FILE).read_bytes() == before
