"""A real case's records become a history that comes to the same, and holds nothing of the URL."""

import json

import msgspec
import pytest
from examples import NAMES, told
from ledger_events import (
    BOTH,
    GONE,
    KEY,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    check,
    decision,
    fold,
    gone_run,
    notice,
    place,
    placed,
    report,
    slots,
)
from msgspec.structs import replace

from agents.tools.judge import second_reading
from schemas.closed_lists import Confidence, Role
from schemas.identity.ids import case_id
from schemas.records.facts import Attribution
from streams.history.from_ledger import history_of
from streams.history.judge import decoded
from streams.history.outcome import evaluated


def again(history):
    """Return the history that is written of another one's records."""
    return decoded(json.dumps(history_of(history.happened)).encode())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_comes_to_the_same(name):
    """Every example, turned into records and back, is judged alike."""
    history = told(name)
    as_of = history.as_of()
    said = msgspec.to_builtins(history.at(as_of))
    replayed = again(history)
    shift_h = (replayed.start_at - history.start_at) / 3_600_000
    then = msgspec.to_builtins(replayed.at(as_of))
    for one, other in zip(said["cases"], then["cases"], strict=True):
        hours = {n for n in one if n.endswith("_h") and n != "next_look_h"}
        assert {n: v for n, v in one.items() if not n.endswith("_h")} == {
            n: v for n, v in other.items() if not n.endswith("_h")
        }
        for hour in hours:
            both = one[hour], other[hour]
            assert both == (None, None) or both[0] == pytest.approx(both[1] + shift_h, abs=0.002)


def test_nothing_of_the_url_is_in_it():
    """Keys, hashes and sealed texts stay in the ledger."""
    history = told("04-removal")
    sealed = [
        (
            msgspec.structs.replace(record, sealed="SECRET")
            if hasattr(record, "sealed")
            else record,
            at,
        )
        for record, at in history.happened
    ]
    text = json.dumps(history_of(sealed))
    assert "SECRET" not in text
    assert "0" * 32 not in text


def test_without_a_report_there_is_no_history():
    """A URL that was never reported has no case."""
    with pytest.raises(ValueError, match="no report"):
        history_of([])


SEEN = [report(seen=0), placed(), notice(1), *slots([1.1, 2, 4], ONLINE)]
SHIELD = place("shield", role=Role.PROXY)
TWO = [
    report(seen=0),
    placed(0, place(), place("other")),
    notice(1),
    notice(1.2, recipient="other"),
    *slots([1.1, 2, 6], ONLINE),
    *slots([1.1, 2, 6], ONLINE, hoster="other"),
]
AWAY = [
    placed(hour, place("other"), vantage=vantage)
    for hour in (5, 6, 10, 20, 28, 31)
    for vantage in BOTH
]
OLD = {"hosters": ("other",), "old_address": True}


def behind(hoster, confidence, **said):
    return place(hoster, confidence=confidence, behind=True, **said)


def id_of(owner, number=0):
    return case_id(KEY, owner, Role.HOSTING, number)


LEDGERS = {
    "a late report is placed elsewhere, by the stage alone": [
        *SEEN,
        report(20, id="r2"),
        placed(20, place("other")),
        placed(21, place("other")),
        notice(22, recipient="other"),
        *slots([23, 50], ONLINE, hoster="other"),
    ],
    "a late statement contradicts the address": [
        *SEEN,
        report(20, id="r2"),
        placed(20, place(contested=True)),
    ],
    "the first statement contradicts one of two addresses": [
        report(seen=0),
        placed(0, place(contested=True), place("other")),
        notice(1),
        notice(1.2, recipient="other"),
        *slots([2], ONLINE),
        *slots([2], ONLINE, hoster="other"),
    ],
    "a late statement of origin behind the proxy": [
        report(seen=0),
        placed(0, SHIELD, behind("acme", Confidence.STATEMENT)),
        notice(1),
        *slots([1.1], ONLINE, hosters=("shield",)),
        *[placed(10, SHIELD, vantage=vantage) for vantage in BOTH],
        report(30, id="r2"),
        placed(30, SHIELD, behind("other", Confidence.STATEMENT, disclosed=True)),
        *[placed(31, SHIELD, vantage=vantage) for vantage in BOTH],
        notice(33, recipient="other"),
        *slots([34], ONLINE, hoster="other", hosters=("shield",)),
    ],
    "a name shows who is behind the proxy": [
        report(seen=0),
        placed(0, SHIELD, behind("acme", Confidence.NAME)),
        notice(1),
        *slots([1.1, 30], ONLINE, hosters=("acme", "shield")),
    ],
    "a host that nobody may ask for is placed nowhere": [
        report(seen=0),
        (replace(placed(0, place("unknown"))[0], answered=False), at(0)),
        *[placed(9, vantage=vantage) for vantage in BOTH],
        *[placed(10, vantage=vantage) for vantage in BOTH],
        notice(11),
        *slots([12], ONLINE),
    ],
    "the hoster moves away": [*SEEN, *AWAY, *gone_run(9, **OLD), *slots([32], GONE, **OLD)],
    "one answer elsewhere is no move": [
        *SEEN,
        placed(5, place("other"), vantage=NORTH),
        *slots([6, 7, 8], ONLINE),
    ],
    "a network gets a name, and its notice was to the old one": [
        report(seen=0),
        placed(0, place("as64500")),
        notice(1, recipient="as64500", group="as64500"),
        *slots([2], ONLINE, hoster="as64500"),
        *[placed(h, place(formerly=("as64500",)), vantage=NORTH) for h in (60, 60.2)],
        *slots([61], ONLINE),
    ],
    "a network gets a name at the same address alone": [
        report(seen=0),
        placed(0, replace(place("as64500", confidence=Confidence.FALLBACK), address_key="here")),
        notice(1, recipient="as64500", group="as64500"),
        *slots([2], ONLINE, hoster="as64500"),
        *[placed(h, replace(place(), address_key="here"), vantage=NORTH) for h in (60, 60.2)],
        *[placed(h, place("other"), vantage=SOUTH) for h in (60, 60.2)],
        *slots([61], ONLINE),
    ],
    "a hoster is sold": [
        *SEEN,
        *[placed(h, place(group="holding"), vantage=NORTH) for h in (30, 30.2)],
        notice(40, recipient="other", group="holding", hotline="beta"),
        *slots([41], ONLINE),
    ],
    "a decision is about one case of two": [*TWO, decision(7, case_id=id_of("acme"))],
    "a decision is about all cases": [*TWO, decision(7)],
    "a decision is about a case that there never was": [*TWO, decision(7, case_id="f" * 24)],
    "a decision is about the second case": [
        *SEEN,
        *gone_run(),
        report(400, id="r2"),
        placed(400),
        *slots([401], ONLINE),
        decision(402, case_id=id_of("acme", 1)),
    ],
    "one case is given to another owner": [
        *TWO,
        decision(7, "reattribute", case_id=id_of("acme"), hoster="third", group="holding"),
    ],
    "a decision before the newest is revoked": [
        *TWO,
        decision(7, case_id=id_of("acme")),
        decision(8, case_id=id_of("other")),
        decision(9, "revoke", revokes="d7exclude"),
    ],
    "a decision that changes nothing is revoked": [
        *TWO,
        decision(7, case_id="f" * 24),
        decision(8),
        decision(9, "revoke", revokes="d7exclude"),
    ],
    "nothing is revoked": [*TWO, decision(7), decision(9, "revoke", revokes="none of them")],
    "a check is later than others' feeds are": [
        *SEEN,
        (replace(check(9)[0], received_at=at(29), feed_delay_s=129_600), at(29)),
        *slots([30], GONE),
    ],
    "a notice waited for intake, not for its hotline": [
        report(seen=0),
        placed(),
        (replace(notice(1)[0], received_at=at(1.2)), at(7)),
        *slots([1.1, 2, 4], ONLINE),
    ],
}
"""Records that a history has to say, each kind of them with what must not be lost."""


def values(state, start_at):
    """Return what the fold says 500 h after the start, by case; hours to what is rounded."""
    found = msgspec.to_builtins(evaluated(state, start_at, at(500)))
    return [
        {n: round(v, 2) if n.endswith("_h") and v is not None else v for n, v in one.items()}
        for one in found["cases"]
    ]


@pytest.mark.parametrize("name", LEDGERS)
def test_a_dispute_is_replayed_as_it_is_in_the_ledger(name):
    """A history from the ledger comes to what the ledger comes to: cases, figures, naming."""
    happened = LEDGERS[name]
    replayed = decoded(json.dumps(history_of(happened)).encode())
    start_at = replayed.start_at
    assert values(replayed.state(at(500)), start_at) == values(fold(*happened), start_at)
    assert second_reading(replayed, at(500)) == []


def test_the_order_of_records_means_nothing():
    """However the ledger's topics are interleaved, the same history is written."""
    for name, happened in LEDGERS.items():
        assert history_of(happened[::-1]) == history_of(happened), name


def test_what_is_in_the_ledger_is_written_and_no_more():
    """A resolution of the stage alone stays one; no vantage is said to have made it too."""
    happened = LEDGERS["a late report is placed elsewhere, by the stage alone"]
    replayed = decoded(json.dumps(history_of(happened)).encode())
    made = [
        [(one.vantage, one.at) for one, _ in of if isinstance(one, Attribution)]
        for of in (happened, replayed.happened)
    ]
    assert sorted(made[0]) == sorted(made[1])
