"""Laws of the file of keys."""

from dataclasses import replace
from pathlib import Path

import pytest
from serving_intake import KEY, RECORD, refusal, serving, stored

from agents.edges.intake_http.api_keys import (
    ApiKey,
    ApiKeys,
    digest_of,
    ends_of,
    key_line,
    new_key,
    read_keys,
)
from agents.edges.intake_http.problems import Problem
from agents.errors import UserError

NOON = 1_790_000_000_000
OLD = new_key()


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


@pytest.mark.parametrize(
    "text",
    [
        "north",
        "north abc",
        f"north {'g' * 64}",
        f"north {'a' * 64} more",
        f"north {'a' * 64} more=1",
        f"north {'a' * 64} id=",
        f"north {'a' * 64} expires=soon",
        f"north {'a' * 64} expires=2027-01-01T00:00:00",
    ],
)
def test_a_line_that_lets_nobody_in_stops_the_start(tmp_path, text):
    """A mistyped line is told by its number, never passed over."""
    file = tmp_path / "keys"
    file.write_text(f"\n{text}\n")
    with pytest.raises(UserError, match="line 2"):
        ApiKeys(file).load()


def test_a_line_holds_what_is_known_of_a_key(tmp_path):
    """Whatever is written of a key is read back, and a line of an older release is a key too."""
    digest = digest_of(KEY)
    keys = [
        ApiKey(id="one", hotline="north", digest=digest),
        ApiKey(id="two", hotline="north", digest=digest, expires_at=NOON, sandbox=True),
        ApiKey(id="three", hotline="north", digest=digest, expires_at=NOON, revoked_at=NOON),
    ]
    file = tmp_path / "keys"
    file.write_text("".join(f"{key.line()}  # of the north\n" for key in keys))
    assert read_keys(file) == keys
    file.write_text(f"north {digest.upper()}\n")
    assert read_keys(file) == [ApiKey(id=digest[:8], hotline="north", digest=digest)]
    assert KEY not in file.read_text()


def test_a_key_holds_until_the_instant_of_its_end(tmp_path):
    """By the machine's clock: the millisecond before it lets in, and the one after does not."""
    file, shown = tmp_path / "keys", [NOON - 1]
    made = ApiKey(id="one", hotline="north", digest=digest_of(KEY), expires_at=NOON)
    file.write_text(made.line())
    keys = ApiKeys(file, now=lambda: shown[0])
    keys.load()
    assert keys.find(KEY) == made
    shown[0] = NOON
    assert keys.find(KEY) is None


async def test_a_key_that_expires_lets_nobody_in(tmp_path):
    """Its hotline is told that nobody knows the key; another key of it goes on."""
    async with serving(tmp_path) as at:
        past = ApiKey(id="past", hotline="north", digest=digest_of(OLD), expires_at=NOON)
        at.keys.write_text(at.keys.read_text() + past.line())
        assert refusal(await at.post(RECORD, key=OLD)) is Problem.UNKNOWN_KEY
        assert await at.post(RECORD) == stored("r1")


def test_the_last_key_of_a_hotline_says_when_it_is_shut_out():
    """Also when that has come; revoked keys and the sandbox's count for nothing."""
    key = ApiKey(id="one", hotline="north", digest="d", expires_at=NOON + 5)
    south = replace(key, hotline="south")
    assert ends_of(
        [
            key,
            replace(key, expires_at=NOON + 9),
            replace(key, expires_at=NOON + 20, revoked_at=NOON - 1),
            replace(key, expires_at=None, sandbox=True),
            south,
            replace(south, expires_at=None),
            replace(key, hotline="west", revoked_at=NOON),
        ]
    ) == {"north": NOON + 9}
