"""docs/hotline-guide.md works as it is typed, from a first request to a removal that is told."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from command import hostwatch, said
from pipeline_world import LINE, PipelineWorld, command_of, pipeline_world

from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.intake_http.feedback.changes_reader import ChangesReader
from agents.edges.intake_http.feedback.operations import FeedbackOperations
from agents.edges.intake_http.intake_server import IntakeServer
from agents.engine.supervision import Supervisor
from agents.http_settings import IntakeSettings

GUIDE = Path(__file__).parents[5] / "docs" / "hotline-guide.md"
BLOCKS = re.findall(r"^```sh test\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
DEADLINE_S = 150.0


@asynccontextmanager
async def intake(world: PipelineWorld, key: str, folder: Path) -> AsyncIterator[str]:
    """Run an intake that knows one key, and yield its address."""
    keys = folder / "hotlines"
    keys.write_text(key_line(LINE, key) + "\n")
    server = IntakeServer(
        IntakeSettings(port=0, keys_file=keys),
        world.outbox,
        {LINE: None},
        clock=world.settings.clock.clock(),
    )
    reader = ChangesReader(world.settings, [LINE], 1_000)
    server.add(FeedbackOperations(reader, server.in_progress).routes())
    following = Supervisor(reader.run(), "feedback")
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop()
        await following.end()


async def typed(block: str, folder: Path, told: dict[str, str]) -> str:
    """Return what a block prints in an empty folder, with what the operator gave."""
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-e", "-c", block),
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", **told},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(DEADLINE_S):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


async def test_the_guide_works_as_it_is_typed(tmp_path: Path, bootstrap: str) -> None:
    """A key, a report and a notice, an outcome, and a removal; no address in what is told."""
    empty, key = tmp_path / "empty", new_key()
    empty.mkdir()
    async with (
        pipeline_world(bootstrap, tmp_path) as world,
        hostwatch(tmp_path, *command_of(world, tmp_path)),
        intake(world, key, tmp_path) as address,
    ):
        url = world.url("quay")
        told = {"INTAKE": address, "KEY": key, "URL": url, "HOSTER": "quay"}
        try_key, send, outcome, follow = BLOCKS
        first = f"--retry 60 --retry-delay 1 --retry-all-errors {try_key.partition('curl ')[2]}"
        assert '"changes":[]' in await typed(f"curl {first}", empty, told)
        assert '"taken":2' in await typed(send, empty, told)
        record: dict[str, Any] = {"cases": ()}
        latest_s = time.monotonic() + DEADLINE_S
        while [case["action"] for case in record["cases"]] != ["ReportedToISP"]:
            assert time.monotonic() < latest_s, (record, said(tmp_path))
            record = msgspec.json.decode(await typed(outcome, empty, told))
        world.sites["quay"].present = False
        pages = await typed(follow, empty, told)
    assert '"action":"Removed","action_reason":"Error404NotFoundOrSiteDown"' in pages
    assert '"hoster":"quay"' in pages
    assert "quay.example" not in pages
    assert not any(address in pages for address in ("127.", "/material"))
