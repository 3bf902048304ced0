"""The published file of cases: what it may lack, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents.errors import UserError
from agents.tools.report.published_file import published_cases
from schemas.closed_lists import CaseClass, NormVerdict
from schemas.moments import instant

NOTICED = datetime(2026, 6, 1, 12, tzinfo=UTC)

ROW: dict[str, Any] = {
    "case": "c1",
    "hoster": "acme",
    "role": "hosting",
    "hotline": "alpha",
    "category": "csam",
    "incident": "i1",
    "noticed_at": NOTICED,
    "last_seen_at": None,
    "gone_at": NOTICED,
    "class": "removed",
    "backed": True,
    "verdict": "in_time",
    "weight": 1.0,
    "flags": ["sampled"],
    "as_of": NOTICED,
}


def written(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as Parquet."""
    file = folder / "cases.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file


def test_a_row_is_a_case(tmp_path: Path) -> None:
    """All columns are read; instants become milliseconds."""
    (case,) = published_cases(written(tmp_path, [ROW]))
    assert (case.noticed_at, case.last_seen_at) == (instant(NOTICED), None)
    assert (case.case_class, case.verdict) == (CaseClass.REMOVED, NormVerdict.IN_TIME)
    assert (case.flags, case.weight, case.as_of) == (("sampled",), 1.0, instant(NOTICED))


def test_what_names_nobody_is_read_too(tmp_path: Path) -> None:
    """The columns of figures beside the field; a file may lack each of them."""
    said = {"group": "g", "country": "NL", "moved_to": "b", "site_type": "forum"}
    at = dict.fromkeys(("back_at", "withdrawn_at", "reported_again_at"), NOTICED)
    (case,) = published_cases(written(tmp_path, [ROW | said | at]))
    assert {name: getattr(case, name) for name in said} == said
    assert all(getattr(case, name) == instant(NOTICED) for name in at)
    (less,) = published_cases(written(tmp_path, [ROW]))
    assert all(getattr(less, name) == "" for name in said)
    assert all(getattr(less, name) is None for name in at)


def test_verdict_columns_may_be_missing(tmp_path: Path) -> None:
    """Without them L is backed, the verdict follows, and every case counts as matured."""
    less = {k: v for k, v in ROW.items() if k not in ("backed", "verdict", "category", "as_of")}
    (case,) = published_cases(written(tmp_path, [less | {"class": "open"}]))
    assert (case.backed, case.verdict, case.category, case.as_of) == (True, None, "", None)
    assert case.case_class is CaseClass.ONLINE


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Amsterdam"])
def test_instants_of_any_unit_and_zone(tmp_path: Path, unit: str, zone: str | None) -> None:
    """An instant is the same however it is stored; without a zone it is UTC."""
    table = pa.Table.from_pylist([ROW])
    for name in ("noticed_at", "gone_at"):
        place = table.schema.get_field_index(name)
        plain = table.column(place).cast(pa.timestamp(unit, "UTC"))
        table = table.set_column(place, name, plain.cast(pa.timestamp(unit, zone)))
    pq.write_table(table, tmp_path / "cases.parquet")
    (case,) = published_cases(tmp_path / "cases.parquet")
    assert case.noticed_at == case.gone_at == instant(NOTICED)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"class": "vanished"}, "row 1: one of awaiting"),
        ({"role": "landlord"}, "row 1: one of hosting"),
        ({"verdict": "slow"}, "row 1: one of in_time"),
        ({"weight": 0.5}, "row 1: weight"),
        ({"weight": float("nan")}, "row 1: weight"),
        ({"weight": None}, "row 1: weight"),
        ({"hoster": None}, "row 1: hoster is no text"),
        ({"noticed_at": None}, "row 1: noticed_at is missing"),
        ({"noticed_at": "2026-06-01"}, "noticed_at holds no timestamps"),
    ],
)
def test_a_row_that_is_no_case_is_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """In one line, with the number of the row."""
    with pytest.raises(UserError, match=said):
        published_cases(written(tmp_path, [ROW | change]))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """No Parquet, no file, or a column too few."""
    other = tmp_path / "other"
    other.write_bytes(b"PAR1 no")
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        published_cases(other)
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        published_cases(tmp_path / "none")
    with pytest.raises(UserError, match="lacks the column gone_at"):
        published_cases(written(tmp_path, [{k: v for k, v in ROW.items() if k != "gone_at"}]))
