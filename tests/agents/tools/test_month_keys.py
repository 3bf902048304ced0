"""`keys destroy`: which months may go."""

import time
from collections.abc import Sequence

import msgspec
import pytest
from key_ledger import URL, ledger, report, started
from ledger_events import KEY, START
from many_cases import open_case

from agents.config import ClockSettings, VantageSettings
from agents.edges.crypto import month_destruction
from agents.edges.crypto.key_reading import read_keys, read_ring
from agents.edges.crypto.key_table import read_table
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.month_destruction import destroy_month
from agents.edges.crypto.sealing import KeyGone, MonthKey
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.month_keys import destroy, months_needed, rotate
from schemas.closed_lists import DecisionAction
from schemas.codec import POSITION, REPORTS_ENTRY, STATE
from schemas.identity.ids import canonical
from schemas.moments import DAY_MS
from schemas.records.case import Position, UrlState
from schemas.records.custody import SealedKind
from schemas.records.facts import Decision
from schemas.seal_context import reported_url
from schemas.topics import CASES, REPORTS
from streams import lifecycle

BOUND = reported_url(KEY)


@pytest.fixture(autouse=True)
def _waits_are_short(monkeypatch):
    """No lifecycle folds here, and nobody reads the broker's files."""
    monkeypatch.setattr("agents.tools.month_keys.POSITION_S", 0.1)
    monkeypatch.setattr("agents.edges.crypto.month_destruction.DELETED_S", 0.1)


FEBRUARY, MARCH, APRIL = START, START + 40 * DAY_MS, START + 70 * DAY_MS


def _sealed(month: int) -> str:
    return MonthKey(month, bytes(32)).seal(b"x", BOUND)


def _state():
    """An open case whose URL was sealed in February, its address in March."""
    state = open_case()
    places = tuple(
        msgspec.structs.replace(place, address=_sealed(202603)) for place in state.placements
    )
    return msgspec.structs.replace(state, sealed=_sealed(202602), placements=places)


def _position(reports: int) -> Position:
    return Position(
        partition=0,
        offsets={"reports.v1": reports},
        as_of=START,
        code="0",
        method="1",
    )


async def _ledger(bootstrap, folder, days: float):
    """Return a ledger with that case and keys of three months, so many days after its report."""
    settings = await ledger(bootstrap, folder)
    clock = ClockSettings(
        start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=START + int(days * DAY_MS)
    )
    vantages = (VantageSettings(id="north"), VantageSettings(id="south"))
    settings = settings.model_copy(update={"clock": clock, "vantages": vantages})
    Keyring.create(settings.key_file)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send(
            [
                Send(CASES.name, KEY.encode(), STATE.encode(_state()), partition=0),
                Send(CASES.name, b"position/0", POSITION.encode(_position(0)), partition=0),
            ]
        )
    finally:
        await outbox.stop()
    async with started(settings) as keys:
        await keys.ring.ready(FEBRUARY, MARCH, APRIL)
    return settings


async def test_a_month_that_a_probe_to_come_needs_is_not_destroyed(bootstrap, tmp_path):
    """Its URL's month and its address' month stay; nothing changes in file or ledger."""
    settings = await _ledger(bootstrap, tmp_path, 150)
    file, table = settings.key_file.read_bytes(), await read_table(settings)
    now = settings.clock.clock().now()
    assert await months_needed(settings, now) == ({202602: 1, 202603: 1}, frozenset())
    for month in ("202602", "202603"):
        with pytest.raises(UserError, match=r"1 URLs sealed in .* probes to come"):
            await destroy(settings, month)
    assert (settings.key_file.read_bytes(), await read_table(settings)) == (file, table)


async def test_a_month_is_destroyed_when_the_last_probe_is_over(bootstrap, tmp_path):
    """A case that is open still, 400 days on, has no probe to come: its URL's month may go."""
    settings = await _ledger(bootstrap, tmp_path, 500)
    assert await months_needed(settings, settings.clock.clock().now()) == ({}, frozenset())
    await destroy(settings, "202602")
    assert (await read_table(settings)).months["202602"].wrapped == ()


async def _folded(settings) -> UrlState:
    """Return what lifecycle makes of the URL's records in the ledger."""
    value = None
    async for records in read_partitions(settings, REPORTS.name, (0,)):
        entries = [(REPORTS_ENTRY.decode(r.value), r.appended_at) for r in records]
        value = lifecycle.update_record(entries[0][0].url_key, value, entries).record_value
    return STATE.decode(value)


async def test_a_url_reported_again_is_probed_by_its_newest_text(bootstrap, tmp_path):
    """Its first report's month is destroyed: the text kept is that of the report that came after,
    and it opens.
    """
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(FEBRUARY, APRIL)
        first = await report(settings, keys.ring, FEBRUARY)
        assert (await _folded(settings)).sealed == first
        await destroy_month(settings, "202602", lambda _: None)
        await report(settings, keys.ring, APRIL, id="r2")
        state = await _folded(settings)
    async with started(settings) as keys:
        bound = reported_url(state.url_key)
        assert (await keys.ring.unsealed(state.sealed, bound)).reveal() == URL
        with pytest.raises(KeyGone):
            await keys.ring.unsealed(first, bound)


async def test_a_table_that_is_behind_shows_nothing(bootstrap, tmp_path):
    """A report that no table holds yet may be of a case with probes to come."""
    settings = await _ledger(bootstrap, tmp_path, 500)
    ring = Keyring.load(settings.key_file)
    ring.put(202602, [MonthKey(202602, bytes(32))])
    await report(settings, ring, FEBRUARY)
    with pytest.raises(UserError, match=r"cases.v1 is behind"):
        await destroy(settings, "202602")


def _decision(key: str, action: DecisionAction, id: str, revokes: str | None = None) -> Decision:
    return Decision(
        id=id,
        url_key=key,
        decided_at=APRIL + len(id),
        action=action,
        revokes=revokes,
        reason="asked for by a court",
    )


async def _held(settings, made: Sequence[Decision]) -> UrlState:
    """Fold a URL reported in February and again in April, and decisions, into `cases.v1`."""
    ring = await read_ring(settings)
    texts = [await report(settings, ring, at, id=id) for at, id in ((FEBRUARY, "a"), (APRIL, "b"))]
    state = await _folded(settings)
    assert state.sealed == texts[1]
    await _fold_into_table(settings, state, made)
    return state


async def _fold_into_table(settings, state: UrlState, made, position: int = 2) -> None:
    """Write a URL's state after decisions, and a position."""
    happened = [(one, one.decided_at) for one in made]
    value = lifecycle.update_record(state.url_key, STATE.encode(state), happened).record_value
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send(
            [
                Send(CASES.name, state.url_key.encode(), value, partition=0),
                Send(CASES.name, b"position/0", POSITION.encode(_position(position)), partition=0),
            ]
        )
    finally:
        await outbox.stop()


async def at_once(_) -> None:
    """Do not wait for the broker to compact, which tests of `month_destruction` do."""


async def test_what_is_held_is_kept_under_a_key_of_its_own(bootstrap, tmp_path, monkeypatch):
    """A hold keeps the texts of its URL in every month that is destroyed, and no other URL's.

    Also those of an older report, whose text no state holds any more.
    """
    monkeypatch.setattr(month_destruction, "_cleaned", at_once)
    settings = await _ledger(bootstrap, tmp_path, 500)
    key = Keyring.load(settings.key_file).url_key(canonical(URL))
    await _held(settings, [_decision(key, DecisionAction.LEGAL_HOLD, "hold")])
    needed = await months_needed(settings, settings.clock.clock().now())
    assert needed == ({}, {key})
    for month in ("202602", "202604", "202603"):
        await destroy(settings, month)
        keys = await read_keys(settings)
        assert keys.on_hold(key) == [(SealedKind.URL, URL.encode())]  # the same text once
    assert list(keys.table.held) == [key]
    stand = await read_table(settings)
    await rotate(settings)
    keys = await read_keys(settings)
    assert keys.on_hold(key) == [(SealedKind.URL, URL.encode())]
    assert stand.held[key].master != keys.table.held[key].master
    assert stand.held[key].texts == keys.table.held[key].texts


async def test_a_hold_that_was_revoked_keeps_nothing(bootstrap, tmp_path, monkeypatch):
    """Two signatories end it; its key goes when the master key is replaced next."""
    monkeypatch.setattr(month_destruction, "_cleaned", at_once)
    settings = await _ledger(bootstrap, tmp_path, 500)
    key = Keyring.load(settings.key_file).url_key(canonical(URL))
    hold = _decision(key, DecisionAction.LEGAL_HOLD, "hold")
    state = await _held(settings, [hold])
    await destroy(settings, "202602")
    assert (await read_keys(settings)).is_on_hold(key)
    revoke = _decision(key, DecisionAction.REVOKE, "its end", "hold")
    await _fold_into_table(settings, state, [hold, revoke])
    assert (await months_needed(settings, settings.clock.clock().now())).held == frozenset()
    await rotate(settings)
    keys = await read_keys(settings)
    assert (keys.is_on_hold(key), keys.on_hold(key)) == (False, [])
    assert keys.table.held[key].texts == ()


async def test_the_table_alone_ends_a_hold(bootstrap, tmp_path, monkeypatch):
    """Where it is behind the ledger every hold is kept."""
    monkeypatch.setattr(month_destruction, "_cleaned", at_once)
    settings = await _ledger(bootstrap, tmp_path, 500)
    key = Keyring.load(settings.key_file).url_key(canonical(URL))
    hold = _decision(key, DecisionAction.LEGAL_HOLD, "hold")
    state = await _held(settings, [hold])
    await destroy(settings, "202602")
    revoke = _decision(key, DecisionAction.REVOKE, "its end", "hold")
    await _fold_into_table(settings, state, [hold, revoke], position=0)
    await rotate(settings)
    assert (await read_keys(settings)).is_on_hold(key)


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("202604", "not over for 31 days"),
        ("202605", "not over for 31 days"),
        ("209901", "not over for 31 days"),
        ("202601", "no key"),
        ("2026-02", "yyyymm"),
        ("202613", "yyyymm"),
    ],
)
async def test_a_month_that_may_be_sealed_in_is_not_destroyed(bootstrap, tmp_path, month, said):
    """Inboxes keep records for 31 days at most: one of that month could not be sealed any more."""
    settings = await _ledger(bootstrap, tmp_path, 117)  # 30 May
    with pytest.raises(UserError, match=said):
        await destroy(settings, month)
