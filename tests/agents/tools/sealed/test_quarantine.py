"""Quarantined records are shown to a person, and handed in again once."""

import asyncio

import pytest
from desk_ledger import desk_ledger
from msgspec.structs import replace
from quarantined_reports import COUNT, INBOX, LINE, body, quarantine_them

from agents.engine.failures import SendFailed
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.sealed import quarantine
from agents.tools.sealed.audit import read_audit
from agents.tools.sealed.quarantine import QuarantineFilter, quarantined, replay, show
from schemas.closed_lists import Quarantine
from schemas.codec import QUARANTINED
from schemas.identity.ids import partition_of
from schemas.topics import QUARANTINE, REPLAY_HEADER

ALL = QuarantineFilter(hotline=LINE, reason=Quarantine.UNKNOWN_HOTLINE)


@pytest.fixture
async def desk(bootstrap, tmp_path):
    """A ledger with two persons and quarantined reports."""
    async with desk_ledger(bootstrap, tmp_path) as found:
        yield found


async def handed_in(settings) -> dict[str, bytes]:
    """Return what stands in the inbox that was handed in again, by where it stood."""
    found: list[tuple[str, bytes]] = []
    async for records in read_partitions(settings, INBOX, range(2)):
        for record in records:
            of = dict(record.headers).get(REPLAY_HEADER)
            if of is not None:
                assert record.partition == partition_of(record.key, 2)
                found.append((of.decode(), record.value))
    assert len(dict(found)) == len(found), "doubled"
    return dict(found)


async def test_records_are_found_by_reason_hotline_and_day(desk) -> None:
    """Each once; a day is one of UTC."""
    settings, places = desk.ledger.settings, await quarantine_them(desk)
    found = await quarantined(settings, ALL)
    assert [quarantine.place_of(one.record.origin) for one in found] == places
    for change in ({"reason": Quarantine.CONFLICT}, {"hotline": "beta"}, {"day": "1999-01-01"}):
        wanted = QuarantineFilter(
            **{"hotline": LINE, "reason": Quarantine.UNKNOWN_HOTLINE} | change
        )
        assert await quarantined(settings, wanted) == []
    day = "2026-02-01"
    assert (
        len(await quarantined(settings, QuarantineFilter(day=day, places=frozenset(places))))
        == COUNT
    )


async def test_what_it_holds_is_shown_after_the_audit_has_it(desk, monkeypatch) -> None:
    """Key and content, as they were sent; nothing if the broker does not take the entry."""
    settings, places = desk.ledger.settings, await quarantine_them(desk)
    shown = await show(settings, places[2], desk.by("anna"))
    assert (shown.key, shown.value) == (b"q2", body(2))
    (audited,) = await read_audit(settings)
    assert (audited.entry.what, audited.entry.place) == ("quarantined", places[2])
    with pytest.raises(UserError, match="nothing of it"):
        await show(settings, f"{INBOX}/0/9", desk.by("anna"))

    async def refuse(*_):
        raise SendFailed("refused")

    monkeypatch.setattr(KafkaOutbox, "send", refuse)
    monkeypatch.setattr(quarantine, "_opened", lambda *_: pytest.fail("opened"))
    with pytest.raises(SendFailed):
        await show(settings, places[3], desk.by("anna"))


async def test_a_replay_that_is_ended_anywhere_goes_on_and_doubles_nothing(
    desk, monkeypatch
) -> None:
    """Before the commit nothing stands there; after it the next call passes it over."""
    settings, places = desk.ledger.settings, await quarantine_them(desk)
    monkeypatch.setattr(quarantine, "BATCH", 2)
    written, write, tries = [], Transactions.write, 0

    async def torn(self, partition, records):
        written.append(len(records))
        if len(written) == 2:
            raise SendFailed("before the commit")
        done = await write(self, partition, records)
        if len(written) == 4:
            raise SendFailed("after the commit")
        return done

    monkeypatch.setattr(Transactions, "write", torn)
    while True:
        tries += 1
        try:
            done = await replay(settings, ALL, desk.by("anna"))
            break
        except SendFailed:
            continue
    assert tries == 3
    assert await handed_in(settings) == {place: body(n) for n, place in enumerate(places)}
    again = await replay(settings, ALL, desk.by("bram"))
    assert (again.sent, again.before) == ((), COUNT)
    assert done.left == {}
    assert len(await handed_in(settings)) == COUNT
    assert all(one.replayed for one in await quarantined(settings, ALL))
    assert len([a for a in await read_audit(settings) if a.entry.what == "replayed"]) == COUNT


async def test_several_at_once_hand_each_in_once(desk) -> None:
    """All but one are told, or find nothing left."""
    settings, places = desk.ledger.settings, await quarantine_them(desk)
    calls = (replay(settings, ALL, desk.by(id)) for id in ("anna", "bram", "anna"))
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, quarantine.ReplayedRecords | UserError) for end in ends), ends
    await replay(settings, ALL, desk.by("anna"))
    assert set(await handed_in(settings)) == set(places)


async def test_what_was_cut_or_cannot_be_opened_is_left_and_said(desk) -> None:
    """A beginning is no record, and of an unreadable batch there is a digest alone."""
    settings = desk.ledger.settings
    await quarantine_them(desk)
    (kept, *_) = await quarantined(settings, ALL)
    cut = replace(kept.record, reason=Quarantine.TOO_LARGE)
    cut = replace(cut, origin=replace(cut.origin, offset=1))
    batch = replace(cut, reason=Quarantine.UNREADABLE, record="", key="")
    batch = replace(batch, origin=replace(batch.origin, offset=2))
    lost = replace(cut, reason=Quarantine.TOO_MANY, origin=replace(cut.origin, offset=3))
    lost = replace(lost, record=_of_another_month(kept.record.record))
    await desk.ledger.outbox.send(
        [Send(QUARANTINE.name, b"x", QUARANTINED.encode(one)) for one in (cut, batch, lost)]
    )
    wanted = QuarantineFilter(places=frozenset(f"{INBOX}/0/{n}" for n in (1, 2, 3)))
    done = await replay(settings, wanted, desk.by("anna"))
    assert done.sent == ()
    assert [why.split(",")[0] for why in done.left.values()] == [
        "it was longer than 16384 bytes",
        "a batch that could not be read",
        "the key of its month is destroyed",
    ]


def _of_another_month(sealed: str) -> str:
    import base64

    raw = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    raw[1:4] = (202501).to_bytes(3, "big")
    return base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
