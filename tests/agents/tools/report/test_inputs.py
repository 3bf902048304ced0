"""Sizes of hosters and corrections, as an operator writes them."""

from pathlib import Path

import pytest

from agents.errors import UserError
from agents.tools.report.context import Exposure
from agents.tools.report.inputs import FILE_BYTES_MAX, errata_of, exposures

HEAD = "hoster,date,addresses,domains,customers,source\n"


def test_the_newest_size_of_each_hoster(tmp_path: Path) -> None:
    """An empty count is not said; a byte order mark changes nothing."""
    file = tmp_path / "exposure.csv"
    file.write_text(
        f"\ufeff{HEAD}acme,2026-01-01,1000,,5,RIPE\nacme,2025-01-01,900,,4,RIPE\n",
        encoding="utf-8",
    )
    assert exposures(file) == (
        Exposure(
            hoster="acme",
            date="2026-01-01",
            addresses=1000,
            domains=None,
            customers=5,
            source="RIPE",
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hoster,date\n", "lacks the column addresses"),
        (f"{HEAD}acme,soon,1,,,RIPE\n", "line 2: a date"),
        (f"{HEAD}acme,2026-01-01,many,,,RIPE\n", "line 2: a date"),
        (f"{HEAD}acme,2026-01-01,-1,,,RIPE\n", "line 2: a count"),
        (f"{HEAD}acme,2026-01-01,1,,,\n", "line 2: hoster and source"),
        (f"{HEAD}a,2026-01-01,1,,,R\na,2026-01-01,2,,,R\n", "line 3: that hoster"),
        ("x" * (FILE_BYTES_MAX + 1), "more than"),
    ],
)
def test_what_is_no_size_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    """It names the file and the line."""
    file = tmp_path / "exposure.csv"
    file.write_text(text)
    with pytest.raises(UserError, match=said):
        exposures(file)


def test_each_line_that_is_not_empty_is_a_correction(tmp_path: Path) -> None:
    """Empty ones are passed over, too many or too long ones refused."""
    file = tmp_path / "errata.txt"
    file.write_text("\nTable 3 had a wrong sum.\n\nSo had table 4.\n")
    assert errata_of(file) == ("Table 3 had a wrong sum.", "So had table 4.")
    file.write_text("x" * 501)
    with pytest.raises(UserError, match="at most"):
        errata_of(file)
    with pytest.raises(UserError, match="cannot be read"):
        errata_of(tmp_path / "none")
