"""The demo's settings: a worker's file, vantages of the practice world, a folder of its own."""

from dataclasses import replace

import pytest

from agents.config import KafkaSettings, Settings
from agents.errors import UserError
from sim.demo.demo_settings import (
    DemoOptions,
    as_toml,
    clock_now,
    for_worker,
    for_world,
    prepared,
    with_alerts_of,
)
from sim.live.planning import LIVE, planned
from sim.live.protocol import Ports
from sim.world.hosters import ALL


def test_the_workers_file_reads_back_as_the_same_settings(tmp_path, monkeypatch):
    """What is written as TOML is what the worker loads, vantages and all."""
    for name in ("KAFKA__BOOTSTRAP", "STATE_DIR"):
        monkeypatch.delenv(f"HOSTWATCH_{name}", raising=False)
    folder = prepared(tmp_path / 'with "quotes" and ü')
    kafka = KafkaSettings(bootstrap="127.0.0.1:9", topic_prefix="demo-", partitions=4)
    ports = Ports(http=18_080, dns=5_353)
    made = for_worker(folder, kafka, clock_now(DemoOptions()), ports, ALL)
    settings = with_alerts_of("http://127.0.0.1:9090", made)
    assert settings.web.prometheus_url == "http://127.0.0.1:9090"
    folder.config.write_text(as_toml(settings))
    assert Settings.load(folder.config) == settings


def test_three_vantages_with_addresses_of_their_own_one_hidden(tmp_path):
    """Confirmation needs two ASNs, one unannounced; hosters know both and do not know the third."""
    options = DemoOptions(speed=60.0)
    clock = clock_now(options)
    ports = Ports(http=1, dns=2)
    settings = for_worker(prepared(tmp_path), KafkaSettings(), clock, ports, ALL)
    assert len({vantage.asn for vantage in settings.vantages}) == 3
    deciding = [vantage for vantage in settings.vantages if not vantage.recheck]
    (hidden,) = (vantage for vantage in settings.vantages if vantage.recheck)
    assert sorted(vantage.announced for vantage in deciding) == [False, True]
    told = for_world(options, clock)
    known = {*told.announced, *told.unannounced}
    assert {vantage.source_address for vantage in deciding} == known
    assert hidden.source_address not in known
    assert told.clock() == settings.clock.clock()


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    """Another run's data would be another world's."""
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(UserError, match="not empty"):
        prepared(tmp_path)
    with pytest.raises(UserError, match="is no folder"):
        prepared(tmp_path / "keys.json")


@pytest.mark.parametrize("name", sorted(LIVE))
def test_the_demo_s_world_is_the_scenario_s(name):
    """What the world's servers are told has the hosters and the course of the scenario chosen.

    How long feeds take is the machine's (`test_planning`).
    """
    options = DemoOptions(scenario=name, seed=3)
    plan = planned(for_world(options, clock_now(options)), 18_080)
    scenario = LIVE[name].plan(3, 18_080)
    assert replace(plan, tempo=scenario.tempo, hotlines=scenario.hotlines) == scenario
