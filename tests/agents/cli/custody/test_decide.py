"""`hostwatch decide` on a real broker: two persons, once, about what both saw."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from desk_ledger import CASE, URL_KEY, SignedLedger, desk_ledger
from two_persons import run

from agents.engine.read.bulk import read_partitions
from agents.tools.decisions.propose import state_of
from agents.tools.decisions.written import written_decisions
from schemas.codec import DECISION
from schemas.records.facts import Decision
from schemas.topics import DECISIONS
from streams.case_class import class_at

EXCLUDE = (CASE, "--action", "exclude", "--reason", "a test of ours")


@pytest.fixture
async def desk(bootstrap: str, tmp_path: Path) -> AsyncIterator[SignedLedger]:
    """A ledger with two persons; a third has a key and may not sign."""
    async with desk_ledger(bootstrap, tmp_path) as found:
        await found.persons.create("cleo")
        yield found


async def say(
    desk: SignedLedger, capsys: pytest.CaptureFixture[str], *said: str
) -> tuple[int, str]:
    """Run a command and return its exit code and what it said."""
    capsys.readouterr()
    code = await run(*said, config=desk.persons.config)
    shown = capsys.readouterr()
    return code, shown.out + shown.err


async def decisions(desk: SignedLedger) -> list[Decision]:
    """Return what stands in the ledger."""
    found: list[Decision] = []
    async for records in read_partitions(desk.ledger.settings, DECISIONS.name, range(2)):
        found += [DECISION.decode(record.value) for record in records]
    return found


async def of_case(desk: SignedLedger) -> str:
    """Return the class that the case has now, once the ledger is folded anew."""
    await desk.ledger.fold()
    state = await state_of(desk.ledger.settings, URL_KEY)
    assert state is not None
    (case,) = [case for case in state.cases if case.case_id == CASE]
    return str(class_at(case, desk.ledger.settings.clock.clock().now()))


async def test_a_decision_takes_effect_when_another_person_confirms_it(
    desk: SignedLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not before, not by the same person, not by a stranger, and once; a revoke undoes it."""
    id = await desk.persons.propose(*EXCLUDE)
    assert await of_case(desk) == "removed"
    code, said = await say(desk, capsys, "decide", "list", "--waiting")
    assert (code, "waits" in said) == (0, True)
    sign = ("decide", "confirm", id, "--yes", "--person")
    for by, why in (("anna", "another person has to confirm"), ("cleo", "nobody who may sign")):
        code, said = await say(desk, capsys, *sign, str(desk.persons.key(by)))
        assert (code, why in said.splitlines()[-1]) == (2, True)
    assert await decisions(desk) == []
    code, said = await say(desk, capsys, *sign, str(desk.persons.key("bram")))
    assert (code, "reason: a test of ours" in said) == (0, True)
    assert await of_case(desk) == "excluded"
    code, said = await say(desk, capsys, *sign, str(desk.persons.key("bram")))
    assert (code, "was confirmed by bram already" in said) == (2, True)
    code, said = await say(desk, capsys, "decide", "list", "--waiting")
    assert code == 1
    undone = (CASE, "--action", "revoke", "--revokes", id, "--reason", "no test")
    await desk.persons.decide(*undone, first="bram", second="anna")
    assert await of_case(desk) == "removed"
    worth = [state for _, state in await written_decisions(desk.ledger.settings)]
    assert worth[0].startswith("revoked by d-")
    assert worth[1] == "takes effect"


async def test_a_rejected_proposal_is_never_confirmed(
    desk: SignedLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever may sign rejects it, with a reason that the list shows."""
    id = await desk.persons.propose(*EXCLUDE)
    no = ("decide", "reject", id, "--reason", "the wrong case", "--person")
    code, said = await say(desk, capsys, *no, str(desk.persons.key("cleo")))
    assert (code, "nobody who may sign" in said) == (2, True)
    assert (await say(desk, capsys, *no, str(desk.persons.key("bram"))))[0] == 0
    sign = ("decide", "confirm", id, "--yes", "--person", str(desk.persons.key("bram")))
    code, said = await say(desk, capsys, *sign)
    assert (code, "was rejected by bram already" in said) == (2, True)
    code, said = await say(desk, capsys, "decide", "list")
    assert (code, "rejected" in said) == (0, True)
    code, said = await say(desk, capsys, "decide", "list", "--json", "-")
    (row,) = json.loads(said)
    assert (code, row["id"], row["of"], row["state"]) == (0, id, CASE, "rejected by bram")
    assert await decisions(desk) == []
    code, said = await say(desk, capsys, "decide", "confirm", "d-x", "--person", "x")
    assert (code, "there is no proposal d-x" in said) == (2, True)
