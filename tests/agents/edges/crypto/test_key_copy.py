"""A copy of `keys.v1`, for a ledger from a backup older than the key file."""

import msgspec
import pytest
from key_ledger import APRIL, BOUND, MARCH, ledger, started, with_file

from agents.edges.crypto import key_file
from agents.edges.crypto.key_copy import copied, put_back, read_copy
from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.edges.crypto.key_held import Holds
from agents.edges.crypto.key_table import append_exclusively, read_table
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.month_destruction import _rewrapped
from agents.edges.crypto.sealing import KeyGone
from agents.errors import UserError


async def _older(bootstrap, folder):
    """Return a ledger, two texts of it, and a copy and key file made after March was destroyed.

    The ledger is as in a backup from before that.
    """
    settings = await ledger(bootstrap, folder)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH, APRIL)
        texts = [keys.ring.seal("x", at, BOUND) for at in (MARCH, APRIL)]
    table = await read_table(settings)
    content = msgspec.structs.replace(key_file.read(settings.key_file)[0], successor=b"n" * 32)
    for record in _rewrapped(table, content, "202603", Holds()):
        table.add(record)
    newest = msgspec.structs.replace(content, master=b"n" * 32, successor=None)
    key_file.write(settings.key_file, newest)
    return settings, texts, copied(table)


async def test_an_older_ledger_opens_again_but_for_what_was_destroyed(bootstrap, tmp_path):
    """The surviving months come back; the destroyed one does not, though the backup has it."""
    settings, (march, april), copy = await _older(bootstrap, tmp_path)
    with pytest.raises(KeyFileError) as refused:
        async with started(settings):
            pass
    assert refused.value.fault is KeyFault.OUTDATED
    assert await put_back(settings, read_copy(copy)) == 1
    async with started(settings) as keys:
        assert keys.ring.open(april, BOUND).reveal() == "x"
        with pytest.raises(KeyGone):
            await keys.ring.unsealed(march, BOUND)
    with pytest.raises(UserError, match="nothing to put back"):
        await put_back(settings, read_copy(copy))


async def test_a_copy_of_another_ledger_is_refused(bootstrap, tmp_path):
    """Nothing is written by it, nor by one that the key file does not open."""
    settings, _, copy = await _older(bootstrap, tmp_path)
    before = await read_table(settings)
    other = with_file(settings, tmp_path / "other.json")
    Keyring.create(other.key_file)
    with pytest.raises(KeyFileError) as refused:
        await put_back(other, read_copy(copy))
    assert refused.value.fault is KeyFault.FOREIGN
    content = key_file.read(settings.key_file)[0]
    key_file.write(settings.key_file, msgspec.structs.replace(content, master=b"o" * 32))
    with pytest.raises(KeyFileError):
        await put_back(settings, read_copy(copy))
    assert await read_table(settings) == before


async def test_a_destroyed_month_does_not_come_back_by_a_copy(bootstrap, tmp_path):
    """A copy from before its destruction has its key; the ledger's word holds."""
    settings, _, copy = await _older(bootstrap, tmp_path)
    april = (await read_table(settings)).months["202604"]
    await append_exclusively(settings, lambda _: [msgspec.structs.replace(april, wrapped=())])
    assert await put_back(settings, read_copy(copy)) == 0


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff", b"[1]\n", b'{"type":"ledger"}\n'])
def test_what_is_no_copy_is_refused(content):
    """One line says so."""
    with pytest.raises(UserError, match="keys export"):
        read_copy(content)
