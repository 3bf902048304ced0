"""Rows of a dossier name the record they were made from."""

import msgspec
import pytest

from schemas.dossier.rows import WithdrawalRow

ROW = {"record": "reports.v1/3/41", "appended_at": 1, "hotline": "alpha", "withdrawn_at": 1}


def test_a_row_names_a_place_of_the_ledger() -> None:
    """Topic, partition and offset; anything else is refused when a file is read."""
    assert msgspec.convert(ROW, WithdrawalRow).record == ROW["record"]
    for place in ("", "reports.v1/3", "reports.v1/3/x", "https://a.example/3/41", "a.v1/3/41\n"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(ROW | {"record": place}, WithdrawalRow)
