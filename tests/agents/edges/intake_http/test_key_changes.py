"""Laws of changing the file of keys."""

import asyncio

import pytest
from serving_intake import RECORD, refusal, serving, stored

from agents.clock import Clock
from agents.edges.intake_http import key_changes
from agents.edges.intake_http.api_keys import read_keys
from agents.edges.intake_http.problems import Problem
from agents.errors import UserError
from schemas.moments import DAY_MS

NOW = Clock().now()


async def test_a_key_lets_in_from_its_making_until_it_is_revoked(tmp_path):
    """The next request after either knows, without a restart; other keys go on."""
    async with serving(tmp_path) as at:
        key, made = key_changes.create(at.keys, "north", NOW + DAY_MS)
        assert await at.post(RECORD, key=key) == stored("r1")
        key_changes.revoke(at.keys, made.id, NOW)
        assert refusal(await at.post(RECORD, key=key)) is Problem.UNKNOWN_KEY
        assert await at.post(RECORD) == stored("r1")
    assert len(at.shelf.held) == 2


async def test_a_key_that_is_revoked_while_its_body_comes_stores_nothing(tmp_path):
    """Who was let in with the head is asked again when the body is whole."""
    async with serving(tmp_path) as at:
        key, made = key_changes.create(at.keys, "north", NOW + DAY_MS)
        begun = asyncio.Event()

        async def body():
            yield RECORD[:9]
            begun.set()
            while at.intake_server.in_progress.count < 1:
                await asyncio.sleep(0.01)
            key_changes.revoke(at.keys, made.id, NOW)
            yield RECORD[9:]

        assert refusal(await at.post(body(), key=key)) is Problem.UNKNOWN_KEY
        assert begun.is_set()
    assert not at.shelf.held


async def test_what_comes_with_a_key_of_the_sandbox_is_written_nowhere(tmp_path):
    """It is judged and answered like any other, and the answer says so."""
    async with serving(tmp_path) as at:
        key, _ = key_changes.create(at.keys, "north", NOW + DAY_MS, sandbox=True)
        status, said = await at.post(RECORD, key=key)
        assert (status, said) == (202, {**stored("r1")[1], "sandbox": True})
        status, said = await at.post(RECORD[:-1], key=key)
        assert (status, said["errors"][0]["reason"]) == (422, "malformed")
    assert not at.shelf.held


def test_other_lines_stay_as_they_are(tmp_path):
    """Comments, lines of older releases and the file's mode are kept; a key is revoked once."""
    file = tmp_path / "keys"
    old = f"# who may come in\n\nnorth {'a' * 64}   # since long\n"
    file.write_text(old)
    file.chmod(0o640)
    key, made = key_changes.create(file, "south", NOW + DAY_MS)
    assert file.read_text() == f"{old}{made.line()}\n"
    assert key not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    revoked = key_changes.revoke(file, made.id, NOW)
    assert (
        key_changes.revoke(file, made.id, NOW + DAY_MS).revoked_at
        == revoked.revoked_at // 1_000 * 1_000
    )
    assert file.read_text() == f"{old}{revoked.line()}\n"
    key_changes.revoke(file, "a" * 8, NOW)
    assert [one.revoked_at is not None for one in read_keys(file)] == [True, True]
    assert "# since long" in file.read_text()
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".keys.")] == []


def test_a_new_file_is_its_user_s_alone(tmp_path):
    """Digests are no secret, but nobody else has to see who has a key."""
    file = tmp_path / "keys"
    key_changes.create(file, "south", None)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserError, match="no key has the id"):
        key_changes.revoke(file, "00000000", NOW)
    with pytest.raises(UserError, match="cannot be read or written"):
        key_changes.create(tmp_path / "none" / "keys", "south", None)
