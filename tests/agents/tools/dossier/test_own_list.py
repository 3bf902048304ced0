"""A hoster's own list, as it is read, and on a real broker."""

import csv
import io
from datetime import timedelta, timezone

import pytest
from desk_ledger import LEAK_MARKER, URL_KEY, desk_ledger, rename
from ledger_events import at
from two_persons import run

from agents.edges.crypto.keys import Keyring
from agents.errors import UserError
from agents.tools.dossier.own_list import read_list, read_notices
from schemas.identity.ids import canonical
from schemas.moments import rfc3339

CET = timezone(timedelta(hours=1))


def test_lines_are_read_by_the_names_of_their_columns(tmp_path) -> None:
    """In any order, with a zone or in the one that is named; what cannot be read has its number."""
    ring, file = Keyring.create(tmp_path / "keys.json"), tmp_path / "list.csv"
    file.write_text(
        "\ufeffno,Received At,URL\r\n"
        "1,2026-03-01T10:00:00Z,http://a.example/x\r\n"
        "2,2026-03-01 11:00:00,HTTP://A.example:80/x\r\n"
        "3,yesterday,http://a.example/x\r\n"
        "4,2026-03-01T10:00:00Z,no url\r\n"
        "5\r\n"
    )
    found = read_list(file, ring, CET)
    key = ring.url_key(canonical("http://a.example/x"))
    assert [(one.url_key, one.number) for one in found.lines] == [(key, 2), (key, 3)]
    assert found.lines[0].at == found.lines[1].at
    assert found.unreadable == [4, 5, 6]
    assert read_list(file, ring, None).unreadable == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"", "columns"), (b"a,b\n", "columns"), (b"url,received_at\n\xff", "UTF-8")],
)
def test_a_list_that_cannot_be_read_is_one_line(tmp_path, raw, said) -> None:
    """It says what is wrong, and nothing of the list."""
    ring, file = Keyring.create(tmp_path / "keys.json"), tmp_path / "list.csv"
    file.write_bytes(raw)
    with pytest.raises(UserError, match=said):
        read_list(file, ring, None)


async def test_the_command_says_where_they_differ(bootstrap, tmp_path, capsys) -> None:
    """Missing, extra and unreadable, by line and record; no URL; exit code 1 if anything does."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        file, out = tmp_path / "list.csv", tmp_path / "differences.csv"
        file.write_text(
            f"url,received_at\nhttp://{LEAK_MARKER},{rfc3339(at(4))}\nhttp://{LEAK_MARKER},soon\n"
        )
        said = ("dossier", "acme", "--reconcile", str(file), "--json", str(out))
        capsys.readouterr()
        assert await run(*said, config=desk.persons.config) == 1
        shown = capsys.readouterr().out
        assert LEAK_MARKER.split("/", maxsplit=1)[0] not in shown + out.read_text()
        rows = list(csv.DictReader(io.StringIO(shown)))
        # the ledger of this test has URLs by made-up keys, so the line's URL is nobody's
        assert [row["what"] for row in rows] == ["missing"] * 3 + ["extra", "unreadable"]
        assert rows[3]["line"] == "2"
        assert all(row["record"] for row in rows[:3])


async def test_a_notice_to_a_hoster_under_its_earlier_name_is_compared(bootstrap, tmp_path) -> None:
    """It is the hoster's own notice, so a true line of its list is not `extra`."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings = desk.ledger.settings
        before = [one for one in await read_notices(settings, "acme") if one.url_key == URL_KEY]
        assert before
        assert await read_notices(settings, "nova") == []
        await rename(desk, "nova")
        assert await read_notices(settings, "nova") == before
