"""Laws of what the doctor asks the broker: each fault is told with what to do."""

import asyncio
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from key_ledger import ledger, started, with_file
from scratch_topics import scratch_settings
from signers import Signers

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.ports import reserved
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.failures import UnreadableBatch
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.log_reader import ANSWER_DEADLINE_S
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools import doctor_broker
from agents.tools.apply_registry import apply_entries
from agents.tools.doctor_broker import Finding, Health, broker_findings, within
from schemas.codec import REGISTRY
from schemas.records.registry import HotlineEntry, NormEntry, PersonEntry

WELL, DOUBTFUL, BROKEN = Health.WELL, Health.DOUBTFUL, Health.BROKEN


async def found(settings: Settings) -> dict[str, tuple[Health, str]]:
    """Return what was found, by what was asked."""
    return {one.what: (one.state, one.said) async for one in broker_findings(settings)}


async def test_a_broker_that_refuses_is_broken(tmp_path: Path) -> None:
    """It was called well for being named; now it is connected to, and nothing else is asked."""
    with reserved(0) as port:
        pass
    settings = Settings(
        state_dir=tmp_path,
        key_file=tmp_path / "keys.json",
        vantages=(),
        kafka=KafkaSettings(bootstrap=f"127.0.0.1:{port}"),
    )
    said = await found(settings)
    assert said["broker"][0] is BROKEN
    assert "refused" in said["broker"][1]
    assert not {"topics", "rights", "norms"} & said.keys()


async def test_a_jurisdiction_without_norms_is_told(tmp_path: Path, bootstrap: str) -> None:
    """Its cases would be judged by another's terms, which a hoster may rightly dispute."""
    settings = scratch_settings(bootstrap).model_copy(
        update={"state_dir": tmp_path, "key_file": tmp_path / "keys.json", "vantages": ()}
    )
    await apply(settings, wanted(settings, ["line"]))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    hotline = HotlineEntry(id="line", version=1, valid_from=0, name="Line", jurisdiction="nl")
    norm = NormEntry(id="nl", version=1, valid_from=0, norms_s=(86_400,))
    # as a release before wrote it: `registry apply` refuses it
    await outbox.send([Send("registry.v1", b"hotline/line/1", REGISTRY.encode(hotline))])
    state, what = (await found(settings))["norms"]
    assert (state, "jurisdiction nl " in what) == (DOUBTFUL, True)
    await apply_entries(settings, [norm], outbox)
    await outbox.stop()
    assert (await found(settings))["norms"][0] is WELL


async def test_who_may_sign_is_told(tmp_path: Path, bootstrap: str) -> None:
    """Without persons whoever writes decides; an entry that nobody signed is told, not counted."""
    settings = scratch_settings(bootstrap).model_copy(
        update={"state_dir": tmp_path, "key_file": tmp_path / "keys.json", "vantages": ()}
    )
    await apply(settings, wanted(settings, []))
    state, what = (await found(settings))["persons"]
    assert (state, "unsigned decisions take effect" in what) == (DOUBTFUL, True)
    signers = Signers("anna", "bram", "cleo", "dirk")
    outbox = KafkaOutbox(settings)
    await outbox.start()

    async def enter(entries: list[PersonEntry]) -> None:
        await outbox.send(
            [Send("registry.v1", f"person/{e.id}/1".encode(), REGISTRY.encode(e)) for e in entries]
        )

    await enter(signers.founding("anna", "bram"))
    assert (await found(settings))["persons"][0] is WELL
    await enter(signers.founding("cleo", "dirk"))
    await outbox.stop()
    state, what = (await found(settings))["persons"]
    assert (state, "2 entries" in what) == (DOUBTFUL, True)


async def test_a_key_file_of_another_ledger_is_told(tmp_path: Path, bootstrap: str) -> None:
    """No worker would start with it."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings):
        pass
    other = with_file(settings, tmp_path / "other.json")
    Keyring.create(other.key_file)
    said = await found(other)
    assert said["ledger"][0] is BROKEN
    assert "not the one" in said["ledger"][1]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (TimeoutError(), "in 40 s"),
        (KafkaConnectionError(), "KafkaConnectionError"),
        (UnreadableBatch("registry.v1", 0, 2), "registry.v1/0/2"),
        (UserError("do this"), "do this"),
    ],
)
async def test_a_check_that_the_broker_fails_is_a_finding(fault: Exception, told: str) -> None:
    """The other checks are made all the same."""

    async def failing() -> Finding:
        raise fault

    finding = await within("norms", failing())
    assert (finding.state, finding.what, told in finding.said) == (BROKEN, "norms", True)


async def test_a_broker_without_topics_is_examined_at_once(bootstrap: str) -> None:
    """Norms and persons are not waited for where no registry is, and what to do is said."""
    begun_s = asyncio.get_running_loop().time()
    said = await found(scratch_settings(bootstrap))
    for what in ("topics", "norms", "persons"):
        assert (said[what][0], "topics apply" in said[what][1]) == (BROKEN, True)
    assert asyncio.get_running_loop().time() - begun_s < ANSWER_DEADLINE_S


async def test_offsets_that_are_kept_for_days_only_are_told(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka's default is 7 days; the broker of the tests keeps them for 400, so more is asked."""
    settings = scratch_settings(bootstrap)
    assert (await found(settings))["kept offsets"] == (WELL, "for 400 days without a member")
    monkeypatch.setattr(doctor_broker, "OFFSETS_KEPT_DAYS_MIN", 401)
    state, what = (await found(settings))["kept offsets"]
    assert (state, "offsets.retention.minutes = 576000" in what) == (DOUBTFUL, True)


async def test_offsets_that_this_user_may_not_ask_for_are_no_fault(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that they are not known and who may ask; it does not call them well kept."""

    async def refused(_: Settings) -> None:
        return None

    monkeypatch.setattr(doctor_broker, "offsets_kept_days", refused)
    state, what = (await found(scratch_settings(bootstrap)))["kept offsets"]
    assert (state, "not known to this user" in what) == (WELL, True)
