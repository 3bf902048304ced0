"""Laws of the file of keys."""

from pathlib import Path

import pytest
from serving_intake import KEY, RECORD, refusal, serving

from agents.edges.intake_http.api_keys import ApiKeys, key_line, new_key
from agents.edges.intake_http.problems import Problem
from agents.errors import UserError


async def test_a_key_opens_its_own_inbox_until_it_is_taken_out(tmp_path):
    """A foreign key, none, and one whose line was deleted while the intake runs let nobody in."""
    async with serving(tmp_path) as at:
        assert (await at.post(RECORD, key=new_key()))[0] == 401
        assert (await at.post(RECORD, key=""))[0] == 401
        assert (await at.post(RECORD))[0] == 202
        at.keys.write_text(f"{key_line('west', KEY)}   # moved\n")
        assert refusal(await at.post(RECORD)) is Problem.NO_INBOX
        at.keys.write_text("")
        assert (await at.post(RECORD))[0] == 401
    assert len(at.shelf.held) == 1


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_text("half a li")])
async def test_keys_that_cannot_be_read_leave_the_last_ones(tmp_path, damage):
    """A file that is gone or half written changes nothing but a figure; a whole one holds again."""
    async with serving(tmp_path) as at:
        whole = at.keys.read_text()
        damage(at.keys)
        for _ in range(3):
            assert (await at.post(RECORD))[0] == 202
            assert (await at.post(RECORD, key=new_key()))[0] == 401
        assert not at.intake_server.keys_current
        at.keys.write_text(whole.replace(key_line("north", KEY), ""))
        assert (await at.post(RECORD))[0] == 401
        assert at.intake_server.keys_current


@pytest.mark.parametrize("text", ["north", "north abc", f"north {'a' * 64} more"])
def test_a_line_that_lets_nobody_in_stops_the_start(tmp_path, text):
    """A mistyped line is told by its number, never passed over."""
    file = tmp_path / "keys"
    file.write_text(f"\n{text}\n")
    with pytest.raises(UserError, match="line 2"):
        ApiKeys(file).load()
