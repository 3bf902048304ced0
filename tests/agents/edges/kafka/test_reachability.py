"""Whether a broker can be reached, and if not, what to mend."""

import asyncio
import socket
from pathlib import Path

import pytest
from secured_broker import Secured

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.ports import reserved
from agents.edges.kafka import acl
from agents.edges.kafka.reachability import Unreachable, reach


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


def at(*addresses: str) -> Settings:
    """Return the settings of a bare broker at some addresses."""
    return Settings(kafka=KafkaSettings(bootstrap=",".join(addresses)))


async def test_one_address_that_answers_is_enough(bootstrap: str) -> None:
    """Clients go on with the others; how many are away is said all the same."""
    assert await reach(at(bootstrap)) == "it answers, no TLS, without a name"
    with reserved(0) as port:
        pass
    found = await reach(at(f"127.0.0.1:{port}", f" {bootstrap}"))
    assert found.endswith("without a name, 1 of 2 addresses do not answer")


@pytest.mark.parametrize("address", ["", "9092", ":9092", "broker", "broker:", "broker:\u0663"])
async def test_an_address_without_a_port_is_a_mistake_of_the_settings(address: str) -> None:
    """It is said before anybody is asked."""
    with pytest.raises(Unreachable, match="must be host:port"):
        await reach(at(address))


async def test_who_is_no_broker_is_told_from_one_that_is_away() -> None:
    """A port that is open and hangs up speaks another protocol, or wants TLS."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        with pytest.raises(Unreachable, match="its port is open"):
            await reach(at(f"127.0.0.1:{server.sockets[0].getsockname()[1]}"))


async def test_a_name_of_two_addresses_at_which_nobody_listens_is_no_wrong_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On many machines `localhost` is one for IPv4 and one for IPv6."""
    with reserved(0) as port:
        pass
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
        for host in ("127.0.0.1", "127.0.0.2")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Unreachable, match="is refused"):
        await reach(at(f"localhost:{port}"))
