"""The pipeline on a broker with TLS, passwords and ACLs; each user can do its own work only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command import hostwatch, said
from pipeline_world import LINE, command_of, pipeline_world
from secured_broker import ADMIN, Secured, secured_broker
from worker_figures import Figures

from agents.config import KafkaSettings, Settings
from agents.edges import acl
from agents.edges.admin import AdminError, apply, plan, wanted
from agents.engine.failures import SendFailed
from agents.engine.outbox import KafkaOutbox
from agents.engine.stage import Send

SOUTH = "south"
NORTH_USER, SOUTH_USER = (acl.HOTLINE_USER.format(id=id) for id in (LINE, SOUTH))
USERS = (acl.WORKER, acl.DESK, NORTH_USER, SOUTH_USER)


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


async def test_a_report_becomes_a_figure(tmp_path: Path, secured: Secured) -> None:
    """With the rights of `topics acls` every role works, and nobody has more than those."""
    async with pipeline_world(secured.bootstrap, tmp_path, secured=secured) as world:
        async with hostwatch(tmp_path, *command_of(world, tmp_path)) as worker:
            figures = Figures(world.settings.web.port)
            await world.say(world.report("quay"), world.notice("quay"))
            await figures.become({("hostwatch_open_cases", "quay", ""): 1.0}, worker)
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
    """A worker that was taken over cannot invent a report, a company or a decision."""
    admin = of(secured, ADMIN, "acl2.")
    await apply(admin, wanted(admin, [LINE]))
    await acl.allow(admin, acl.grants(admin, [LINE]))
    worker = of(secured, acl.WORKER, "acl2.")
    await write(worker, "reports.v1")
    for topic in (f"hotline.{LINE}.v1", "registry.v1", "decisions.v1"):
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await write(worker, topic)


async def test_rights_are_given_by_who_may(secured: Secured) -> None:
    """A user that may not alter the cluster cannot give itself rights."""
    worker = of(secured, acl.WORKER)
    with pytest.raises(AdminError, match="ClusterAuthorizationFailed"):
        await acl.allow(worker, acl.grants(worker, [LINE]))


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
