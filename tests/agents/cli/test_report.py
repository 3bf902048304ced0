"""`hostwatch report --cases`: what is printed, and how a mistake ends."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents import cli
from schemas.moments import moment

METHOD = json.dumps(
    {"from": "2026-01-01T00:00:00Z", "to": "2026-04-01T00:00:00Z", "norm_s": 1, "threshold": 0.8}
)


def file_of(folder: Path, **columns: Any) -> Path:
    """Write 40 cases of a slow hoster, two an incident, and one of another."""
    rows = [
        {
            "case": f"c{i}",
            "hoster": "slow" if i < 40 else "small",
            "role": "hosting",
            "hotline": "alpha",
            "incident": f"i{i // 2}",
            "noticed_at": moment(i // 2 * 86_400_000),
            "last_seen_at": moment(i // 2 * 86_400_000 + (40 if i % 4 else 2) * 3_600_000),
            "gone_at": moment(i // 2 * 86_400_000 + (41 if i % 4 else 3) * 3_600_000),
            "class": "removed",
            "weight": 1.0,
            "flags": [],
        }
        | columns
        for i in range(41)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "cases.parquet")
    return folder / "cases.parquet"


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it printed."""
    code = cli.run(["report", *map(str, arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_outsiders_judge_the_field_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The file alone gives who is named, each hoster's figures, and why."""
    out = tmp_path / "out.json"
    asked = ("--cases", file_of(tmp_path), "--norm", "24h", "--threshold", "80%", "--json", out)
    assert ran(capsys, *asked) == (0, "", "")
    said = json.loads(out.read_bytes())
    assert said["named"] == ["slow"]
    slow, small = said["rows"]
    assert (slow["n"], slow["incidents"], slow["in_time"], slow["late"]) == (40, 20, 10, 30)
    assert (slow["bounds"], slow["rank"], slow["reason"]) == ([0.25, 0.25], [1, 1], "named")
    assert (small["interval"], small["named"], small["reason"]) == (None, False, "too_few_cases")


def test_another_norm_and_threshold(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Within 48 h all are in time; a threshold below the share names nobody."""
    file = file_of(tmp_path)
    within = json.loads(ran(capsys, "--cases", file, "--norm", "48h")[1])
    assert (within["named"], within["rows"][0]["bounds"]) == ([], [1.0, 1.0])
    assert json.loads(ran(capsys, "--cases", file, "--threshold", "10%")[1])["named"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--norm", "a day"), "hours like 24h, or order"),
        (("--norm", "order"), "the column verdict"),
        (("--threshold", "0%"), "above 0"),
        (("--threshold", "101%"), "above 0"),
        (("--threshold", "0.8"), "above 0"),
        (("--from", "2026-01-01"), "leave --from and --to out"),
        (("--out", "report"), "--from, --to and --out, or --cases"),
    ],
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, str], said: str
) -> None:
    """Exit code 2, and what would be right in one line."""
    code, out, err = ran(capsys, "--cases", file_of(tmp_path), *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--from, --to and --out, or --cases"),
        (("--out", "report"), "--from: a date"),
        (("--out", "report", "--from", "2026-01-01", "--to", "1 April"), "--to: a date"),
        (("--out", "report", "--from", "2026-04-01", "--to", "2026-04-01"), "lies before"),
        (("--out", "report", "--json", "-"), "--json goes with --cases"),
    ],
)
def test_a_period_that_is_none(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    """It is refused before a broker is asked."""
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    code, _, err = ran(capsys, *arguments)
    assert (code, len(err.splitlines())) == (2, 1)
    assert said in err


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "method.json cannot be read"),
        ({"method.json": "{}"}, "lacks what a report was made with"),
        ({"method.json": METHOD}, "hosters.csv cannot be read: name the folder of a report"),
    ],
)
def test_a_report_to_supersede_is_read_first(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    files: dict[str, str],
    said: str,
) -> None:
    """A folder that is none is refused before the ledger is read, and nothing is left beside --out.

    A mistake in a path costs no reading of the ledger.
    """
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    earlier, out = tmp_path / "earlier", tmp_path / "report"
    earlier.mkdir()
    for name, content in files.items():
        (earlier / name).write_text(content)
    asked = ("--from", "2026-01-01", "--to", "2026-04-01", "--out", out)
    code, _, err = ran(capsys, *asked, "--supersedes", earlier, "--reason", "Counted twice.")
    assert (code, len(err.splitlines())) == (2, 1)
    assert said in err
    assert list(tmp_path.iterdir()) == [earlier]
