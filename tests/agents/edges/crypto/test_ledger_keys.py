"""A ledger's keys: bound to it, agreed on by all processes, never two for a month."""

import asyncio
import binascii
import os
import subprocess
from copy import deepcopy

import msgspec
import pytest
from key_ledger import APRIL, BOUND, MARCH, URL, ledger, raced, report, sealing, started, with_file
from scratch_topics import scratch_settings
from waiting import until

from agents.edges.crypto import key_file, key_table, ledger_keys
from agents.edges.crypto.key_file import KeyFault, KeyFile, KeyFileError
from agents.edges.crypto.key_table import append_exclusively, read_table, wrapped
from agents.edges.crypto.keys import KeyGone, Keyring
from agents.edges.crypto.ledger_keys import verify_key_file
from agents.edges.crypto.sealing import MonthKey
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.read.log_reader import ANSWER_DEADLINE_S
from agents.engine.stage import Send
from schemas.codec import KEY
from schemas.identity.ids import canonical
from schemas.seal_context import reported_url
from schemas.topics import KEYS


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
        assert (await one.ring.opened(sealed, BOUND)).reveal() == "text"
        assert two.ring.open(one.ring.seal("back", MARCH, BOUND), BOUND).reveal() == "back"
    assert copy.key_file.read_bytes() == settings.key_file.read_bytes()


@pytest.mark.parametrize("count", [3, pytest.param(6, marks=pytest.mark.soak)])
async def test_processes_that_race_for_a_month_agree_on_one_key(bootstrap, tmp_path, count):
    """Processes meet four new months at once: each month has one key, and it opens all."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    months = [MARCH + number * 31 * 86_400_000 for number in range(4)]
    texts = await raced(settings, months, count)
    async with started(settings) as keys:
        assert [keys.ring.open(text, BOUND).reveal() for text in texts] == ["x"] * 4 * count
        assert all(keys.ring.count(month) == 1 for month in keys.ring.months)
    offsets = await _offsets(settings)
    assert len(offsets) == len(set(offsets)) == 5  # a record for the ledger and for each month


async def _offsets(settings) -> list[bytes]:
    found = []
    async for records in read_partitions(settings, KEYS.name, (0,)):
        found += [record.key for record in records]
    return found


async def test_a_writer_that_stood_still_appends_nothing(bootstrap, tmp_path):
    """Between its reading and its writing another one wrote: it is fenced and reads again."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        seen = []

        def slow(table):
            seen.append(sorted(table.months))
            if len(seen) == 1:
                done = subprocess.run(
                    sealing(settings, [MARCH]),
                    input="go\n",
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                assert done.returncode == 0
            return keys._made(table, ["202603"])

        table = await append_exclusively(settings, slow)
        assert seen == [[], ["202603"]]
        assert await _offsets(settings) == [b"ledger", b"202603"]
        assert table.months["202603"] == (await read_table(settings)).months["202603"]


async def test_a_key_that_is_not_here_yet_is_read_before_it_is_called_gone(bootstrap, tmp_path):
    """A report may overtake its month's key on the way to a process; a month that never was is
    gone, and called lost until its key is there.
    """
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as one, started(settings) as two:
        await one.stop()  # it hears of nothing by itself
        await two.ring.ready(MARCH)
        assert (await one.ring.opened(two.ring.seal("x", MARCH, BOUND), BOUND)).reveal() == "x"
        with pytest.raises(KeyGone):
            await one.ring.opened(MonthKey(203001, os.urandom(32)).seal(b"x", BOUND), BOUND)
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


async def test_what_is_no_record_of_ours_is_passed_over(bootstrap, tmp_path):
    """Garbage, a tombstone and a record under another month's key neither stop nor replace."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH, APRIL)
        sealed = keys.ring.seal("x", MARCH, BOUND)
    table = await read_table(settings)
    april = KEY.encode(table.months["202604"])
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send(
            [
                Send(KEYS.name, b"202603", b"{garbage", partition=0),
                Send(KEYS.name, b"202603", None, partition=0),
                Send(KEYS.name, b"202603", april, partition=0),
                Send(KEYS.name, b"ledger", april, partition=0),
                Send(KEYS.name, b"\xff", b"\x00", partition=0),
            ]
        )
    finally:
        await outbox.stop()
    async with started(settings) as keys:
        assert keys.ring.open(sealed, BOUND).reveal() == "x"
    assert (await read_table(settings)).odd == 5


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
            await keys.ring.opened(march, BOUND)
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
        opened = await asyncio.gather(*(other.ring.opened(sealed, BOUND) for _ in range(12)))
        assert {one.reveal() for one in opened} == {URL}
        assert len(counted) - alone <= 2  # a reading that began before one asked does not serve it
