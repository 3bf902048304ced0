"""`hostwatch load` as a person runs it: real broker and intake, every record accounted for."""

import asyncio
import json
import signal

import pytest
from command import hostwatch, said

pytestmark = pytest.mark.timeout(180)
RATE, SECONDS = 200, 3


@pytest.fixture
def settings(bootstrap, tmp_path):
    prefix = f"practice-{tmp_path.name}."
    return {
        "KAFKA__BOOTSTRAP": bootstrap,
        "KAFKA__TOPIC_PREFIX": prefix,
        "KAFKA__PARTITIONS": "2",
        "STATE_DIR": str(tmp_path),
        "KEY_FILE": str(tmp_path / "keys.json"),
    }


async def done(folder, settings, *arguments):
    """Run a command to its end and return its exit code."""
    async with hostwatch(folder, *arguments, **settings) as process:
        return await process.wait()


def load(*more, rate=RATE):
    return "load", "--rate", f"{rate}/s", "--for", f"{SECONDS}s", "--json", "out.json", *more


async def test_every_record_sent_has_the_outcome_it_was_made_for(tmp_path, settings):
    """With an intake at work all that was due is sent, taken in, and in the ledger; exit code 0."""
    assert await done(tmp_path, settings, "load", "--prepare", "--hotlines", "2") == 0
    assert await done(tmp_path, settings, "keys", "create") == 0
    async with hostwatch(tmp_path, "worker", "intake", **settings):
        code = await done(tmp_path, settings, *load("--idle-s", "60"))
    told = json.loads((tmp_path / "out.json").read_text())
    ledger = told["ledger"]
    assert code == 0, said(tmp_path)
    assert told["sent"] == told["due"] == told["acknowledged"] == RATE * SECONDS
    taken = ledger["accepted"] + ledger["duplicate"] + sum(ledger["quarantined"].values())
    assert taken == RATE * SECONDS
    assert (ledger["backlog"], ledger["unaccounted"], ledger["otherwise"]) == (0, 0, 0)
    assert ledger["delay_ms"]["p99"] >= ledger["delay_ms"]["p50"] > 0


async def test_without_an_intake_nothing_slows_down_and_the_exit_code_says_so(tmp_path, settings):
    """The rate is the clock's; all of it is backlog, and the exit code is 1."""
    assert await done(tmp_path, settings, *load("--idle-s", "1")) == 1
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["acknowledged"] == RATE * SECONDS
    assert told["ledger"]["backlog"] == told["ledger"]["unaccounted"] == RATE * SECONDS


async def test_ctrl_c_ends_the_sending_and_still_accounts(tmp_path, settings):
    """One Ctrl-C: what was sent is waited for and told; what was not due any more is not missed."""
    assert await done(tmp_path, settings, "load", "--prepare") == 0
    arguments = "load", "--rate", "50/s", "--for", "1h", "--idle-s", "1", "--json", "out.json"
    async with hostwatch(tmp_path, *arguments, **settings) as process:
        await begun(tmp_path)
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 1  # there is no intake
    told = json.loads((tmp_path / "out.json").read_text())
    assert 0 < told["sent"] == told["due"] == told["acknowledged"] < 50 * 3_600


async def begun(folder):
    """Wait until the command says that it sends."""
    async with asyncio.timeout(60):
        while "sending" not in said(folder):
            await asyncio.sleep(0.05)


async def test_a_ledger_that_is_none_for_practice_is_not_touched(tmp_path, settings):
    """Without the prefix no topic is made; the person is told what to set; exit code 2."""
    real = {**settings, "KAFKA__TOPIC_PREFIX": f"{tmp_path.name}."}
    assert await done(tmp_path, real, *load()) == 2
    assert "set kafka.topic_prefix" in said(tmp_path)
    assert await done(tmp_path, real, "topics", "plan") == 1
    assert "create" in said(tmp_path)
