"""`hostwatch quarantine` on a real broker."""

import json
from pathlib import Path

import pytest
from desk_ledger import desk_ledger
from quarantined_reports import COUNT, LEAK_MARKER, quarantine_them
from two_persons import run

OURS = ("--because", "unknown_hotline", "--hotline", "alpha")


async def test_what_was_quarantined_is_listed_shown_and_handed_in_again(
    bootstrap: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No content without a person's word; nothing is handed in twice."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        places = await quarantine_them(desk)
        settings = desk.persons.config

        async def said(*what: str) -> tuple[int, str]:
            capsys.readouterr()
            code = await run("quarantine", *what, config=settings)
            shown = capsys.readouterr()
            return code, shown.out + shown.err

        code, listed = await said("list", *OURS, "--json")
        assert [one["place"] for one in json.loads(listed)] == places
        code, listed = await said("list", *OURS)
        assert (code, f"{COUNT} records: {COUNT} unknown_hotline" in listed) == (0, True)
        assert LEAK_MARKER not in listed
        assert (await said("list", "--because", "conflict"))[0] == 1
        assert (await said("list", "--day", "9 March"))[0] == 2
        code, shown = await said("show", places[0])
        assert (code, "--reveal" in shown, LEAK_MARKER in shown) == (2, True, False)
        why = ("--reason", "it is in the registry now")
        by = (*why, "--person", str(desk.persons.key("anna")))
        code, shown = await said("show", places[0], "--reveal", *by)
        assert (code, LEAK_MARKER in shown) == (0, True)
        assert (await said("replay", *OURS, *why))[0] == 2
        code, done = await said("replay", places[0], *by, "--yes")
        assert (code, "1 handed in; 0 were before" in done) == (0, True)
        code, done = await said("replay", *OURS, *by, "--yes")
        assert (code, f"{COUNT - 1} handed in; 1 were before" in done) == (0, True)
        assert (await said("replay", *OURS, *by, "--yes"))[0] == 1
