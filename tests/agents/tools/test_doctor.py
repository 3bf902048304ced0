"""Laws of the doctor: each fault is found, told with what to do, and hides no other."""

from pathlib import Path

import pytest
from mmdb import asn_record, write_mmdb
from nameserver import Name, name_server
from scratch_topics import scratch_settings

from agents.config import DatasetSettings, DnsSettings, Settings, VantageSettings
from agents.edges.child_process.ports import reserved
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read import bulk
from agents.tools.apply_registry import apply_entries
from agents.tools.doctor import examine
from agents.tools.doctor_broker import Health
from schemas.records.registry import HotlineEntry

WELL, DOUBTFUL, BROKEN = Health.WELL, Health.DOUBTFUL, Health.BROKEN


async def found(settings: Settings) -> dict[str, tuple[Health, str]]:
    """Return what was found by what was probed; clock and Prometheus are the machine's own."""
    findings = [finding async for finding in examine(settings)]
    own = ("clock", "links")
    return {one.what: (one.state, one.said) for one in findings if one.what not in own}


async def test_a_machine_that_is_ready_is_well(tmp_path: Path, bootstrap: str) -> None:
    """Keys, topics, disk and the canary's name; an old database is told, and stops nothing."""
    scratch = scratch_settings(bootstrap)
    networks = {"192.0.2.0/24": asn_record(64_496, "Alpha")}
    async with name_server(canary=Name(a=("192.0.2.1",))) as names:
        settings = scratch.model_copy(
            update={
                "state_dir": tmp_path / "not" / "yet",
                "key_file": tmp_path / "keys.json",
                "datasets": DatasetSettings(asn=write_mmdb(tmp_path / "a.mmdb", networks, "ASN")),
                "dns": DnsSettings(servers=(names.address,)),
                "vantages": (VantageSettings(id="north", canary_url="http://canary.example/"),),
            }
        )
        Keyring.create(settings.key_file)
        await apply(settings, wanted(settings, ["line"]))
        outbox = KafkaOutbox(settings)
        await outbox.start()
        entry = HotlineEntry(id="line", version=1, valid_from=0, name="Line")
        await apply_entries(settings, [entry], outbox)
        await outbox.stop()
        said = await found(settings)
    assert {what: state for what, (state, _) in said.items()} == {
        "keys": WELL,
        "datasets": WELL,
        "disk": WELL,
        "vantages": DOUBTFUL,  # one alone
        "broker": WELL,
        "topics": WELL,
        "ledger": WELL,
        "rights": DOUBTFUL,  # the broker of the tests lets everybody delete topics
        "kept offsets": WELL,
        "norms": DOUBTFUL,  # no entry of the jurisdiction `default`
        "persons": DOUBTFUL,  # none yet
        "name servers": WELL,
        "canary of north": WELL,
    }


async def test_every_fault_is_told(
    tmp_path: Path, bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key file, no database, no topics, a canary without a name: all in one go."""
    monkeypatch.setattr(bulk, "ANSWER_DEADLINE_S", 5.0)  # norms and persons wait for a topic
    async with name_server() as names:
        settings = scratch_settings(bootstrap).model_copy(
            update={
                "state_dir": tmp_path,
                "key_file": tmp_path / "keys.json",
                "datasets": DatasetSettings(asn=tmp_path / "none.mmdb"),
                "dns": DnsSettings(servers=(names.address,)),
                "vantages": (
                    VantageSettings(id="north", canary_url="http://canary.example/"),
                    VantageSettings(id="south"),
                    VantageSettings(id="west", canary_url="ftp://canary.example/"),
                ),
            }
        )
        said = await found(settings)
    assert {what: state for what, (state, _) in said.items()} == {
        "keys": BROKEN,
        "datasets": BROKEN,
        "disk": WELL,
        "vantages": DOUBTFUL,
        "broker": WELL,
        "topics": BROKEN,
        "rights": DOUBTFUL,
        "kept offsets": WELL,
        "norms": BROKEN,
        "persons": BROKEN,
        "name servers": WELL,
        "canary of north": BROKEN,
        "canary of south": DOUBTFUL,
        "canary of west": BROKEN,
    }
    assert "hostwatch keys create" in said["keys"][1]
    assert "hostwatch topics" in said["topics"][1]


async def test_name_servers_that_do_not_answer_are_broken(tmp_path: Path) -> None:
    """Without a canary too: nothing could be attributed and nothing probed."""
    with reserved(0) as port:
        settings = Settings(
            state_dir=tmp_path,
            key_file=tmp_path / "keys.json",
            dns=DnsSettings(servers=(f"127.0.0.1:{port}",), timeout_s=1),
        )
        state, what = (await found(settings))["name servers"]
    assert (state, "dns.servers" in what) == (BROKEN, True)


async def test_a_key_file_that_others_can_read_is_broken(tmp_path: Path) -> None:
    """Whoever reads it can open every URL."""
    settings = Settings(state_dir=tmp_path, key_file=tmp_path / "keys.json", vantages=())
    Keyring.create(settings.key_file)
    settings.key_file.chmod(0o644)
    state, what = (await found(settings))["keys"]
    assert (state, "chmod 600" in what) == (BROKEN, True)
