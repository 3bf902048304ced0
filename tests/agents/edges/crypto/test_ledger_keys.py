"""A ledger's keys: bound to it, agreed on by all processes, never two for a month."""

import asyncio
import binascii
import os
from copy import deepcopy

import msgspec
import pytest
from key_ledger import APRIL, BOUND, MARCH, URL, ledger, started, with_file
from waiting import until

from agents.edges.crypto import key_file, key_table, ledger_keys
from agents.edges.crypto.key_file import KeyFile
from agents.edges.crypto.key_table import append_exclusively, read_table, wrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import KeyGone, MonthKey


def _of_older_release(months: dict[str, bytes | None]) -> KeyFile:
    return KeyFile(v=1, master=b"m" * 32, secret=b"s" * 32, months=months)


def _old(raw: bytes) -> bytes:
    text = wrapped(b"m" * 32, "202603", raw)
    return binascii.a2b_base64(text.translate(str.maketrans("-_", "+/")))


async def test_month_keys_that_copies_of_an_old_file_made_apart_are_all_kept(bootstrap, tmp_path):
    """Hosts with copies of a file each made a key for a month: each brings it, and opens all."""
    settings = await ledger(bootstrap, tmp_path)
    hosts, texts = [], []
    for number in (1, 2):
        raw = bytes([number]) * 32
        host = with_file(settings, tmp_path / f"host{number}")
        key_file.write(host.key_file, _of_older_release({"202603": _old(raw)}))
        texts.append(MonthKey(202603, raw).seal(b"text %d" % number, BOUND))
        hosts.append(host)
    for host in (*hosts, hosts[0]):
        async with started(host) as keys:
            pass
    assert [keys.ring.open(text, BOUND).reveal() for text in texts] == ["text 1", "text 2"]
    assert len((await read_table(settings)).months["202603"].wrapped) == 2


async def test_hosts_that_share_the_master_key_agree_on_month_keys(bootstrap, tmp_path):
    """What one host seals in a new month the other opens; their copies of the file stay alike."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    copy = with_file(settings, tmp_path / "copy.json")
    copy.key_file.write_bytes(settings.key_file.read_bytes())
    copy.key_file.chmod(0o400)
    async with started(settings) as one, started(copy) as two:
        await asyncio.gather(one.ring.ready(MARCH), two.ring.ready(MARCH))
        await two.ring.ready(APRIL)
        sealed = two.ring.seal("text", APRIL, BOUND)
        assert (await one.ring.unsealed(sealed, BOUND)).reveal() == "text"
        assert two.ring.open(one.ring.seal("back", MARCH, BOUND), BOUND).reveal() == "back"
    assert copy.key_file.read_bytes() == settings.key_file.read_bytes()


async def test_a_key_that_is_not_here_yet_is_read_before_it_is_called_gone(bootstrap, tmp_path):
    """A report may overtake its month's key on the way to a process; a month that never was is
    gone, and called lost until its key is there.
    """
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as one, started(settings) as two:
        await one.stop()  # it hears of nothing by itself
        await two.ring.ready(MARCH)
        assert (await one.ring.unsealed(two.ring.seal("x", MARCH, BOUND), BOUND)).reveal() == "x"
        with pytest.raises(KeyGone):
            await one.ring.unsealed(MonthKey(203001, os.urandom(32)).seal(b"x", BOUND), BOUND)
        assert one.ring.lost == {203001}
        one.ring.put(203001, [MonthKey(203001, bytes(32))])
        assert not one.ring.lost


async def test_a_key_is_used_once_others_can_read_it(bootstrap, tmp_path, monkeypatch):
    """A commit is answered before it can be read: who sealed at once would have others call the
    text gone, and found no key itself.
    """
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.stop()  # it hears of nothing by itself
        before = await read_table(settings)
        late = [deepcopy(before) for _ in range(4)]

        async def read(settings):
            return late.pop() if late else await read_table(settings)

        monkeypatch.setattr(ledger_keys, "read_table", read)
        monkeypatch.setattr(key_table, "read_table", read)
        await keys.ring.ready(MARCH)
        assert not late
        assert keys.ring.open(keys.ring.seal("x", MARCH, BOUND), BOUND).reveal() == "x"


async def test_a_destroyed_month_is_gone_for_processes_that_run(bootstrap, tmp_path):
    """They follow `keys.v1`: what was destroyed there is used no longer, and never comes back."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH, APRIL)
        march, april = (keys.ring.seal("x", at, BOUND) for at in (MARCH, APRIL))
        record = (await read_table(settings)).months["202603"]
        gone = msgspec.structs.replace(record, wrapped=())
        await append_exclusively(settings, lambda _: [gone])
        assert await asyncio.to_thread(until, lambda: keys.ring.months.get(202603) is False)
        await append_exclusively(settings, lambda _: [record])
        await keys.read_on()
        with pytest.raises(KeyGone):
            await keys.ring.unsealed(march, BOUND)
        assert keys.ring.open(april, BOUND).reveal() == "x"


async def test_all_partitions_that_ask_at_once_cost_one_reading(bootstrap, tmp_path, monkeypatch):
    """Each list of a new month asks for its key; one reading of `keys.v1` serves all that wait."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys, started(settings) as other:
        counted = []

        async def read(*told):
            counted.append(told)
            return await read_table(*told)

        monkeypatch.setattr(ledger_keys, "read_table", read)
        await asyncio.gather(*(keys.ring.ready(MARCH) for _ in range(12)))
        alone = len(counted)
        assert alone <= 2  # before it is made, and after
        sealed = keys.ring.seal(URL, MARCH, BOUND)
        other.ring._keys.clear()
        opened = await asyncio.gather(*(other.ring.unsealed(sealed, BOUND) for _ in range(12)))
        assert {one.reveal() for one in opened} == {URL}
        assert len(counted) - alone <= 2  # a reading that began before one asked does not serve it
