"""`hostwatch roots`: what is typed, on a real broker."""

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace
from small_ledger import SmallLedger, fill, open_ledger
from two_persons import run

from agents.config import ClockSettings
from agents.edges.crypto.person_key import PersonKey
from schemas.chain.leaf import hour_leaf
from schemas.chain.merkle import Frontier, leaf_hash, root_of
from schemas.codec import ROOT
from schemas.moments import HOUR_MS
from schemas.records.custody import LedgerRoot
from schemas.signing import Signature, SignedKind, signed_bytes
from sim.demo.demo_settings import as_toml


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> AsyncIterator[SmallLedger]:
    """Six URLs: an hour takes a tenth of a second."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        wall_ms = time.time_ns() // 1_000_000
        clock = ClockSettings(
            start_wall_ms=wall_ms - 9_000, start_world_ms=480_000 * HOUR_MS, speed=36_000
        )
        found.settings = found.settings.model_copy(update={"clock": clock})
        (tmp_path / "hostwatch.toml").write_text(as_toml(found.settings))
        yield found


@pytest.mark.usefixtures("ledger")
async def test_roots_are_written_and_checked(tmp_path, capsys, monkeypatch) -> None:
    """By a key of its own; that the published key is another than the file's is said."""
    monkeypatch.chdir(tmp_path)
    config, key = tmp_path / "hostwatch.toml", tmp_path / "roots.pem"
    made = ("keys", "person", "create", str(key), "--id", "roots-2026", "--name", "Roots")
    assert await run(*made, config=config) == 0
    write = ("roots", "write", "--key", str(key), "--file", "roots.ndjson")
    assert await run(*write, config=config) == 0
    assert "roots written" in capsys.readouterr().out
    lines = (tmp_path / "roots.ndjson").read_bytes().splitlines()
    assert len(lines) >= 1
    assert await run("roots", "check", "roots.ndjson", config=config) == 0
    assert f"{len(lines)} roots, signed by" in capsys.readouterr().out
    assert await run("roots", "check", "roots.ndjson", "--key", "0" * 64, config=config) == 1
    other = str(tmp_path / "other.pem")
    named = ("--id", "roots-2027", "--name", "Roots")
    assert await run("keys", "person", "create", other, *named, config=config) == 0
    again = ("roots", "write", "--key", other, "--file", "roots.ndjson")
    while len(keys_of(tmp_path)) < 2:  # an hour takes a tenth of a second
        assert await run(*again, "--new-key", config=config) == 0
    old, new = keys_of(tmp_path)
    check = ("roots", "check", "roots.ndjson", "--key", old)
    assert await run(*check, config=config) == 1
    assert await run(*check, "--key", new, config=config) == 0


def keys_of(folder: Path) -> list[str]:
    """Return the keys that the roots of the file are signed with, the oldest first."""
    lines = (folder / "roots.ndjson").read_text().splitlines()
    return list(dict.fromkeys(json.loads(line)["public_key"] for line in lines))


async def test_a_health_check_asks_how_old_the_newest_root_is(tmp_path, capsys) -> None:
    """The end of its hour counts; a ledger without a record has no root, and nothing is wrong."""
    (config := tmp_path / "hostwatch.toml").write_text("")
    key, log = PersonKey.create(tmp_path / "roots.pem"), Frontier()
    now_h = time.time_ns() // 1_000_000 // HOUR_MS
    root = LedgerRoot(
        hour_at=(now_h - 3) * HOUR_MS,
        ledger="",
        size=0,
        root=root_of([]).hex(),
        extents=(),
        log_size=1,
        log_root="",
        before="",
        public_key=key.public_key,
        signatures=(),
    )
    log.append(leaf_hash(hour_leaf(root)))
    root = replace(root, log_root=log.root.hex())
    signed = key.sign(signed_bytes(SignedKind.ROOT, root.ledger, root))
    root = replace(root, signatures=(Signature(person="roots", signature=signed),))
    file = tmp_path / "roots.ndjson"
    file.write_bytes(b"")
    assert await run("roots", "check", str(file), "--within", "2", config=config) == 0
    file.write_bytes(ROOT.encode(root) + b"\n")
    assert await run("roots", "check", str(file), "--within", "3", config=config) == 0
    capsys.readouterr()
    assert await run("roots", "check", str(file), "--within", "2", config=config) == 1
    assert re.search(r"the newest hour ended (2\.\d|3\.0) h ago", capsys.readouterr().out)
    assert await run("roots", "check", str(tmp_path / "none"), "--within", "2", config=config) == 2
