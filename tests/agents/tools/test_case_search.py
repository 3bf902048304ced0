"""Cases are found in the table of a real broker, as the second program reads its ledger."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from ledger_events import notice
from msgspec import structs
from scratch_topics import scratch_settings
from small_ledger import AS_OF, KEYS, LINE, PARTITIONS, SmallLedger, fill, open_ledger

from agents.edges.crypto.keys import Keyring
from agents.errors import UserError
from agents.tools.case_search import find, search
from agents.tools.verification import read
from agents.tools.verification.broker import opened
from agents.tools.verification.signed import read_signed
from schemas.closed_lists import CaseClass
from schemas.identity.ids import keyed_hotline_text_id, keyed_record_id
from streams.views.case_search import CaseFilter
from verify.ledger.records import url_records
from verify.method_10.cases import cases

REFERENCE = "our-42"


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> AsyncIterator[SmallLedger]:
    """Six URLs; the notice of the second has a reference and an id under the ledger's key."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        keys = Keyring.create(tmp_path / "keys.json")
        found.settings = found.settings.model_copy(update={"key_file": tmp_path / "keys.json"})
        await fill(found)
        told, appended_at = notice(3, recipient="acme")
        named = structs.replace(
            told, reference=keyed_hotline_text_id(keys.hash, "reference", LINE, REFERENCE)
        )
        await found.entry(KEYS[1], (named, appended_at), keyed_record_id(keys.hash, LINE, "n-own"))
        await found.fold()
        yield found


async def test_cases_are_found_by_hoster_and_class(ledger: SmallLedger) -> None:
    """Those of one hoster, those in one class, and all; the oldest notice comes first."""
    every = (await search(ledger.settings, CaseFilter())).cases
    assert len(every) == len(KEYS) - 1  # one is not attributed, so it has no case
    assert [one.noticed_at for one in every] == sorted(one.noticed_at for one in every)
    acme = (await search(ledger.settings, CaseFilter(hoster="acme"))).cases
    assert {one.hoster for one in acme} == {"acme"}
    removed = (await search(ledger.settings, CaseFilter(case_class=CaseClass.REMOVED))).cases
    assert {one.url_key for one in removed} == {KEYS[0], KEYS[2], KEYS[3]}


async def test_the_overdue_are_those_of_the_second_program(ledger: SmallLedger) -> None:
    """What is listed is what the ledger says, read by the program that shares no code."""
    listed = (await search(ledger.settings, CaseFilter(overdue=True))).cases
    async with opened(ledger.settings) as broker:
        signed = await read_signed(ledger.settings, await broker.topics())
    overdue = set()
    for partition in range(PARTITIONS):
        found = await read.ledger(ledger.settings, partition, signed)
        for key, written in found.by_url.items():
            said = cases(url_records(key, written), AS_OF)
            overdue |= {one.case_id for one in said if one.overdue}
    assert {one.case_id for one in listed} == overdue
    assert {one.url_key for one in listed} == {KEYS[1], KEYS[4]}


async def test_a_broker_without_a_ledger_is_one_line(bootstrap: str, tmp_path: Path) -> None:
    """Whatever is asked of it."""
    Keyring.create(tmp_path / "keys.json")
    empty = scratch_settings(bootstrap, vantages=()).model_copy(
        update={"key_file": tmp_path / "keys.json"}
    )
    for asked in (search(empty, CaseFilter()), find(empty, LINE, REFERENCE)):
        with pytest.raises(UserError, match="the broker has no cases"):
            await asked


async def test_a_hotlines_own_ids_lead_to_the_cases_of_its_url(ledger: SmallLedger) -> None:
    """A notice's reference and a record's id do; another hotline's, or another text, do not."""
    for own_id in (REFERENCE, "n-own"):
        answer = await find(ledger.settings, LINE, own_id)
        assert [one.url_key for one in answer.cases] == [KEYS[1]]
    assert (await find(ledger.settings, "beta", REFERENCE)).cases == ()
    assert (await find(ledger.settings, LINE, "our-43")).cases == ()
