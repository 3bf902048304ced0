"""The second reading beside a history, and a history of a real case on a real broker."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from examples import told
from msgspec import structs
from small_ledger import KEYS, SmallLedger, fill, open_ledger

from agents.errors import UserError
from agents.tools.judge import case_history, second_reading
from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from streams.history.judge import decoded


@pytest.fixture
async def ledger(bootstrap) -> AsyncIterator[SmallLedger]:
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        await found.write_outcomes()
        await found.commit()
        await found.fold()
        yield found


def test_the_second_reading_of_a_removal_agrees():
    """Both programs say the same of a plain history, and of one without a record."""
    history = told("04-removal")
    assert second_reading(history, history.as_of()) == []
    assert second_reading(history, history.start_at - 1) == []


@pytest.mark.parametrize("after_h", [-1, 0, 1])
def test_a_notice_opens_a_case_after_an_old_end_whenever_its_report_is_received(after_h):
    """It is of more than 7 d after the end that a person found: 6.8 asks when it was made."""
    taken = {"received_h": 200}
    events = [
        {"h": 0, "report": {"seen_h": 0}, **taken},
        {"h": 3, "check": {"what": "absent"}, **taken},
        {"h": 199, "notice": {"result": "bounced"}, "received_h": 200 + after_h},
        {"h": 200.1, "at": ["acme"]},
    ]
    hotlines = {"alpha": {"feed_delay_h": 720}}
    said = {"start": "2026-06-01T00:00:00Z", "hotlines": hotlines, "events": events}
    history = decoded(json.dumps(said).encode())
    assert len(history.state(history.as_of()).cases) == 2
    assert second_reading(history, history.as_of()) == []


def test_a_fold_that_says_otherwise_is_named(monkeypatch):
    """A case that the fold spoils differs in the field that was spoilt."""
    history = told("04-removal")

    def spoilt(*_):
        (case,) = state.cases
        return structs.replace(state, cases=(structs.replace(case, gone_at=case.gone_at + 3_600),))

    state = history.state(history.as_of())
    monkeypatch.setattr(type(history), "state", spoilt)
    (found,) = second_reading(history, history.as_of())
    assert (found.case, found.what, found.fold, found.second) == ("acme", "r_h", "5.201", "5.2")


async def test_a_real_case_becomes_a_history_that_is_judged(ledger):
    """What stands in the ledger of a case is written without its URL, and can be judged."""
    found = await case_history(ledger.settings, case_id(KEYS[1], "acme", Role.HOSTING, 0))
    text = json.dumps(found)
    assert KEYS[1] not in text
    assert "sealed" not in text
    history = decoded(text.encode())
    (case,) = history.at(history.as_of()).cases
    assert (case.hoster, case.noticed_h is not None) == ("acme", True)


async def test_a_case_that_is_not_there_is_a_user_s_mistake(ledger):
    """One line says so."""
    with pytest.raises(UserError, match="there is no case"):
        await case_history(ledger.settings, "0" * 24)
