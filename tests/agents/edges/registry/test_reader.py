"""The registry on a real broker."""

import asyncio

import msgspec
import pytest
from intake_world import world
from registry_entries import REGISTRY

from agents.edges.registry.reader import RegistryReader, RegistryUnreadable, read_registry
from agents.edges.registry.registry_file import RegistryFileError
from agents.engine.stage import Send
from agents.tools.apply_registry import LEAD_MS, apply_entries
from schemas.records.registry import HosterEntry

NEW = HosterEntry(id="new", version=1, valid_from=0, name="New")


@pytest.fixture
async def ledger(bootstrap, tmp_path):
    async with world(bootstrap, tmp_path) as made:
        yield made


async def _until_known(reader: RegistryReader, id: str) -> None:
    async with asyncio.timeout(60):
        while reader.registry_history.newest("hoster", id) is None:
            await asyncio.sleep(0)


async def test_reader_is_complete_when_started_and_then_follows(ledger):
    """All that was there is in the registry at once; what is written later arrives."""
    reader = RegistryReader(ledger.settings)
    await reader.start()
    try:
        assert reader.registry_history.at(0).hosters.keys() == {"north", "arctic", "south"}
        await apply_entries(ledger.settings, [NEW], ledger.outbox)
        await _until_known(reader, "new")
    finally:
        await reader.stop()


async def test_entry_holds_from_the_start_until_the_ledger_has_begun(ledger):
    """Before the ledger's first record an entry holds from 0, after it from 10 min from now."""
    (first,) = await apply_entries(ledger.settings, [NEW], ledger.outbox)
    assert first.valid_from == 0
    await ledger.outbox.send([Send("reports.v1", b"key", b"{}")])
    before = ledger.settings.clock.clock().now()
    renamed = msgspec.structs.replace(NEW, name="Renamed")
    (second,) = await apply_entries(ledger.settings, [renamed], ledger.outbox)
    assert (second.version, second.valid_from >= before + LEAD_MS) == (2, True)
    assert await apply_entries(ledger.settings, [renamed, *REGISTRY], ledger.outbox) == []
    registry_history = await read_registry(ledger.settings)
    assert registry_history.at(before).hosters["new"].name == "New"
    assert registry_history.at(second.valid_from).hosters["new"].name == "Renamed"


async def test_network_of_another_hoster_is_refused_and_nothing_written(ledger):
    """What the file claims is held against what the registry has already."""
    thief = HosterEntry(id="thief", version=1, valid_from=0, name="T", asns=(64500,))
    with pytest.raises(RegistryFileError, match="AS64500 is claimed by north and by thief"):
        await apply_entries(ledger.settings, [NEW, thief], ledger.outbox)
    assert (await read_registry(ledger.settings)).newest("hoster", "new") is None


async def test_a_circle_with_what_is_held_is_refused_and_nothing_written(ledger):
    """Of two files each is sound, and both together are not."""
    owned = msgspec.structs.replace(NEW, group="newer")
    (written,) = await apply_entries(ledger.settings, [owned], ledger.outbox)
    newer = msgspec.structs.replace(NEW, id="newer", group="new")
    with pytest.raises(RegistryFileError, match="the groups of new, newer go in a circle"):
        await apply_entries(ledger.settings, [newer], ledger.outbox)
    registry_history = await read_registry(ledger.settings)
    assert registry_history.newest("hoster", "new") == written
    assert registry_history.newest("hoster", "newer") is None


async def test_entry_of_a_newer_version_stops_the_reader(ledger):
    """Going on without an entry would stamp facts with wrong values."""
    reader = RegistryReader(ledger.settings)
    await reader.start()
    try:
        await ledger.outbox.send([Send("registry.v1", b"k", b'{"kind":"moon","v":9}')])
        with pytest.raises(RegistryUnreadable):
            await _until_known(reader, "never")
    finally:
        await reader.stop()
    with pytest.raises(RegistryUnreadable):
        await read_registry(ledger.settings)
