"""One record that a stage cannot handle: it is named, set aside by two persons, and all goes on."""

import asyncio
import re
from pathlib import Path

import pytest
from command import hostwatch, said
from ledger_events import report
from pipeline_world import LINE
from set_aside_scene import CRASHED, LEAK_MARKER, scene
from worker_figures import Figures

from agents.engine.consume.poison_records import ATTEMPTS_TOLD
from agents.engine.stage import Send
from schemas.codec import REPORTS_ENTRY
from schemas.records.reports import ReportAccepted

KEY = b"0123456789abcdef0123456789abcdef"
POISON = {
    "reports.v1": (KEY, None),
    "facts.v1": (KEY, LEAK_MARKER),
    "decisions.v1": (KEY, None),
    "probes.loud.v1": (b"quay", None),
    "cases.v1": (b"no key of a URL", LEAK_MARKER),
    "outcomes.v1": (b"no id of a record", None),
}
"""Garbage, and tombstones where nothing is ever taken away."""

SHOWN = {"reports.v1"}
"""What stops attribution and lifecycle. What stops rollup is the damaged state below; `make soak`
has the others."""

STOPPED = 2
ENDS_S = 60
"""A follower hears of a record within a second."""

OPEN = {("hostwatch_open_cases", "quay", ""): 1.0, ("hostwatch_received_records", "", ""): 2.0}


@pytest.mark.parametrize(
    "topic",
    [topic if topic in SHOWN else pytest.param(topic, marks=pytest.mark.soak) for topic in POISON],
)
async def test_poison_is_named_and_set_aside(bootstrap: str, tmp_path: Path, topic: str) -> None:
    """Garbage ends the worker with its place named, at last with the command; then all goes on."""
    async with scene(bootstrap, tmp_path) as s:
        partition, offset = await s.poison(topic, *POISON[topic])
        await s.world.say(s.world.report("quay"), s.world.notice("quay"))
        place = rf"hostwatch skip propose {re.escape(topic)} {partition} {offset} --digest (\w+)"
        told = await s.told(place)
        assert f"{topic}, partition {partition}, offset {offset} " in said(tmp_path)
        await s.persons.skip(topic, partition, offset, "--digest", told[1])
        async with hostwatch(tmp_path, *s.command) as worker:
            await Figures(s.world.settings.web.port).become(OPEN, worker)
            await s.agrees()
        assert LEAK_MARKER.decode() not in said(tmp_path)


async def test_a_worker_that_waits_goes_on_at_once(bootstrap: str, tmp_path: Path) -> None:
    """Set aside while the worker waits, the record is passed over without a restart."""
    async with scene(bootstrap, tmp_path) as s:
        partition, offset = await s.poison("facts.v1", KEY, REPORTS_ENTRY.encode(report()[0]))
        await s.world.say(s.world.report("quay"), s.world.notice("quay"))
        for _ in range(ATTEMPTS_TOLD - 1):
            assert await s.ends() == CRASHED, said(tmp_path)
        async with hostwatch(tmp_path, *s.command) as worker:
            told = await s.says(
                rf"skip propose facts.v1 {partition} {offset} --digest (\w+)", worker
            )
            await s.persons.skip("facts.v1", partition, offset, "--digest", told[1])
            await Figures(s.world.settings.web.port).become(OPEN, worker)
            await s.agrees()


async def test_a_registry_poisoned_under_a_worker_ends_it_and_is_set_aside(
    bootstrap: str, tmp_path: Path
) -> None:
    """Whoever follows it ends at once; no start gets past it, and each says its place and the
    command; set aside, all goes on.
    """
    async with scene(bootstrap, tmp_path) as s:
        topic = "registry.v1"
        (end,) = await s.ends_at(topic, 1)
        await s.world.say(s.world.report("quay"), s.world.notice("quay"))
        async with hostwatch(tmp_path, *s.command) as worker:
            await Figures(s.world.settings.web.port).become(OPEN, worker)
            await s.world.outbox.send([Send(topic, b"hoster/x/1", LEAK_MARKER)])
            assert await asyncio.wait_for(worker.wait(), ENDS_S) == CRASHED
        assert f"{topic}, partition 0, offset {end}" in said(tmp_path)
        assert await s.ends() == STOPPED
        assert f"skip propose {topic} 0 {end}" in said(tmp_path)
        await s.persons.skip(topic, 0, end)
        async with hostwatch(tmp_path, *s.command) as worker:
            await Figures(s.world.settings.web.port).become(OPEN, worker)
            await s.agrees()
        assert LEAK_MARKER.decode() not in said(tmp_path)


async def test_a_record_of_an_inbox_that_is_set_aside_has_its_outcome(
    bootstrap: str, tmp_path: Path
) -> None:
    """Received = accepted + duplicate + quarantined + set_aside; its case is not there."""
    async with scene(bootstrap, tmp_path) as s:
        await s.world.say(s.world.report("reef"))
        inbox = f"hotline.{LINE}.v1"
        ((partition, end),) = [(p, e) for p, e in enumerate(await s.ends_at(inbox)) if e]
        await s.persons.skip(inbox, partition, end - 1)
        await s.world.say(s.world.report("quay"), s.world.notice("quay"))
        async with hostwatch(tmp_path, *s.command) as worker:
            figures = Figures(s.world.settings.web.port)
            wanted = {**OPEN, ("hostwatch_received_records", "", ""): 3.0}
            await figures.become(wanted | {("hostwatch_accepted_records", "", ""): 2.0}, worker)
            verified = await s.agrees()
            assert verified.hotlines[LINE]["set_aside"] == 1
            assert ("hostwatch_set_aside_records", "", "") in figures._last


async def test_what_was_folded_before_it_was_set_aside_is_taken_back(
    bootstrap: str, tmp_path: Path
) -> None:
    """Lifecycle's next start folds its URL anew without it; figures and verify agree."""
    async with scene(bootstrap, tmp_path) as s:
        world, reef = s.world, ("hostwatch_open_cases", "reef", "")
        for hoster in ("quay", "reef"):
            await world.say(world.report(hoster), world.notice(hoster))
        async with hostwatch(tmp_path, *s.command) as worker:
            wanted = {("hostwatch_open_cases", "quay", ""): 1.0, reef: 1.0}
            await Figures(world.settings.web.port).become(wanted, worker)
        (place,) = [
            (one.partition, one.offset)
            for one in await s.records("reports.v1")
            if one.key.decode() == s.url_key("reef")
            and isinstance(REPORTS_ENTRY.decode(one.value), ReportAccepted)
        ]
        await s.persons.skip("reports.v1", *place)
        for _ in range(2):  # it is taken back once, and is not there at the start after that
            async with hostwatch(tmp_path, *s.command) as worker:
                figures = Figures(world.settings.web.port)
                await figures.become({("hostwatch_open_cases", "quay", ""): 1.0}, worker)
                await figures.vanish(reef, worker)
                verified = await s.agrees()
                assert verified.cases == 1


async def test_a_damaged_state_is_named_and_folded_anew(bootstrap: str, tmp_path: Path) -> None:
    """Garbage in the place of a URL's state, once it is set aside, is made anew from the ledger."""
    async with scene(bootstrap, tmp_path) as s:
        world = s.world
        await world.say(world.report("quay"), world.notice("quay"))
        async with hostwatch(tmp_path, *s.command) as worker:
            await Figures(world.settings.web.port).become(OPEN, worker)
        (key,) = {one.key for one in await s.records("cases.v1") if len(one.key) == len(KEY)}
        partition, offset = await s.poison("cases.v1", key)
        await s.told(f"skip propose cases.v1 {partition} {offset}")
        await s.persons.skip("cases.v1", partition, offset)
        async with hostwatch(tmp_path, *s.command) as worker:
            await Figures(world.settings.web.port).become(OPEN, worker)
            verified = await s.agrees()
            assert verified.cases == 1
