"""`hostwatch verify`: the exit code is the answer, and what was not compared is said."""

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from msgspec import structs
from rich.console import Console
from small_ledger import SmallLedger, fill, open_ledger

from agents import cli
from agents.cli.verify import SHOWN_MAX, _out, _show
from agents.tools.verification.verify import FeedbackCounts, Verified
from schemas.closed_lists import Role
from sim.demo.demo_settings import as_toml
from verify.compared.compare import Difference
from verify.compared.record import Sample

AGREED = Verified(
    settled=True,
    events=12,
    cases=5,
    compared=70,
    behind=0,
    rewritten=0,
    unread=0,
    hotlines={
        "north": {"received": 9, "accepted": 5, "duplicate": 1, "quarantined": 2, "set_aside": 1}
    },
    told=FeedbackCounts(0, 0, 0, 0, []),
    pending={},
    samples=[],
    differences=[],
    difference_count=0,
    as_of=0,
    seconds=1.25,
)

SAMPLE = Sample(hoster="acme", role=Role.HOSTING, inclusion=0.25, sampled=1, cases=4)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HOSTWATCH_"):
            monkeypatch.delenv(name)


@pytest.fixture
async def ledger(bootstrap: str) -> AsyncIterator[SmallLedger]:
    """Return a ledger with its table."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        await found.write_outcomes()
        await found.commit()
        await found.fold()
        yield found


def shown(verified: Verified) -> str:
    """Return what stands on a screen."""
    text = io.StringIO()
    _show(verified, Console(file=text, width=200))
    return text.getvalue()


def with_(**more: object) -> Verified:
    """Return a result in which some things are otherwise."""
    return Verified(**{one: getattr(AGREED, one) for one in AGREED.__slots__} | more)


def test_a_ledger_that_agrees_says_how_much_was_compared() -> None:
    """Each hotline's records add up in its line, and nothing else is said."""
    assert shown(AGREED).splitlines() == [
        "north: 9 received = 5 accepted + 1 duplicate + 2 quarantined + 1 set aside",
        "all agree: 12 records, 5 cases, 70 values compared as of 1970-01-01T00:00:00Z in 1.2 s",
    ]


def test_a_screen_has_the_first_differences_and_their_number() -> None:
    """The JSON has more of them, and says that the two do not agree."""
    many = [
        Difference(what=f"figure {n}", ledger="1", published="2", hoster="acme", role=Role.HOSTING)
        for n in range(SHOWN_MAX + 1)
    ]
    found = with_(differences=many, difference_count=400)
    text = shown(found)
    assert f"figure {SHOWN_MAX - 1} " in text
    assert f"figure {SHOWN_MAX} " not in text
    assert "acme hosting" in text
    assert "400 differences: 12 records" in text
    assert (_out(found)["agrees"], len(_out(found)["differences"])) == (False, SHOWN_MAX + 1)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"settled": False}, "not all that stood in Kafka went through in time"),
        ({"unread": 3}, "3 offsets of inboxes have no outcome, and this user may not read"),
        ({"told": FeedbackCounts(0, 0, 0, 0, ["*"])}, "is not compared: key_file is not at hand"),
        ({"told": FeedbackCounts(0, 0, 0, 0, ["a", "b"])}, "a, b were told is not compared"),
        (
            {"told": FeedbackCounts(4, 1, 2, 3, [])},
            "4 records compared, 1 told nothing, 2 told the same",
        ),
        (
            {"samples": [SAMPLE]},
            "acme hosting: estimated from a sample, p = 0.25, 1 of 4 cases",
        ),
    ],
)
def test_what_was_left_out_is_said(more: dict[str, object], told: str) -> None:
    """An answer that rests on less than all of it says so."""
    assert told in shown(with_(**more))


@pytest.mark.parametrize(
    ("more", "agrees"),
    [({}, True), ({"settled": False}, False), ({"unread": 1}, False)],
)
def test_what_could_not_be_compared_is_no_agreement(more: dict[str, object], agrees: bool) -> None:
    """Whoever reads the JSON alone is told no more than who reads the screen."""
    assert _out(with_(**more))["agrees"] is agrees


async def test_the_exit_code_is_the_answer(ledger, tmp_path, monkeypatch, capsys) -> None:
    """0 and `agrees` where all agree; 1 and the differences where not."""

    def reports_twice(states):
        states |= {k: structs.replace(s, reports=s.reports * 2) for k, s in states.items()}

    config, out = tmp_path / "hostwatch.toml", tmp_path / "out.json"
    config.write_text(as_toml(ledger.settings))
    monkeypatch.chdir(tmp_path)
    asked = ["--config", str(config), "verify", "--json"]
    for code in (0, 1):
        assert await asyncio.to_thread(cli.run, [*asked, str(out)]) == code, capsys.readouterr()
        found = json.loads(out.read_text())
        assert found["agrees"] == (code == 0)
        assert (found["difference_count"] == 0) == (code == 0)
        assert {"events", "cases", "compared", "differences", "as_of", "seconds"} <= found.keys()
        await ledger.fold(reports_twice)


def test_a_report_is_named_where_only_its_cases_are_asked_for(capsys) -> None:
    """Before the broker is asked for anything."""
    assert cli.run(["verify", "--from-cases"]) == 2
    assert "--from-cases goes with --report" in capsys.readouterr().err
