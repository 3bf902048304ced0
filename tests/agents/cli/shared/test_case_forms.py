"""Cases in each form they are written in."""

import json
import sys
from datetime import UTC, datetime

import pytest
from msgspec import structs
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


@pytest.mark.parametrize(
    ("norm", "words"),
    [
        ("86400", "24 h late"),
        ("3600", "1 h late"),
        ("5400", "90 min late"),
        ("1800", "30 min late"),
        ("45", "45 s late"),
        ("order", "order late"),
    ],
)
def test_a_norm_is_said_exactly(norm: str, words: str, monkeypatch, capsys) -> None:
    """In whole hours, else in minutes, else in seconds."""
    monkeypatch.setenv("COLUMNS", "200")
    said = structs.replace(CASE, verdicts={norm: NormVerdict.LATE})
    write_cases(FoundCases(0, (said,)), Form.TABLE, "-", {})
    assert f" {words} " in " ".join(capsys.readouterr().out.replace("\u2502", " ").split())


def test_what_is_not_due_and_the_second_verdict_are_told(tmp_path, monkeypatch, capsys) -> None:
    """In every form."""
    monkeypatch.setenv("COLUMNS", "300")
    said = structs.replace(
        CASE,
        not_due_yet=("order",),
        again_noticed_at=20 * HOUR_MS,
        again_verdicts={"86400": NormVerdict.UNDETERMINED},
        again_not_due_yet=("86400",),
    )
    answer = FoundCases(said.as_of, (said,))
    write_cases(answer, Form.TABLE, "-", {})
    printed = " ".join(capsys.readouterr().out.split())
    assert "24 h late, order not due yet; after the return 24 h not due yet" in printed
    for form in (Form.JSON, Form.CSV, Form.PARQUET):
        write_cases(answer, form, str(tmp_path / form), {})
    (told,) = json.loads((tmp_path / Form.JSON).read_text())
    assert (told["not_due_yet"], told["again_not_due_yet"]) == (["order"], ["86400"])
    assert told["again_verdicts"] == {"86400": "undetermined"}
    assert told["again_noticed_at"] == "1970-01-01T20:00:00Z"
    assert "86400:undetermined,86400" in (tmp_path / Form.CSV).read_text()
    (row,) = parquet.read_table(tmp_path / Form.PARQUET).to_pylist()
    assert row["again_verdicts"] == [("86400", "undetermined")]
    assert (row["not_due_yet"], row["again_not_due_yet"]) == (["order"], ["86400"])
