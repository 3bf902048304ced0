"""The demo's parts that need no broker: settings, rules in quick time, hotlines, the screen."""

import asyncio
import contextlib
import io
import subprocess
from dataclasses import replace

import pytest
from msgspec.structs import replace as struct_replace
from perfect_pipeline import evidence, key_of
from rich.console import Console

from agents.clock import Clock
from agents.config import KafkaSettings, Settings
from agents.edges.files.shipped import shipped
from agents.errors import UserError
from schemas import codec
from schemas.moments import DAY_MS, HOUR_MS
from sim.demo import gain_table, screen
from sim.demo.demo_settings import Choice, as_toml, clock_now, for_worker, for_world, prepared
from sim.demo.hotlines import Hotlines
from sim.demo.quick_rules import scaled_rules
from sim.live.cast import cast
from sim.live.planning import LIVE, planned
from sim.live.protocol import Ports
from sim.live.steered import Steered
from sim.oracle.findings import Finding
from sim.oracle.oracle import Oracle
from sim.world.hosters import ALL, REPORTED
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 5 * DAY_MS


def test_the_workers_file_reads_back_as_the_same_settings(tmp_path, monkeypatch):
    """What is written as TOML is what the worker loads, vantages and all."""
    for name in ("KAFKA__BOOTSTRAP", "STATE_DIR"):
        monkeypatch.delenv(f"HOSTWATCH_{name}", raising=False)
    folder = prepared(tmp_path / 'with "quotes" and ü')
    kafka = KafkaSettings(bootstrap="127.0.0.1:9", topic_prefix="demo-", partitions=4)
    ports = Ports(http=18_080, dns=5_353)
    settings = for_worker(folder, kafka, clock_now(Choice()), ports, ALL)
    folder.config.write_text(as_toml(settings))
    assert Settings.load(folder.config) == settings


def test_three_vantages_with_addresses_of_their_own_one_hidden(tmp_path):
    """Confirmation needs two ASNs, one unannounced; hosters know both and do not know the third."""
    choice = Choice(speed=60.0)
    clock = clock_now(choice)
    ports = Ports(http=1, dns=2)
    settings = for_worker(prepared(tmp_path), KafkaSettings(), clock, ports, ALL)
    assert len({vantage.asn for vantage in settings.vantages}) == 3
    deciding = [vantage for vantage in settings.vantages if not vantage.recheck]
    (hidden,) = (vantage for vantage in settings.vantages if vantage.recheck)
    assert sorted(vantage.announced for vantage in deciding) == [False, True]
    told = for_world(choice, clock)
    known = {*told.announced, *told.quiet}
    assert {vantage.source_address for vantage in deciding} == known
    assert hidden.source_address not in known
    assert told.clock() == settings.clock.clock()


@pytest.mark.parametrize("name", sorted(LIVE))
def test_the_demo_s_world_is_the_scenario_s(name):
    """What the world's servers are told has the hosters and the course of the scenario chosen."""
    choice = Choice(scenario=name, seed=3)
    plan = planned(for_world(choice, clock_now(choice)), 18_080)
    scenario = LIVE[name].plan(3, 18_080)
    assert replace(plan, tempo=scenario.tempo) == scenario


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    """Another run's data would be another world's."""
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(UserError, match="not empty"):
        prepared(tmp_path)


@pytest.mark.parametrize("speed", [1.0, 3_600.0, 100_000.0])
def test_quick_rules_are_rules(tmp_path, speed):
    """Prometheus accepts the shipped rules at any speed."""
    for file in shipped("prometheus/rules").glob("*.yml"):
        quick = tmp_path / file.name
        quick.write_text(scaled_rules(file.read_text(), speed))
        found = subprocess.run(
            ["promtool", "check", "rules", quick], capture_output=True, check=False
        )
        assert found.returncode == 0, found.stderr


class Kept:
    """An outbox that keeps what it is given."""

    def __init__(self):
        self.sent = []

    async def send(self, records):
        """Keep the records."""
        self.sent += records


def still(days):
    """A clock that stands (almost) still at a time after the world's beginning."""
    at = WORLD_START + int(days * DAY_MS)
    return Clock(start_wall_ms=0, start_world_ms=at, speed=1e-15)


def readable(outbox):
    """The values that a hotline's record can be read from."""
    found = set()
    for send in outbox.sent:
        with contextlib.suppress(codec.Rejected):
            codec.decode_hotline(send.value)
            found.add(send.value)
    return found


async def test_hotlines_send_everything_due_once_and_nothing_early():
    """When stopped, what was sent is exactly what the world says up to that instant."""
    world = Steered(Plan(seed=3, port=18_080))
    outbox = Kept()
    clock = Clock(start_wall_ms=0, start_world_ms=WORLD_START + DAY_MS, speed=1e-15)
    hotlines = Hotlines(world=world, clock=clock, outbox=outbox, told_until=WORLD_START - 1)
    stop = asyncio.Event()
    stop.set()
    await hotlines.work(stop)
    due = world.events(WORLD_START - 1, WORLD_START + DAY_MS)
    assert hotlines.told_until == WORLD_START + DAY_MS
    assert [(s.topic, s.key, s.value) for s in outbox.sent] == [
        (f"hotline.{event.hotline}.v1", event.key, event.value) for event in due
    ]
    assert hotlines.sent == len(due)
    await hotlines.work(stop)
    assert len(outbox.sent) == len(due)


async def test_hotlines_that_are_paused_find_nothing_and_finish_what_they_began():
    """What is reported is noticed too; of what is found in a pause nobody ever hears."""
    world = Steered(Plan(seed=3, port=18_080))
    outbox, stop = Kept(), asyncio.Event()
    stop.set()
    hotlines = Hotlines(world=world, clock=still(0), outbox=outbox, told_until=WORLD_START - 1)
    for day, pausing in ((1.0, False), (1.5, True), (4.0, False)):
        hotlines.clock, hotlines.pausing = still(day), pausing
        await hotlines.work(stop)
    begun, ended = WORLD_START + DAY_MS, WORLD_START + int(1.5 * DAY_MS)
    found = {item.url: item.reported_at for item in world.material(WORLD_START + 4 * DAY_MS)}
    assert not any(begun < at <= ended for at in found.values())
    assert any(at > ended for at in found.values())
    whole = World(Plan(seed=3, port=18_080))
    unfound = {i.url for i in whole.material(begun + 3 * DAY_MS)} - set(found)
    assert unfound
    said = [codec.decode_hotline(s.value) for s in outbox.sent if s.value in readable(outbox)]
    assert not unfound & {record.url for record in said}
    noticed = {record.url for record in said if type(record).__name__ == "Notice"}
    late = [url for url, at in found.items() if begun - HOUR_MS // 2 < at <= begun]
    assert set(late) <= noticed
    assert hotlines.sent == len(world.events(WORLD_START - 1, WORLD_START + 4 * DAY_MS))


def test_a_table_of_many_hosters_shows_the_wrong_ones_and_the_busiest():
    """Lines that do not fit are counted, and none of them is one of which something is wrong."""
    hosters = cast(ALL, screen.LINES_MAX + 10)
    world = World(Plan(seed=2, port=18_080, hosters=hosters))
    whole = evidence(world, AS_OF)
    lines = Oracle(world=world, key_of=key_of).judge(whole).lines
    least = min(lines, key=lambda line: line.truth.reported)
    wrong = [replace(line, findings={Finding.LOST: 1}) if line is least else line for line in lines]
    kept = [line.hoster.id for line in screen.shown(wrong)]
    assert len(kept) == screen.LINES_MAX
    assert least.hoster.id in kept
    assert kept == [line.hoster.id for line in wrong if line.hoster.id in set(kept)]
    assert "10 more hosters" in screen.caption("", wrong)


def test_the_table_fits_a_terminal_and_says_what_is_wrong():
    """Every hoster is a line within 80 columns; a finding is named in the summary."""
    world = World(Plan(seed=2, port=18_080))
    whole = evidence(world, AS_OF)
    oracle = Oracle(world=world, key_of=key_of)
    console = Console(width=80, file=io.StringIO())
    console.print(screen.live(oracle.judge(whole).lines, 30 * HOUR_MS, ["note"]))
    console.print(gain_table.table(oracle.judge(whole).lines))
    lines = console.file.getvalue().splitlines()
    assert lines[0] == "day 1, hour 6 of the practice world"
    for hoster in REPORTED:
        assert sum(line.split()[:1] == [hoster.id] for line in lines) == 2
    assert not any("…" in line for line in lines)
    assert "measured and true agree" in screen.verdict(oracle.judge(whole))
    item = world.material(AS_OF)[0]
    case = whole.urls[key_of(item)].cases[0]
    wrong = struct_replace(case, hoster="unknown")
    whole.urls[key_of(item)] = struct_replace(whole.urls[key_of(item)], cases=(wrong,))
    said = screen.verdict(oracle.judge(whole))
    assert any("another hoster" in line for line in said)
    assert "measured and true differ" in said
