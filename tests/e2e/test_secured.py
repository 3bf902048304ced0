"""The pipeline on a broker with TLS, passwords and ACLs; each user can do its own work only."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout
from aiokafka.errors import TopicAuthorizationFailedError
from command import hostwatch, said
from pipeline_world import LINE, PipelineWorld, command_of, pipeline_world
from secured_broker import ADMIN, SOUTH, Secured, hotline_user, write_one
from worker_figures import POLL_S, Figures

from agents.edges.child_process.ports import reserved
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.kafka import acl
from agents.edges.kafka.admin_client import AdminError
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.failures import SendFailed
from agents.engine.produce.exclusive import exclusively
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.http_settings import IntakeSettings
from agents.tools.decisions.settle import ROLE
from agents.tools.verification.broker import opened
from agents.tools.verification.verify import verify
from schemas.codec import HOTLINE
from sim.demo.demo_settings import as_toml

SETTLE_S = 60.0

KEY = new_key()


@asynccontextmanager
async def http_intake(world: PipelineWorld, secured: Secured, folder: Path) -> AsyncIterator[str]:
    """Run `hostwatch intake serve` as its own user, and give the records' address."""
    with reserved(0) as port:
        pass
    security = secured.kafka(acl.HTTP_INTAKE).security
    kafka = world.settings.kafka.model_copy(update={"security": security})
    keys = folder / "hotline-keys"
    keys.write_text(f"{key_line(LINE, KEY)}\n")
    intake = IntakeSettings(port=port, keys_file=keys)
    settings = world.settings.model_copy(update={"kafka": kafka, "intake": intake})
    config = folder / "intake.toml"
    config.write_text(as_toml(settings))
    async with hostwatch(folder, "--config", str(config), "intake", "serve") as server:
        while not answers_at(port):
            assert server.returncode is None, said(folder)
            await asyncio.sleep(POLL_S)
        yield f"http://127.0.0.1:{port}/v1/records"


def answers_at(port: int) -> bool:
    """Return whether somebody listens."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


async def test_a_report_becomes_a_figure(tmp_path: Path, secured: Secured) -> None:
    """With the rights of `topics acls` every role works; a hotline comes by Kafka and by HTTP.

    The desk can have all of it worked out again, without a right to read an inbox.
    """
    (tmp_path / "intake").mkdir()
    async with (
        pipeline_world(secured.bootstrap, tmp_path, secured=secured) as world,
        hostwatch(tmp_path, *command_of(world, tmp_path)) as worker,
        http_intake(world, secured, tmp_path / "intake") as address,
        ClientSession(timeout=ClientTimeout(total=60)) as session,
    ):
        await world.say(world.report("quay"))
        body = HOTLINE.encode(world.notice("quay"))
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        async with session.post(address, data=body, headers=headers) as answer:
            assert (answer.status, (await answer.json())["taken"]) == (202, 1)
        figures = Figures(world.settings.web.port)
        await figures.become({("hostwatch_open_cases", "quay", ""): 1.0}, worker)
        security = secured.kafka(acl.DESK).security
        kafka = world.settings.kafka.model_copy(update={"security": security})
        desk = world.settings.model_copy(update={"kafka": kafka})
        verified = await verify(desk, lambda *_: None, settle_s=SETTLE_S)
        assert (verified.settled, verified.differences, verified.unread) == (True, [], 0)
        assert verified.hotlines[LINE]["accepted"] == 2
    assert "password" not in said(tmp_path)


async def test_a_hotline_writes_to_its_own_inbox_only(secured: Secured) -> None:
    """What the broker lets a hotline do is who it is; it cannot even see the ledger."""
    admin = secured.settings(ADMIN)
    await apply(admin, wanted(admin, [LINE, SOUTH]))
    await acl.allow(admin, acl.grants(admin, [LINE, SOUTH]))
    south = secured.settings(hotline_user(SOUTH))
    await write_one(south, f"hotline.{SOUTH}.v1")
    for topic in (f"hotline.{LINE}.v1", "reports.v1", "cases.v1"):
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await write_one(south, topic)


async def test_the_worker_writes_no_inbox_and_no_registry(secured: Secured) -> None:
    """A worker that was taken over cannot invent a report, a hoster or a decision."""
    admin = secured.settings(ADMIN, "acl2.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    worker = secured.settings(acl.WORKER, "acl2.")
    await write_one(worker, "reports.v1")
    for topic in (f"hotline.{LINE}.v1", "registry.v1", "decisions.v1"):
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await write_one(worker, topic)


async def test_the_desk_reads_no_inbox(secured: Secured) -> None:
    """Addresses stand in clear there: the desk sees how far an inbox is, and not what is in it."""
    admin = secured.settings(ADMIN, "acl4.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    desk = secured.settings(acl.DESK, "acl4.")
    inbox = f"hotline.{LINE}.v1"
    await write_one(admin, inbox)
    async with opened(desk) as broker:
        ends = await broker.ends({inbox: 3})
        (place,) = [place for place, end in ends.items() if end]
        with pytest.raises(TopicAuthorizationFailedError):
            [_ async for _ in broker.stretch(*place, 0, 1)]


async def test_the_desk_hands_in_what_it_writes_down_at_once(secured: Secured) -> None:
    """A quarantined record and its entry in `audit.v1` are one transaction, by its own rights."""
    admin = secured.settings(ADMIN, "acl7.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    desk, inbox = secured.settings(acl.DESK, "acl7."), f"hotline.{LINE}.v1"

    async def decide() -> list[Send]:
        entry = Send("audit.v1", b"anna", b"entry", partition=0)
        return [entry, Send(inbox, b"key", b"value", partition=1)]

    await exclusively(desk, ROLE, decide)
    found = [
        record.value
        for topic, partition in (("audit.v1", 0), (inbox, 1))
        async for records in read_partitions(admin, topic, (partition,))
        for record in records
    ]
    assert found == [b"entry", b"value"]


async def test_rights_are_given_by_who_may(secured: Secured) -> None:
    """A user that may not alter the cluster cannot give itself rights."""
    worker = secured.settings(acl.WORKER)
    with pytest.raises(AdminError, match="ClusterAuthorizationFailed"):
        await acl.allow(worker, acl.grants(worker, [LINE]))
