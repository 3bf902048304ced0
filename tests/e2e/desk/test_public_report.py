"""A hoster that removes nothing comes through the pipeline and a real broker into a report."""

import asyncio
import csv
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import doomed_report
import pytest
import slow_hoster
from aiokafka import AIOKafkaProducer
from scratch_topics import scratch_settings
from slow_hoster import COHORT, PROMPT, SLOW
from topic_removal import remove_topics
from waiting import until

from agents import cli
from agents.config import Settings
from agents.edges.child_process.processes import identify
from agents.edges.crypto.keys import Keyring
from agents.tools.report.reading.partitions import PROCESSES
from schemas.moments import rfc3339
from schemas.topics import FACTS, REPORTS
from sim.memory.broker.broker import PARTITIONS
from sim.memory.stages.secrets import RING
from streams.report.judged_minimum import CASES_MIN, INCIDENTS_MIN

PERIOD = ("--from", rfc3339(COHORT.from_at)[:10], "--to", rfc3339(COHORT.to_at)[:10])
KEPT_PARTITIONS = 2


@pytest.fixture(scope="module")
def ledger(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    """What the pipeline made of 4 days of reports and 31 days of watching, on a real broker."""
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    Keyring.create(keys)
    settings = scratch_settings(bootstrap, key_file=keys, vantages=())
    kafka = settings.kafka.model_copy(update={"partitions": PARTITIONS})
    settings = settings.model_copy(update={"kafka": kafka})
    asyncio.run(slow_hoster.put_on(settings))
    yield settings
    asyncio.run(remove_topics(kafka.bootstrap, kafka.topic_prefix))


def variables(settings: Settings) -> dict[str, str]:
    """Return the settings as a command of its own process takes them."""
    return {
        "HOSTWATCH_KAFKA__BOOTSTRAP": str(settings.kafka.bootstrap),
        "HOSTWATCH_KAFKA__TOPIC_PREFIX": settings.kafka.topic_prefix,
        "HOSTWATCH_KAFKA__PARTITIONS": str(settings.kafka.partitions),
        "HOSTWATCH_KEY_FILE": str(settings.key_file),
    }


@pytest.fixture(scope="module")
def published(ledger: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the period, made in one go."""
    out = tmp_path_factory.mktemp("published") / "report"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(ledger).items():
            patch.setenv(name, value)
        assert cli.run(["report", *PERIOD, "--out", str(out), "--no-pdf"]) == 0
    return out


@pytest.fixture
def ran(ledger: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command over the ledger and return its exit code."""
    for name, value in variables(ledger).items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: cli.run([str(one) for one in arguments])


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name."""
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def test_the_slow_hoster_is_named_and_the_other_has_no_figure(
    ran: Callable[..., int],
    published: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From the ledger, from the cases that the report publishes, and for whoever has the file."""
    out = published
    capsys.readouterr()
    rows = {row["reason"]: row for row in csv.DictReader((out / "hosters.csv").open())}
    named, other = rows["named"], rows["too_few_cases"]
    assert named["hoster"] == SLOW
    assert int(named["n"]) >= CASES_MIN
    assert int(named["incidents"]) >= INCIDENTS_MIN
    assert (named["in_time"], named["late"], named["share_high"]) == ("0", named["n"], "0.0")
    assert re.fullmatch("hoster-[0-9a-f]{12}", other["hoster"])
    assert other["in_time"] == other["late"] == other["share_low"] == ""

    page = (out / "report.html").read_text()
    assert f"{SLOW.capitalize()} Practice Hosting" in page  # by its name in the registry
    assert other["hoster"] in page
    whole = b"".join(files_of(out).values())
    hidden = [PROMPT, f"{PROMPT.capitalize()} Practice", f"{SLOW}.example"]
    hidden += [one.key.decode() for one in slow_hoster.played().broker.read(REPORTS.name)]
    assert [name for name in hidden if name.encode() in whole] == []

    for more in ([], ["--from-cases"]):
        assert ran("verify", "--report", out, *more) == 0
        assert capsys.readouterr().err.strip() == "the report agrees"
    alone = tmp_path / "alone.json"
    assert ran("report", "--cases", out / "cases.parquet", "--json", alone) == 0
    assert json.loads(alone.read_bytes())["named"] == [SLOW]


def test_the_period_by_two_methods(
    ran: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest gives the figures of the report; each case that differs names its rule.

    Any digit that is changed is found, in the two files of the bridge, too.
    """
    out = tmp_path / "report"
    asked = ("report", *PERIOD, "--bridge", "9", "10", "--lang", "nl", "--no-pdf")
    assert ran(*asked, "--out", out) == 0
    by_both = {row["hoster"]: row for row in csv.DictReader((out / "bridge.csv").open())}
    for row in csv.DictReader((out / "hosters.csv").open()):
        both = by_both[row["hoster"]]
        for name in ("n", "incidents", "in_time", "late", "share_low", "share_high"):
            assert both[f"{name}_10"] == row[name]
    assert by_both[SLOW]["n_9"] == by_both[SLOW]["n_10"]
    changed = list(csv.DictReader((out / "bridge-cases.csv").open()))
    assert all(re.fullmatch(r"[0-9.]+( to [0-9.]+)?", one["rule"]) for one in changed)
    said = json.loads((out / "method.json").read_text())["bridge"]
    assert said["methods"] == ["9", "10"]
    assert sum(one["cases"] for one in said["rules"]) == len(changed)
    page = (out / "report.html").read_text()
    assert "Eén periode volgens twee methoden" in page
    assert "te laat, methode 9" in page
    assert "url_key" not in page

    for more in ([], ["--from-cases"]):
        assert ran("verify", "--report", out, *more) == 0
    for name in ("bridge.csv", "bridge-cases.csv"):
        before = (out / name).read_bytes()
        place = max(i for i, sign in enumerate(before) if chr(sign).isdigit())
        other = b"1" if before[place] != ord("1") else b"2"
        (out / name).write_bytes(before[:place] + other + before[place + 1 :])
        assert ran("verify", "--report", out, "--from-cases") == 1
        assert f"{name} is not the file that was published" in capsys.readouterr().out
        (out / name).write_bytes(before)
    capsys.readouterr()
    refused = {
        ("7", "10"): "no method 7 is kept; there are 9 and 10",
        ("10", "10"): "two methods are laid side by side",
    }
    for methods, why in refused.items():
        assert ran("report", *PERIOD, "--bridge", *methods, "--out", tmp_path / "no") == 2
        line = capsys.readouterr().err
        assert why in line
        assert len(line.splitlines()) == 1


async def more_facts(settings: Settings) -> None:
    """Write the last facts of each partition once more: the ledger goes on."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap)
    await producer.start()
    try:
        for one in slow_hoster.played().broker.read(FACTS.name)[-20:]:
            name = settings.kafka.topic_prefix + FACTS.name
            await producer.send_and_wait(name, one.value, one.key, partition=one.partition)
    finally:
        await producer.stop()


@pytest.mark.parametrize(
    "hit",
    [(signal.SIGKILL, 1_000_000), (signal.SIGKILL, 0), (signal.SIGINT, 0)],
    ids=["killed", "killed, with processes of its own", "Ctrl-C, with processes of its own"],
)
def test_who_is_interrupted_goes_on_from_there(
    ledger: Settings,
    ran: Callable[..., int],
    published: Path,
    tmp_path: Path,
    hit: tuple[signal.Signals, int],
) -> None:
    """The same command reads the rest, up to the position stated first: the bytes are the same.

    What lies between is for the owner alone, holds no URL and no name of one, and is removed. No
    process that read for it is left.
    """
    (by, alone_records_max), out = hit, tmp_path / "report"
    told = [*PERIOD, "--out", str(out), "--no-pdf"]
    numbers = (int(by), KEPT_PARTITIONS, alone_records_max)
    program = [sys.executable, doomed_report.__file__, *map(str, numbers), *told]
    died = subprocess.run(
        program,
        env=os.environ | variables(ledger),
        stdout=subprocess.PIPE,
        check=False,
        timeout=120,
    )
    assert died.returncode == (-signal.SIGKILL if by is signal.SIGKILL else 130)
    assert not out.exists()
    children = [int(pid) for pid in died.stdout.split()]
    assert len(children) == (0 if alone_records_max else PROCESSES)
    assert until(lambda: not any(map(identify, children)))

    kept = tmp_path / "report.reading"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in kept.iterdir())
    files = files_of(kept)
    assert sum(name.startswith("partition-") for name in files) == KEPT_PARTITIONS
    for one in slow_hoster.played().broker.read(REPORTS.name):
        hidden = (one.key, b"://", b".example", RING.hash("host", "x").encode())
        assert not any(name in content for content in files.values() for name in hidden)

    asyncio.run(more_facts(ledger))
    first = next(name for name in files if name.startswith("partition-"))
    before = (kept / first).stat().st_mtime_ns
    assert ran("report", *PERIOD, "--country", "NL", "--out", out) == 2  # another report
    assert (kept / first).stat().st_mtime_ns == before
    assert ran("report", *told) == 0
    assert not kept.exists()
    assert files_of(out) == files_of(published)
