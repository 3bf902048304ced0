"""A clean ledger agrees with its table; whatever is spoiled on either side is named."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from ledger_events import ONLINE, at, notice, place, placed, report, slots
from msgspec import structs
from scratch_topics import scratch_settings
from small_ledger import KEYS, LINE, SmallLedger, fill, open_ledger

from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.verification.verify import Verified, verify
from schemas.closed_lists import CaseClass, HotlineMode, NormVerdict, Quarantine, Result
from schemas.records.case import CaseSummary, Phase, Rechecks, Sampling
from schemas.records.case_observations import NormProbes
from schemas.topics import CASES, OUTCOMES, REPORTS


@pytest.fixture
async def ledger(bootstrap) -> AsyncIterator[SmallLedger]:
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        yield found


def quiet(*_: int) -> None:
    """Be told the progress and say nothing."""


async def verified(ledger: SmallLedger) -> Verified:
    return await verify(ledger.settings, quiet)


async def finish(ledger: SmallLedger, spoil=None) -> Verified:
    await ledger.write_outcomes()
    await ledger.commit()
    await ledger.fold(spoil)
    return await verified(ledger)


def what(found: Verified) -> set[str]:
    return {difference.what for difference in found.differences}


async def test_a_clean_ledger_agrees(ledger):
    """Nothing differs, every record is read, and the books are those of what was sent."""
    found = await finish(ledger)
    assert found.agrees, found.differences
    assert found.differences == []
    assert found.hotlines == {
        LINE: {"received": 13, "accepted": 11, "duplicate": 1, "quarantined": 1, "set_aside": 0}
    }
    assert found.cases == 5
    assert found.pending == {"pending_urls": 1, "pending_reports": 1}
    assert found.behind == found.rewritten == 0


async def test_an_outcome_that_nobody_signed_for_is_a_difference(ledger):
    """Two persons set a record aside, and nobody else: an outcome alone does not."""
    await ledger.send("r99", Result.SET_ASIDE, type="")
    found = await finish(ledger)
    assert [d.what.split(" (")[0] for d in found.differences] == ["record set aside by two persons"]


SPOILT = {
    "gone_at": lambda case: {"gone_at": case.gone_at + 1},
    "last_seen_at": lambda case: {"last_seen_at": case.last_seen_at - 1},
    "noticed_at": lambda case: {"noticed_at": case.noticed_at + 1},
    "verdicts": lambda case: {"verdicts": (NormVerdict.LATE, *case.verdicts[1:])},
    "case_class": lambda case: {"phases": (Phase(case.opened_at, CaseClass.DARK),)},
    "naming": lambda case: {"naming": not case.naming},
    "inclusion": lambda _: {"sampling": Sampling(0.5)},
    "sampled": lambda _: {"sampling": Sampling(sampled=False)},
    "missed": lambda case: {
        "norm_probes": NormProbes(case.norm_probes.on_time ^ 1, case.norm_probes.unplanned)
    },
    "rechecked": lambda case: {"rechecks": Rechecks(case.rechecks.rechecked + 1)},
    "disagreed": lambda case: {"rechecks": Rechecks(0, case.rechecks.disagreed + 1)},
    "delay": lambda case: {"delay": ("other", case.delay[1])},
    "hoster": lambda _: {"hoster": "third"},
}

AT_ONCE = {"gone_at", "verdicts", "case_class", "missed", "hoster"}
"""A time, a list, a phase, a bit and a name. `make soak` has the others."""


@pytest.mark.parametrize(
    "field",
    [name if name in AT_ONCE else pytest.param(name, marks=pytest.mark.soak) for name in SPOILT],
)
async def test_a_spoilt_case_is_named(ledger, field):
    """A case that says one thing otherwise is found, by url_key, case id and field."""
    spoilt: list[CaseSummary] = []

    def spoil(states):
        state = states.get(KEYS[0])
        if state is not None:
            (case,) = state.cases
            spoilt.append(structs.replace(case, **SPOILT[field](case)))
            states[KEYS[0]] = structs.replace(state, cases=(spoilt[0],))

    found = await finish(ledger, spoil)
    assert not found.agrees
    named = [d for d in found.differences if d.what == field and d.case_id]
    assert [(d.url_key, d.case_id) for d in named] == [(KEYS[0], spoilt[0].case_id)]


def lose(states):
    states.pop(KEYS[1], None)


def reports_twice(states):
    states |= {k: structs.replace(s, reports=s.reports * 2) for k, s in states.items()}


def cases_twice(states):
    states |= {k: structs.replace(s, cases=s.cases * 2) for k, s in states.items()}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lose, {"state", "reports", "case", "noticed", "reported 7d"}),
        (reports_twice, {"reports"}),
        (cases_twice, {"cases of one id", "cases", "noticed"}),
    ],
)
async def test_what_is_lost_or_doubled_in_the_table_is_named(ledger, spoil, named):
    """A state that is missing, and reports or cases that stand in it twice, are found."""
    found = await finish(ledger, spoil)
    assert named <= what(found)


async def test_a_lost_outcome_is_named(ledger):
    """A record of an inbox below the committed offset without an outcome is found."""
    lost = ledger.outcomes.pop(2)
    found = await finish(ledger)
    where = f"{lost.origin.topic}/{lost.origin.partition}/{lost.origin.offset}"
    assert any(d.what == f"outcome ({where} of {LINE})" for d in found.differences)


async def test_a_quarantined_record_that_is_not_kept_is_named(ledger):
    """What was refused must stand in quarantine.v1, or the hotline's record is lost."""
    await ledger.send("lost", Result.QUARANTINED, reason=Quarantine.MALFORMED)
    found = what(await finish(ledger))
    assert len([one for one in found if "in quarantine.v1" in one]) == 1


async def test_an_outcome_written_again_counts_once_and_another_one_is_named(ledger):
    """The same outcome twice is allowed; two that differ for one record are not."""
    again = ledger.outcomes[0]
    ledger.outcomes.append(again)
    found = await finish(ledger)
    assert found.agrees, found.differences
    assert found.rewritten == 1
    ledger.outcomes.append(structs.replace(again, result=Result.DUPLICATE))
    await ledger.write_outcomes()
    assert any("outcomes of one record" in one for one in what(await verified(ledger)))


async def test_a_doubled_report_is_named(ledger):
    """One id accepted from two places, and an entry that is not the one accepted, are found."""
    await ledger.send("r1", url_key=KEYS[1])
    await ledger.entry(KEYS[1], report(3, seen=0), "r1")
    found = what(await finish(ledger))
    assert any("id accepted" in one for one in found)
    assert any("entries of one record" in one for one in found)


async def test_a_lost_entry_and_one_out_of_nowhere_are_named(ledger):
    """An accepted record that is not in the ledger, and an entry nobody sent, are found."""
    await ledger.send("r90", url_key=KEYS[1])
    await ledger.entry(KEYS[2], notice(5), "n91")
    found = what(await finish(ledger))
    assert any("in reports.v1" in one for one in found)
    assert any("outcome of an entry" in one for one in found)


async def test_figures_of_replayed_reports_are_compared(ledger):
    """Counts and quartiles of a replay are worked out from the ledger, by network and country."""
    key = "a" * 32
    said = {"source_online": False, "last_online_at": at(5), "mode": HotlineMode.HISTORIC}
    await ledger.send("h1", url_key=key)
    await ledger.entry(key, report(0, **said), "h1")
    await ledger.facts(key, [placed(0, place())])

    def spoil(states):
        if key in states:
            (row,) = states[key].reports
            later = structs.replace(row, last_online_at=at(6))
            states[key] = structs.replace(states[key], reports=(later,))

    assert (await finish(ledger)).agrees
    await ledger.fold(spoil)
    found = await verified(ledger)
    assert {(d.hoster, d.role) for d in found.differences if d.what == "p50_s"} == {
        ("all", "all"),
        ("AS64500", "asn"),
        ("unknown", "country"),
    }


async def test_verify_names_the_hosters_that_are_sampled(ledger):
    """A hoster whose figures are estimated is named with p, and how many cases of how many."""
    where = place("drawn", inclusion=0.25, sampled=True)
    for n, sampled in enumerate((True, False)):
        key = f"{n}" * 32
        await ledger.send(f"s{n}", url_key=key)
        await ledger.entry(key, report(0, id=f"s{n}", seen=0), f"s{n}")
        await ledger.facts(key, [placed(0, structs.replace(where, sampled=sampled))])
    found = await finish(ledger)
    assert found.agrees, found.differences
    assert [(s.hoster, s.inclusion, s.sampled, s.cases) for s in found.samples] == [
        ("drawn", 0.25, 1, 2)
    ]


async def test_a_record_that_is_none_is_named(ledger):
    """What cannot be read on either side is a difference, and the rest is compared."""
    await finish(ledger)
    await ledger.outbox.send(
        [
            Send(CASES.name, KEYS[0].encode(), b"{}"),
            Send(CASES.name, b"http://secret.example/\xff", b"{}"),
            Send(REPORTS.name, b"http://secret.example/\xff", b"{}"),
            Send(OUTCOMES.name, b"r0", b"{}"),
        ]
    )
    found = await verified(ledger)
    unreadable = [d for d in found.differences if "unreadable" in (d.ledger, d.published)]
    assert sorted((d.url_key, d.what) for d in unreadable) == [
        ("", "outcome"),
        (KEYS[0], "state"),
        ("foreign", "entry"),
        ("foreign", "state"),
    ]
    assert "secret" not in str(found)


async def test_what_the_position_does_not_cover_is_left_out(ledger):
    """Records behind the newest position are not held against the table."""
    await finish(ledger)
    more = slots([80, 90], ONLINE, hoster="other", hosters=("other",))
    await ledger.facts(KEYS[2], more)
    found = await verified(ledger)
    assert found.agrees, found.differences
    assert found.behind == len(more)


async def test_a_table_that_does_not_get_there_in_time_does_not_agree(ledger):
    """With `--settle` a table that stays behind the ledger is an answer of no."""
    assert (await finish(ledger)).agrees
    assert (await verify(ledger.settings, quiet, settle_s=30)).agrees
    await ledger.facts(KEYS[2], slots([80], ONLINE))
    found = await verify(ledger.settings, quiet, settle_s=1)
    assert not found.settled
    assert not found.agrees


async def test_another_ledger_s_name_is_a_mistake_of_the_person(bootstrap):
    """A prefix without topics ends in one line that says what to look at."""
    with pytest.raises(UserError, match="topic_prefix"):
        await verify(scratch_settings(bootstrap), quiet)
