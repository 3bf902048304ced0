"""Which key file a ledger was made with: no other one is taken."""

import asyncio
import binascii

import msgspec
import pytest
from key_ledger import MARCH, URL, ledger, report, started, with_file
from scratch_topics import scratch_settings

from agents.edges.crypto import key_file
from agents.edges.crypto.key_file import KeyFault, KeyFile, KeyFileError
from agents.edges.crypto.key_table import wrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import verify_key_file
from agents.edges.crypto.sealing import MonthKey
from agents.engine.read.log_reader import ANSWER_DEADLINE_S
from schemas.identity.ids import canonical
from schemas.seal_context import reported_url


async def _refused(settings) -> KeyFault:
    with pytest.raises(KeyFileError) as refused:
        async with started(settings):
            pass
    return refused.value.fault


async def test_a_fresh_key_file_on_an_old_ledger_is_refused(bootstrap, tmp_path):
    """Whoever starts with another secret would name every URL anew: it does not start."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH)
    other = with_file(settings, tmp_path / "other.json")
    Keyring.create(other.key_file)
    assert await _refused(other) is KeyFault.FOREIGN
    async with started(settings):
        pass


async def test_before_there_are_topics_a_key_file_is_held_against_nothing(bootstrap, tmp_path):
    """Who makes the key file first and the topics then is not kept waiting for a ledger."""
    settings = scratch_settings(bootstrap).model_copy(update={"key_file": tmp_path / "keys.json"})
    Keyring.create(settings.key_file)
    made = settings.key_file.read_bytes()
    async with asyncio.timeout(ANSWER_DEADLINE_S / 2):  # less than what waiting for a topic takes
        await verify_key_file(settings)
    assert settings.key_file.read_bytes() == made


async def test_a_ledger_of_an_older_release_takes_the_file_that_opens_it(bootstrap, tmp_path):
    """`keys.v1` is empty and reports are there: the file has to open one of them. Its month keys
    are in `keys.v1` afterwards, a destroyed one as destroyed.
    """
    settings = await ledger(bootstrap, tmp_path)
    raw = b"k" * 32
    old = _of_older_release({"202603": _old(raw), "202602": None})
    key_file.write(settings.key_file, old)
    ring = Keyring.load(settings.key_file)
    ring.put(202603, [MonthKey(202603, raw)])
    sealed = await report(settings, ring, MARCH)
    fresh = with_file(settings, tmp_path / "fresh.json")
    Keyring.create(fresh.key_file)
    assert await _refused(fresh) is KeyFault.UNPROVEN
    other = with_file(settings, tmp_path / "other.json")
    key_file.write(other.key_file, msgspec.structs.replace(old, secret=b"t" * 32))
    assert await _refused(other) is KeyFault.FOREIGN
    async with started(settings) as keys:
        bound = reported_url(keys.ring.url_key(canonical(URL)))
        assert keys.ring.open(sealed, bound).reveal() == URL
        assert keys.ring.months == {202602: False, 202603: True}
    assert key_file.read(settings.key_file)[0] == old


def _of_older_release(months: dict[str, bytes | None]) -> KeyFile:
    return KeyFile(v=1, master=b"m" * 32, secret=b"s" * 32, months=months)


def _old(raw: bytes) -> bytes:
    text = wrapped(b"m" * 32, "202603", raw)
    return binascii.a2b_base64(text.translate(str.maketrans("-_", "+/")))
