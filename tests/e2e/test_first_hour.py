"""README and docs/first-hour.md work as they are typed, in a fresh clone with an empty home."""

import shutil
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from document_shell import ROOT, Session, fresh_clone

from agents.edges.child_process.ports import reserved

READY = "curl -sSf --retry 120 --retry-delay 1 --retry-all-errors http://127.0.0.1:9464/readyz"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone; a reader's own files stand in its `monitor` alone."""
    return fresh_clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture
async def session(clone: Path, tmp_path: Path) -> AsyncIterator[Session]:
    """A reader with a clone; the documents' ports may be taken here, so others stand in."""
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as held:
        ports = {name: str(held.enter_context(reserved(0))) for name in ("9464", "9465")}
    session = Session(clone, home, ports)
    try:
        yield session
    finally:
        await session.close()
        shutil.rmtree(clone / "monitor")


async def test_the_readme_works_as_it_is_typed(session: Session) -> None:
    """The lines of "Set it up for real" start a worker that becomes ready and ends by Ctrl-C."""
    await session.follow((ROOT / "README.md").read_text())
    await session.type(READY)
    assert "<title>" in await session.type("curl -sf http://127.0.0.1:9464/")
    (log,) = await session.interrupt()
    assert "Traceback" not in log


async def test_the_first_hour_works_as_it_is_typed(session: Session) -> None:
    """From nothing over the demo to a report on the page, and a clean stop.

    The record's address is of a range that nobody may be asked at, so no probe leaves the machine.
    """
    printed = await session.follow((ROOT / "docs" / "first-hour.md").read_text())
    assert '{"taken":2,' in printed.replace(" ", "")
    assert 'hostwatch_open_cases{hoster="first-hoster",role="hosting"} 1' in printed
    assert "First Hoster" in printed
    assert '"action":"ReportedToISP"' in printed
    assert "Traceback" not in printed
