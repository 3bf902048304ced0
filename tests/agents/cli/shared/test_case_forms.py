"""Cases in each form they are written in."""

import json
import sys
from datetime import UTC, datetime

import pytest
from pyarrow import parquet

from agents.cli.shared.case_forms import Form, check_form, safe, write_cases
from agents.errors import UserError
from agents.tools.case_search import FoundCases
from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.moments import HOUR_MS
from streams.views.case_search import FoundCase

KEY = "0" * 32
CASE = FoundCase(
    case_id="a" * 24,
    url_key=KEY,
    hoster="acme",
    owner="holding",
    role=Role.HOSTING,
    case_class=CaseClass.ONLINE,
    opened_at=0,
    reported_at=0,
    noticed_at=HOUR_MS,
    last_seen_at=30 * HOUR_MS,
    gone_at=None,
    verdicts={"86400": NormVerdict.LATE, "order": NormVerdict.UNDETERMINED},
    overdue=True,
    overdue_unseen=False,
    reappearances=2,
    flags=(Flag.SPLIT,),
    hotlines=("alpha", "beta"),
    as_of=40 * HOUR_MS,
)
ANSWER = FoundCases(CASE.as_of, (CASE,))


def test_parquet_has_the_types_of_the_fields(tmp_path) -> None:
    """Instants are instants in UTC, an absent one is null; lists are lists."""
    file = tmp_path / "cases.parquet"
    write_cases(ANSWER, Form.PARQUET, str(file), {})
    (row,) = parquet.read_table(file).to_pylist()
    assert row["noticed_at"] == datetime(1970, 1, 1, 1, tzinfo=UTC)
    assert row["gone_at"] is None
    assert (row["overdue"], row["reappearances"], row["class"]) == (True, 2, "online")
    assert row["verdicts"] == [("86400", "late"), ("order", "undetermined")]
    assert row["hotlines"] == ["alpha", "beta"]
    assert "url" not in row


def test_parquet_of_no_case_has_its_columns(tmp_path) -> None:
    """Whoever reads it finds the columns that they asked for; the exit code is 1."""
    import typer

    file = tmp_path / "none.parquet"
    with pytest.raises(typer.Exit):
        write_cases(FoundCases(0, ()), Form.PARQUET, str(file), {})
    assert "verdicts" in parquet.read_table(file).column_names


def test_parquet_without_its_package_says_what_to_install(monkeypatch) -> None:
    """One line; the other forms need no package."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UserError) as refused:
        check_form(Form.PARQUET)
    assert str(refused.value) == (
        '--format parquet needs a package: pip install "hostwatch[parquet]"'
    )
    for form in (Form.TABLE, Form.JSON, Form.CSV):
        check_form(form)


def test_a_url_stands_in_a_column_of_its_own_if_it_was_opened(tmp_path) -> None:
    """And in no form otherwise."""
    for form in (Form.JSON, Form.CSV):
        file = tmp_path / form
        write_cases(ANSWER, form, str(file), {KEY: "http" + "://a.example/"})
        assert "a.example" in file.read_text()
        write_cases(ANSWER, form, str(file), {})
        assert "url" not in json.loads(file.read_text())[0] if form is Form.JSON else True


def test_a_terminal_obeys_no_url() -> None:
    """What a hotline was sent may hold control characters and marks that turn a line around."""
    assert safe("a.example/\x1b[2J\u202e") == "a.example/\\u001b[2J\\u202e"


@pytest.mark.parametrize("columns", ["80", "120", "200"])
def test_a_table_leaves_nothing_out_on_a_narrow_terminal(columns, monkeypatch, capsys) -> None:
    """Eighty columns show the id in one piece, hoster, instants, class, verdicts and flags."""
    monkeypatch.setenv("COLUMNS", columns)
    write_cases(ANSWER, Form.TABLE, "-", {})
    printed = " ".join(capsys.readouterr().out.replace("\u2502", " ").split())
    assert "a" * 24 in printed
    for word in ("acme", "1970-01-01 01:00", "1970-01-02 06:00", "online", "overdue", "split"):
        assert word in printed
    assert "24 h late" in printed
    assert "undetermined" in printed
