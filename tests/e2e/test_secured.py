"""The pipeline on a broker with TLS, passwords and ACLs; each user can do its own work only."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout
from aiokafka.errors import TopicAuthorizationFailedError
from command import hostwatch, said
from pipeline_world import LINE, World, command_of, pipeline_world
from secured_broker import ADMIN, Secured, secured_broker
from typer.testing import CliRunner
from worker_figures import POLL_S, Figures

from agents.cli import app
from agents.config import IntakeSettings, KafkaSettings, Settings
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.kafka import acl
from agents.edges.kafka.acl_check import rights
from agents.edges.kafka.admin_client import AdminError
from agents.edges.kafka.reachability import Unreachable, reach
from agents.edges.kafka.surplus_acls import GrantedAcl, surplus, take_back
from agents.edges.kafka.topic_admin import apply, plan, wanted
from agents.edges.process.ports import reserved
from agents.engine.failures import SendFailed
from agents.engine.produce.exclusive import exclusively
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.tools.decisions.settle import ROLE
from agents.tools.verification.broker import opened
from agents.tools.verification.verify import verify
from schemas.codec import HOTLINE
from sim.demo.demo_settings import as_toml

SETTLE_S = 60.0

SOUTH = "south"
KEY = new_key()
NORTH_USER, SOUTH_USER = (acl.HOTLINE_USER.format(id=id) for id in (LINE, SOUTH))
USERS = (acl.WORKER, acl.DESK, acl.HTTP_INTAKE, NORTH_USER, SOUTH_USER)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A broker of its own: the shared one lets everybody do everything."""
    with secured_broker(tmp_path_factory.mktemp("secured"), USERS) as broker:
        yield broker


def of(secured: Secured, user: str, prefix: str = "acl.") -> Settings:
    """Return the settings of one user."""
    return Settings(kafka=secured.kafka(user, topic_prefix=prefix, partitions=3))


async def write(settings: Settings, topic: str) -> None:
    """Write one record as the user of the settings."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(topic, b"key", b"value")])
    finally:
        await outbox.stop()


@asynccontextmanager
async def http_intake(world: World, secured: Secured, folder: Path) -> AsyncIterator[str]:
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
    admin = of(secured, ADMIN)
    await apply(admin, wanted(admin, [LINE, SOUTH]))
    await acl.allow(admin, acl.grants(admin, [LINE, SOUTH]))
    south = of(secured, SOUTH_USER)
    await write(south, f"hotline.{SOUTH}.v1")
    for topic in (f"hotline.{LINE}.v1", "reports.v1", "cases.v1"):
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await write(south, topic)


async def test_the_worker_writes_no_inbox_and_no_registry(secured: Secured) -> None:
    """A worker that was taken over cannot invent a report, a hoster or a decision."""
    admin = of(secured, ADMIN, "acl2.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    worker = of(secured, acl.WORKER, "acl2.")
    await write(worker, "reports.v1")
    for topic in (f"hotline.{LINE}.v1", "registry.v1", "decisions.v1"):
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await write(worker, topic)


async def test_the_doctor_knows_what_a_user_may(secured: Secured) -> None:
    """Each missing right is told before a stage fails for it; a user has what it needs, no more."""
    admin = of(secured, ADMIN, "acl3.")
    await apply(admin, wanted(admin, [LINE]))
    worker = of(secured, acl.WORKER, "acl3.")
    granted = acl.grants(admin, [LINE])
    needed = [grant for grant in granted if grant.user == acl.WORKER]
    missing, _ = await rights(worker, needed)
    assert missing == needed
    kinds = (acl.ResourceType.TOPIC, acl.ResourceType.GROUP, acl.ResourceType.TRANSACTIONAL_ID)
    left_out = [next(g for g in needed if g.kind is kind) for kind in kinds[:2]]
    await acl.allow(admin, [grant for grant in granted if grant not in left_out])
    missing, altering = await rights(worker, needed)
    assert (missing, altering) == (left_out, [])
    await acl.allow(admin, left_out)
    assert await rights(worker, needed) == ([], [])
    missing, altering = await rights(admin, needed)
    assert (missing, len(altering)) == ([], len({g.name for g in needed if g.kind is kinds[0]}))


async def test_the_desk_reads_no_inbox(secured: Secured) -> None:
    """Addresses stand in clear there: the desk sees how far an inbox is, and not what is in it."""
    admin = of(secured, ADMIN, "acl4.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    desk = of(secured, acl.DESK, "acl4.")
    inbox = f"hotline.{LINE}.v1"
    await write(admin, inbox)
    async with opened(desk) as broker:
        ends = await broker.ends({inbox: 3})
        (place,) = [place for place, end in ends.items() if end]
        with pytest.raises(TopicAuthorizationFailedError):
            [_ async for _ in broker.stretch(*place, 0, 1)]


async def test_the_desk_hands_in_what_it_writes_down_at_once(secured: Secured) -> None:
    """A quarantined record and its entry in `audit.v1` are one transaction, by its own rights."""
    admin = of(secured, ADMIN, "acl7.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    desk, inbox = of(secured, acl.DESK, "acl7."), f"hotline.{LINE}.v1"

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


async def test_rights_that_nobody_needs_are_taken_back(secured: Secured) -> None:
    """What an older version gave, a hotline that is gone, a wildcard; never another ledger's."""
    admin = of(secured, ADMIN, "acl5.")
    before = await surplus(admin, [])
    other = acl.grants(of(secured, ADMIN, "acl6."), [LINE])
    wanted_here = acl.grants(admin, [LINE])
    old = [
        acl.Grant(acl.DESK, acl.ResourceType.TOPIC, f"acl5.hotline.{LINE}.v1", acl.Operation.READ),
        acl.Grant(
            SOUTH_USER, acl.ResourceType.TOPIC, f"acl5.hotline.{SOUTH}.v1", acl.Operation.WRITE
        ),
        acl.Grant(acl.WORKER, acl.ResourceType.TOPIC, "acl5.", acl.Operation.WRITE, prefixed=True),
        acl.Grant(acl.WORKER, acl.ResourceType.TOPIC, "*", acl.Operation.READ),
        acl.Grant(acl.WORKER, acl.ResourceType.GROUP, "acl5.probe-gone", acl.Operation.READ),
    ]
    foreign = acl.Grant("somebody", acl.ResourceType.TOPIC, "acl5.reports.v1", acl.Operation.READ)
    await acl.allow(admin, [*wanted_here, *other, *old, foreign])
    held = await surplus(admin, wanted_here)
    assert {one.words() for one in held} - {one.words() for one in before} == {
        (g.user, g.kind.name.lower(), g.name + "*" * g.prefixed, g.operation.name.lower())
        for g in old
    }
    await take_back(admin, held)
    assert await surplus(admin, wanted_here) == []
    assert await surplus(admin, []) == sorted(map(as_granted, wanted_here))
    there = await surplus(of(secured, ADMIN, "acl6."), [])
    assert there == sorted(map(as_granted, other))
    with pytest.raises(AdminError, match="ClusterAuthorizationFailed"):
        await surplus(of(secured, acl.WORKER, "acl5."), [])


def as_granted(grant: acl.Grant) -> GrantedAcl:
    """Return a right as the broker has it."""
    pattern = acl.PREFIXED if grant.prefixed else acl.LITERAL
    return GrantedAcl(grant.user, grant.kind, grant.name, pattern, "*", grant.operation)


def test_the_command_takes_rights_back(secured: Secured, tmp_path: Path) -> None:
    """`topics acls --apply` says what it took back; with hotlines named it only gives."""
    admin = of(secured, ADMIN, "acl7.")
    more = acl.Grant(acl.WORKER, acl.ResourceType.TOPIC, "acl7.registry.v1", acl.Operation.WRITE)
    asyncio.run(apply(admin, wanted(admin, [])))
    asyncio.run(acl.allow(admin, [more]))
    config = tmp_path / "admin.toml"
    config.write_text(as_toml(admin))
    command = ["--config", str(config), "topics", "acls", "--apply"]
    only = CliRunner().invoke(app, [*command, "--hotline", LINE])
    assert (only.exit_code, "taken back" in only.stdout) == (0, False), only.output
    whole = CliRunner().invoke(app, command)
    assert whole.exit_code == 0, whole.output
    assert f"taken back from {acl.WORKER}: write on topic acl7.registry.v1" in whole.stdout
    assert f"taken back from {NORTH_USER}: write on topic acl7.hotline.{LINE}.v1" in whole.stdout


async def test_rights_are_given_by_who_may(secured: Secured) -> None:
    """A user that may not alter the cluster cannot give itself rights."""
    worker = of(secured, acl.WORKER)
    with pytest.raises(AdminError, match="ClusterAuthorizationFailed"):
        await acl.allow(worker, acl.grants(worker, [LINE]))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("none", ""),
        ("password", "refuses user or password"),
        ("user", "refuses user or password"),
        ("plain", "does not speak as"),
        ("nameless", "does not speak as"),
        ("authority", "certificate does not hold"),
        ("port", "is refused"),
        ("name", "cannot be reached"),
    ],
)
async def test_the_doctor_tells_why_a_broker_is_not_reached(
    secured: Secured, tmp_path: Path, fault: str, told: str
) -> None:
    """At which step: the address, TLS, or user and password; each has something else to mend."""
    kafka = secured.kafka(acl.WORKER)
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    changes = {
        "password": {"password_file": wrong},
        "user": {"username": "nobody"},
        "plain": {"tls": False, "ca_file": None},
        "nameless": {"username": None, "password_file": None},
        "authority": {"ca_file": None},
    }.get(fault, {})
    security = kafka.security.model_copy(update=changes)
    with reserved(0) as port:
        pass
    bootstrap = {"port": f"127.0.0.1:{port}", "name": "nowhere.invalid:9092"}.get(fault)
    settings = Settings(
        kafka=KafkaSettings(bootstrap=bootstrap or kafka.bootstrap, security=security)
    )
    if not told:
        assert await reach(settings) == f"it answers, TLS, as {acl.WORKER}"
        return
    with pytest.raises(Unreachable, match=told):
        await reach(settings)


@pytest.mark.parametrize("fault", ["password", "plain", "authority"])
async def test_who_cannot_come_in_is_told_so(secured: Secured, tmp_path: Path, fault: str) -> None:
    """A wrong password, no TLS or a foreign authority end in one line, not in waiting for ever."""
    kafka = secured.kafka(acl.WORKER)
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    changes = {
        "password": {"password_file": wrong},
        "plain": {"tls": False, "ca_file": None},
        "authority": {"ca_file": None},
    }[fault]
    security = kafka.security.model_copy(update=changes)
    settings = Settings(kafka=KafkaSettings(bootstrap=kafka.bootstrap, security=security))
    with pytest.raises(AdminError, match=r"kafka\.security"):
        await plan(settings, wanted(settings, []))
